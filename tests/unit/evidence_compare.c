/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts: what two documents, written by hand, lead to and what is said. */
#include "evidence_world.h"

/* Documents of one layer; @ stands for what is given. */
#define DOC(boot, layer) \
	"{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"" boot "\",\"layers\":[{" layer "}]}"
#define OTHER(layer) "{\"version\":7,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" layer "}]}"
#define BLOCK "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":4194304,"
#define LIVE BLOCK "\"counts\":true,\"device\":\"253:1\",\"diskseq\":\"5\",\"identity\":\"dm A\","
#define COUNT(w, d) "\"written\":" w ",\"discarded\":" d
#define FILE_ "\"kind\":\"file\",\"path\":\"/srv/b\",\"format\":\"raw\",\"size\":4096,"
#define TIMES(m, c) "\"mtime\":\"" m ".000000001\",\"ctime\":\"" c ".000000001\""
#define UUID "\"filesystem\":\"uuid A\",\"inode\":\"12\","
#define CONTENT(found, regions)                                         \
	",\"content\":{\"direct\":true,\"found\":[{\"name\":\"\"" found \
	"}],\"regions\":\"" regions "\",\"samples\":\"00\"}"
#define EXT(m, n) \
	",\"type\":\"ext4\",\"uuid\":\"U\",\"mounted\":" m ",\"written\":" m ",\"mounts\":" n
#define R1 "0+4096:aa 8192+4096:bb"
#define FULL(digest) ",\"content\":{\"direct\":true,\"full\":\"" digest "\"}"

struct row {
	const char *what, *then, *now;
	enum evidence_state state;
	const char *said; /* the whole of what is said, or the note */
};

