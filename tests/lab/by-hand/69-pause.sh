#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# How long a guest of 128 MiB stands still for its snapshot, by the kind of its disk (32 MiB, of which all is looked at),
# beside plain `xl save -p` and `xl unpause`; and what of that is the evidence of the disk.
# lab: timeout=2400
. /lab/lib.sh

rounds=3
state=/var/lib/safexl

ms_since() { local now=${EPOCHREALTIME/./}; echo $(((now - ${1/./}) / 1000)); }
# xl_alone NAME save|pause: what plain xl takes for it
xl_alone() {
	local began=$EPOCHREALTIME
	if [ "$2" = save ]; then xl save -p "$1" $state/base.sav; else xl pause "$1"; fi >/dev/null 2>&1 &&
		xl unpause "$1" >/dev/null 2>&1 || note "$1: xl $2: status $?"
	ms_since "$began"
	rm -f $state/base.sav
}
# by_safexl NAME OPTION...: as it says it
by_safexl() {
	local said
	said=$(safexl --json snapshot "${@:2}" "$1" S 2>/tmp/said) || note "$1: $(cat /tmp/said)"
	sed -n 's/.*"paused_ms": *\([0-9]*\).*/\1/p' <<<"$said" | head -n 1
	safexl -q snapshots --drop S "$1"
}
times() { for ((i = 0; i < rounds; i++)); do "$@"; done | xargs; }

truncate -s 600M /srv/btrfs.img
truncate -s 400M /srv/xfs.img /srv/pv.img
mkfs.btrfs -q /srv/btrfs.img
mkfs.xfs -q -m reflink=1 /srv/xfs.img
mkdir -p /srv/btrfs /srv/xfs $state
mount -o loop /srv/btrfs.img /srv/btrfs
mount -o loop /srv/xfs.img /srv/xfs
{
	vgcreate -q lab "$(losetup -f --show /srv/pv.img)" && lvcreate -q -y --type thin-pool -n pool -L 96M lab &&
		lvcreate -q -y -n thin -V 32M --thinpool pool lab && lvcreate -q -y -n thick -L 32M lab
} >/dev/null
udevadm settle

# measure KIND DISK FORMAT OPTION...
measure() {
	local kind=$1 disk=$2 format=$3
	shift 3
	make_guest "$kind" pv 128
	case $format in
	qcow2) make_qcow2 "$disk" 32 ;;
	*) dd if="/srv/$kind.img" of="$disk" bs=1M conv=fsync,notrunc status=none ;;
	esac
	sed -i "s|'/srv/$kind.img[^']*'|'$disk,$format,xvda,w'|" "/etc/xen/$kind.cfg"
	expect_status 0 "$kind: create" safexl create "/etc/xen/$kind.cfg"
	wait_guest "$kind"
	counts "$kind" 2
	note "$kind: xl save -p, unpause: $(times xl_alone "$kind" save); snapshot: $(times by_safexl "$kind" "$@") ms"
	note "$kind: xl pause, unpause: $(times xl_alone "$kind" pause); snapshot --no-memory: $(times by_safexl "$kind" --no-memory "$@") ms"
	note "$kind: a look at the evidence: $(/lab/evidence -d time $rounds "$disk" | xargs) us"
	holds "$kind: goes on" guest_goes_on "$kind"
	expect_status 0 "$kind: destroy" safexl destroy "$kind"
}

measure btrfs /srv/btrfs/disk raw
measure xfs /srv/xfs/disk raw
measure thin /dev/lab/thin raw
measure thick /dev/lab/thick raw
measure qcow2 /srv/btrfs/qcow2 qcow2
measure copy /srv/disk raw --copy
done_testing
