#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Snapshots: what a guest remembers and what is on its disks belong together after a revert; a killed safexl
# leaves no guest standing still.
# lab: timeout=1500
. /lab/lib.sh

# A file system that has clones.
truncate -s 600M /srv/btrfs.img
mkfs.btrfs -q /srv/btrfs.img
mkdir /srv/vm
mount -o loop /srv/btrfs.img /srv/vm

snaps=/var/lib/safexl/snapshots
clones() { ls -A /srv/vm | grep -c snapshot-; }

for type in pvh pv; do
	[ $type = pvh ] || deep_only 'a PV guest' || break
	make_guest $type $type 128
	mv /srv/$type.img /srv/vm/$type.img
	sed -i "s|/srv/$type.img|/srv/vm/$type.img|" /etc/xen/$type.cfg
	config=/etc/xen/$type.cfg
	cp $config /srv/then.cfg
	expect_status 0 "$type: create" safexl create $config
	wait_guest $type
	counts $type 3

	# ---- memory, disk and configuration, of one instant ----
	expect_status 0 "$type: snapshot" safexl -m 'before the upgrade' snapshot $type A
	like "$err" "snapshot A: memory, 1 disk, configuration: of one instant; it stood still for" 'says what it has'
	note "$err"
	then=$(guest_says $type ticks)
	is "$(stat -c %a $snaps/$type/A/memory)" 600 "$type: its memory is for root alone"
	is "$(clones)" 1 "$type: its disk is a clone"
	holds "$type: it goes on" guest_goes_on $type

	# ---- killed ----
	holds "$type: killed while its guest stands still" killed_while_paused $type snapshot $type D
	expect_status 0 "$type: the next command" safexl snapshots $type
	like "$err" "withdrew an interrupted snapshot 'D'" "$type: withdraws it"
	unlike "$out" "$type  D" "$type: it is none"
	holds "$type: and the guest goes on" guest_goes_on $type
	is "$(ls $snaps/$type) $(clones)" 'A 1' "$type: nothing of it is left"

	# ---- and back ----
	counts $type $((then + 8))
	expect_status 0 "$type: its memory is set" safexl mem-set $type 100
	refused 77 'memory of a snapshot' "$type: its image is not restored by itself" \
		safexl restore $snaps/$type/A/memory
	expect_status 0 "$type: revert" safexl revert $type A
	note "$err"
	guest_wait $type ticks '^[0-9]'
	now=$(guest_says $type ticks)
	if [ "$now" -ge "$then" ] && [ "$now" -lt $((then + 8)) ]; then
		ok "$type: it counts on from there ($then, then $now)"
	else
		not_ok "$type: it counts on from there ($then, then $now)"
	fi
	same_file $config /srv/then.cfg "$type: its configuration is as it was"
	like "$(subjects | head -n 1)" "^$type: revert to snapshot A\$" "$type: as one commit"
	holds "$type: it goes on" counts $type $((then + 5))

	# ---- to what was before that ----
	expect_status 0 "$type: revert to what was before" safexl revert --no-keep $type before-A
	guest_wait $type ticks '^[0-9]'
	holds "$type: it counts on from there" test "$(guest_says $type ticks)" -ge $((then + 8))
	like "$(cat $config)" 'memory  = 100 ' "$type: with the configuration of then"
	is "$(xl list | awk -v name=$type '$1 == name { print $5 }' | tr -d rb-)" '' "$type: and is not paused"
	last=$(guest_says $type ticks)
	expect_status 0 "$type: shut down" safexl stop $type
	holds "$type: memory and disk agreed all the time" log_is_whole /srv/vm/$type.img "$last"

	# ---- off ----
	expect_status 0 "$type: snapshot of it as it is off" safexl snapshot $type off
	like "$err" '1 disk, configuration: of a guest that is off' 'says so'
	expect_status 0 "$type: revert to A, its memory as well" safexl revert $type A
	guest_wait $type ticks '^[0-9]'
	holds "$type: it counts on" test "$(guest_says $type ticks)" -lt "$last"

	# ---- saved ----
	expect_status 0 "$type: saved" safexl stop --save $type
	expect_status 0 "$type: snapshot of it as it is saved" safexl snapshot $type saved
	like "$err" 'memory, 1 disk, configuration: of a saved guest' 'says so'
	expect_status 0 "$type: start" safexl start $type
	guest_wait $type ticks '^[0-9]'
	then=$(guest_says $type ticks)
	counts $type $((then + 8))
	expect_status 0 "$type: revert to where it was saved" safexl revert --no-keep $type saved
	like "$(safexl list --all)" "$type .* saved " "$type: it is saved"
	expect_status 0 "$type: start" safexl start $type
	guest_wait $type ticks '^[0-9]'
	holds "$type: it counts on from there" test "$(guest_says $type ticks)" -lt $((then + 8))

	# ---- and off again ----
	expect_status 0 "$type: revert to where it was off" safexl revert --no-keep $type off
	is "$(domid $type)" '' "$type: it is off"
	holds "$type: its disk is as it was then" log_is_whole /srv/vm/$type.img "$last"
	for name in A before-A before-A-2 off saved; do
		expect_status 0 "$type: drop $name" safexl snapshots --drop $name $type
	done
	is "$(clones) $(ls -A $snaps/$type)" '0 ' "$type: nothing is left"
	unlike "$(safexl images)" "saved +$type" "$type: nor is it saved"
done

# ---- a disk that nothing clones ----
deep_only 'a disk that is copied' || done_testing
make_disk /srv/data.img 64
sed -i "s|^    '/srv/vm/pvh.img.*|&\n    '/srv/data.img,raw,xvdb,w',|" /etc/xen/pvh.cfg
expect_status 0 'create with a file on ext4, which clones nothing' safexl create /etc/xen/pvh.cfg
wait_guest pvh
refused 77 'disk xvdb .*snapshot --copy pvh' 'that, without --copy' safexl snapshot pvh B
expect_status 0 'with --copy' safexl snapshot --copy pvh B
like "$err" '64 MiB of disks are copied, and it stands still meanwhile' 'it is copied'
holds 'the copy is what the guest had' cmp <(dd if=/srv/data.img iflag=direct bs=1M status=none) $snaps/pvh/B/disks/xvdb
holds 'it goes on' guest_goes_on pvh
expect_status 0 'snapshot --no-memory' safexl snapshot --no-memory --copy pvh C
like "$err" 'as after a power cut; it stood still' 'says so'
holds 'it goes on' guest_goes_on pvh

holds 'killed while a disk is copied' killed_while_paused pvh snapshot --copy pvh D
expect_status 0 'the next command' safexl snapshots pvh
like "$err" "withdrew an interrupted snapshot 'D'" 'withdraws it'
holds 'and the guest goes on' guest_goes_on pvh
is "$(ls $snaps/pvh | xargs) $(clones)" 'B C 2' 'nothing of it is left'

then=$(guest_says pvh ticks)
expect_status 0 'revert with the copy' safexl revert --no-keep pvh B
guest_wait pvh ticks '^[0-9]'
holds 'it counts on' test "$(guest_says pvh ticks)" -lt "$then"
holds 'it goes on' guest_goes_on pvh
expect_status 0 'destroy' safexl destroy pvh
holds 'what is in the file is what was' cmp /srv/data.img $snaps/pvh/B/disks/xvdb
done_testing