static const struct row block_rows[] = {
	{ "counters stand still", DOC("1", LIVE COUNT("100", "0")),
	  DOC("1", LIVE COUNT("100", "0")), EVIDENCE_UNCHANGED_EXACT, NULL },
	{ "counters moved", DOC("1", LIVE COUNT("100", "0")), DOC("1", LIVE COUNT("1234667", "0")),
	  EVIDENCE_CHANGED, "1,234,567 sectors were written to /dev/v since the save" },
	{ "one sector", DOC("1", LIVE COUNT("100", "0")), DOC("1", LIVE COUNT("101", "0")),
	  EVIDENCE_CHANGED, "1 sector was written to /dev/v since the save" },
	{ "discards", DOC("1", LIVE COUNT("100", "0")), DOC("1", LIVE COUNT("100", "16")),
	  EVIDENCE_CHANGED, "16 sectors were discarded on /dev/v since the save" },
	{ "another boot: counters mean nothing", DOC("1", LIVE COUNT("100", "0")),
	  DOC("2", LIVE COUNT("0", "0")), EVIDENCE_UNCHANGED_SEEN, NULL },
	{ "no boot id: never the same boot",
	  "{\"version\":1,\"kind\":\"disk\",\"layers\":[{" LIVE COUNT("1", "0") "}]}",
	  "{\"version\":1,\"kind\":\"disk\",\"layers\":[{" LIVE COUNT("1", "0") "}]}",
	  EVIDENCE_UNCHANGED_SEEN, NULL },
	{ "the kernel does not count", DOC("1", BLOCK "\"counts\":false," COUNT("5", "0")),
	  DOC("1", BLOCK "\"counts\":false," COUNT("5", "0")), EVIDENCE_UNCHANGED_SEEN,
	  "the kernel does not count what is written to /dev/v (is its queue/iostats 0?)" },
	{ "counters went back", DOC("1", LIVE COUNT("100", "0")), DOC("1", LIVE COUNT("7", "0")),
	  EVIDENCE_UNCHANGED_SEEN,
	  "/dev/v was removed and added again, which reset the kernel's counters of writes" },
	{ "another diskseq", DOC("1", BLOCK "\"counts\":true,\"diskseq\":\"5\"," COUNT("1", "0")),
	  DOC("1", BLOCK "\"counts\":true,\"diskseq\":\"6\"," COUNT("1", "0")),
	  EVIDENCE_UNCHANGED_SEEN,
	  "/dev/v was removed and added again, which reset the kernel's counters of writes" },
	{ "writes beneath a partition", DOC("1", LIVE COUNT("1", "0") ",\"beneath\":5"),
	  DOC("1", LIVE COUNT("1", "0") ",\"beneath\":9"), EVIDENCE_UNCHANGED_SEEN,
	  "something was written to the disk of which /dev/v is a partition" },
	{ "another device", DOC("1", BLOCK "\"identity\":\"dm A\""),
	  DOC("1", BLOCK "\"identity\":\"dm B\""), EVIDENCE_ANOTHER,
	  "/dev/v is another device now (device dm B, it was dm A)" },
	{ "another size", DOC("1", BLOCK COUNT("1", "0")),
	  DOC("1", "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":8192"),
	  EVIDENCE_CHANGED, "the size of /dev/v went from 4194304 to 8192 bytes" },
	{ "not set up yet",
	  DOC("1", BLOCK "\"identity\":\"loop /srv/b 0 0\"," COUNT("1", "0") FULL("aa")),
	  DOC("2", "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":0"),
	  EVIDENCE_MISSING, "/dev/v is not set up: its size is 0" },
	{ "not set up, and so not based on a file",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" LIVE COUNT(
		  "1", "0") "},{" FILE_ UUID TIMES("5", "5") "}]}",
	  DOC("1", "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":0"),
	  EVIDENCE_MISSING, "/dev/v is not set up: its size is 0" },
	{ "another one, and so based on another file",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" BLOCK
	  "\"identity\":\"loop /srv/a\"},{\"kind\":\"file\",\"path\":\"/srv/a\"}]}",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" BLOCK
	  "\"identity\":\"loop /srv/b\"},{\"kind\":\"file\",\"path\":\"/srv/b\"}]}",
	  EVIDENCE_ANOTHER,
	  "/dev/v is another device now (device loop /srv/b, it was loop /srv/a)" },
	{ "empty at both times",
	  DOC("1", "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":0,"
		   "\"diskseq\":\"1\"," COUNT("1", "0")),
	  DOC("1", "\"kind\":\"block\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":0,"
		   "\"diskseq\":\"1\"," COUNT("2", "0")),
	  EVIDENCE_CHANGED, "1 sector was written to /dev/v since the save" },
	{ "a file where the device was", DOC("1", BLOCK COUNT("1", "0")),
	  DOC("1", "\"kind\":\"file\",\"path\":\"/dev/v\",\"format\":\"raw\",\"size\":4194304"),
	  EVIDENCE_ANOTHER, "/dev/v is a file now" },
	{ "no longer there", DOC("1", BLOCK COUNT("1", "0")),
	  DOC("1", "\"kind\":\"unverifiable\",\"path\":\"/dev/v\",\"format\":\"raw\","
		   "\"missing\":true,\"reason\":\"open /dev/v: No such file\""),
	  EVIDENCE_MISSING, "/dev/v is no longer there" },
	{ "not to be found", DOC("1", BLOCK COUNT("1", "0")),
	  DOC("1", "\"kind\":\"unverifiable\",\"path\":\"/dev/v\",\"format\":\"raw\","
		   "\"reason\":\"open /dev/v: Too many levels of symbolic links\""),
	  EVIDENCE_MISSING,
	  "/dev/v cannot be looked at now: open /dev/v: Too many levels of symbolic links" },
	{ "the digest of everything has the last word", DOC("1", LIVE COUNT("100", "0") FULL("aa")),
	  DOC("1", LIVE COUNT("101", "0") FULL("aa")), EVIDENCE_UNCHANGED_SEEN,
	  "1 sector was written to /dev/v since the save, but the content is the same to the last "
	  "byte" },
	{ "in another boot as well", DOC("1", LIVE COUNT("100", "0") FULL("aa")),
	  DOC("2", LIVE COUNT("100", "0") FULL("bb")), EVIDENCE_CHANGED,
	  "what is on /dev/v differs" },
	{ "a digest on one side alone says nothing", DOC("1", LIVE COUNT("100", "0") FULL("aa")),
	  DOC("1", LIVE COUNT("101", "0")), EVIDENCE_CHANGED,
	  "1 sector was written to /dev/v since the save" },
};

static const struct row file_rows[] = {
	{ "times stand still", DOC("1", FILE_ UUID TIMES("5", "6")),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNCHANGED_EXACT, NULL },
	{ "and over a reboot", DOC("1", FILE_ UUID TIMES("5", "6")),
	  DOC("2", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNCHANGED_SEEN, NULL },
	{ "modified", DOC("1", FILE_ UUID TIMES("5", "5")),
	  DOC("2", FILE_ UUID TIMES("1795348803", "1795348803")), EVIDENCE_CHANGED,
	  "/srv/b was modified 2026-11-22 12:00:03" },
	{ "the date put back", DOC("1", FILE_ UUID TIMES("5", "5")),
	  DOC("1", FILE_ UUID TIMES("5", "1795348803")), EVIDENCE_CHANGED,
	  "/srv/b was changed 2026-11-22 12:00:03 (its owner, mode or name, or its content with "
	  "the old date)" },
	{ "another inode", DOC("1", FILE_ "\"inode\":\"1\"," TIMES("5", "5")),
	  DOC("1", FILE_ "\"inode\":\"2\"," TIMES("5", "5")), EVIDENCE_ANOTHER,
	  "/srv/b is another file now (inode 2, it was 1)" },
	{ "another file system", DOC("1", FILE_ "\"filesystem\":\"uuid A\"," TIMES("5", "5")),
	  DOC("1", FILE_ "\"filesystem\":\"uuid B\"," TIMES("5", "5")), EVIDENCE_ANOTHER,
	  "/srv/b is another file now (file system uuid B, it was uuid A)" },
	{ "a file system told in another way",
	  DOC("1", FILE_ "\"filesystem\":\"uuid A\"," TIMES("5", "5")),
	  DOC("1", FILE_ "\"filesystem\":\"fsid 77\"," TIMES("5", "5")), EVIDENCE_UNSEEN,
	  "the file system of /srv/b cannot be compared (fsid 77, it was uuid A)" },
	{ "a path to paint with", DOC("1", FILE_ TIMES("5", "5")),
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{\"kind\":\"file\","
	  "\"path\":\"/srv/\\u001b[31m\",\"format\":\"raw\"}]}",
	  EVIDENCE_CHANGED, "it needs /srv/\\x1b[31m now, it needed /srv/b" },
	{ "taken for another format",
	  DOC("1", "\"kind\":\"file\",\"path\":\"/srv/b\",\"format\":\"raw\""),
	  DOC("1", "\"kind\":\"file\",\"path\":\"/srv/b\",\"format\":\"qcow2\""), EVIDENCE_CHANGED,
	  "/srv/b is taken for qcow2 now, it was raw" },
	{ "fewer files",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" FILE_ TIMES(
		  "5", "5") "},{" FILE_ TIMES("5", "5") "}]}",
	  DOC("1", FILE_ TIMES("5", "5")), EVIDENCE_CHANGED,
	  "it is made of 1 files or devices now, it was of 2" },
};

static const struct row content_rows[] = {
	{ "the same", DOC("1", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)), EVIDENCE_UNCHANGED_SEEN, NULL },
	{ "ext4 was mounted", DOC("1", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("1795348803", "2"), R1)), EVIDENCE_CHANGED,
	  "/dev/v was mounted read-write on 2026-11-22 12:00:03 (ext4 mount time)" },
	{ "ext4 is back at an older state",
	  DOC("1", BLOCK "\"x\":1" CONTENT(EXT("1795348803", "2"), R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)), EVIDENCE_CHANGED,
	  "/dev/v went back to when it was mounted on 1970-01-01 00:00:05 (ext4 mount time)" },
	{ "btrfs was written to",
	  DOC("1", BLOCK "\"x\":1" CONTENT(",\"type\":\"btrfs\",\"generation\":\"9\"", R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(",\"type\":\"btrfs\",\"generation\":\"12\"", R1)),
	  EVIDENCE_CHANGED, "/dev/v was written to (btrfs generation 12, it was 9)" },
	{ "xfs was mounted",
	  DOC("1", BLOCK "\"x\":1" CONTENT(",\"type\":\"xfs\",\"log_head\":\"1:9\"", R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(",\"type\":\"xfs\",\"log_head\":\"1:11\"", R1)),
	  EVIDENCE_CHANGED,
	  "/dev/v was mounted read-write or repaired (the log of its xfs moved on)" },
	{ "another type", DOC("1", BLOCK "\"x\":1" CONTENT(",\"type\":\"xfs\"", R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT("", R1)), EVIDENCE_CHANGED,
	  "/dev/v holds nothing that is known now, it held xfs" },
	{ "made anew", DOC("1", BLOCK "\"x\":1" CONTENT(",\"type\":\"xfs\",\"uuid\":\"A\"", R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(",\"type\":\"xfs\",\"uuid\":\"B\"", R1)),
	  EVIDENCE_CHANGED, "/dev/v holds another xfs now (UUID B, it was A)" },
	{ "a place differs", DOC("1", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), "0+4096:aa 8192+4096:cc")),
	  EVIDENCE_CHANGED, "what is on /dev/v differs (in bytes 8192 to 12287)" },
	{ "a place is missing", DOC("1", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), "0+4096:aa")), EVIDENCE_CHANGED,
	  "what is on /dev/v differs" },
	{ "a place is new", DOC("1", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), "0+4096:aa")),
	  DOC("2", BLOCK "\"x\":1" CONTENT(EXT("5", "1"), R1)), EVIDENCE_CHANGED,
	  "what is on /dev/v differs" },
	{ "beneath still counters", DOC("1", LIVE COUNT("1", "0") CONTENT(EXT("5", "1"), R1)),
	  DOC("1", LIVE COUNT("1", "0") CONTENT(EXT("5", "1"), "0+4096:ff 8192+4096:bb")),
	  EVIDENCE_CHANGED, "what is on /dev/v differs (in bytes 0 to 4095)" },
	{ "an encrypted volume leaves doubt",
	  DOC("1", BLOCK "\"x\":1" CONTENT(",\"type\":\"crypto_LUKS\"", R1)),
	  DOC("2", BLOCK "\"x\":1" CONTENT(",\"type\":\"crypto_LUKS\"", R1)),
	  EVIDENCE_UNCHANGED_SEEN,
	  "a write to the crypto_LUKS on /dev/v would show in a digest of the whole disk only" },
	{ "but not when the counters are known",
	  DOC("1", LIVE COUNT("1", "0") CONTENT(",\"type\":\"crypto_LUKS\"", R1)),
	  DOC("1", LIVE COUNT("1", "0") CONTENT(",\"type\":\"crypto_LUKS\"", R1)),
	  EVIDENCE_UNCHANGED_EXACT, NULL },
};

