/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts about running domains, read only, in our own types. live*.c ask libxenlight, live.c owns
 * its context; tests link tests/fake/live*.c instead. Open the context to ask, and close it before
 * running a child: while it is open, libxl owns SIGCHLD.
 */
#pragma once

#include "base/err.h"
#include "base/fields.h"

#include <stdint.h>

struct live;

enum live_state {
	LIVE_RUNS,
	LIVE_PAUSED, /* also while it is being built */
	LIVE_SUSPENDED, /* suspended for a save or a migration, and not resumed since */
	LIVE_SHUTDOWN, /* shut down; preserved (on_poweroff = "preserve") or not destroyed yet */
	LIVE_CRASHED, /* as LIVE_SHUTDOWN, after a crash or by its watchdog */
	LIVE_DYING, /* destroyed, but something still references it */
};

struct live_domain {
	uint32_t domid;
	char *name;
	char uuid[37]; /* lower case, "" for Domain-0 without one */
	enum live_state state;
	uint32_t namesake; /* found by domid: another domain whose name is that number; 0: none */
};

#define LIVE_DOMAIN SX_CLEANUP(live_domain_dispose) struct live_domain

struct live_domains {
	SX_VEC_OF(struct live_domain);
};

#define LIVE_DOMAINS SX_CLEANUP(live_domains_dispose) struct live_domains

