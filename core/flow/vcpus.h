/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a configuration says of virtual processors. Private to flow/. */
#ifndef SAFEXL_FLOW_VCPUS_H
#define SAFEXL_FLOW_VCPUS_H

#include <safexl/xlcfg.h>

struct vcpus {
	long vcpus, max; /* what xl makes of the file */
	bool has_vcpus, has_max;
	bool vnuma; /* virtual NUMA nodes say how many there are at most */
};

void vcpus_read(const struct xlcfg *doc, struct vcpus *out);

#endif