#define UNSEEN ",\"unseen\":[\"read /dev/v: Input/output error\"]"
#define PARTIAL(found, regions, samples)                                \
	",\"content\":{\"direct\":true,\"found\":[{\"name\":\"\"" found \
	"}],\"regions\":\"" regions "\",\"samples\":\"" samples "\"}"
#define NO_CONTENT_NOW "/dev/v cannot be looked at in full now: read /dev/v: Input/output error"
#define NO_CONTENT_THEN \
	"at the save, /dev/v could not be looked at in full (read /dev/v: Input/output error)"
#define S(c) #c #c #c #c #c #c #c #c #c #c #c #c #c #c #c #c

/* Each piece stands by itself. */
static const struct row piece_rows[] = {
	{ "no content now: the counters still tell",
	  DOC("1", LIVE COUNT("100", "0") CONTENT(EXT("5", "1"), R1)),
	  DOC("1", BLOCK "\"counts\":false,\"device\":\"253:1\",\"diskseq\":\"5\",\"identity\":"
			 "\"dm A\"," COUNT("101", "0") UNSEEN),
	  EVIDENCE_CHANGED, "1 sector was written to /dev/v since the save" },
	{ "and when they stand still, that is a refusal",
	  DOC("2", LIVE COUNT("100", "0") CONTENT(EXT("5", "1"), R1)),
	  DOC("2", LIVE COUNT("100", "0") UNSEEN), EVIDENCE_UNSEEN, NO_CONTENT_NOW },
	{ "no content then: the counters still tell", DOC("1", LIVE COUNT("100", "0") UNSEEN),
	  DOC("1", LIVE COUNT("103", "0") CONTENT(EXT("5", "1"), R1)), EVIDENCE_CHANGED,
	  "3 sectors were written to /dev/v since the save" },
	{ "and the rest is compared", DOC("1", LIVE COUNT("100", "0") UNSEEN),
	  DOC("1", LIVE COUNT("100", "0") CONTENT(EXT("5", "1"), R1)), EVIDENCE_UNCHANGED_SEEN,
	  NO_CONTENT_THEN },
	{ "a region now", DOC("1", BLOCK "\"x\":1" PARTIAL("", "0+4096:aa 8192+4096:bb", "")),
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "0+4096:aa 8192+4096:-", "") UNSEEN),
	  EVIDENCE_UNSEEN, NO_CONTENT_NOW },
	{ "a region then: the others are compared",
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "0+4096:- 8192+4096:bb", "") UNSEEN),
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "0+4096:aa 8192+4096:cc", "")), EVIDENCE_CHANGED,
	  "what is on /dev/v differs (in bytes 8192 to 12287)" },
	{ "a sample now", DOC("1", BLOCK "\"x\":1" PARTIAL("", "", S(a) S(b))),
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "", S(a) "-               ") UNSEEN),
	  EVIDENCE_UNSEEN, NO_CONTENT_NOW },
	{ "a sample then: the others are compared",
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "", "-               " S(b)) UNSEEN),
	  DOC("1", BLOCK "\"x\":1" PARTIAL("", "", S(a) S(c))), EVIDENCE_CHANGED,
	  "what is on /dev/v differs (in bytes 49152 to 53247)" },
	{ "the facts of a file system now",
	  DOC("1", BLOCK "\"x\":1" PARTIAL(",\"type\":\"xfs\",\"log_head\":\"1:2\"", R1, "")),
	  DOC("1", BLOCK "\"x\":1" PARTIAL(",\"type\":\"xfs\",\"partial\":true", R1, "") UNSEEN),
	  EVIDENCE_UNSEEN, NO_CONTENT_NOW },
	{ "and then",
	  DOC("1", BLOCK "\"x\":1" PARTIAL(",\"type\":\"xfs\",\"partial\":true", R1, "") UNSEEN),
	  DOC("1", BLOCK "\"x\":1" PARTIAL(",\"type\":\"xfs\",\"log_head\":\"1:2\"", R1, "")),
	  EVIDENCE_UNCHANGED_SEEN, NO_CONTENT_THEN },
	{ "which device it is", DOC("1", LIVE COUNT("1", "0")),
	  DOC("1", BLOCK "\"counts\":true,\"device\":\"253:1\",\"diskseq\":\"5\"," COUNT("1", "0")),
	  EVIDENCE_UNSEEN, "safexl can no longer tell which device /dev/v is" },
	{ "the counters", DOC("1", LIVE COUNT("1", "0")), DOC("1", LIVE "\"discarded\":0"),
	  EVIDENCE_UNSEEN, "the kernel's counters of /dev/v cannot be read" },
	{ "whether they count", DOC("1", LIVE COUNT("1", "0")),
	  DOC("1", BLOCK "\"counts\":false,\"device\":\"253:1\",\"diskseq\":\"5\",\"identity\":"
			 "\"dm A\"," COUNT("1", "0")),
	  EVIDENCE_UNSEEN,
	  "the kernel does not count what is written to /dev/v (is its queue/iostats 0?)" },
	{ "the times of a file", DOC("1", FILE_ UUID TIMES("5", "6")),
	  DOC("1", FILE_ UUID "\"x\":1"), EVIDENCE_UNSEEN, "the times of /srv/b cannot be read" },
	{ "the boot", DOC("1", FILE_ TIMES("5", "6")),
	  "{\"version\":1,\"kind\":\"disk\",\"layers\":[{" FILE_ TIMES("5", "6") "}]}",
	  EVIDENCE_UNSEEN, "safexl cannot tell whether this host has booted since" },
	{ "version 1 called all of it unverifiable, and noted times nevertheless",
	  DOC("1", "\"kind\":\"unverifiable\",\"reason\":\"read /srv/b: Input/output error\","
		   "\"path\":\"/srv/b\",\"format\":\"raw\"," UUID TIMES("5", "5")),
	  DOC("1", FILE_ UUID TIMES("1795348803", "1795348803")), EVIDENCE_CHANGED,
	  "/srv/b was modified 2026-11-22 12:00:03" },
	{ "what a file is based on, now",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" FILE_ TIMES(
		  "5", "5") "},{\"path\":\"/srv/base\",\"format\":\"raw\",\"kind\":\"file\"}]}",
	  "{\"version\":1,\"kind\":\"disk\",\"boot_id\":\"1\",\"layers\":[{" FILE_ TIMES(
		  "5", "5") "},{\"path\":\"/srv/b\",\"kind\":\"unverifiable\",\"reason\":\"read "
			    "/srv/b: Input/output error\"}]}",
	  EVIDENCE_UNSEEN, "read /srv/b: Input/output error" },
};

