/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scheduling of running domains: CPU pool, scheduler and its parameters. See live.h. */
#include "xen/live_private.h"

#include <string.h>

/* rtds has parameters per virtual processor; the domain's own are only defaults. */
static int read_rtds(struct live *live, uint32_t domid, struct live_sched *out, struct sx_err *err)
{
	libxl_vcpu_sched_params params;
	int rc;

	libxl_vcpu_sched_params_init(&params);
	rc = libxl_vcpu_sched_params_get_all(live->ctx, domid, &params);
	if (!rc && params.num_vcpus > 0) {
		const libxl_sched_params *first = &params.vcpus[0];

		out->period = first->period;
		out->budget = first->budget;
		out->extratime = first->extratime != 0;
		for (int i = 1; i < params.num_vcpus; i++)
			out->uniform &= params.vcpus[i].period == first->period &&
					params.vcpus[i].budget == first->budget &&
					params.vcpus[i].extratime == first->extratime;
	}
	libxl_vcpu_sched_params_dispose(&params);
	return rc ? live_failed(live, err, SX_EFAIL, "ask for the scheduling of the domain") : 0;
}

int live_sched_get(struct live *live, uint32_t domid, struct live_sched *out, struct sx_err *err)
{
	libxl_domain_sched_params params;
	int r = 0;

	*out = (struct live_sched){ .weight = -1,
				    .cap = -1,
				    .period = -1,
				    .budget = -1,
				    .extratime = -1,
				    .uniform = true };
	libxl_domain_sched_params_init(&params);
	if (libxl_domain_sched_params_get(live->ctx, domid, &params))
		r = live_failed(live, err, SX_EFAIL, "ask for the scheduling of the domain");
	if (!r) {
		snprintf(out->scheduler, sizeof(out->scheduler), "%s",
			 libxl_scheduler_to_string(params.sched));
		if (params.sched == LIBXL_SCHEDULER_CREDIT ||
		    params.sched == LIBXL_SCHEDULER_CREDIT2) {
			out->weight = params.weight;
			out->cap = params.cap;
		} else if (params.sched == LIBXL_SCHEDULER_RTDS) {
			r = read_rtds(live, domid, out, err);
		}
	}
	libxl_domain_sched_params_dispose(&params);
	return r;
}

int live_pool_get(struct live *live, uint32_t domid, char **out, struct sx_err *err)
{
	libxl_dominfo info;
	char *name = NULL;

	libxl_dominfo_init(&info);
	if (!libxl_domain_info(live->ctx, &info, domid))
		name = libxl_cpupoolid_to_name(live->ctx, info.cpupool);
	libxl_dominfo_dispose(&info);
	if (!name)
		return live_failed(live, err, SX_EFAIL, "ask for the CPU pool of the domain");
	*out = sx_strdup(name);
	free(name);
	return 0;
}
