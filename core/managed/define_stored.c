/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libxl keeps of a domain's creation and diff does not compare, as keys of xl.cfg: firmware,
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
};

/* Members of libxl_domain_config (libxl_types.idl), the key of xl.cfg, and what is as usual. */
static const struct stored {
	const char *within, *member, *key, *usual;
	enum stored_kind kind;
} stored_keys[] = {
	{ "c_info", "hap", "hap", "True", STORED_FLAG },
	{ "c_info", "driver_domain", "driver_domain", "False", STORED_FLAG },
	{ "b_info", "acpi", "acpi", "True", STORED_FLAG },
	{ "b_info", "apic", "apic", "True", STORED_FLAG },
	{ "b_info", "nested_hvm", "nestedhvm", "False", STORED_FLAG },
	{ "b_info", "localtime", "localtime", "False", STORED_FLAG },
	{ "b_info", "rtc_timeoffset", "rtc_timeoffset", "", STORED_NUMBER },
	{ "b_info", "tsc_mode", "tsc_mode", "default", STORED_TEXT },
	{ "b_info", "disable_migrate", "nomigrate", "False", STORED_FLAG },
	{ "b_info", "video_memkb", "videoram", "", STORED_KIB },
	{ "b_info", "event_channels", "max_event_channels", "", STORED_NUMBER },
	{ "b_info", "bootloader_args", "bootloader_args", "", STORED_WORDS },
	{ "b_info", "device_model", "device_model_override", "", STORED_TEXT },
	{ "b_info", "device_model_user", "device_model_user", "", STORED_TEXT },
	{ "b_info", "device_model_stubdomain", "device_model_stubdomain_override", "False",
	  STORED_FLAG },
	{ "b_info", "dm_restrict", "dm_restrict", "False", STORED_FLAG },
	{ "b_info", "extra", "device_model_args", "", STORED_WORDS },
	{ "b_info", "extra_pv", "device_model_args_pv", "", STORED_WORDS },
	{ "b_info", "extra_hvm", "device_model_args_hvm", "", STORED_WORDS },
	{ "b_info/type.pv", "e820_host", "e820_host", "False", STORED_FLAG },
	{ "b_info/type.pvh", "pvshim", "pvshim", "False", STORED_FLAG },
	{ "b_info/type.pvh", "pvshim_path", "pvshim_path", "", STORED_TEXT },
	{ "b_info/type.pvh", "pvshim_cmdline", "pvshim_cmdline", "", STORED_TEXT },
	{ "b_info/type.hvm", "boot", "boot", "", STORED_TEXT },
	{ "b_info/type.hvm", "bios", "bios", "seabios", STORED_TEXT },
	{ "b_info/type.hvm", "firmware", "firmware_override", "", STORED_TEXT },
	{ "b_info/type.hvm", "system_firmware", "bios_path_override", "", STORED_TEXT },
	{ "b_info/type.hvm", "smbios_firmware", "smbios_firmware", "", STORED_TEXT },
	{ "b_info/type.hvm", "acpi_firmware", "acpi_firmware", "", STORED_TEXT },
	{ "b_info/type.hvm", "acpi", "acpi", "True", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_s3", "acpi_s3", "True", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_s4", "acpi_s4", "True", STORED_FLAG },
	{ "b_info/type.hvm", "acpi_laptop_slate", "acpi_laptop_slate", "False", STORED_FLAG },
	{ "b_info/type.hvm", "apic", "apic", "True", STORED_FLAG },
	{ "b_info/type.hvm", "pae", "pae", "True", STORED_FLAG },
	{ "b_info/type.hvm", "nx", "nx", "True", STORED_FLAG },
	{ "b_info/type.hvm", "hpet", "hpet", "True", STORED_FLAG },
	{ "b_info/type.hvm", "vpt_align", "vpt_align", "True", STORED_FLAG },
	{ "b_info/type.hvm", "viridian", "viridian", "False", STORED_FLAG },
	{ "b_info/type.hvm", "nested_hvm", "nestedhvm", "False", STORED_FLAG },
	{ "b_info/type.hvm", "mmio_hole_memkb", "mmio_hole", "", STORED_KIB },
	{ "b_info/type.hvm", "hdtype", "hdtype", "ide", STORED_TEXT },
	{ "b_info/type.hvm", "xen_platform_pci", "xen_platform_pci", "True", STORED_FLAG },
	{ "b_info/type.hvm", "vendor_device", "vendor_device", "none", STORED_TEXT },
	{ "b_info/type.hvm/vga", "kind", "vga", "cirrus", STORED_TEXT },
	{ "b_info/type.hvm", "nographic", "nographic", "False", STORED_FLAG },
	{ "b_info/type.hvm", "gfx_passthru", "gfx_passthru", "False", STORED_FLAG },
	{ "b_info/type.hvm/vnc", "enable", "vnc", "", STORED_FLAG },
	{ "b_info/type.hvm/vnc", "listen", "vnclisten", "127.0.0.1", STORED_TEXT },
	{ "b_info/type.hvm/vnc", "display", "vncdisplay", "", STORED_NUMBER },
	{ "b_info/type.hvm/vnc", "findunused", "vncunused", "True", STORED_FLAG },
	{ "b_info/type.hvm/vnc", "passwd", "vncpasswd", "", STORED_SECRET },
	{ "b_info/type.hvm/sdl", "enable", "sdl", "False", STORED_FLAG },
	{ "b_info/type.hvm/sdl", "opengl", "opengl", "False", STORED_FLAG },
	{ "b_info/type.hvm/sdl", "display", "display", "", STORED_TEXT },
	{ "b_info/type.hvm/sdl", "xauthority", "xauthority", "", STORED_TEXT },
	{ "b_info/type.hvm/spice", "enable", "spice", "False", STORED_FLAG },
	{ "b_info/type.hvm/spice", "port", "spiceport", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "tls_port", "spicetls_port", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "host", "spicehost", "", STORED_TEXT },
	{ "b_info/type.hvm/spice", "disable_ticketing", "spicedisable_ticketing", "False",
	  STORED_FLAG },
	{ "b_info/type.hvm/spice", "passwd", "spicepasswd", "", STORED_SECRET },
	{ "b_info/type.hvm/spice", "agent_mouse", "spiceagent_mouse", "True", STORED_FLAG },
	{ "b_info/type.hvm/spice", "vdagent", "spicevdagent", "False", STORED_FLAG },
	{ "b_info/type.hvm/spice", "clipboard_sharing", "spice_clipboard_sharing", "False",
	  STORED_FLAG },
	{ "b_info/type.hvm/spice", "usbredirection", "spiceusbredirection", "", STORED_NUMBER },
	{ "b_info/type.hvm/spice", "image_compression", "spice_image_compression", "",
	  STORED_TEXT },
	{ "b_info/type.hvm/spice", "streaming_video", "spice_streaming_video", "", STORED_TEXT },
	{ "b_info/type.hvm", "keymap", "keymap", "", STORED_TEXT },
	{ "b_info/type.hvm", "usb", "usb", "False", STORED_FLAG },
	{ "b_info/type.hvm", "usbversion", "usbversion", "", STORED_NUMBER },
	{ "b_info/type.hvm", "usbdevice", "usbdevice", "", STORED_TEXT },
	{ "b_info/type.hvm", "usbdevice_list", "usbdevice", "", STORED_WORDS },
	{ "b_info/type.hvm", "vkb_device", "vkb_device", "True", STORED_FLAG },
	{ "b_info/type.hvm", "soundhw", "soundhw", "", STORED_TEXT },
	{ "b_info/type.hvm", "serial", "serial", "", STORED_TEXT },
	{ "b_info/type.hvm", "serial_list", "serial", "", STORED_WORDS },
};

