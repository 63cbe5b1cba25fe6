#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Dom0's page cache may hold what was on a device before its guest wrote to it, as that write goes past it. What safexl
# reads of a disk is what the guest wrote: evidence, snapshot, backup, and what revert and restore find there before
# they write. A thick and a thin volume, a device that is none of LVM, and a file on ext4.
# lab: deep timeout=900
. /lab/lib.sh

# The newest backup, and a file as large as the disks with what a guest wrote to them.
backup=/srv/b/g1
copies=/var/lib/safexl/snapshots/g1/A/disks
mib=16
bytes_of() { yes "$1" | head -c 131072 >"/srv/$1" && truncate -s ${mib}M "/srv/$1"; }
write_in() { in_guest g1 "for d in b c d e; do yes $1 | head -c 131072 | dd of=/dev/xvd\$d bs=64k conv=fsync; done"; }
direct() { dd if="$1" iflag=direct bs=1M status=none; }
# told WHEN: does this kernel's page cache know?
told() {
	local disk
	for disk in "${disks[@]}"; do
		cmp -s "$disk" "/srv/$now" || note "$1, a buffered read of $disk is stale"
	done
}
# now_has WORD: the guest wrote that; who reads past the page cache finds it.
now_has() {
	now=$1
	holds "the guest writes: $now" write_in "$now"
	for disk in "${disks[@]}"; do holds "$disk: so O_DIRECT finds" cmp <(direct "$disk") "/srv/$now"; done
}
full_digest() { /lab/evidence take -f "$1" | grep -o '"full": *"[^"]*"'; }

for word in first second third; do bytes_of $word; done
truncate -s 160M /srv/pv.img
truncate -s ${mib}M /srv/plain.img /srv/raw.img
{
	vgcreate -q lab "$(losetup -f --show /srv/pv.img)" && lvcreate -q -y --type thin-pool -n pool -L 48M lab &&
		lvcreate -q -y -n thin -V ${mib}M --thinpool pool lab && lvcreate -q -y -n thick -L ${mib}M lab
} >/dev/null
dmsetup create plain --table "0 $((mib * 2048)) linear $(losetup -f --show /srv/plain.img) 0"
udevadm settle
disks=(/dev/lab/thick /dev/lab/thin /dev/mapper/plain /srv/raw.img)
make_guest g1 pv 128
for i in 0 1 2 3; do
	disk=${disks[i]} letter=$(printf %b "\\x6$((i + 2))")
	sed -i "s|^    '/srv/g1.img.*|&\n    '$disk,raw,xvd$letter,w',|" /etc/xen/g1.cfg
done
expect_status 0 'create' safexl create /etc/xen/g1.cfg
wait_guest g1
# Whoever has a device open keeps its page cache alive when the guest is gone.
exec 4</dev/lab/thick 5</dev/mapper/plain

# ---- read while it runs ----
now_has first
told 'before any other read'
now_has second
told 'after a read of what was there before'
for disk in "${disks[@]}"; do
	is "$(full_digest "$disk")" "$(full_digest /srv/second)" "$disk: evidence is of what the guest wrote"
done
expect_status 0 'backup' safexl backup --copy g1 /srv/b
note "$err"
expect_status 0 'snapshot' safexl snapshot --copy g1 A
note "$err"
told 'after backup and snapshot'
for letter in b c d e; do
	holds "xvd$letter: the backup has what the guest wrote" cmp $backup/*/disks/xvd$letter /srv/second
done
for letter in d e; do
	holds "xvd$letter: so has the copy in the snapshot" cmp $copies/xvd$letter /srv/second
done

# ---- the page cache holds what is to be there, the disk does not ----
blockdev --flushbufs "${disks[@]:0:3}"
told 'after BLKFLSBUF'
now_has third
told 'as it is reverted'
expect_status 0 'revert' safexl revert --no-keep g1 A
for disk in "${disks[@]}"; do holds "$disk: as it was" cmp <(direct "$disk") /srv/second; done
now=second
told 'after the revert'
guest_goes_on g1
now_has third
expect_status 0 'destroy' safexl destroy g1
told 'as the backup is restored'
expect_status 0 'restore' safexl restore --overwrite $backup/*
for disk in "${disks[@]}"; do holds "$disk: as it was" cmp <(direct "$disk") /srv/second; done
done_testing