/* What moves the ctime of a file and nothing else. */
#define SAME(digest, small) \
	",\"content\":{\"direct\":true,\"full\":\"" digest "\",\"small\":" small "}"
#define CHMOD                                                                                   \
	"/srv/b was changed 2026-11-22 12:00:03 (its owner, mode or name, or its content with " \
	"the old date)"

#define REAL(path, inode) "\"real_path\":\"" path "\",\"inode\":\"" inode "\","

static const struct row ctime_rows[] = {
	{ "moved to another file system and back",
	  DOC("1", FILE_ REAL("/srv/b", "1") TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ REAL("/srv/b", "2") TIMES("5", "5") SAME("aa", "true")),
	  EVIDENCE_UNCHANGED_SEEN,
	  "/srv/b is another file now (inode 2, it was 1), but the content is the same to the "
	  "last byte" },
	{ "a link that leads to a copy",
	  DOC("1", FILE_ REAL("/srv/a", "1") TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ REAL("/srv/c", "2") TIMES("5", "5") SAME("aa", "true")), EVIDENCE_ANOTHER,
	  "/srv/b is another file now (inode 2, it was 1)" },
	{ "another file with the same content and a time of its own",
	  DOC("1", FILE_ REAL("/srv/b", "1") TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ REAL("/srv/b", "2") TIMES("6", "6") SAME("aa", "true")), EVIDENCE_ANOTHER,
	  "/srv/b is another file now (inode 2, it was 1)" },
	{ "a small file's mode", DOC("1", FILE_ UUID TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ UUID TIMES("5", "1795348803") SAME("aa", "true")), EVIDENCE_UNCHANGED_SEEN,
	  CHMOD ", but the content is the same to the last byte" },
	{ "a byte of it, with the old date",
	  DOC("1", FILE_ UUID TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ UUID TIMES("5", "1795348803") SAME("bb", "true")), EVIDENCE_CHANGED,
	  CHMOD "; what is on /srv/b differs" },
	{ "the mode of one whose bytes are not known", DOC("1", FILE_ UUID TIMES("5", "5")),
	  DOC("1", FILE_ UUID TIMES("5", "1795348803") SAME("aa", "true")), EVIDENCE_CHANGED,
	  CHMOD },
	{ "its bytes cannot be read now", DOC("1", FILE_ UUID TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ UUID TIMES("5", "5") ",\"content\":{\"direct\":true,\"small\":true}"
					      ",\"unseen\":[\"read /srv/b: Input/output error\"]"),
	  EVIDENCE_UNSEEN,
	  "/srv/b cannot be looked at in full now: read /srv/b: Input/output error" },
	{ "a time of writing counts, whatever the bytes",
	  DOC("1", FILE_ UUID TIMES("5", "5") SAME("aa", "true")),
	  DOC("1", FILE_ UUID TIMES("1795348803", "1795348803") SAME("aa", "true")),
	  EVIDENCE_CHANGED, "/srv/b was modified 2026-11-22 12:00:03" },
	{ "unless a digest of everything was asked for",
	  DOC("1", FILE_ UUID TIMES("5", "5") SAME("aa", "false")),
	  DOC("1", FILE_ UUID TIMES("1795348803", "1795348803") SAME("aa", "true")),
	  EVIDENCE_UNCHANGED_SEEN,
	  "/srv/b was modified 2026-11-22 12:00:03, but the content is the same to the last byte" },
};

