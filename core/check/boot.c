/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a guest boots: the files on this host that its configuration names, if xl reads the key for
 * a guest of its type (parse_config_data in xl_parse.c, libxl_dom.c, libxl_bootloader.c).
 */
#include "base/path.h"
#include "check/private.h"
#include "xlcfg/guest.h"

#include <glob.h>
#include <string.h>

#if defined(__arm__) || defined(__aarch64__)
static const bool has_device_tree = true;
#else
static const bool has_device_tree = false;
#endif

struct boot {
	bool hvm, pvh;
	bool loads; /* a boot loader gets kernel and ramdisk from the guest's disk */
	bool kernel; /* the host has the kernel */
	bool stubdomain, shim;
};

static bool has_text(const struct xlcfg *doc, const char *key)
{
	SX_FREE char *text = xlcfg_get_string(doc, key);

	return text && *text;
}

static bool has_flag(const struct xlcfg *doc, const char *key)
{
	long value;

	return xlcfg_get_long(doc, key, &value) && value;
}

/* An HVM guest uses hvmloader anyway: xl ignores a kernel of that name. */
static bool is_own_kernel(const struct xlcfg *doc, bool hvm)
{
	SX_FREE char *path = xlcfg_get_string(doc, "kernel");
	SX_FREE char *name = path ? sx_path_base(path) : NULL;

	return name && *path && !(hvm && sx_streq(name, "hvmloader"));
}

static void read_boot(const struct xlcfg *doc, struct boot *b)
{
	const char *type = memory_guest_type(doc);

	b->hvm = sx_streq(type, "hvm");
	b->pvh = sx_streq(type, "pvh");
	b->loads = !b->hvm && has_text(doc, "bootloader");
	b->kernel = !b->loads && is_own_kernel(doc, b->hvm);
	b->stubdomain = b->hvm && has_flag(doc, "device_model_stubdomain_override");
	b->shim = b->pvh && has_flag(doc, "pvshim");
}

static bool is_in(const char *dir, const char *name)
{
	SX_FREE char *path = sx_path_join(dir, name);

	return access(path, X_OK) == 0;
}

/* xl searches its own programs for a boot loader without a path, then PATH. */
static bool finds_loader(const char *name)
{
	static const char *const places[] = { "/usr/lib/xen*/bin", "/usr/libexec/xen*/bin",
					      "/usr/local/lib/xen*/bin" };
	const char *path = getenv("PATH"), *dir;
	SX_FREE char *dirs = sx_strdup(path ? path : "");
	char *rest = dirs;
	bool known = false, found = false;

	for (size_t i = 0; i < SX_COUNT(places); i++) {
		glob_t all = { 0 };

		if (glob(places[i], 0, NULL, &all) == 0)
			for (size_t j = 0; j < all.gl_pathc; j++) {
				known = true;
				found = found || is_in(all.gl_pathv[j], name);
			}
		globfree(&all);
	}
	while (!found && (dir = strsep(&rest, ":")))
		found = *dir && is_in(dir, name);
	/* Without xl's programs on this host nobody can tell. */
	return found || !known;
}

static void check_loader(struct inspect *in, const struct xlcfg *doc)
{
	SX_FREE char *loader = xlcfg_get_string(doc, "bootloader");
	size_t line = xlcfg_key_line(doc, "bootloader");

	if (strchr(loader, '/'))
		inspect_path(in, line, "bootloader", loader);
	else if (!in->options->text_only && !finds_loader(loader))
		inspect_add(in, line, INSPECT_FATAL, "missing-file",
			    "bootloader: '%s' is neither among xl's programs nor in PATH", loader);
}

/* Does xl open the key's file? Names without a slash may mean Xen's own files. */
static bool is_read(const struct boot *b, const char *key, const char *path)
{
	static const struct {
		const char *key;
		bool own; /* a relative path is in Xen's firmware directory */
	} hvm_keys[] = {
		{ "firmware_override", true },	    { "bios_path_override", false },
		{ "acpi_firmware", false },	    { "smbios_firmware", false },
		{ "device_model_override", false },
	};

	if (sx_streq(key, "kernel"))
		return b->kernel;
	if (sx_streq(key, "ramdisk"))
		return b->hvm ? b->kernel : !b->loads;
	if (sx_streq(key, "device_tree"))
		return has_device_tree;
	if (sx_streq(key, "pvshim_path"))
		return b->shim && *path == '/';
	if (sx_starts_with(key, "stubdomain_"))
		return b->stubdomain;
	for (size_t i = 0; b->hvm && i < SX_COUNT(hvm_keys); i++)
		if (sx_streq(key, hvm_keys[i].key))
			return !hvm_keys[i].own || *path == '/';
	return false;
}

/* An HVM guest without a kernel boots from its disks: xl refuses keys that need a kernel. */
static void check_direct_boot(struct inspect *in, const struct xlcfg *doc)
{
	static const char *const keys[] = { "ramdisk", "cmdline", "root", "extra" };

	for (size_t i = 0; i < SX_COUNT(keys); i++)
		if (xlcfg_key_kind(doc, keys[i]) == XLCFG_SCALAR)
			inspect_add(
				in, xlcfg_key_line(doc, keys[i]), INSPECT_FATAL, "kernel",
				"%s: xl refuses it in an HVM guest without a kernel of the host",
				keys[i]);
}

void inspect_boot(struct inspect *in, const struct xlcfg *doc)
{
	static const char *const keys[] = { "kernel",
					    "ramdisk",
					    "firmware_override",
					    "bios_path_override",
					    "acpi_firmware",
					    "smbios_firmware",
					    "device_tree",
					    "device_model_override",
					    "stubdomain_kernel",
					    "stubdomain_ramdisk",
					    "pvshim_path" };
	struct boot b;

	read_boot(doc, &b);
	if (!b.hvm && !b.loads && !b.kernel && !has_text(doc, "firmware"))
		inspect_add(in, 0, INSPECT_FATAL, "kernel",
			    "neither kernel nor bootloader: a %s guest has nothing to boot",
			    memory_guest_type(doc));
	if (b.hvm && !b.kernel)
		check_direct_boot(in, doc);
	if (b.loads)
		check_loader(in, doc);
	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		SX_FREE char *path = xlcfg_get_string(doc, keys[i]);

		if (path && is_read(&b, keys[i], path))
			inspect_path(in, xlcfg_key_line(doc, keys[i]), keys[i], path);
	}
}
