#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a copy of a running guest's qcow2 file holds, while the guest stands still: without a word to its QEMU, and
# after 'stop' on QEMU's monitor, which is to write out what QEMU keeps in its memory. To be run by hand: it tests Xen
# and QEMU, on which the refusals of 'snapshot' rest.
# lab: timeout=900
. /lab/lib.sh

pattern() { yes "$1" | head -c 1048576; }
# Written out to the device, and not flushed: sync of a bare device asks for no flush.
write_in() { in_guest "$1" "yes $2 | head -c 1048576 | dd of=/dev/xvdb bs=4k; sync"; }
has() {
	qcow2 raw "$1" /srv/raw && cmp -n 1048576 /srv/raw <(pattern "$2")
}
tell_before() {
	if has /srv/before "$2" >/dev/null 2>&1; then
		note "$1: the file had it all before stop"
	else
		note "$1: before stop the file lacks what the guest was told is written"
	fi
}

for type in pv pvh; do
	make_guest $type $type 128
	make_qcow2 /srv/$type.qcow2 32
	sed -i "s|^    '/srv/$type.img.*|&\n    '/srv/$type.qcow2,qcow2,xvdb,w',|" /etc/xen/$type.cfg
	expect_status 0 "$type: create" xl create /etc/xen/$type.cfg
	wait_guest $type
	holds "$type: sees its disk" guest_sees_disk $type xvdb

	holds "$type: writes" write_in $type first
	expect_status 0 "$type: save -p" xl save -p $type /srv/$type.sav
	cp /srv/$type.qcow2 /srv/before
	run_x xl qemu-monitor-command $type stop
	is "$status" 0 "$type: stop"
	note "stop says: '$out' '$err'"
	cp /srv/$type.qcow2 /srv/after
	run_x xl qemu-monitor-command $type 'info status'
	note "info status: $out"
	tell_before $type first
	holds "$type: after stop the file holds what the guest wrote" has /srv/after first
	expect_status 0 "$type: cont" xl qemu-monitor-command $type cont
	expect_status 0 "$type: unpause" xl unpause $type
	holds "$type: goes on" guest_goes_on $type

	holds "$type: writes again" write_in $type second
	expect_status 0 "$type: pause" xl pause $type
	cp /srv/$type.qcow2 /srv/before
	expect_status 0 "$type: stop of a paused guest" xl qemu-monitor-command $type stop
	cp /srv/$type.qcow2 /srv/after
	tell_before $type second
	holds "$type: after stop the file holds it" has /srv/after second
	expect_status 0 "$type: cont" xl qemu-monitor-command $type cont
	expect_status 0 "$type: unpause" xl unpause $type
	holds "$type: goes on" guest_goes_on $type
	xl destroy $type
	holds "$type: so it does when its QEMU has ended" has /srv/$type.qcow2 second
done
done_testing
