#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Evidence of disks with what only a whole machine has: LVM through device mapper, partitions of
# the kernel's, a boot in between. The mechanism alone, through the tests' own tool.
# lab: reboot
. /lab/lib.sh

if [ ! -x /lab/evidence ]; then
	skip 'evidence of disks' 'the tool is not built: make build/fake/evidence'
	done_testing
fi

take() { /lab/evidence take -d "$1"; }
# judge THEN NOW STATE REGEX DESC
judge() {
	local said
	said=$(/lab/evidence compare "$1" "$2")
	if [ "${said%%$'\n'*}" = "$3" ] && [[ $said =~ $4 ]]; then
		ok "$5"
	else
		not_ok "$5"
		note "$said"
	fi
}
# The options of a mount that writes nothing at all.
pure_look() {
	case $1 in
	ext4) echo ro,noload ;;
	xfs) echo ro,norecovery ;;
	btrfs) echo ro,rescue=nologreplay ;;
	esac
}
moved() {
	case $1 in
	ext4) echo '/dev/lab/ext4 was mounted read-write on [0-9-]+ [0-9:]+ \(ext4 mount time\)' ;;
	xfs) echo '/dev/lab/xfs was mounted read-write or repaired' ;;
	btrfs) echo '/dev/lab/btrfs was written to \(btrfs generation [0-9]+, it was [0-9]+\)' ;;
	esac
}
volumes_up() {
	losetup -f /srv/pv.img && udevadm settle && vgchange -q -ay lab && udevadm settle
}
touch_and_go() {
	mount "$1" /mnt && touch /mnt/touched && umount /mnt
}