static const struct row disk_rows[] = {
	{ "not to be looked at, then",
	  "{\"version\":1,\"kind\":\"unverifiable\",\"reason\":\"by script\"}",
	  DOC("1", FILE_ TIMES("5", "5")), EVIDENCE_UNKNOWN, "by script" },
	{ "not to be looked at, now", DOC("1", FILE_ TIMES("5", "5")),
	  "{\"version\":1,\"boot_id\":\"1\",\"kind\":\"unverifiable\",\"reason\":\"by script\"}",
	  EVIDENCE_UNSEEN, "by script" },
	{ "an empty drive", "{\"version\":1,\"kind\":\"empty\"}",
	  "{\"version\":1,\"kind\":\"empty\"}", EVIDENCE_UNCHANGED_EXACT, NULL },
	{ "ejected", DOC("1", FILE_ TIMES("5", "5")), "{\"version\":1,\"kind\":\"empty\"}",
	  EVIDENCE_CHANGED, "the drive is empty now" },
	{ "of another version: what both know is compared", OTHER(FILE_ UUID TIMES("5", "6")),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNCHANGED_EXACT,
	  "it was recorded by another version of safexl" },
	{ "and a change shows", OTHER(FILE_ UUID TIMES("5", "5")),
	  DOC("1", FILE_ UUID TIMES("1795348803", "1795348803")), EVIDENCE_CHANGED,
	  "/srv/b was modified 2026-11-22 12:00:03" },
	{ "of which nothing is known here",
	  OTHER("\"path\":\"/srv/b\",\"format\":\"raw\","
		"\"kind\":\"file\",\"fingerprint\":\"77\""),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNSEEN,
	  "nothing was recorded about /srv/b that can be compared" },
	{ "of which not even the kind is known here",
	  OTHER("\"path\":\"/srv/b\",\"format\":\"raw\",\"sort\":\"file\"," TIMES("5", "6")),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNSEEN,
	  "nothing was recorded about /srv/b that can be compared" },
	{ "of which its path alone is known here", OTHER("\"path\":\"/srv/b\",\"sort\":\"file\""),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNSEEN,
	  "nothing was recorded about /srv/b that can be compared" },
	{ "a further file of which its path alone is known here",
	  OTHER(FILE_ UUID TIMES("5", "6") "},{\"path\":\"/srv/base\",\"sort\":\"file\""),
	  OTHER(FILE_ UUID TIMES("5", "6") "},{\"path\":\"/srv/base\",\"format\":\"raw\","
					   "\"kind\":\"file\",\"size\":1," TIMES("5", "6")),
	  EVIDENCE_UNSEEN, "nothing was recorded about /srv/base that can be compared" },
	{ "not looked at, for an unknown reason",
	  "{\"version\":7,\"boot_id\":\"1\",\"kind\":\"unverifiable\"}",
	  DOC("1", FILE_ TIMES("5", "5")), EVIDENCE_UNSEEN,
	  "nothing was recorded about it that can be compared" },
	{ "a file with a reason that is no text", OTHER(FILE_ UUID TIMES("5", "6") ",\"reason\":5"),
	  DOC("1", FILE_ UUID TIMES("5", "6")), EVIDENCE_UNCHANGED_EXACT,
	  "it was recorded by another version of safexl" },
	{ "a kind of disk that is not known here",
	  "{\"version\":7,\"boot_id\":\"1\",\"kind\":\"pool\"}", DOC("1", FILE_ TIMES("5", "5")),
	  EVIDENCE_UNSEEN, "nothing was recorded about it that can be compared" },
	{ "nothing at all", "{}", DOC("1", FILE_ TIMES("5", "5")), EVIDENCE_UNSEEN,
	  "nothing was recorded about it that can be compared" },
};