/* The words of an element of vfb, within it. */
static const struct stored vfb_words[] = {
	{ "vnc", "enable", "vnc", "", STORED_FLAG },
	{ "vnc", "listen", "vnclisten", "127.0.0.1", STORED_TEXT },
	{ "vnc", "display", "vncdisplay", "", STORED_NUMBER },
	{ "vnc", "findunused", "vncunused", "True", STORED_FLAG },
	{ "vnc", "passwd", "vncpasswd", "", STORED_SECRET },
	{ "sdl", "enable", "sdl", "False", STORED_FLAG },
	{ "sdl", "opengl", "opengl", "False", STORED_FLAG },
	{ "sdl", "display", "display", "", STORED_TEXT },
	{ "sdl", "xauthority", "xauthority", "", STORED_TEXT },
	{ "", "keymap", "keymap", "", STORED_TEXT },
};

/* What is kept as a list that has no key of one form: it is told, not written. */
static const struct stored untold[] = {
	{ "b_info/type.hvm", "viridian_enable", "viridian", NULL, STORED_WORDS },
	{ "b_info/type.hvm", "viridian_disable", "viridian", NULL, STORED_WORDS },
	{ "b_info", "cpuid", "cpuid", NULL, STORED_WORDS },
	{ "b_info", "vnuma_nodes", "vnuma", NULL, STORED_WORDS },
	{ "b_info", "ioports", "ioports", NULL, STORED_WORDS },
	{ "b_info", "irqs", "irqs", NULL, STORED_WORDS },
	{ "b_info", "iomem", "iomem", NULL, STORED_WORDS },
	{ "", "channels", "channel", NULL, STORED_WORDS },
	{ "", "p9s", "p9", NULL, STORED_WORDS },
	{ "", "pvcallsifs", "pvcalls", NULL, STORED_WORDS },
	{ "", "dtdevs", "dtdev", NULL, STORED_WORDS },
	{ "", "vsnds", "vsnd", NULL, STORED_WORDS },
};

