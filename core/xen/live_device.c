/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices of a running domain as libxl tells them, in the vocabulary of device.h: see live.h.
 * What libxl leaves out (rate, model, vifname, seize, ...) is left out here.
 */
#include "xen/live_private.h"

#include <string.h>

static const int connected_state = 4;

/* How much libxl has complained so far. */
static size_t heard(struct live *live)
{
	fflush(live->said);
	return live->said_len;
}

/* A list of libxl is NULL when there is none and when it failed: it complains in the latter case. */
static int listed(struct live *live, const void *list, size_t before, const char *what,
		  struct sx_err *err)
{
	if (list || heard(live) == before)
		return 0;
	return live_failed(live, err, SX_EFAIL, what);
}

static bool is_connected(int frontend, const char *backend)
{
	return frontend == connected_state && live_backend_connected(backend);
}

static void set_text(struct sx_fields *f, const char *name, const char *value)
{
	if (value && *value)
		sx_fields_set(f, name, value);
}

static void set_number(struct sx_fields *f, const char *name, unsigned long value)
{
	if (value)
		sx_fields_setf(f, name, "%lu", value);
}

static void set_flag(struct sx_fields *f, const char *name, bool value)
{
	sx_fields_set(f, name, value ? "1" : "0");
}

/* The domain that has the other end, by name. */
static void set_backend(struct live *live, struct sx_fields *f, uint32_t domid)
{
	char *name = domid ? libxl_domid_to_name(live->ctx, domid) : NULL;

	sx_fields_set(f, "backend", name ? name : "Domain-0");
	free(name);
}

static void add_vif(struct live *live, const libxl_device_nic *nic, bool connected,
		    struct live_devices *out)
{
	static const char scripts[] = "/etc/xen/scripts/";
	struct live_device d = { .devid = nic->devid, .connected = connected };
	const char *script = nic->script;

	if (script && sx_starts_with(script, scripts) && !strchr(script + strlen(scripts), '/'))
		script += strlen(scripts);
	sx_fields_setf(&d.fields, "mac", LIBXL_MAC_FMT, LIBXL_MAC_BYTES(nic->mac));
	set_text(&d.fields, "bridge", nic->bridge);
	if (nic->nictype != LIBXL_NIC_TYPE_UNKNOWN)
		sx_fields_set(&d.fields, "type",
			      nic->nictype == LIBXL_NIC_TYPE_VIF ? "vif" : "ioemu");
	set_text(&d.fields, "ip", nic->ip);
	set_text(&d.fields, "script", script);
	set_number(&d.fields, "mtu", (unsigned long)nic->mtu);
	set_backend(live, &d.fields, nic->backend_domid);
	sx_vec_push(out, d);
}

static int get_vif(struct live *live, uint32_t domid, struct live_devices *out, struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_nic *nics = libxl_device_nic_list(live->ctx, domid, &count);

	if (listed(live, nics, before, "list the network interfaces of the domain", err))
		return -1;
	for (int i = 0; nics && i < count; i++) {
		libxl_nicinfo info;

		libxl_nicinfo_init(&info);
		if (libxl_device_nic_getinfo(live->ctx, domid, &nics[i], &info) == 0)
			add_vif(live, &nics[i], is_connected(info.state, info.backend), out);
		libxl_nicinfo_dispose(&info);
	}
	libxl_device_nic_list_free(nics, count);
	return 0;
}

static int get_vtpm(struct live *live, uint32_t domid, struct live_devices *out, struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_vtpm *all = libxl_device_vtpm_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the virtual TPMs of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vtpminfo info;

		libxl_vtpminfo_init(&info);
		if (libxl_device_vtpm_getinfo(live->ctx, domid, &all[i], &info) == 0)
			d.connected = is_connected(info.state, info.backend);
		libxl_vtpminfo_dispose(&info);
		sx_fields_setf(&d.fields, "uuid", LIBXL_UUID_FMT, LIBXL_UUID_BYTES(all[i].uuid));
		set_backend(live, &d.fields, all[i].backend_domid);
		sx_vec_push(out, d);
	}
	libxl_device_vtpm_list_free(all, count);
	return 0;
}

static void add_vkb(struct live *live, const libxl_device_vkb *vkb, bool connected,
		    struct live_devices *out)
{
	struct live_device d = { .devid = vkb->devid, .connected = connected };
	struct sx_fields *f = &d.fields;

