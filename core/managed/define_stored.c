/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libxl stores of a domain's creation and diff does not compare, as keys of xl.cfg: firmware,
 * displays, timers and the like. A password is left out, as the file will be in history.
 */
#include "host/json.h"
#include "managed/private.h"
#include "xlcfg/edits.h"

#include <string.h>

enum stored_kind {
	STORED_TEXT,
	STORED_FLAG,
	STORED_NUMBER,
	STORED_KIB, /* xl.cfg has MiB */
	STORED_WORDS,
	STORED_SECRET,
	STORED_CHOICE, /* the value is `usual`, if the object `within` exists */
};

/*
 * Members of libxl_domain_config (libxl_types.idl), the key of xl.cfg, and the value that libxl
 * stores though nobody set it. Every other value was set by the configuration, even if it is a
 * default.
 */
static const struct stored {
	const char *within, *member, *key, *usual;
	enum stored_kind kind;
} stored_keys[] = {
	{ "c_info", "hap", "hap", "", STORED_FLAG },
	{ "c_info", "oos", "oos", "", STORED_FLAG },
	{ "c_info", "driver_domain", "driver_domain", "", STORED_FLAG },
	{ "c_info", "passthrough", "passthrough", "default", STORED_TEXT },
	{ "c_info", "ssid_label", "seclabel", "", STORED_TEXT },
	{ "c_info", "xend_suspend_evtchn_compat", "xend_suspend_evtchn_compat", "", STORED_FLAG },
	{ "b_info", "acpi", "acpi", "", STORED_FLAG },
	{ "b_info", "apic", "apic", "", STORED_FLAG },
	{ "b_info", "nested_hvm", "nestedhvm", "", STORED_FLAG },
	{ "b_info", "localtime", "localtime", "", STORED_FLAG },
	{ "b_info", "rtc_timeoffset", "rtc_timeoffset", "", STORED_NUMBER },
	{ "b_info", "timer_mode", "timer_mode", "", STORED_TEXT },
	{ "b_info", "tsc_mode", "tsc_mode", "default", STORED_TEXT },
	{ "b_info", "disable_migrate", "nomigrate", "", STORED_FLAG },
	{ "b_info", "video_memkb", "videoram", "", STORED_KIB },
	{ "b_info", "shadow_memkb", "shadow_memory", "", STORED_KIB },
	{ "b_info", "event_channels", "max_event_channels", "", STORED_NUMBER },
	{ "b_info", "max_grant_frames", "max_grant_frames", "", STORED_NUMBER },
	{ "b_info", "max_maptrack_frames", "max_maptrack_frames", "", STORED_NUMBER },
	{ "b_info", "max_grant_version", "max_grant_version", "", STORED_NUMBER },
	{ "b_info", "vmtrace_buf_kb", "vmtrace_buf_kb", "", STORED_NUMBER },
	{ "b_info", "altp2m", "altp2m", "disabled", STORED_TEXT },
	{ "b_info", "vpmu", "vpmu", "", STORED_FLAG },
	{ "b_info", "tee", "tee", "none", STORED_TEXT },
	{ "b_info", "device_tree", "device_tree", "", STORED_TEXT },
	{ "b_info", "exec_ssid_label", "init_seclabel", "", STORED_TEXT },
	{ "b_info", "bootloader_args", "bootloader_args", "", STORED_WORDS },
	{ "b_info", "bootloader_restrict", "bootloader_restrict", "", STORED_FLAG },
	{ "b_info", "bootloader_user", "bootloader_user", "", STORED_TEXT },
	{ "b_info", "device_model_version", "device_model_version", "", STORED_TEXT },
	{ "b_info", "device_model", "device_model_override", "", STORED_TEXT },
	{ "b_info", "device_model_user", "device_model_user", "", STORED_TEXT },
	{ "b_info", "device_model_ssid_label", "device_model_stubdomain_seclabel", "",
	  STORED_TEXT },
	{ "b_info", "device_model_stubdomain", "device_model_stubdomain_override", "",
	  STORED_FLAG },
	{ "b_info", "stubdomain_memkb", "stubdomain_memory", "", STORED_KIB },
	{ "b_info", "stubdomain_kernel", "stubdomain_kernel", "", STORED_TEXT },
	{ "b_info", "stubdomain_ramdisk", "stubdomain_ramdisk", "", STORED_TEXT },
	{ "b_info", "stubdomain_cmdline", "stubdomain_cmdline", "", STORED_TEXT },
	{ "b_info", "dm_restrict", "dm_restrict", "", STORED_FLAG },
	{ "b_info", "extra", "device_model_args", "", STORED_WORDS },
	{ "b_info", "extra_pv", "device_model_args_pv", "", STORED_WORDS },
	{ "b_info", "extra_hvm", "device_model_args_hvm", "", STORED_WORDS },
	{ "b_info/arch_x86", "msr_relaxed", "msr_relaxed", "False", STORED_FLAG },
	{ "b_info/arch_arm", "gic_version", "gic_version", "DEFAULT", STORED_TEXT },
	{ "b_info/arch_arm", "vuart", "vuart", "", STORED_TEXT },
	{ "b_info/type.pv", "e820_host", "e820_host", "", STORED_FLAG },
	{ "b_info/type.pvh", "pvshim", "pvshim", "", STORED_FLAG },
	{ "b_info/type.pvh", "pvshim_path", "pvshim_path", "", STORED_TEXT },
	{ "b_info/type.pvh", "pvshim_cmdline", "pvshim_cmdline", "", STORED_TEXT },
	{ "b_info/type.pvh", "pvshim_extra", "pvshim_extra", "", STORED_TEXT },
	{ "b_info/type.hvm", "boot", "boot", "", STORED_TEXT },
	{ "b_info/type.hvm", "bios", "bios", "", STORED_TEXT },
	{ "b_info/type.hvm", "firmware", "firmware_override", "", STORED_TEXT },
	{ "b_info/type.hvm", "system_firmware", "bios_path_override", "", STORED_TEXT },
	{ "b_info/type.hvm", "smbios_firmware", "smbios_firmware", "", STORED_TEXT },
	{ "b_info/type.hvm", "acpi_firmware", "acpi_firmware", "", STORED_TEXT },
	{ "b_info/type.hvm", "acpi", "acpi", "", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_s3", "acpi_s3", "", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_s4", "acpi_s4", "", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_laptop_slate", "acpi_laptop_slate", "", STORED_FLAG },
	{ "b_info/type.hvm", "apic", "apic", "", STORED_FLAG },
	{ "b_info/type.hvm", "pae", "pae", "", STORED_FLAG },
	{ "b_info/type.hvm", "nx", "nx", "", STORED_FLAG },
	{ "b_info/type.hvm", "hpet", "hpet", "", STORED_FLAG },
	{ "b_info/type.hvm", "vpt_align", "vpt_align", "", STORED_FLAG },
	{ "b_info/type.hvm", "viridian", "viridian", "", STORED_FLAG },
	{ "b_info/type.hvm", "nested_hvm", "nestedhvm", "", STORED_FLAG },
	{ "b_info/type.hvm", "mmio_hole_memkb", "mmio_hole", "", STORED_KIB },
	{ "b_info/type.hvm", "rdm_mem_boundary_memkb", "rdm_mem_boundary", "", STORED_KIB },
	{ "b_info/type.hvm", "hdtype", "hdtype", "ide", STORED_TEXT },
	{ "b_info/type.hvm", "xen_platform_pci", "xen_platform_pci", "", STORED_FLAG },
	{ "b_info/type.hvm", "pirq", "hvm_pirq", "", STORED_FLAG },
	{ "b_info/type.hvm", "vendor_device", "vendor_device", "none", STORED_TEXT },
	{ "b_info/type.hvm/vga", "kind", "vga", "", STORED_TEXT },
	{ "b_info/type.hvm", "nographic", "nographic", "", STORED_FLAG },
	{ "b_info/type.hvm", "gfx_passthru", "gfx_passthru", "", STORED_FLAG },
	{ "b_info/type.hvm", "gfx_passthru_kind", "gfx_passthru", "default", STORED_TEXT },
	{ "b_info/type.hvm/vnc", "enable", "vnc", "", STORED_FLAG },
	{ "b_info/type.hvm/vnc", "listen", "vnclisten", "", STORED_TEXT },
	{ "b_info/type.hvm/vnc", "display", "vncdisplay", "", STORED_NUMBER },
	{ "b_info/type.hvm/vnc", "findunused", "vncunused", "", STORED_FLAG },
	{ "b_info/type.hvm/vnc", "passwd", "vncpasswd", "", STORED_SECRET },
	{ "b_info/type.hvm/sdl", "enable", "sdl", "", STORED_FLAG },
	{ "b_info/type.hvm/sdl", "opengl", "opengl", "", STORED_FLAG },
	{ "b_info/type.hvm/sdl", "display", "display", "", STORED_TEXT },
	{ "b_info/type.hvm/sdl", "xauthority", "xauthority", "", STORED_TEXT },
	{ "b_info/type.hvm/spice", "enable", "spice", "", STORED_FLAG },
	{ "b_info/type.hvm/spice", "port", "spiceport", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "tls_port", "spicetls_port", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "host", "spicehost", "", STORED_TEXT },
	{ "b_info/type.hvm/spice", "disable_ticketing", "spicedisable_ticketing", "", STORED_FLAG },
	{ "b_info/type.hvm/spice", "passwd", "spicepasswd", "", STORED_SECRET },
	{ "b_info/type.hvm/spice", "agent_mouse", "spiceagent_mouse", "", STORED_FLAG },
	{ "b_info/type.hvm/spice", "vdagent", "spicevdagent", "", STORED_FLAG },
	{ "b_info/type.hvm/spice", "clipboard_sharing", "spice_clipboard_sharing", "",
	  STORED_FLAG },
	{ "b_info/type.hvm/spice", "usbredirection", "spiceusbredirection", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "image_compression", "spice_image_compression", "",
	  STORED_TEXT },
	{ "b_info/type.hvm/spice", "streaming_video", "spice_streaming_video", "", STORED_TEXT },
	{ "b_info/type.hvm", "keymap", "keymap", "", STORED_TEXT },
	{ "b_info/type.hvm", "usb", "usb", "", STORED_FLAG },
	{ "b_info/type.hvm", "usbversion", "usbversion", "", STORED_NUMBER },
	{ "b_info/type.hvm", "usbdevice", "usbdevice", "", STORED_TEXT },
	{ "b_info/type.hvm", "usbdevice_list", "usbdevice", "", STORED_WORDS },
	{ "b_info/type.hvm", "vkb_device", "vkb_device", "", STORED_FLAG },
	{ "b_info/type.hvm", "soundhw", "soundhw", "", STORED_TEXT },
	{ "b_info/type.hvm", "serial", "serial", "", STORED_TEXT },
	{ "b_info/type.hvm", "serial_list", "serial", "", STORED_WORDS },
};

/* The words within an element of a device list that diff does not compare. */
static const struct stored vfb_words[] = {
	{ "vnc", "enable", "vnc", "", STORED_FLAG },
	{ "vnc", "listen", "vnclisten", "", STORED_TEXT },
	{ "vnc", "display", "vncdisplay", "", STORED_NUMBER },
	{ "vnc", "findunused", "vncunused", "", STORED_FLAG },
	{ "vnc", "passwd", "vncpasswd", "", STORED_SECRET },
	{ "sdl", "enable", "sdl", "", STORED_FLAG },
	{ "sdl", "opengl", "opengl", "", STORED_FLAG },
	{ "sdl", "display", "display", "", STORED_TEXT },
	{ "sdl", "xauthority", "xauthority", "", STORED_TEXT },
	{ "", "keymap", "keymap", "", STORED_TEXT },
	{ NULL, NULL, NULL, NULL, STORED_TEXT },
};
static const struct stored channel_words[] = {
	{ "", "name", "name", "", STORED_TEXT },
	{ "connection.pty", "", "connection", "pty", STORED_CHOICE },
	{ "connection.socket", "", "connection", "socket", STORED_CHOICE },
	{ "connection.socket", "path", "path", "", STORED_TEXT },
	{ NULL, NULL, NULL, NULL, STORED_TEXT },
};
static const struct stored p9_words[] = {
	{ "", "tag", "tag", "", STORED_TEXT },
	{ "", "path", "path", "", STORED_TEXT },
	{ "", "security_model", "security_model", "", STORED_TEXT },
	{ NULL, NULL, NULL, NULL, STORED_TEXT },
};

static const struct stored_list {
	const char *member, *key;
	const struct stored *words;
	const char *without; /* the item for an element in which nothing is set; NULL: none */
} stored_lists[] = {
	{ "vfbs", "vfb", vfb_words, "vnc=1" },
	{ "channels", "channel", channel_words, NULL },
	{ "p9s", "p9", p9_words, NULL },
};

/* Members for which there is no key of a simple form: safexl names them instead of writing them. */
static const struct stored untold[] = {
	{ "b_info/type.hvm/rdm", "strategy", "rdm", NULL, STORED_CHOICE },
	{ "b_info/type.hvm", "mca_caps", "mca_caps", NULL, STORED_NUMBER },
	{ "b_info/type.hvm", "ms_vm_genid", "ms_vm_genid", NULL, STORED_WORDS },
	{ "b_info/type.hvm", "smbios", "smbios", NULL, STORED_WORDS },
	{ "b_info/type.hvm", "viridian_enable", "viridian", NULL, STORED_WORDS },
	{ "b_info/type.hvm", "viridian_disable", "viridian", NULL, STORED_WORDS },
	{ "b_info", "cpuid", "cpuid", NULL, STORED_WORDS },
	{ "b_info", "vnuma_nodes", "vnuma", NULL, STORED_WORDS },
	{ "b_info", "ioports", "ioports", NULL, STORED_WORDS },
	{ "b_info", "irqs", "irqs", NULL, STORED_WORDS },
	{ "b_info", "iomem", "iomem", NULL, STORED_WORDS },
	{ "", "pvcallsifs", "pvcalls", NULL, STORED_WORDS },
	{ "", "dtdevs", "dtdev", NULL, STORED_WORDS },
	{ "", "vsnds", "vsnd", NULL, STORED_WORDS },
};

/* A larger number is no size of a guest: libxl stores one for "default". */
static const long long most_kib = 1LL << 40;

/* The object on that path of members; NULL: none. */
static const struct json *object_at(const struct json *from, const char *path)
{
	while (from && *path) {
		size_t len = strcspn(path, "/");
		SX_FREE char *name = sx_strndup(path, len);

		from = json_get(from, name);
		path += len + (path[len] == '/');
	}
	return from;
}

/* xl.cfg(5) has another word for some of libxl's (xl_parse.c). Heap string. */
static char *word_of(const char *key, const char *text)
{
	char *word = sx_strdup(sx_streq(key, "vga") && sx_streq(text, "std") ? "stdvga" : text);

	for (char *p = word; sx_streq(key, "device_model_version") && *p; p++)
		if (*p == '_')
			*p = '-';
	return word;
}

/* libxl writes a flag as "True" or true; one that was not set is missing, or "<default>". */
static char *text_of(const struct json *in, const struct stored *s)
{
	const char *text = json_get_string(in, s->member);
	long long number = json_get_number(in, s->member);

	if (s->kind == STORED_CHOICE)
		return sx_strdup(s->usual);
	if (s->kind == STORED_FLAG && !text && json_has(in, s->member))
		text = json_get_bool(in, s->member) ? "True" : "False";
	if (s->kind == STORED_NUMBER || s->kind == STORED_KIB)
		return number > 0 && number < most_kib
			       ? sx_format("%lld", s->kind == STORED_KIB ? number >> 10 : number)
			       : NULL;
	if (!text || !*text || sx_streq(text, s->usual) || sx_streq(text, "<default>") ||
	    sx_streq(text, "unknown"))
		return NULL;
	if (s->kind == STORED_FLAG)
		return sx_strdup(sx_streq(text, "True") ? "1" : "0");
	return word_of(s->key, text);
}

static void leave(struct sx_words *left, const char *key)
{
	sx_words_give(left, sx_format("%s of the running domain is not in the file", key));
}

static int write_key(const struct json *in, const struct stored *s, struct xlcfg *doc,
		     struct xlcfg_edits *edits, struct sx_words *left, struct sx_err *err)
{
	SX_FREE char *text = in ? text_of(in, s) : NULL;
	SX_WORDS words = { 0 };

	if (in && s->kind == STORED_WORDS)
		json_get_words(in, s->member, &words);
	if (words.len)
		return xlcfg_edits_set_list(edits, doc, s->key, sx_words_argv(&words), err);
	if (!text)
		return 0;
	if (s->kind == STORED_SECRET) {
		leave(left, s->key);
		return 0;
	}
	if (s->kind == STORED_TEXT)
		return xlcfg_edits_set_string(edits, doc, s->key, text, err);
	return xlcfg_edits_set_number(edits, doc, s->key, strtol(text, NULL, 10), err);
}

/* xl splits such an item at its commas: a value with a comma cannot be written. */
static char *item_of(const struct json *device, const struct stored_list *list,
		     struct sx_words *left)
{
	SX_STR item = { 0 };

	for (const struct stored *s = list->words; s->key; s++) {
		const struct json *in = object_at(device, s->within);
		SX_FREE char *text = in ? text_of(in, s) : NULL;

		if (text && (s->kind == STORED_SECRET || strchr(text, ',')))
			leave(left, s->key);
		else if (text)
			sx_str_addf(&item, "%s%s=%s", item.len ? "," : "", s->key, text);
	}
	if (!item.len && list->without)
		sx_str_add(&item, list->without);
	return sx_str_take(&item);
}

static int write_list(const struct json *all, const struct stored_list *list, struct xlcfg *doc,
		      struct xlcfg_edits *edits, struct sx_words *left, struct sx_err *err)
{
	SX_WORDS items = { 0 };

	for (size_t i = 0; i < json_count(all, list->member); i++) {
		const struct json *device = json_at(all, list->member, i);
		SX_FREE char *item = device ? item_of(device, list, left) : sx_strdup("");

		if (*item)
			sx_words_add(&items, item);
		else
			leave(left, list->key);
	}
	return items.len ? xlcfg_edits_set_list(edits, doc, list->key, sx_words_argv(&items), err)
			 : 0;
}

static void tell_untold(const struct json *all, struct sx_words *left)
{
	for (size_t i = 0; i < SX_COUNT(untold); i++) {
		const struct json *in = object_at(all, untold[i].within);

		if (in && (json_count(in, untold[i].member) ||
			   json_get_number(in, untold[i].member) > 0 ||
			   json_get_string(in, untold[i].member)))
			leave(left, untold[i].key);
	}
	/* xl adds a vkb for each display, so diff ignores those of a guest with displays. */
	for (size_t i = 0; json_count(all, "vfbs") && i < json_count(all, "vkbs"); i++) {
		const struct json *vkb = json_at(all, "vkbs", i);

		if (vkb && json_has(vkb, "backend_type"))
			leave(left, "vkb");
	}
}

int define_stored(const char *stored, struct xlcfg *doc, struct xlcfg_edits *edits,
		  struct sx_words *left, struct sx_err *err)
{
	JSON_DOC *all = NULL;

	if (!*stored)
		return 0;
	if (json_parse(stored, strlen(stored), &all, err))
		return -1;
	for (size_t i = 0; i < SX_COUNT(stored_keys); i++)
		if (write_key(object_at(all, stored_keys[i].within), &stored_keys[i], doc, edits,
			      left, err))
			return -1;
	for (size_t i = 0; i < SX_COUNT(stored_lists); i++)
		if (write_list(all, &stored_lists[i], doc, edits, left, err))
			return -1;
	tell_untold(all, left);
	return 0;
}