/* No size of a guest: libxl's sign for "as it sees fit". */
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

/* libxl writes a flag as "True" or true; one that is left to libxl is not there, or "<default>". */
static char *text_of(const struct json *in, const struct stored *s)
{
	const char *text = json_get_string(in, s->member);
	long long number = json_get_number(in, s->member);

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
	/* The only one that xl.cfg has another word for (xl_parse.c). */
	return sx_strdup(sx_streq(s->key, "vga") && sx_streq(text, "std") ? "stdvga" : text);
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

/* xl takes such an element apart at its commas. */
static char *vfb_item(const struct json *vfb, struct sx_words *left)
{
	SX_STR item = { 0 };

	for (size_t i = 0; i < SX_COUNT(vfb_words); i++) {
		const struct stored *s = &vfb_words[i];
		const struct json *in = object_at(vfb, s->within);
		SX_FREE char *text = in ? text_of(in, s) : NULL;

		if (text && (s->kind == STORED_SECRET || strchr(text, ',')))
			leave(left, s->key);
		else if (text)
			sx_str_addf(&item, "%s%s=%s", item.len ? "," : "", s->key, text);
	}
	/* libxl's own choice is VNC, and xl wants a word. */
	if (!item.len)
		sx_str_add(&item, "vnc=1");
	return sx_str_take(&item);
}

static int write_vfbs(const struct json *all, struct xlcfg *doc, struct xlcfg_edits *edits,
		      struct sx_words *left, struct sx_err *err)
{
	SX_WORDS items = { 0 };

	for (size_t i = 0; i < json_count(all, "vfbs"); i++) {
		const struct json *vfb = json_at(all, "vfbs", i);

		if (vfb)
			sx_words_give(&items, vfb_item(vfb, left));
	}
	return items.len ? xlcfg_edits_set_list(edits, doc, "vfb", sx_words_argv(&items), err) : 0;
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
	for (size_t i = 0; i < SX_COUNT(untold); i++) {
		const struct json *in = object_at(all, untold[i].within);

		if (in && json_count(in, untold[i].member))
			leave(left, untold[i].key);
	}
	return write_vfbs(all, doc, edits, left, err);
}