	sx_fields_set(f, "backend-type", libxl_vkb_backend_to_string(vkb->backend_type));
	set_text(f, "unique-id", vkb->unique_id);
	set_backend(live, f, vkb->backend_domid);
	set_flag(f, "feature-disable-keyboard", vkb->feature_disable_keyboard);
	set_flag(f, "feature-disable-pointer", vkb->feature_disable_pointer);
	set_flag(f, "feature-abs-pointer", vkb->feature_abs_pointer);
	set_flag(f, "feature-raw-pointer", vkb->feature_raw_pointer);
	set_flag(f, "feature-multi-touch", vkb->feature_multi_touch);
	set_number(f, "width", vkb->width);
	set_number(f, "height", vkb->height);
	set_number(f, "multi-touch-width", vkb->multi_touch_width);
	set_number(f, "multi-touch-height", vkb->multi_touch_height);
	set_number(f, "multi-touch-num-contacts", vkb->multi_touch_num_contacts);
	sx_vec_push(out, d);
}

static int get_vkb(struct live *live, uint32_t domid, struct live_devices *out, struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_vkb *all = libxl_device_vkb_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the virtual keyboards of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		libxl_vkbinfo info;
		bool connected = libxl_device_vkb_getinfo(live->ctx, domid, &all[i], &info) == 0 &&
				 is_connected(info.state, info.backend);

		add_vkb(live, &all[i], connected, out);
		libxl_vkbinfo_dispose(&info);
	}
	libxl_device_vkb_list_free(all, count);
	return 0;
}

static int get_vdispl(struct live *live, uint32_t domid, struct live_devices *out,
		      struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_vdispl *all = libxl_device_vdispl_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the virtual displays of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vdisplinfo info;
		SX_STR connectors = { 0 };

		libxl_vdisplinfo_init(&info);
		if (libxl_device_vdispl_getinfo(live->ctx, domid, &all[i], &info) == 0) {
			d.connected = is_connected(info.state, info.backend);
			set_flag(&d.fields, "be-alloc", info.be_alloc);
			for (int k = 0; k < info.num_connectors; k++)
				sx_str_addf(&connectors, "%s%s:%ux%u", k ? ";" : "",
					    info.connectors[k].unique_id, info.connectors[k].width,
					    info.connectors[k].height);
		}
		libxl_vdisplinfo_dispose(&info);
		set_text(&d.fields, "connectors", sx_str_text(&connectors));
		set_backend(live, &d.fields, all[i].backend_domid);
		sx_vec_push(out, d);
	}
	libxl_device_vdispl_list_free(all, count);
	return 0;
}

static void set_part(struct sx_fields *f, const char *prefix, const char *name, const char *value)
{
	SX_FREE char *whole = sx_format("%s%s", prefix, name);

	set_text(f, whole, value);
}

static void set_params(struct sx_fields *f, const char *prefix, const libxl_vsnd_params *p)
{
	SX_STR rates = { 0 };
	SX_STR formats = { 0 };
	SX_FREE char *least = p->channels_min ? sx_format("%u", p->channels_min) : NULL;
	SX_FREE char *most = p->channels_max ? sx_format("%u", p->channels_max) : NULL;
	SX_FREE char *buffer = p->buffer_size ? sx_format("%u", p->buffer_size) : NULL;

	for (int i = 0; i < p->num_sample_rates; i++)
		sx_str_addf(&rates, "%s%u", i ? ";" : "", p->sample_rates[i]);
	for (int i = 0; i < p->num_sample_formats; i++)
		sx_str_addf(&formats, "%s%s", i ? ";" : "",
			    libxl_vsnd_pcm_format_to_string(p->sample_formats[i]));
	set_part(f, prefix, "sample-rates", sx_str_text(&rates));
	set_part(f, prefix, "sample-formats", sx_str_text(&formats));
	set_part(f, prefix, "channels-min", least);
	set_part(f, prefix, "channels-max", most);
	set_part(f, prefix, "buffer-size", buffer);
}

static void set_pcm(struct sx_fields *f, int number, const libxl_vsnd_pcm *pcm)
{
	SX_FREE char *prefix = sx_format("pcm%d.", number);

	set_part(f, prefix, "name", pcm->name);
	set_params(f, prefix, &pcm->params);
	for (int i = 0; i < pcm->num_vsnd_streams; i++) {
		const libxl_vsnd_stream *stream = &pcm->streams[i];
		SX_FREE char *inner = sx_format("%sstream%d.", prefix, i);

		set_part(f, inner, "unique-id", stream->unique_id);
		set_part(f, inner, "type", libxl_vsnd_stream_type_to_string(stream->type));
		set_params(f, inner, &stream->params);
	}
}

