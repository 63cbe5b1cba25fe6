#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Saved guests across a reboot of dom0, cut short: the kernel's counters are gone, what is on the
# disks speaks. Each whose disk was mounted for writing in between is refused, whatever its file
# system; the others are resumed.
# lab: deep reboot timeout=900
. /lab/lib.sh

names='ext4 xfs btrfs file keep'
images=/var/lib/xen/save

volumes_up() {
	losetup -f /srv/pv.img && udevadm settle && vgchange -q -ay lab && udevadm settle
}
# The rescue: mount for writing, do something, unmount.
rescue() { mount "$@" /mnt && touch /mnt/rescue && umount /mnt; }
# denied NAME REGEX DESC CMD...
denied() {
	local name=$1 regex=$2 desc=$3
	shift 3
	run_x "$@"
	if [ "$status" = 77 ] && [[ $err =~ $regex ]] && [ -z "$(domid "$name")" ]; then
		ok "$desc"
	else
		not_ok "$desc"
		note "status $status (want 77), domain '$(domid "$name")', stderr (want $regex):"
		note "$err"
	fi
}

case $LAB_BOOT in
1)
	truncate -s 700M /srv/pv.img
	pv=$(losetup -f --show /srv/pv.img)
	vgcreate -q lab "$pv"
	for volume in ext4:32 xfs:320 btrfs:128 keep:32; do
		lvcreate -q -y -n "${volume%:*}" -L "${volume#*:}M" lab >/dev/null
	done
	udevadm settle
	for type in ext4 xfs btrfs; do mkfs.$type -q /dev/lab/$type >/dev/null 2>&1; done
	mkfs.ext4 -q /dev/lab/keep
	for name in $names; do
		make_guest "$name" pv 96
		[ "$name" = file ] ||
			sed -i "s|'/srv/$name.img,raw,xvda,w'|'phy:/dev/lab/$name,xvda,w'|" "/etc/xen/$name.cfg"
	done
	# One with a file beside its volume.
	sed -i "s|^    'phy:/dev/lab/keep.*|&\n    '/srv/keep.img,raw,xvdb,w',|" /etc/xen/keep.cfg
	sync
	for name in $names; do expect_status 0 "$name: create" safexl create "/etc/xen/$name.cfg"; done
	for name in $names; do
		wait_guest "$name"
		expect_status 0 "$name: save" safexl save "$name" "$images/$name"
	done
	power_cut
	;;
2)
	holds 'the volumes are back' volumes_up
	for name in $names; do
		expect_status 0 "$name: nothing was done to it, so it would be restored" \
			safexl -N restore "$images/$name"
		denied "$name" "saved in $images/$name" "$name: create is refused" \
			safexl create "/etc/xen/$name.cfg"
	done
	mount -o ro,noload /dev/lab/keep /mnt && umount /mnt
	for type in ext4 xfs btrfs; do
		holds "$type: mounted for writing" rescue "/dev/lab/$type"
		denied $type "disk xvda: .*/dev/lab/$type was (mounted|written)" "$type: restore is refused" \
			safexl restore $images/$type
		note "$(head -n 1 <<<"$err")"
	done
	holds 'file: mounted for writing' rescue -o loop /srv/file.img
	denied file 'disk xvda: /srv/file.img was modified' 'file: restore is refused' \
		safexl restore $images/file
	expect_status 0 'keep: restored' safexl restore $images/keep
	holds 'keep: goes on' guest_wait keep ticks "!^$(guest_says keep ticks)\$"
	;;
esac
done_testing
