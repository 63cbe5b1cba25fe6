/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disk specifications: see disk.h. libxlutil parses them; only the device numbers are computed
 * here, because libxl does not export that function.
 */
#include "spec/disk.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"

#include <libxlutil.h>
#include <limits.h>
#include <string.h>

#define DISK_MAX_BYTES 8192

void disk_dispose(struct disk_spec *d)
{
	free(d->text);
	free(d->vdev);
	free(d->target);
	free(d->meaning);
	free(d->format);
	free(d->script);
	free(d->backend_domain);
	free(d->backendtype);
	*d = (struct disk_spec){ 0 };
}

/* "xvdc3" with prefix "xvd": disk 2, partition 3, as device_virtdisk_matches in libxl_device.c. */
static bool vdev_letters(const char *vdev, const char *prefix, long max_disk, long max_part,
			 long *disk, long *part)
{
	const char *p = vdev + strlen(prefix);
	long n = 0;

	if (!sx_starts_with(vdev, prefix) || *p < 'a' || *p > 'z')
		return false;
	for (; *p >= 'a' && *p <= 'z'; p++) {
		n = n * 26 + (*p - 'a') + 1;
		if (n - 1 > max_disk)
			return false;
	}
	*disk = n - 1;
	*part = 0;
	if (*p == '0')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		*part = *part * 10 + (*p - '0');
		if (*part > max_part)
			return false;
	}
	return *p == '\0';
}

/* "d2p3", each number in C notation. */
static bool vdev_numbers(const char *vdev, long *disk, long *part)
{
	int used = -1;
	int d, p;

	if (sscanf(vdev, "d%ip%i%n", &d, &p, &used) < 2 || used < 0 ||
	    (size_t)used != strlen(vdev) || d < 0 || p < 0 || d >= 1 << 20 || p > 255)
		return false;
	*disk = d;
	*part = p;
	return true;
}

long disk_devid(const char *vdev)
{
	long disk, part;
	char *end;
	unsigned long number;

	if (vdev_numbers(vdev, &disk, &part) ||
	    vdev_letters(vdev, "xvd", (1 << 20) - 1, 255, &disk, &part)) {
		if (disk <= 15 && part <= 15)
			return 202 << 8 | disk << 4 | part;
		return 1L << 28 | disk << 8 | part;
	}
	if (*vdev >= '0' && *vdev <= '9') {
		number = strtoul(vdev, &end, 0);
		return *end || number > INT_MAX ? -1 : (long)number;
	}
	if (vdev_letters(vdev, "hd", 3, 63, &disk, &part))
		return (disk < 2 ? 3 : 22) << 8 | (disk & 1) << 6 | part;
	if (vdev_letters(vdev, "sd", 15, 15, &disk, &part))
		return 8 << 8 | disk << 4 | part;
	return -1;
}

/* Set libxlutil's message, on one line and without its prefix, which names only our own label. */
static int parse_failed(const char *said, const char *shown, struct sx_err *err)
{
	static const char place[] = "config parsing error in disk specification: ";
	SX_STR line = { 0 };
	const char *why = strstr(said, place);

	why = why ? why + strlen(place) : said;
	sx_str_addn(&line, why, strcspn(why, "\n"));
	sx_err_set(err, SX_EUSAGE, "disk '%s': %s", shown,
		   line.len ? line.data : "not a disk specification");
	return sx_err_hint(err,
			   "see xl-disk-configuration(5); an example: /srv/data.img,raw,xvdb,w");
}

/*
 * Keep from libxlutil what would end the process or worse: at a newline after '=' its scanner jams
 * and calls exit(2), and a token of more than 16 KiB overruns the scanner's heap buffer. No path,
 * device or option has a control character anyway.
 */
static int refuse_deadly(const char *word, struct sx_err *err)
{
	const unsigned char *p = (const unsigned char *)word;

	if (strlen(word) > DISK_MAX_BYTES)
		return sx_err_set(err, SX_EUSAGE, "disk '%.40s...': longer than %d bytes", word,
				  DISK_MAX_BYTES);
	while (*p >= 0x20 && *p != 0x7f)
		p++;
	if (*p)
		return sx_err_set(err, SX_EUSAGE, "disk '%s': has a control character (0x%02x)",
				  word, *p);
	return 0;
}

static int parse_with_libxlutil(char *const *words, libxl_device_disk *disk, struct sx_err *err)
{
	SX_FREE char *said = NULL;
	size_t said_len = 0;
	SX_STR shown = { 0 };
	XLU_Config *cfg;
	FILE *report;
	int count = 0;
	int r = EINVAL;

	for (size_t i = 0; words[i]; i++)
		if (refuse_deadly(words[i], err))
			return -1;
	while (words[count]) {
		sx_str_addf(&shown, "%s%s", count ? " " : "", words[count]);
		count++;
	}
	report = open_memstream(&said, &said_len);
	cfg = report ? xlu_cfg_init(report, "disk specification") : NULL;
	if (cfg)
		r = xlu_disk_parse(cfg, count, (const char *const *)words, disk);
	if (cfg)
		xlu_cfg_destroy(cfg);
	if (report)
		fclose(report);
	return r ? parse_failed(said ? said : "", sx_str_text(&shown), err) : 0;
}