static void judge(struct tap *t, const struct row *row)
{
	EVIDENCE_VERDICT v = { 0 };
	JSON_DOC *then = NULL;
	JSON_DOC *now = NULL;
	SX_ERR err = { 0 };
	const char *said;
	bool good;

	if (json_parse(row->then, strlen(row->then), &then, &err) ||
	    json_parse(row->now, strlen(row->now), &now, &err)) {
		tap_ok(t, false, row->what);
		printf("#   %s\n", err.msg);
		return;
	}
	evidence_compare(then, now, &v);
	said = v.what ? v.what : v.note;
	good = tap_ok(t, v.state == row->state && sx_streq(said, row->said), row->what);
	if (!good)
		printf("#   state %d, said: %s\n#   want  %d: %s\n", (int)v.state,
		       said ? said : "-", (int)row->state, row->said ? row->said : "-");
}

int main(void)
{
	struct tap t = { 0 };

	setenv("TZ", "UTC0", 1);
	tzset();
	for (size_t i = 0; i < SX_COUNT(block_rows); i++)
		judge(&t, &block_rows[i]);
	for (size_t i = 0; i < SX_COUNT(file_rows); i++)
		judge(&t, &file_rows[i]);
	for (size_t i = 0; i < SX_COUNT(content_rows); i++)
		judge(&t, &content_rows[i]);
	for (size_t i = 0; i < SX_COUNT(piece_rows); i++)
		judge(&t, &piece_rows[i]);
	for (size_t i = 0; i < SX_COUNT(ctime_rows); i++)
		judge(&t, &ctime_rows[i]);
	for (size_t i = 0; i < SX_COUNT(disk_rows); i++)
		judge(&t, &disk_rows[i]);
	return tap_end(&t);
}