case $LAB_BOOT in
1)
	truncate -s 900M /srv/pv.img
	pv=$(losetup -f --show /srv/pv.img)
	holds 'a volume group' vgcreate -q lab "$pv"
	for volume in ext4:64 xfs:320 btrfs:128 plain:64; do
		lvcreate -q -y -n "${volume%:*}" -L "${volume#*:}M" lab >/dev/null
	done
	udevadm settle
	for type in ext4 xfs btrfs; do
		mkfs.$type -q /dev/lab/$type >/dev/null 2>&1
		touch_and_go /dev/lab/$type
		take /dev/lab/$type >/srv/$type.then
		mount -o "$(pure_look $type)" /dev/lab/$type /mnt
		like "$(/lab/evidence use /dev/lab/$type)" 'is mounted read-only on /mnt$' "$type: mounted"
		umount /mnt
		take /dev/lab/$type >/tmp/now
		judge /srv/$type.then /tmp/now exact '' "$type on LVM: a look without recovery"
	done
	like "$(cat /srv/ext4.then)" '"identity": "dm LVM-' 'a volume is known by its uuid'

	take /dev/lab/plain >/srv/plain.then
	dmsetup create over --table '0 8192 linear /dev/lab/plain 0'
	is "$(/lab/evidence use /dev/lab/plain)" 'not used' 'a volume under an idle device'
	dmsetup create over2 --table '0 4096 linear /dev/mapper/over 0'
	is "$(/lab/evidence use /dev/lab/plain)" 'not used' 'a volume under two idle devices'
	exec 7<>/dev/mapper/over2
	like "$(/lab/evidence use /dev/lab/plain)" \
		'is held open for writing by pid [0-9]+ \(.*\) \(as over2\)$' \
		'a volume under a device that is open'
	exec 7<&-
	mkfs.ext4 -q /dev/mapper/over2
	mkfifo /tmp/up /tmp/down
	unshare -m --propagation private \
		sh -c 'mount /dev/mapper/over2 /mnt && echo up >/tmp/up && read _ </tmp/down' &
	read -r _ </tmp/up
	like "$(/lab/evidence use /dev/lab/plain)" "is part of the device mapper's over2\$" \
		'a volume under a device that is mounted elsewhere'
	kill $!
	wait $! 2>/dev/null
	dmsetup remove --retry over2
	take /dev/lab/plain >/srv/plain.then
	take /dev/lab/plain >/tmp/now
	judge /srv/plain.then /tmp/now exact '' 'a device on top of it is no change'
	dd if=/dev/urandom of=/dev/mapper/over bs=4k seek=600 count=1 conv=fsync status=none
	take /dev/lab/plain >/tmp/now
	judge /srv/plain.then /tmp/now changed '8 sectors were written to /dev/lab/plain since' \
		'a write through the device on top'
	dmsetup remove over
	take /dev/lab/plain >/srv/plain.then
	lvchange -q -an lab/plain && lvchange -q -ay lab/plain && udevadm settle
	take /dev/lab/plain >/tmp/now
	judge /srv/plain.then /tmp/now seen 'was removed and added again' 'deactivated and activated'
	lvcreate -q -s -n snap -L 16M lab/plain >/dev/null
	dd if=/dev/zero of=/dev/lab/plain bs=4k count=1 conv=fsync status=none
	dd if=/dev/urandom of=/dev/lab/plain bs=4k count=1 conv=fsync status=none
	take /dev/lab/plain >/srv/plain.then
	lvconvert -q --merge lab/snap >/dev/null
	holds 'the snapshot is merged' [ -z "$(lvs --noheadings -o lv_name lab | grep snap)" ]
	udevadm settle
	take /dev/lab/plain >/tmp/now
	judge /srv/plain.then /tmp/now changed 'holds ext4 now, it held nothing that is known' \
		'a snapshot merged into it'
	take /dev/lab/plain >/srv/plain.then

	meets() { /lab/evidence meets "$1" "$2"; }
	is "$(meets "$pv" /dev/lab/ext4) $(meets /dev/lab/ext4 "$pv")" 'yes yes' \
		'a volume and the device it lies on'
	is "$(meets /srv/pv.img /dev/lab/ext4) $(meets /dev/lab/ext4 /srv/pv.img)" 'yes yes' \
		'a volume and the file below that'
	is "$(meets /dev/lab/plain /dev/lab/ext4)" no 'two volumes of a group'

	truncate -s 200M /srv/disk.img
	# Two partitions of type 83: from sector 2048 and 104448, 100000 each.
	{
		printf '\0\0\0\0\203\0\0\0\0\010\0\0\240\206\001\0'
		printf '\0\0\0\0\203\0\0\0\0\230\001\0\240\206\001\0'
	} | dd of=/srv/disk.img bs=1 seek=446 conv=notrunc status=none
	printf '\125\252' | dd of=/srv/disk.img bs=1 seek=510 conv=notrunc status=none
	disk=$(losetup -fP --show /srv/disk.img)
	udevadm settle
	is "$(meets "${disk}p1" "$disk") $(meets "$disk" "${disk}p1")" 'yes yes' \
		'a partition and its disk'
	is "$(meets "${disk}p2" "${disk}p1")" no 'two partitions'
	is "$(meets "${disk}p1" /srv/disk.img) $(meets /srv/disk.img "${disk}p1")" 'yes yes' \
		'a partition and the file of the loop device that has it'
	second=$(losetup -f --show -o 1048576 --sizelimit 1048576 /srv/disk.img)
	is "$(meets "$second" "${disk}p1") $(meets "$second" "${disk}p2")" 'yes no' \
		'another loop device on the place of a partition'
	losetup -d "$second"
	take "${disk}p2" >/tmp/then
	dd if=/dev/urandom of="${disk}p1" bs=1M count=1 conv=fsync status=none
	take "${disk}p2" >/tmp/now
	judge /tmp/then /tmp/now exact '' 'a partition, and its neighbour written to'
	dd if=/dev/urandom of="$disk" bs=4k seek=40000 count=1 conv=fsync,notrunc status=none
	take "${disk}p2" >/tmp/now
	# udev has the partitions read again when the disk was written to.
	judge /tmp/then /tmp/now seen 'written to the disk of which|removed and added again' \
		'a partition, and its disk written to'
	udevadm settle
	take "${disk}p2" >/tmp/then
	dd if=/dev/urandom of="${disk}p2" bs=4k seek=40 count=1 conv=fsync status=none
	take "${disk}p2" >/tmp/now
	judge /tmp/then /tmp/now changed '8 sectors were written to /dev/loop' 'a partition written to'
	mkfs.ext4 -q "${disk}p2"
	mount "${disk}p2" /mnt
	like "$(/lab/evidence use "$disk")" 'is mounted on /mnt \(as partition 2\)$' \
		'a disk of which a partition is mounted'
	umount /mnt

	take /srv/disk.img >/srv/file.then
	like "$(cat /srv/file.then)" '"filesystem": "uuid ' "a file's file system is known by its uuid"
	sync
	power_cut
	;;
2)
	holds 'the volumes are back' volumes_up
	for name in ext4 xfs btrfs plain; do
		take /dev/lab/$name >/tmp/now
		judge /srv/$name.then /tmp/now seen '' "$name on LVM: unchanged over a boot"
	done
	take /srv/disk.img >/tmp/now
	judge /srv/file.then /tmp/now seen '' 'a file: unchanged over a boot'
	for type in ext4 xfs btrfs; do
		mount -o "$(pure_look $type)" /dev/lab/$type /mnt && umount /mnt
		take /dev/lab/$type >/tmp/now
		judge /srv/$type.then /tmp/now seen '' "$type: a look without recovery after a boot"
		if [ $type = btrfs ]; then
			touch_and_go /dev/lab/btrfs
		else
			mount /dev/lab/$type /mnt && umount /mnt
		fi
		take /dev/lab/$type >/tmp/now
		judge /srv/$type.then /tmp/now changed "$(moved $type)" \
			"$type: a mount for writing after a boot"
	done
	truncate -s 201M /srv/disk.img
	take /srv/disk.img >/tmp/now
	judge /srv/file.then /tmp/now changed 'the size of /srv/disk.img went from' 'a file grown'
	;;
esac
done_testing
