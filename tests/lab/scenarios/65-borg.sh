#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Backups and a snapshot of a running guest on a volume go into a borg repository on another host, where the guest goes
# on from each. A second backup takes a tenth of the first there. The recipes of safexl-backup(7), as they stand.
# lab: deep pair timeout=2400
. /lab/lib.sh

config=/etc/xen/g1.cfg
snapshot=/var/lib/safexl/snapshots/g1/A
repository=ssh://peer/srv/borg
export BORG_PASSPHRASE='four words of it'

# A volume group with 128 MiB, made on either host.
group='truncate -s 160M /srv/pv.img && vgcreate -q lab "$(losetup -f --show /srv/pv.img)"'
# put_into ARCHIVE DIR [OPTION]...
put_into() {
	local archive=$1 dir=$2 added
	shift 2
	added=$(cd "$dir" && borg create --json "$@" --chunker-params buzhash,10,23,14,4095 "$repository::$archive" . |
		tee "/srv/$archive.json" | sed -n 's/.*"deduplicated_size": \([0-9]*\).*/\1/p' | head -n 1)
	echo "${added:=0}" >"/srv/$archive.added"
	note "$archive: $added bytes more"
	[ "$added" -gt 0 ]
}
# What that took of the repository, in bytes.
added() { cat "/srv/$1.added"; }
# get_out ARCHIVE: on the other host, in /srv/ARCHIVE
get_out() { on_peer sh -c "mkdir /srv/$1 && cd /srv/$1 && BORG_PASSPHRASE='$BORG_PASSPHRASE' borg extract --sparse /srv/borg::$1"; }
# goes_on_there THEN: it has gone back, and counts on from there
goes_on_there() {
	local now
	peer_does guest_wait g1 ticks '^[0-9]' || return
	now=$(peer_does guest_says g1 ticks)
	[ "$now" -ge "$1" ] && [ "$now" -lt $(($1 + 8)) ] || { echo "then $1, now $now"; return 1; }
}
# last_line FILE: the number that was last written to the log on a disk of g1
last_line() {
	mount -o ro,noload "$1" /mnt && tail -n 1 /mnt/log | cut -d ' ' -f 1
	umount /mnt
}

sh -c "$group" >/dev/null && lvcreate -q -y --type thin-pool -n pool -L 96M lab >/dev/null &&
	lvcreate -q -y -n g1 -V 32M --thinpool pool lab >/dev/null
udevadm settle
make_guest g1 pvh 96
dd if=/srv/g1.img of=/dev/lab/g1 bs=1M conv=fsync status=none
sed -i "s|'/srv/g1.img[^']*'|'phy:/dev/lab/g1,xvda,w'|" $config
expect_status 0 'create' safexl create $config
wait_guest g1
holds 'the other host is up' wait_peer
holds 'a repository there' borg init --encryption repokey-blake2 $repository

# ---- two backups and a snapshot ----
counts g1 3
for archive in one two; do
	expect_status 0 "backup $archive" safexl backup g1 /srv/$archive
	note "$err"
	holds 'borg takes it' put_into $archive /srv/$archive/g1/*
	holds 'the guest goes on' guest_goes_on g1
done
what="the second takes less than a tenth of the first ($(added one), $(added two))"
if [ $(($(added two) * 10)) -lt "$(added one)" ]; then ok "$what"; else not_ok "$what"; fi
backup_then=$(last_line /srv/two/g1/*/disks/xvda)
expect_status 0 'snapshot' safexl snapshot g1 A
note "$err"
snapshot_then=$(guest_says g1 ticks)
holds 'its volume is activated' lvchange -ay -K lab/g1.snapshot-A
holds 'borg reads what it links to' put_into three $snapshot --read-special
holds 'and is deactivated again' lvchange -an lab/g1.snapshot-A
counts g1 $((snapshot_then + 10))
expect_status 0 'destroy' safexl destroy g1

# ---- on the other host ----
holds 'safexl there' peer_installs_safexl
holds 'a volume there' on_peer sh -c "$group && lvcreate -q -y -n g1 -L 32M lab && udevadm settle"
holds 'the backup comes out of borg' get_out two
expect_status 0 'it is whole' on_peer safexl verify /srv/two
expect_status 0 'restore' on_peer safexl restore --overwrite /srv/two
note "$err"
expect_status 0 'start' on_peer safexl start g1
holds 'it counts on from the backup' goes_on_there "$backup_then"
expect_status 0 'destroy' on_peer safexl destroy g1

# ---- the snapshot, by hand ----
holds 'the snapshot comes out of borg' get_out three
holds 'its disk and its configuration are put back by stock tools' on_peer sh -c "cp /srv/three/config $config &&
	dd if=/srv/three/disks/xvda of=/dev/lab/g1 bs=4M oflag=direct conv=fsync status=none"
expect_status 0 'plain xl restore of its memory' on_peer /usr/sbin/xl restore /srv/three/memory
holds 'it counts on from the snapshot' goes_on_there "$snapshot_then"
done_testing
