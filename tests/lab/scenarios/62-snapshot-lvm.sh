#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Snapshots of guests on LVM: one on a thin volume, one on a thick one. What each remembers and what is on its disk
# belong together after a revert; a thick snapshot that overflowed is told; nothing is left of what was dropped.
# lab: deep timeout=1200
. /lab/lib.sh

truncate -s 400M /srv/pv.img
pv=$(losetup -f --show /srv/pv.img)
{
	vgcreate -q lab "$pv" && lvcreate -q -y --type thin-pool -n pool -L 128M lab &&
		lvcreate -q -y -n thin -V 32M --thinpool pool lab && lvcreate -q -y -n thick -L 32M lab
} >/dev/null
udevadm settle

snaps=/var/lib/safexl/snapshots
# from_there NAME THEN: it has gone back, and counts on from there
from_there() {
	guest_wait "$1" ticks '^[0-9]'
	local now
	now=$(guest_says "$1" ticks)
	[ "$now" -ge "$2" ] && [ "$now" -lt $(($2 + 8)) ]
}
volumes() { lvs --noheadings -o lv_name lab | xargs; }

for kind in thin:pvh thick:pv; do
	type=${kind#*:} kind=${kind%:*}
	make_guest $kind $type 128
	dd if=/srv/$kind.img of=/dev/lab/$kind bs=1M conv=fsync status=none
	sed -i "s|'/srv/$kind.img[^']*'|'phy:/dev/lab/$kind,xvda,w'|" /etc/xen/$kind.cfg
	expect_status 0 "$kind: create" safexl create /etc/xen/$kind.cfg
	wait_guest $kind
	counts $kind 3

	expect_status 0 "$kind: snapshot" safexl snapshot $kind A
	like "$err" "snapshot A: memory, 1 disk, configuration: of one instant; it stood still for" 'says what it has'
	note "$err"
	then=$(guest_says $kind ticks)
	like "$(volumes)" "$kind.snapshot-A" "$kind: its disk is kept by LVM"
	holds "$kind: it goes on" counts $kind $((then + 8))
	expect_status 0 "$kind: revert" safexl revert $kind A
	note "$err"
	holds "$kind: it counts on from there" from_there $kind "$then"
	holds "$kind: and goes on" counts $kind $((then + 4))
	expect_status 0 "$kind: revert to what was before" safexl revert --no-keep $kind before-A
	guest_wait $kind ticks '^[0-9]'
	holds "$kind: it counts on from there" test "$(guest_says $kind ticks)" -ge $((then + 8))
	expect_status 0 "$kind: and to A once more" safexl revert --no-keep $kind A
	holds "$kind: it counts on from there" from_there $kind "$then"
	holds "$kind: and goes on" counts $kind $((then + 4))
	last=$(guest_says $kind ticks)
	expect_status 0 "$kind: shut down" safexl stop $kind
	holds "$kind: memory and disk agreed all the time" log_is_whole /dev/lab/$kind "$last"
	expect_status 0 "$kind: the list" safexl snapshots $kind
	unlike "$out" 'not to be reverted' "$kind: both are sound still"
	expect_status 0 "$kind: drop one" safexl snapshots --drop before-A $kind
done
is "$(volumes)" 'pool thick thick.snapshot-A thin thin.snapshot-A' 'what there is now'

# ---- a thick snapshot with little room ----
expect_status 0 'snapshot with --cow' safexl snapshot --cow 4m thick B
then=$(sha256sum </dev/lab/thick)
dd if=/dev/urandom of=/dev/lab/thick bs=4k count=300 seek=1000 conv=notrunc,fsync status=none
expect_status 0 'revert to it writes what differs, which fits' safexl revert --no-keep thick B
is "$(dd if=/dev/lab/thick iflag=direct bs=1M status=none | sha256sum)" "$then" 'the disk is what it was'
expect_status 0 'and again, as it did not overflow by that' safexl revert --no-keep thick B
dd if=/dev/urandom of=/dev/lab/thick bs=1M count=8 conv=notrunc,fsync status=none
expect_status 0 'more is written than it has room for' safexl snapshots thick
like "$out" 'cannot be reverted to: disk xvda: more was written' 'which is told'
refused 77 "the snapshot 'B' is not sound" 'it is not reverted to' safexl revert thick B
expect_status 0 'but to the other one' safexl revert --no-memory --no-keep thick A
holds 'whose disk is sound' fsck.ext4 -n -f /dev/lab/thick

# ---- a host that comes up again ----
vgchange -q -an lab >/dev/null && vgchange -q -ay lab >/dev/null
udevadm settle
holds 'a thin snapshot is not active by itself' test ! -e /dev/lab/thin.snapshot-A
expect_status 0 'snapshots' safexl snapshots thin
unlike "$out" 'not to be reverted' 'it is sound'
expect_status 0 'thin: revert from off, with its memory' safexl revert --no-keep thin A
guest_wait thin ticks '^[0-9]'
holds 'it goes on' guest_goes_on thin

# ---- killed ----
holds 'killed while its guest stands still' killed_while_paused thin snapshot thin D
expect_status 0 'the next command' safexl snapshots thin
like "$err" "withdrew an interrupted snapshot 'D'" 'withdraws it'
holds 'and the guest goes on' guest_goes_on thin
is "$(volumes)" 'pool thick thick.snapshot-A thick.snapshot-B thin thin.snapshot-A' 'no volume of it is left'
expect_status 0 'destroy' safexl destroy thin

# ---- no room ----
lvcreate -q -y -n rest -l 100%FREE lab >/dev/null
refused 73 'volume group lab has 0 MiB free' 'no room for a thick one' safexl snapshot thick E
for name in thin:A thick:A thick:B; do
	expect_status 0 "drop $name" safexl snapshots --drop "${name#*:}" "${name%:*}"
done
is "$(volumes) $(ls /var/lib/safexl/markers)" 'pool rest thick thin ' 'nothing is left'
is "$(ls -A $snaps/thin $snaps/thick | grep -v :)" '' 'of files either'
done_testing