struct live_disk {
	long devid;
	char *vdev; /* as stored, e.g. "xvdb" */
	char *target; /* as libxl reports it (without anything up to a ':'); "" if empty */
	bool connected; /* its attach is complete, see live_is_connected */
	/* Only after live_disks_locate. */
	char *object; /* absolute path of what its backend has open; NULL: unknown */
	bool lost; /* the object is unknown, but certainly not what the target now leads to */
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

/* A property of a running domain under its xl.cfg key, as it would be written there. */
struct live_fact {
	const char *key; /* a constant */
	char *value;
};

struct live_facts {
	SX_VEC_OF(struct live_fact);
};

struct live_memory {
	uint64_t target_kib; /* memory/target + videoram: the argument of the last mem-set */
	uint64_t static_max_kib; /* memory/static-max: the argument of the last mem-max */
	/* Its present memory and Xen's limit. Ballooning down after a mem-set takes time. */
	uint64_t has_kib, limit_kib;
};

/*
 * Open the libxl context; the caller closes it with live_close. SX_ENOXEN with the reason: no
 * hypervisor, one of another version than this program's libxenlight, or no xenstore.
 */
int live_open(struct live **out, struct sx_err *err) SX_MUST;
void live_close(struct live *live);

static inline void live_cleanup(struct live **live)
{
	live_close(*live);
}

#define LIVE SX_CLEANUP(live_cleanup) struct live

/* Find a domain by a word: digits are a domid first, then a name. SX_ENODOMAIN. */
int live_find(struct live *live, const char *word, struct live_domain *out,
	      struct sx_err *err) SX_MUST;
/* Find a domain by its name only, even if that is all digits. SX_ENODOMAIN. */
int live_find_name(struct live *live, const char *name, struct live_domain *out,
		   struct sx_err *err) SX_MUST;
void live_domain_dispose(struct live_domain *d);
/* Every running domain, Domain-0 included, by domid. Takes no lock and waits for no guest. */
int live_list(struct live *live, struct live_domains *out, struct sx_err *err) SX_MUST;
void live_domains_dispose(struct live_domains *d);
/* The host's resources as Xen reports them. */
struct live_host {
	uint64_t memory_kib; /* total */
	uint64_t free_kib; /* neither used by a domain nor claimed for one */
	unsigned cpus; /* processors, offline ones included */
};

int live_host_get(struct live *live, struct live_host *out, struct sx_err *err) SX_MUST;
/* The names of all CPU pools. */
int live_pools_list(struct live *live, struct sx_words *out, struct sx_err *err) SX_MUST;

int live_disks_get(struct live *live, uint32_t domid, struct live_disks *out,
		   struct sx_err *err) SX_MUST;
void live_disks_dispose(struct live_disks *d);
/*
 * Fill in what the backends in Domain-0 have open. The target alone does not tell: it may be
 * relative to where xl was started, or a link that now leads elsewhere. A loop device that a
 * hotplug script made counts as its file.
 */
void live_disks_locate(struct live *live, uint32_t domid, struct live_disks *disks);

int live_memory_get(struct live *live, uint32_t domid, struct live_memory *out,
		    struct sx_err *err) SX_MUST;

/* A device other than a disk, with the fields of device.h that libxl reports, in canonical form. */
struct live_device {
	long devid; /* -1: has none (pci, usbdev) */
	bool connected; /* its attach is complete, see live_is_connected */
	struct sx_fields fields;
};

struct live_devices {
	SX_VEC_OF(struct live_device);
};

#define LIVE_DEVICES SX_CLEANUP(live_devices_dispose) struct live_devices

struct libxl__ctx;
/* Appends libxl's list of one class of devices; false: libxl returned none. */
typedef bool live_device_list(struct libxl__ctx *ctx, uint32_t domid, struct live_devices *out);

/* Append what `list` reads; the key ("vif") is for the message. Callers use device_running. */
int live_devices_get(struct live *live, uint32_t domid, const char *key, live_device_list *list,
		     struct live_devices *out, struct sx_err *err) SX_MUST;
void live_devices_dispose(struct live_devices *d);
/*
 * Is the attach of a device complete, so that the guest can use it? `frontend`: the state of the
 * guest's end; `backend`: the backend's path in xenstore. True if that is unknown.
 */
bool live_is_connected(int frontend, const char *backend);

/*
 * What libxl would create the domain from if it rebooted now (libxl_retrieve_domain_configuration):
 * scalars as facts, and disks with all their fields.
 */
struct live_config {
	struct live_facts facts;
	struct live_memory memory;
	struct live_disks disks; /* `connected` is unset */
};

#define LIVE_CONFIG SX_CLEANUP(live_config_dispose) struct live_config

int live_config_get(struct live *live, uint32_t domid, struct live_config *out,
		    struct sx_err *err) SX_MUST;
void live_config_dispose(struct live_config *c);
/* The value of a fact, borrowed; NULL: unknown. */
const char *live_fact(const struct live_config *c, const char *key);

/*
 * The configuration that libxl stored for the domain, as JSON (userdata "libxl-json"); "" if there
 * is none. Scalars are as at creation; libxl adds devices attached since, but does not remove
 * detached ones. Heap string.
 */
int live_stored_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;
/* When the domain was created, restored or rebooted, in seconds since 1970; 0: unknown. */
long long live_started(struct live *live, uint32_t domid);

/* A virtual processor. Affinities in xl's notation: "0-1,4"; "all" for all of the host's. */
struct live_vcpu {
	bool online; /* the guest's state, which follows a vcpu-set late or never */
	char *hard, *soft;
};

struct live_vcpus {
	SX_VEC_OF(struct live_vcpu); /* len is the domain's maximum */
	unsigned wanted; /* how many may be online: the argument of the last vcpu-set */
	bool hvm; /* its QEMU provides new processors */
	unsigned host_len; /* the number of the host's processors */
	int *host_nodes; /* the NUMA node of each, -1: unknown */
};

#define LIVE_VCPUS SX_CLEANUP(live_vcpus_dispose) struct live_vcpus

int live_vcpus_get(struct live *live, uint32_t domid, struct live_vcpus *out,
		   struct sx_err *err) SX_MUST;
void live_vcpus_dispose(struct live_vcpus *v);

/* Scheduler parameters; -1: the scheduler does not have it. */
struct live_sched {
	char scheduler[16]; /* its CPU pool's: "credit", "credit2", "rtds", "null", ... */
	long weight, cap; /* cpu_weight, cap: credit and credit2 */
	long period, budget, extratime; /* us, us, 0 or 1: rtds, of the first virtual processor */
	bool uniform; /* all virtual processors have the same */
};

int live_sched_get(struct live *live, uint32_t domid, struct live_sched *out,
		   struct sx_err *err) SX_MUST;

/* The name of the domain's CPU pool. Heap string. */
int live_pool_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;

/*
 * The configuration text that `xl config-update` left for the domain's next reboot; "" if there is
 * none. Heap string.
 */
int live_update_get(struct live *live, uint32_t domid, char **out, struct sx_err *err) SX_MUST;
