/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is true of running domains, read only, in our own words. live*.c ask
 * libxenlight, live.c has its context; tests link tests/fake/live*.c in their place. The
 * context is opened for the questions and closed before any child runs (SIGCHLD is libxl's while
 * it is open).
 */
#pragma once

#include "base/err.h"
#include "base/fields.h"

#include <stdint.h>

struct live;

enum live_state {
	LIVE_RUNS,
	LIVE_PAUSED, /* also while it is being built */
	LIVE_SUSPENDED, /* stopped for a save or a migration, and not gone on since */
	LIVE_SHUTDOWN, /* ended by itself, and kept (on_poweroff = "preserve") or not cleared yet */
	LIVE_CRASHED, /* the same after a crash, or stopped by its watchdog */
	LIVE_DYING, /* destroyed, but something still holds it */
};

struct live_domain {
	uint32_t domid;
	char *name;
	char uuid[37]; /* lower case, "" for Domain-0 without one */
	enum live_state state;
	uint32_t
		namesake; /* found by its number: another that has this number as its name; 0: none */
};

#define LIVE_DOMAIN SX_CLEANUP(live_domain_dispose) struct live_domain

struct live_domains {
	SX_VEC_OF(struct live_domain);
};

#define LIVE_DOMAINS SX_CLEANUP(live_domains_dispose) struct live_domains

struct live_disk {
	long devid;
	char *vdev; /* as stored, e.g. "xvdb" */
	char *target; /* as libxl reports it (cut after a ':'); "" when empty */
	bool connected; /* frontend and backend are both in state Connected */
	/* Only after live_disks_locate. */
	char *object; /* absolute path of what its backend has open; NULL: not known */
	bool lost; /* that is known not to be what its target leads to, and no more */
	/* Only from live_config_get, with libxl's defaults filled in. */
	char *format; /* "raw", "qcow2", ...; "empty" */
	char *script; /* "" for none */
	char *backend_domain; /* "" for Domain-0 */
	bool cdrom, readwrite, discard, direct_io_safe;
};

struct live_disks {
	SX_VEC_OF(struct live_disk);
};

#define LIVE_DISKS SX_CLEANUP(live_disks_dispose) struct live_disks

/* Something of a running domain that has a key in xl.cfg, as it would be written there. */
struct live_fact {
	const char *key; /* a constant */
	char *value;
};

struct live_facts {
	SX_VEC_OF(struct live_fact);
};

struct live_memory {
	uint64_t target_kib; /* memory/target + videoram: what mem-set was given */
	uint64_t static_max_kib; /* memory/static-max: what mem-max was given */
	/* What it has, and the most that Xen gives it. After mem-set it has more, until it has given that back. */
	uint64_t has_kib, limit_kib;
};

/*
 * Ask whether questions can be answered: SX_ENOXEN with the reason (no hypervisor, another
 * version than the libxenlight this program was built for, no xenstore) when not.
 */
int live_open(struct live **out, struct sx_err *err) SX_MUST;
void live_close(struct live *live);

static inline void live_cleanup(struct live **live)
{
	live_close(*live);
}

#define LIVE SX_CLEANUP(live_cleanup) struct live

/* The domain that a word means: digits are a domid first, then a name. SX_ENODOMAIN. */
int live_find(struct live *live, const char *word, struct live_domain *out,
	      struct sx_err *err) SX_MUST;
/* The domain of that name, be it of digits. SX_ENODOMAIN. */
int live_find_name(struct live *live, const char *name, struct live_domain *out,
		   struct sx_err *err) SX_MUST;
void live_domain_dispose(struct live_domain *d);
/* Every running domain, Domain-0 included, by domid. Takes no lock and waits for no guest. */
int live_list(struct live *live, struct live_domains *out, struct sx_err *err) SX_MUST;
void live_domains_dispose(struct live_domains *d);
/* The host as Xen has it. */
struct live_host {
	uint64_t memory_kib; /* all of it */
	uint64_t free_kib; /* no domain has it, nor is it claimed for one */
	unsigned cpus; /* processors, those that are offline too */
};

int live_host_get(struct live *live, struct live_host *out, struct sx_err *err) SX_MUST;
/* The names of all CPU pools. */
int live_pools_list(struct live *live, struct sx_words *out, struct sx_err *err) SX_MUST;

int live_disks_get(struct live *live, uint32_t domid, struct live_disks *out,
		   struct sx_err *err) SX_MUST;
