/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of all change families: change.h says what one consists of. */
#include "change/change.h"

extern const struct change_family disk_attach_family, disk_detach_family, cd_insert_family,
	cd_eject_family, memory_set_family, memory_max_family, vcpu_set_family, vcpu_pin_family,
	sched_credit_family, sched_credit2_family, sched_rtds_family, pool_migrate_family,
	rename_family, config_update_family, quota_family, record_family, edit_family,
	revert_family, restore_family, undo_family, device_attach_family, device_detach_family;

const struct change_family *const change_families[] = {
	&disk_attach_family,
	&disk_detach_family,
	&cd_insert_family,
	&cd_eject_family,
	&memory_set_family,
	&memory_max_family,
	&vcpu_set_family,
	&vcpu_pin_family,
	&sched_credit_family,
	&sched_credit2_family,
	&sched_rtds_family,
	&pool_migrate_family,
	&rename_family,
	&config_update_family,
	&quota_family,
	&record_family,
	&edit_family,
	&revert_family,
	&restore_family,
	&undo_family,
	&device_attach_family,
	&device_detach_family,
	NULL,
};
