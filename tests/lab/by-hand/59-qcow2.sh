#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a copy of a running guest's qcow2 file holds, while the guest stands still: without a word to its QEMU, and
# after 'stop' on QEMU's monitor, which is to write out what QEMU keeps in its memory. To be run by hand: it tests Xen
# and QEMU, on which the refusals of 'snapshot' rest.
# lab: timeout=900
. /lab/lib.sh

cat >/srv/qcow2.py <<'END'
# new FILE MIB: an empty qcow2; head FILE: its first MiB, as a guest reads it, to standard output.
import struct, sys
CLUSTER = 65536
def new(path, mib):
    header = struct.pack('>4sIQIIQIIQQIIQQQQII', b'QFI\xfb', 3, 0, 0, 16, mib << 20, 0, 1, 3 * CLUSTER,
                         CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104)
    with open(path, 'wb') as f:
        f.write(header)
        f.seek(CLUSTER)
        f.write(struct.pack('>Q', 2 * CLUSTER))
        f.seek(2 * CLUSTER)
        f.write(struct.pack('>4H', 1, 1, 1, 1))
        f.truncate(4 * CLUSTER)
def head(path):
    data = open(path, 'rb').read()
    mask = (1 << 56) - 512
    table = struct.unpack_from('>Q', data, 40)[0]
    second = struct.unpack_from('>Q', data, table)[0] & mask
    for i in range((1 << 20) // CLUSTER):
        at = struct.unpack_from('>Q', data, second + 8 * i)[0] & mask if second else 0
        sys.stdout.buffer.write(data[at:at + CLUSTER].ljust(CLUSTER, b'\0') if at else bytes(CLUSTER))
new(sys.argv[2], int(sys.argv[3])) if sys.argv[1] == 'new' else head(sys.argv[2])
END

pattern() { yes "$1" | head -c 1048576; }
# in_guest NAME COMMAND: typed at its console, and waited for.
in_guest() {
	local log=/var/log/xen/console/guest-$1.log behind
	behind=$(($(wc -c <"$log") + 1))
	printf '%s; echo all "done"\n' "$2" >"$(xenstore-read "/local/domain/$(domid "$1")/console/tty")"
	timeout 60 grep -qm 1 '^all done' < <(exec tail -c "+$behind" -f "$log") ||
		{ note "$1: '$2' did not end: $(tail -n 5 "$log")"; return 1; }
}
# Written out to the device, and not flushed: sync of a bare device asks for no flush.
write_in() { in_guest "$1" "yes $2 | head -c 1048576 | dd of=/dev/xvdb bs=4k; sync"; }
has() {
	python3 /srv/qcow2.py head "$1" >/srv/head && pattern "$2" >/srv/pattern && cmp /srv/head /srv/pattern
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
	python3 /srv/qcow2.py new /srv/$type.qcow2 32
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
