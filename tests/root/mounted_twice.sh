#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A directory of configurations that is mounted in two places is one directory. Needs root.
if [ "$(id -u)" != 0 ]; then
	echo '1..0 # SKIP needs root'
	exit
fi
if [ -z "${IN_OWN_MOUNTS:-}" ]; then
	if ! unshare -m true 2>/dev/null; then
		echo '1..0 # SKIP no mounts of its own here'
		exit
	fi
	IN_OWN_MOUNTS=1 exec unshare -m "$0"
fi
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
	like "$err" "^safexl: 1 file, " "and each file is one"
done
umount "$SAFEXL_ROOT/second"
finish
