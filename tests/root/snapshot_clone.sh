#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Snapshots of disks on a real btrfs and a real XFS, which clone files, with the fake Xen: each is a clone that takes no
# room and is put back; what cannot have a clone beside it is told before the guest stands still. Needs root.
. "$(dirname "$0")/needs"
need_loops
need_mounts "$0"
. tests/flow/lib.sh

snaps=$state/snapshots/g1
srv=$SAFEXL_ROOT/srv
mkdir "$srv"
trap 'umount "$srv" 2>/dev/null; rm -rf "$work"' EXIT
says() { head -c 5 "$srv/$file"; }
write() { printf '%-5s' "$1" | dd of="$srv/$file" conv=notrunc,fsync status=none; }
# use FILE: it is the disk of g1, 8 MiB of noise
use() {
	file=$1
	head -c 8388608 /dev/urandom >"$srv/$file"
	write one
	printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$srv/$file" >"$etc/g1.cfg"
	sx create "$etc/g1.cfg"
}
hinted() { sed -n "s/^hint: $1: safexl //p" <<<"$err"; }
mib_used() { sync -f "$srv"; df --output=used -BM "$srv" | tail -n 1 | tr -dc 0-9; }

for fs in btrfs xfs; do
	truncate -s 512M "$work/$fs.fs"
	"mkfs.$fs" -q "$work/$fs.fs" >/dev/null && mount -o loop "$work/$fs.fs" "$srv" || skip_all "no $fs here"
	use g1.img
	before=$(mib_used)
	sx snapshot g1 A
	status 0 "$fs: snapshot, without --copy"
	is "$(readlink "$snaps/A/disks/xvda")" "$srv/.g1.img.snapshot-A" "$fs: a clone beside it"
	check "$fs: which takes hardly any room" test "$(mib_used)" -le $((before + 2))
	write two
	sx revert g1 A
	status 0 "$fs: revert"
	is "$(says)" "one  " "$fs: the disk is as it was"
	sx revert --no-keep g1 before-A
	is "$(says)" "two  " "$fs: and back"
	sx backup g1 "$work/to"
	status 0 "$fs: backup, without --copy"
	check "$fs: is of the disk" cmp "$work"/to/g1/*/disks/xvda "$srv/g1.img"
	for name in A before-A; do sx snapshots --drop $name g1; done
	is "$(ls -A "$srv")" g1.img "$fs: nothing is left beside it"
	sx destroy g1
	rm -r "$srv/g1.img" "$work/to"

	# ---- 255 bytes are all that a name has ----
	use "$(printf 'd%0219d' 0).img"
	calls=$(xl_calls | wc -l)
	sx snapshot --no-memory g1 before-the-upgrade-of-2026
	status 73 "$fs: a clone whose name would be too long"
	like "$err" "^safexl: g1: no snapshot: disk xvda: the name of what keeps it would be too long: $srv/.d0+.img.snapshot-before-the-upgrade-of-2026\$" "$fs: is told"
	is "$(xl_calls | wc -l)$(ls -A "$snaps")" "$calls" "$fs: before the guest stands still"
	pasted=$(hinted 'under a shorter name')
	is "$pasted" "snapshot --no-memory g1 before-the-upgrade-o" "$fs: with a name that fits"
	# shellcheck disable=SC2086
	sx $pasted
	status 0 "$fs: the hint, pasted"
	is "$(basename "$(readlink "$snaps"/before*/disks/xvda)" | tr -d '\n' | wc -c)" 255 "$fs: uses all the room that there is"
	sx revert g1 before-the-upgrade-o
	status 73 "$fs: the present would need more"
	like "$err" "^hint: to give up the present state: safexl revert --no-keep g1 before-the-upgrade-o\$" "$fs: with the way out"
	is "$(grep -l '^state=paused' "$SAFEXL_FAKE"/[0-9]*.dom)" "" "$fs: and it does not stand still"
	sx snapshots --drop before-the-upgrade-o g1
	sx backup --no-memory g1 "$work/to"
	status 73 "$fs: no room for the one that a backup takes"
	like "$err" "^hint: while the guest is off, give the disk a shorter name, and then in its configuration: safexl edit g1\$" "$fs: has another way out"
	is "$(ls "$srv") $(ls -A "$snaps")" "$file " "$fs: nothing is left"
	sx destroy g1
	umount "$srv"
done
finish