static int get_vsnd(struct live *live, uint32_t domid, struct live_devices *out, struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_vsnd *all = libxl_device_vsnd_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the virtual sound cards of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vsndinfo info;

		libxl_vsndinfo_init(&info);
		if (libxl_device_vsnd_getinfo(live->ctx, domid, &all[i], &info) == 0)
			d.connected = is_connected(info.state, info.backend);
		libxl_vsndinfo_dispose(&info);
		set_text(&d.fields, "short-name", all[i].short_name);
		set_text(&d.fields, "long-name", all[i].long_name);
		set_backend(live, &d.fields, all[i].backend_domid);
		set_params(&d.fields, "", &all[i].params);
		for (int k = 0; k < all[i].num_vsnd_pcms; k++)
			set_pcm(&d.fields, k, &all[i].pcms[k]);
		sx_vec_push(out, d);
	}
	libxl_device_vsnd_list_free(all, count);
	return 0;
}

static int get_usbctrl(struct live *live, uint32_t domid, struct live_devices *out,
		       struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_usbctrl *all = libxl_device_usbctrl_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the USB controllers of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid, .connected = true };
		libxl_usbctrlinfo info;

		libxl_usbctrlinfo_init(&info);
		/* One of the device model has no driver that would connect. */
		if (all[i].type != LIBXL_USBCTRL_TYPE_DEVICEMODEL &&
		    libxl_device_usbctrl_getinfo(live->ctx, domid, &all[i], &info) == 0)
			d.connected = is_connected(info.state, info.backend);
		libxl_usbctrlinfo_dispose(&info);
		sx_fields_set(&d.fields, "type", libxl_usbctrl_type_to_string(all[i].type));
		set_number(&d.fields, "version", (unsigned long)all[i].version);
		set_number(&d.fields, "ports", (unsigned long)all[i].ports);
		sx_vec_push(out, d);
	}
	libxl_device_usbctrl_list_free(all, count);
	return 0;
}

static int get_usbdev(struct live *live, uint32_t domid, struct live_devices *out,
		      struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_usbdev *all = libxl_device_usbdev_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the USB devices of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = -1, .connected = true };

		sx_fields_set(&d.fields, "type", "hostdev");
		sx_fields_setf(&d.fields, "hostbus", "%u", all[i].u.hostdev.hostbus);
		sx_fields_setf(&d.fields, "hostaddr", "%u", all[i].u.hostdev.hostaddr);
		sx_fields_setf(&d.fields, "controller", "%d", all[i].ctrl);
		sx_fields_setf(&d.fields, "port", "%d", all[i].port);
		sx_vec_push(out, d);
	}
	libxl_device_usbdev_list_free(all, count);
	return 0;
}

static void add_pci(const libxl_device_pci *pci, struct live_devices *out)
{
	struct live_device d = { .devid = -1, .connected = true };

	sx_fields_setf(&d.fields, "bdf", "%04x:%02x:%02x.%x", pci->domain, pci->bus, pci->dev,
		       pci->func);
	set_text(&d.fields, "name", pci->name);
	if (pci->vdevfn)
		sx_fields_setf(&d.fields, "vslot", "%x", pci->vdevfn >> 3);
	set_flag(&d.fields, "permissive", pci->permissive);
	set_flag(&d.fields, "msitranslate", pci->msitranslate);
	set_flag(&d.fields, "power_mgmt", pci->power_mgmt);
	if (pci->rdm_policy != LIBXL_RDM_RESERVE_POLICY_INVALID)
		set_text(&d.fields, "rdm_policy",
			 libxl_rdm_reserve_policy_to_string(pci->rdm_policy));
	sx_vec_push(out, d);
}

static int get_pci(struct live *live, uint32_t domid, struct live_devices *out, struct sx_err *err)
{
	int count = 0;
	size_t before = heard(live);
	libxl_device_pci *all = libxl_device_pci_list(live->ctx, domid, &count);

	if (listed(live, all, before, "list the PCI devices of the domain", err))
		return -1;
	for (int i = 0; all && i < count; i++)
		add_pci(&all[i], out);
	libxl_device_pci_list_free(all, count);
	return 0;
}

int live_devices_get(struct live *live, uint32_t domid, const char *key, struct live_devices *out,
		     struct sx_err *err)
{
	static const struct {
		const char *key;
		int (*get)(struct live *live, uint32_t domid, struct live_devices *out,
			   struct sx_err *err);
	} all[] = {
		{ "vif", get_vif },	  { "vtpm", get_vtpm }, { "vkb", get_vkb },
		{ "vdispl", get_vdispl }, { "vsnd", get_vsnd }, { "usbctrl", get_usbctrl },
		{ "usbdev", get_usbdev }, { "pci", get_pci },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++)
		if (sx_streq(all[i].key, key))
			return all[i].get(live, domid, out, err);
	return sx_err_set(err, SX_EFAIL, "libxl is not asked about '%s'", key);
}

void live_devices_dispose(struct live_devices *d)
{
	for (size_t i = 0; i < d->len; i++)
		sx_fields_dispose(&d->items[i].fields);
	sx_vec_free(d);
}
