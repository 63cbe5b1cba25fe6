/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network interfaces: parse_nic_config in xl_parse.c, xl-network-configuration(5). */
#include "device/private.h"
#include "xlcfg/guest.h"

#include <libxl.h>
#include <string.h>

/* A text field that libxl does not report for a running domain. */
#define TEXT(name) PLAIN(name, DEVICE_TEXT)

/* libxl looks for a script in this directory and later reports its full path. */
static const char *script_name(const char *path)
{
	static const char scripts[] = "/etc/xen/scripts/";
	bool there = path && sx_starts_with(path, scripts) && !strchr(path + strlen(scripts), '/');

	return there ? path + strlen(scripts) : path;
}

static char *canonical_script(const char *text)
{
	return sx_strdup(script_name(text));
}

static const struct device_field fields[] = {
	FIELD("mac", DEVICE_MAC, .identifies = true, .is_live = true),
	FIELD("bridge", DEVICE_TEXT, .usual = "xenbr0", .is_live = true, .record = DEVICE_ALWAYS),
	/* Default: ioemu for one that an HVM guest is created with, else vif. */
	FIELD("type", DEVICE_CHOICE, .choices = "vif ioemu", .is_live = true,
	      .record = DEVICE_IN_HVM),
	TOLD("ip", DEVICE_TEXT, NULL),
	FIELD("script", DEVICE_TEXT, .usual = "vif-bridge", .is_live = true,
	      .canonical = canonical_script),
	BACKEND, TOLD("mtu", DEVICE_NUMBER, "1500"), TEXT("gatewaydev"), TEXT("vifname"),
	FIELD("model", DEVICE_TEXT, .usual = "rtl8139"), PLAIN("rate", DEVICE_RATE),
	FIELD("trusted", DEVICE_WORD, .usual = "1"), TEXT("vlan"), /* since 4.19 */
	PLAIN("accel", DEVICE_IGNORED), TEXT("forwarddev"), TEXT("colo_sock_mirror_id"),
	TEXT("colo_sock_mirror_ip"), TEXT("colo_sock_mirror_port"),
	TEXT("colo_sock_compare_sec_in_id"), TEXT("colo_sock_compare_sec_in_ip"),
	TEXT("colo_sock_compare_sec_in_port"), TEXT("colo_sock_redirector0_id"),
	TEXT("colo_sock_redirector0_ip"), TEXT("colo_sock_redirector0_port"),
	TEXT("colo_sock_redirector1_id"), TEXT("colo_sock_redirector1_ip"),
	TEXT("colo_sock_redirector1_port"), TEXT("colo_sock_redirector2_id"),
	TEXT("colo_sock_redirector2_ip"), TEXT("colo_sock_redirector2_port"),
	TEXT("colo_sock_compare_pri_in_id"), TEXT("colo_sock_compare_pri_in_ip"),
	TEXT("colo_sock_compare_pri_in_port"), TEXT("colo_sock_compare_notify_id"),
	TEXT("colo_sock_compare_notify_ip"), TEXT("colo_sock_compare_notify_port"),
	TEXT("colo_filter_mirror_queue"), TEXT("colo_filter_mirror_outdev"),
	TEXT("colo_filter_redirector0_queue"), TEXT("colo_filter_redirector0_indev"),
	TEXT("colo_filter_redirector0_outdev"), TEXT("colo_filter_redirector1_queue"),
	TEXT("colo_filter_redirector1_indev"), TEXT("colo_filter_redirector1_outdev"),
	TEXT("colo_compare_pri_in"), TEXT("colo_compare_sec_in"), TEXT("colo_compare_out"),
	TEXT("colo_compare_notify_dev"), TEXT("colo_sock_sec_redirector0_id"),
	TEXT("colo_sock_sec_redirector0_ip"), TEXT("colo_sock_sec_redirector0_port"),
	TEXT("colo_sock_sec_redirector1_id"), TEXT("colo_sock_sec_redirector1_ip"),
	TEXT("colo_sock_sec_redirector1_port"), TEXT("colo_filter_sec_redirector0_queue"),
	TEXT("colo_filter_sec_redirector0_indev"), TEXT("colo_filter_sec_redirector0_outdev"),
	TEXT("colo_filter_sec_redirector1_queue"), TEXT("colo_filter_sec_redirector1_indev"),
	TEXT("colo_filter_sec_redirector1_outdev"), TEXT("colo_filter_sec_rewriter0_queue"),
	TEXT("colo_checkpoint_host"), TEXT("colo_checkpoint_port"), END
};

/* xl.conf sets defaults for interfaces. */
static const char *absent(const struct xlcfg *doc SX_UNUSED, const struct sx_fields *host,
			  const char *field)
{
	const char *said = host ? sx_fields_get(host, field) : NULL;

	return sx_streq(field, "script") ? script_name(said) : said;
}

/* network-attach gives a running HVM guest a vif, where the next create would make it ioemu. */
static void complete(struct device *d, const struct xlcfg *doc, bool running)
{
	if (running && sx_streq(memory_guest_type(doc), "hvm"))
		sx_fields_complete(&d->fields, "type", "vif");
}

static void add_vif(libxl_ctx *ctx, const libxl_device_nic *nic, bool connected,
		    struct live_devices *out)
{
	struct live_device d = { .devid = nic->devid, .connected = connected };

	sx_fields_setf(&d.fields, "mac", LIBXL_MAC_FMT, LIBXL_MAC_BYTES(nic->mac));
	device_tell(&d.fields, "bridge", nic->bridge);
	if (nic->nictype != LIBXL_NIC_TYPE_UNKNOWN)
		sx_fields_set(&d.fields, "type",
			      nic->nictype == LIBXL_NIC_TYPE_VIF ? "vif" : "ioemu");
	device_tell(&d.fields, "ip", nic->ip);
	device_tell(&d.fields, "script", script_name(nic->script));
	device_tell_number(&d.fields, "mtu", (unsigned long)nic->mtu);
	device_tell_backend(ctx, &d.fields, nic->backend_domid);
	sx_vec_push(out, d);
}

static bool list_vif(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_nic *nics = libxl_device_nic_list(ctx, domid, &count);

	for (int i = 0; nics && i < count; i++) {
		libxl_nicinfo info;
		bool connected;

		libxl_nicinfo_init(&info);
		connected = libxl_device_nic_getinfo(ctx, domid, &nics[i], &info) == 0 &&
			    live_is_connected(info.state, info.backend);
		add_vif(ctx, &nics[i], connected, out);
		libxl_nicinfo_dispose(&info);
	}
	libxl_device_nic_list_free(nics, count);
	return count > 0;
}

const struct device_class device_vif = {
	.key = "vif",
	.noun = "network interface",
	.attach = "network-attach",
	.detach = "network-detach",
	.list = "network-list",
	.attach_words = 1,
	.detach_words = 2,
	.id = { "mac" },
	.chosen = { "mac", "devid" },
	.fields = fields,
	.is_numbered = true,
	.has_devid = true,
	.skips = true,
	.is_exact = true,
	.alias = { "netdev", "gatewaydev" },
	.stored = "nics",
	.running = list_vif,
	.absent = absent,
	.complete = complete,
};
