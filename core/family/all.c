/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of change there is: change.h says what one consists of. */
#include "family/edit.h"
#include "undo/undo.h"

extern const struct change_family disk_attach_family, disk_detach_family, cd_insert_family,
	cd_eject_family, memory_set_family, memory_max_family, vcpu_set_family, vcpu_pin_family,
	sched_credit_family, sched_credit2_family, sched_rtds_family, pool_migrate_family,
	rename_family, config_update_family, quota_family, record_family, vif_attach_family,
	vif_detach_family, vtpm_attach_family, vtpm_detach_family, vkb_attach_family,
	vkb_detach_family, vdispl_attach_family, vdispl_detach_family, vsnd_attach_family,
	vsnd_detach_family, usbctrl_attach_family, usbctrl_detach_family, usbdev_attach_family,
	usbdev_detach_family, pci_attach_family, pci_detach_family, revert_family, restore_family;

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
	&vif_attach_family,
	&vif_detach_family,
	&vtpm_attach_family,
	&vtpm_detach_family,
	&vkb_attach_family,
	&vkb_detach_family,
	&vdispl_attach_family,
	&vdispl_detach_family,
	&vsnd_attach_family,
	&vsnd_detach_family,
	&usbctrl_attach_family,
	&usbctrl_detach_family,
	&usbdev_attach_family,
	&usbdev_detach_family,
	&pci_attach_family,
	&pci_detach_family,
	&edit_family,
	&revert_family,
	&restore_family,
	&undo_family,
	NULL,
};
