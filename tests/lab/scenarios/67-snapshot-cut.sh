#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The power is cut at any moment of a snapshot, of a revert and of a restore of a backup. What is called whole after
# that is whole, what is not leaves nothing behind, and the same command goes through.
# lab: deep reboot timeout=900
. /lab/lib.sh

snaps=/var/lib/safexl/snapshots
disk() { echo "/srv/vm/$1.img"; }
clones() { ls -A /srv/vm | grep -c snapshot-; }

# runs_on NAME: it counts on from its memory; shut down, its disk has each line once.
runs_on() {
	local last
	guest_wait "$1" ticks '^[0-9]' && last=$(guest_says "$1" ticks) && counts "$1" $((last + 3)) || return
	last=$(guest_says "$1" ticks)
	safexl stop "$1" && log_is_whole "$(disk "$1")" "$last"
}

# A file system that has clones, and on it a guest for each boot.
file_system() {
	mkdir -p /srv/vm
	if [ "$LAB_BOOT" = 1 ]; then
		truncate -s 600M /srv/btrfs.img
		mkfs.btrfs -q /srv/btrfs.img
	fi
	mount -o loop /srv/btrfs.img /srv/vm
}

new_guest() {
	make_guest "$1" pvh 128
	mv "/srv/$1.img" "$(disk "$1")"
	sed -i "s|/srv/$1.img|$(disk "$1")|" "/etc/xen/$1.cfg"
	expect_status 0 "$1: create" safexl create "/etc/xen/$1.cfg"
	wait_guest "$1"
	counts "$1" 3
}

# cut_within TENTHS COMMAND...: begin the command; the power is cut so many tenths of a second later at most.
cut_within() {
	local tenths=$((RANDOM % $1))
	shift
	note "the power is cut $tenths tenths of a second after the start of: $*"
	sync
	"$@" >/srv/cut.log 2>&1 &
	sleep $((tenths / 10)).$((tenths % 10)) # any moment is meant, no event
	power_cut
}

# ---- what there is after it ----
snapshot_was_cut() {
	if [ -e $snaps/$1/S ]; then
		note 'the snapshot is whole'
		expect_status 0 "$1: revert to what is called whole" safexl revert --no-keep "$1" S
		holds "$1: memory and disk of it agree" runs_on "$1"
		expect_status 0 "$1: drop it" safexl snapshots --drop S "$1"
	fi
	is "$(clones)" 0 "$1: nothing is left of a snapshot"
	holds "$1: its disk is whole" log_is_whole "$(disk "$1")" 1
}

revert_was_cut() {
	local then
	read -r then <"/srv/$1.then"
	expect_status 0 "$1: revert goes through" safexl revert --no-keep "$1" A
	guest_wait "$1" ticks '^[0-9]'
	holds "$1: it counts on from the snapshot" test "$(guest_says "$1" ticks)" -lt $((then + 8))
	holds "$1: memory and disk agree" runs_on "$1"
	if [ -e "$snaps/$1/before-A" ]; then
		note 'what was before is kept'
		expect_status 0 "$1: revert to what was before" safexl revert --no-keep "$1" before-A
		guest_wait "$1" ticks '^[0-9]'
		holds "$1: it counts on from there" test "$(guest_says "$1" ticks)" -ge $((then + 8))
		holds "$1: memory and disk of that agree" runs_on "$1"
		expect_status 0 "$1: drop that" safexl snapshots --drop before-A "$1"
	fi
	expect_status 0 "$1: drop the snapshot" safexl snapshots --drop A "$1"
	is "$(clones)" 0 "$1: nothing is left"
}

restore_was_cut() {
	if ! safexl list --all | grep -q "^$1 .* saved "; then
		note 'it was not finished'
		expect_status 0 "$1: restore goes through" safexl restore --overwrite "/srv/b/$1"/*
	fi
	expect_status 0 "$1: start" safexl start "$1"
	holds "$1: memory and disk agree" runs_on "$1"
}

settled() {
	local before=g$((LAB_BOOT - 1))
	expect_status 0 'recover, after the power cut' safexl recover
	note "$err"
	is "$(safexl recover 2>&1)" 'safexl: nothing to recover' 'a second one has nothing to do'
	case $((LAB_BOOT % 3)) in
	2) snapshot_was_cut $before ;;
	0) revert_was_cut $before ;;
	1) restore_was_cut $before ;;
	esac
}

file_system
[ "$LAB_BOOT" = 1 ] || settled
[ "$LAB_BOOT" -lt "${LAB_CUTS:-7}" ] || done_testing
guest=g$LAB_BOOT
new_guest "$guest"
case $((LAB_BOOT % 3)) in
1) cut_within 80 safexl snapshot "$guest" S ;;
2)
	expect_status 0 "$guest: snapshot" safexl snapshot "$guest" A
	then=$(guest_says "$guest" ticks)
	echo "$then" >"/srv/$guest.then"
	counts "$guest" $((then + 9))
	cut_within 120 safexl revert "$guest" A
	;;
0)
	expect_status 0 "$guest: backup" safexl backup "$guest" /srv/b
	expect_status 0 "$guest: destroy" safexl destroy "$guest"
	cut_within 80 safexl restore --overwrite "/srv/b/$guest"/*
	;;
esac