void live_disks_dispose(struct live_disks *d);
/*
 * Fill in what the backends in Domain-0 have open. The target is a word: relative to where xl was
 * started, or a link that leads elsewhere by now. A loop device that a hotplug script made counts as
 * its file.
 */
void live_disks_locate(struct live *live, uint32_t domid, struct live_disks *disks);

int live_memory_get(struct live *live, uint32_t domid, struct live_memory *out,
		    struct sx_err *err) SX_MUST;

/* One device of another kind; the fields are those of device.h that libxl tells, canonical too. */
struct live_device {
	long devid; /* -1: has none (pci, usbdev) */
	bool connected; /* the guest's driver uses it; true where libxl cannot tell */
	struct sx_fields fields;
};

struct live_devices {
	SX_VEC_OF(struct live_device);
};

#define LIVE_DEVICES SX_CLEANUP(live_devices_dispose) struct live_devices

struct libxl__ctx;
/* Appends what libxl lists of one class of devices; false: it returned no list. */
typedef bool live_device_list(struct libxl__ctx *ctx, uint32_t domid, struct live_devices *out);

/* What `list` makes of libxl's list; the key ("vif") is for the message. See device_running. */
int live_devices_get(struct live *live, uint32_t domid, const char *key, live_device_list *list,
		     struct live_devices *out, struct sx_err *err) SX_MUST;
void live_devices_dispose(struct live_devices *d);
/* Is the device in use, by the state of the guest's end and the path of the backend in xenstore? */
bool live_is_connected(int frontend, const char *backend);

/*
 * What libxl would create the domain from if it rebooted now (libxl_retrieve_domain_configuration):
 * scalars as facts, and disks with all that is known of them.
 */
struct live_config {
	struct live_facts facts;
	struct live_memory memory;
	struct live_disks disks; /* `connected` is not asked */
};

#define LIVE_CONFIG SX_CLEANUP(live_config_dispose) struct live_config

int live_config_get(struct live *live, uint32_t domid, struct live_config *out,
		    struct sx_err *err) SX_MUST;
void live_config_dispose(struct live_config *c);
/* The value of a fact, borrowed; NULL when it is not known. */
const char *live_fact(const struct live_config *c, const char *key);

/*
 * What libxl keeps of the domain as it was made, as JSON (its userdata "libxl-json"); "" when it keeps
 * nothing. Scalars are those of the creation; devices that came since were added, and none that went
 * was taken out. Heap string.
 */
int live_stored_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;
/* When the domain was made (created, restored, rebooted), seconds since 1970; 0: not known. */
long long live_started(struct live *live, uint32_t domid);

/* One virtual processor. Affinities as xl takes them: "0-1,4"; "all" when all of the host's are in. */
struct live_vcpu {
	bool online; /* as the guest has it: it may follow late, or never */
	char *hard, *soft;
};

struct live_vcpus {
	SX_VEC_OF(struct live_vcpu); /* as many as the domain may have: len is its maximum */
	unsigned wanted; /* how many the host lets it have online: what vcpu-set was given */
	bool hvm; /* it has a QEMU that is asked for new processors */
	unsigned host_len; /* processors of the host */
	int *host_nodes; /* the NUMA node of each, -1 when it is none */
};

#define LIVE_VCPUS SX_CLEANUP(live_vcpus_dispose) struct live_vcpus

int live_vcpus_get(struct live *live, uint32_t domid, struct live_vcpus *out,
		   struct sx_err *err) SX_MUST;
void live_vcpus_dispose(struct live_vcpus *v);

/* Scheduler parameters; -1 where the scheduler has no such thing. */
struct live_sched {
	char scheduler[16]; /* of the pool it runs in: "credit", "credit2", "rtds", "null", ... */
	long weight, cap; /* cpu_weight, cap: credit and credit2 */
	long period, budget, extratime; /* us, us, 0 or 1: rtds, of the first virtual processor */
	bool uniform; /* all virtual processors have the same */
};

int live_sched_get(struct live *live, uint32_t domid, struct live_sched *out,
		   struct sx_err *err) SX_MUST;

/* The name of the CPU pool the domain runs in. Heap string. */
int live_pool_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;

/*
 * The configuration text that `xl config-update` left for the domain's next reboot, "" when there
 * is none. Heap string.
 */
int live_update_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;
