#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A directory of configurations that is mounted in two places is one directory. Needs root.
. "$(dirname "$0")/needs"
need_mounts "$0"
. tests/flow/lib.sh

memory=100
config g1
domain 1 g1
mkdir "$SAFEXL_ROOT/second"
mount --bind "$etc" "$SAFEXL_ROOT/second" || exit 1
for dirs in '"/etc/xen", "/second"' '"/second", "/etc/xen"'; do
	printf 'config_dirs = [ %s ]\n' "$dirs" >"$etc/safexl.conf"
	sx mem-set g1 "$((memory += 10))"
	status 0 "config_dirs: $dirs: a change"
	sx log g1
	is "$(sort <<<"$out" | uniq -d)" "" "each is in the history once"
	sx check
	is "$(grep -c 'neither kernel nor bootloader' <<<"$out")" 1 "and each file is looked at once"
	like "$err" "^safexl: 2 files, " "that, and safexl.conf"
done
umount "$SAFEXL_ROOT/second"
finish
