/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks, interfaces and all other devices of a configuration, item by item as xl reads them. */
#include "base/near.h"
#include "base/path.h"
#include "check/private.h"
#include "device/device.h"
#include "host/devname.h"
#include "spec/disk.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Report the parser's message; it may begin with the key already. */
static void add_refused(struct inspect *in, size_t line, const char *key, const struct sx_err *err)
{
	bool named = sx_starts_with(err->msg, key) && strchr(": ", err->msg[strlen(key)]);

	inspect_add(in, line, INSPECT_FATAL, key, "%s%s%s", named ? "" : key, named ? "" : ": ",
		    err->msg);
	if (err->hint)
		inspect_hint(in, "%s", err->hint);
}

/* ---- disks ---- */

/* One name for each disk, however its path is spelled: the device or file behind the path. */
static char *storage_of(const char *target)
{
	struct stat st;

	if (stat(target, &st))
		return sx_strdup(target);
	if (S_ISBLK(st.st_mode))
		return sx_format("block %" PRIuMAX, (uintmax_t)st.st_rdev);
	return sx_format("file %" PRIuMAX " %" PRIuMAX, (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
}

/* Check a target that is a path on this host. */
static void check_target(struct inspect *in, const struct disk_spec *d, size_t line)
{
	SX_FREE char *warning = in->options->text_only ? NULL : devname_warning(d->target);

	/* xl itself checks that it exists only if xl chooses the backend, or for phy. */
	if (disk_names_url(d) && (in->options->text_only || access(d->target, F_OK))) {
		inspect_add(in, line, INSPECT_FATAL, "disk",
			    "disk: '%s' is taken for a path: only with backendtype=qdisk does QEMU "
			    "open it as a URL",
			    d->target);
		return;
	}
	inspect_path(in, line, "disk", d->target);
	if (warning)
		inspect_add(in, line, INSPECT_WARNING, "volatile-name", "disk: %s", warning);
}

static void check_disk(struct inspect *in, const struct disk_spec *d, size_t line)
{
	SX_FREE char *devid = sx_format("%zu %ld", in->file, d->devid);
	bool here = disk_is_local(d);

	if (d->devid < 0)
		inspect_add(in, line, INSPECT_FATAL, "disk",
			    "disk: '%s' is not a name for a disk: xvda, hda, sda and so on are",
			    d->vdev);
	else
		inspect_claim(in, CLAIM_VDEV, devid, d->vdev, line, false);
	if (here)
		check_target(in, d, line);
	if (*d->target && !*d->backend_domain && !d->cdrom) {
		SX_FREE char *storage =
			here ? storage_of(d->target) : sx_format("%s %s", d->script, d->target);

		inspect_claim(in, CLAIM_DISK, storage, d->target, line, !d->readwrite);
	}
}

static void check_disks(struct inspect *in, const struct xlcfg *doc)
{
	size_t len = xlcfg_list_len(doc, "disk");

	for (size_t i = 0; i < len; i++) {
		SX_FREE char *item = xlcfg_list_get(doc, "disk", i);
		size_t line = xlcfg_list_line(doc, "disk", i);
		DISK_SPEC spec = { 0 };
		SX_ERR err = { 0 };

		if (!item)
			return; /* xl stops here too */
		if (disk_parse(item, &spec, &err))
			add_refused(in, line, "disk", &err);
		else
			check_disk(in, &spec, line);
	}
}

/* ---- other devices ---- */

/* The bridge that vif-openvswitch reads from BRIDGE[.VLAN][:TRUNK...]; NULL: it reads none. */
static char *ovs_bridge(const char *word)
{
	static const char digits[] = "0123456789";
	size_t len = strcspn(word, ".:");
	const char *p = word + len;
	size_t n = 1;

	if (*p == '.')
		p += 1 + (n = strspn(p + 1, digits));
	while (n && *p == ':')
		p += 1 + (n = strspn(p + 1, digits));
	return len && n && !*p ? sx_strndup(word, len) : NULL;
}

/* The hotplug script interprets the word: only for Xen's own scripts safexl knows how. */
static void check_bridge(struct inspect *in, const struct device *d, const char *word, size_t line)
{
	const char *backend = sx_fields_get(&d->fields, "backend");
	const char *path = sx_fields_get(&d->fields, "script");
	SX_FREE char *script = NULL, *bridge = NULL, *device = NULL;

	if (!path && !in->options->text_only)
		path = sx_fields_get(&in->xlconf, "script");
	script = sx_path_base(path ? path : "vif-bridge");
	if (backend && !sx_streq(backend, "Domain-0") && !sx_streq(backend, "0"))
		return;
	if (sx_streq(script, "vif-bridge"))
		bridge = sx_strdup(word);
	else if (sx_streq(script, "vif-openvswitch"))
		bridge = ovs_bridge(word);
	else
		return;
	if (!bridge) {
		inspect_add(in, line, INSPECT_FATAL, "vif",
			    "vif: vif-openvswitch cannot read 'bridge=%s'", word);
		inspect_hint(in, "the form is bridge=BRIDGE[.VLAN][:TRUNK...]");
		return;
	}
	device = sx_format("%s/sys/class/net/%s", in->env->paths.root, bridge);
	if (!in->options->text_only && access(device, F_OK))
		inspect_add(in, line, INSPECT_WARNING, "missing-bridge",
			    "vif: this host has no bridge '%s' now", bridge);
}

static void check_mac(struct inspect *in, const char *mac, size_t line)
{
	inspect_claim(in, CLAIM_MAC, mac, mac, line, false);
	if (strtoul(mac, NULL, 16) & 1)
		inspect_add(in, line, INSPECT_ERROR, "vif",
			    "vif: %s is the address of a group, no interface can have it", mac);
}

static void check_device(struct inspect *in, const struct device *d, size_t line)
{
	const char *mac = sx_fields_get(&d->fields, "mac");
	const char *bdf = sx_fields_get(&d->fields, "bdf");
	const char *bridge = sx_fields_get(&d->fields, "bridge");

	for (size_t i = 0; i < d->skipped.len; i++)
		inspect_add(in, line, INSPECT_ERROR, d->class->key,
			    "%s: xl does not know '%s' there and ignores it", d->class->key,
			    d->skipped.items[i]);
	/* Without a bridge, vif-bridge takes the first one of the host. */
	if (bridge && *bridge)
		check_bridge(in, d, bridge, line);
	if (mac)
		check_mac(in, mac, line);
	if (bdf && !strchr(bdf, '*'))
		inspect_claim(in, CLAIM_BDF, bdf, bdf, line, false);
}

/* False: xl stops reading the list here. */
static bool check_item(struct inspect *in, const struct xlcfg *doc,
		       const struct device_class *class, size_t i)
{
	SX_FREE char *item = xlcfg_list_get(doc, class->key, i);
	size_t line = xlcfg_list_line(doc, class->key, i);
	SX_WORDS words = { 0 };
	DEVICE device = { 0 };
	SX_ERR err = { 0 };
	int r;

	if (class->is_nested && xlcfg_list_get_list(doc, class->key, i, &words))
		r = device_parse_words(class, sx_words_argv(&words), &device, &err);
	else if (item && !class->is_nested)
		r = device_parse(class, item, &device, &err);
	else
		return false;
	if (r)
		add_refused(in, line, class->key, &err);
	else
		check_device(in, &device, line);
	return true;
}

/* ---- graphics ---- */

/* xl_parse.c: parse_config_data, vfb. It skips what it does not know without a word. */
static void check_vfb_word(struct inspect *in, const char *word, size_t line)
{
	static const char *const known[] = { "vnc",	  "vnclisten", "vncpasswd", "vncdisplay",
					     "vncunused", "keymap",    "sdl",	    "opengl",
					     "display",	  "xauthority" };
	SX_FREE char *name = sx_strndup(word, strcspn(word, "="));
	const char *near = NULL;
	size_t slips = 0;

	for (size_t i = 0; i < SX_COUNT(known); i++) {
		if (sx_streq(name, known[i]))
			return;
		if (sx_is_nearer(name, known[i], &slips))
			near = known[i];
	}
	if (near)
		inspect_add(in, line, INSPECT_ERROR, "vfb",
			    "vfb: xl does not know '%s' there and ignores it; did you mean '%s'?",
			    name, near);
	else
		inspect_add(in, line, INSPECT_WARNING, "vfb",
			    "vfb: xl does not know '%s' there and ignores it", name);
}

static void check_vfbs(struct inspect *in, const struct xlcfg *doc)
{
	for (size_t i = 0, len = xlcfg_list_len(doc, "vfb"); i < len; i++) {
		SX_FREE char *item = xlcfg_list_get(doc, "vfb", i);
		size_t line = xlcfg_list_line(doc, "vfb", i);
		char *rest = item, *word;

		while ((word = strsep(&rest, ","))) {
			word += strspn(word, " ");
			if (*word && !strchr(word, '=')) {
				inspect_add(in, line, INSPECT_ERROR, "vfb",
					    "vfb: xl reads no further than '%s', which has no '='",
					    word);
				break;
			}
			if (*word)
				check_vfb_word(in, word, line);
		}
	}
}

void inspect_devices(struct inspect *in, const struct xlcfg *doc)
{
	check_disks(in, doc);
	check_vfbs(in, doc);
	for (const struct device_class *const *c = device_classes; *c; c++) {
		bool list = xlcfg_key_kind(doc, (*c)->key) == XLCFG_LIST;
		size_t len = list ? xlcfg_list_len(doc, (*c)->key) : 0;

		for (size_t i = 0; i < len && check_item(in, doc, *c, i); i++)
			;
	}
}