static void spec_from_disk(const libxl_device_disk *disk, const char *text, struct disk_spec *out)
{
	SX_FREE char *number = NULL;
	libxl_device_disk copy = *disk;
	libxl_defbool discard = disk->discard_enable;

	/* libxl__device_disk_setdefault */
	libxl_defbool_setdefault(&discard, disk->readwrite);
	out->text = sx_strdup(text);
	out->vdev = sx_strdup(disk->vdev ? disk->vdev : "");
	out->devid = disk_devid(out->vdev);
	out->target = sx_strdup(disk->pdev_path ? disk->pdev_path : "");
	out->format = sx_strdup(libxl_disk_format_to_string(disk->format));
	out->script = sx_strdup(disk->script ? disk->script : "");
	out->backend_domain = sx_strdup(disk->backend_domname ? disk->backend_domname : "");
	out->backendtype = sx_strdup(libxl_disk_backend_to_string(disk->backend));
	out->cdrom = disk->is_cdrom;
	out->readwrite = disk->readwrite;
	out->discard = libxl_defbool_val(discard);
	out->direct_io_safe = disk->direct_io_safe;
	/* xvdb and 51728 are the same device, so `meaning` has the number. */
	number = sx_format("%ld", out->devid);
	copy.vdev = number;
	out->meaning = libxl_device_disk_to_json(NULL, &copy);
	if (!out->meaning)
		out->meaning = sx_strdup(text);
}

static int parse_words(char *const *words, const char *text, struct disk_spec *out,
		       struct sx_err *err)
{
	libxl_device_disk disk;
	int r;

	libxl_device_disk_init(&disk);
	r = parse_with_libxlutil(words, &disk, err);
	if (!r)
		spec_from_disk(&disk, text, out);
	libxl_device_disk_dispose(&disk);
	if (!r && out->devid < 0) {
		sx_err_set(err, SX_EUSAGE, "disk '%s': '%s' is not a virtual device", text,
			   out->vdev);
		sx_err_hint(err, "xvda to xvdp, hda to hdd, sda to sdp, or a device number");
		disk_dispose(out);
		return -1;
	}
	return r;
}

int disk_parse(const char *item, struct disk_spec *out, struct sx_err *err)
{
	char *words[2];
	SX_FREE char *copy = sx_strdup(item);

	words[0] = copy;
	words[1] = NULL;
	return parse_words(words, item, out, err);
}

/* Join the words with commas; the one with target= comes last, as it takes the rest of the text. */
static char *join_words(char *const *words)
{
	SX_STR text = { 0 };
	const char *last = NULL;

	for (size_t i = 0; words[i]; i++) {
		if (!last &&
		    (sx_starts_with(words[i], "target=") || strstr(words[i], ",target="))) {
			last = words[i];
			continue;
		}
		sx_str_addf(&text, "%s%s", text.len ? "," : "", words[i]);
	}
	if (last)
		sx_str_addf(&text, "%s%s", text.len ? "," : "", last);
	return sx_str_take(&text);
}

bool disk_names_url(const struct disk_spec *d)
{
	size_t len = strcspn(d->target, ":/");

	return len && d->target[len] == ':';
}

bool disk_is_local(const struct disk_spec *d)
{
	bool dom0 = !*d->backend_domain || sx_streq(d->backend_domain, "0") ||
		    sx_streq(d->backend_domain, "Domain-0");
	/* libxl runs "block" by default. */
	bool script = *d->script && !sx_streq(d->script, "block");

	return *d->target && dom0 && !script &&
	       !(sx_streq(d->backendtype, "qdisk") && disk_names_url(d));
}

/* The item with the target replaced by its absolute path; NULL: the text does not contain it. */
static char *replace_target(const struct disk_spec *spec, const char *absolute)
{
	size_t len = strlen(spec->target);

	for (const char *at = spec->text; (at = strstr(at, spec->target)); at++) {
		bool starts = at == spec->text || strchr(",:= ", at[-1]);

		if (starts && (at[len] == '\0' || at[len] == ','))
			return sx_format("%.*s%s%s", (int)(at - spec->text), spec->text, absolute,
					 at + len);
	}
	return NULL;
}

/*
 * Make a relative path absolute, because xl will read the item in another directory. What looks
 * like a URL is a path only if that file exists.
 */
static int make_absolute(struct disk_spec *spec, const char *cwd, struct sx_err *err)
{
	SX_FREE char *absolute = NULL, *text = NULL;
	DISK_SPEC again = { 0 };

	if (!cwd || *spec->target == '/' || !disk_is_local(spec))
		return 0;
	if (sx_path_absolute(cwd, spec->target, &absolute, err))
		return -1;
	if (disk_names_url(spec) && access(absolute, F_OK))
		return 0;
	text = replace_target(spec, absolute);
	if (!text)
		return sx_err_set(err, SX_ECONFLICT, "'%s' cannot be made an absolute path in '%s'",
				  spec->target, spec->text);
	if (disk_parse(text, &again, err))
		return -1;
	disk_dispose(spec);
	*spec = sx_steal(&again);
	return 0;
}

int disk_parse_words(char *const *words, const char *cwd, struct disk_spec *out, struct sx_err *err)
{
	SX_FREE char *text = join_words(words);
	DISK_SPEC typed = { 0 };
	DISK_SPEC joined = { 0 };
	SX_ERR why = { 0 };

	if (parse_words(words, text, &typed, err))
		return -1;
	if (disk_parse(text, &joined, &why) || !sx_streq(typed.meaning, joined.meaning))
		return sx_err_set(err, SX_ECONFLICT,
				  "these words cannot be written as one disk item: '%s'", text);
	if (make_absolute(&joined, cwd, err))
		return -1;
	*out = sx_steal(&joined);
	return 0;
}
