#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The guard by what a running guest has open: relative paths, of blkback's loop devices and of QEMU,
# links, names by uuid and by number; and one that leads elsewhere by the time of the save.
# lab: deep timeout=1200
. /lab/lib.sh

config=/etc/xen/g1.cfg
image=/var/lib/xen/save/g1

# What xl leaves of a relative path when it saves from another directory.
let_go() {
	local left
	left=$(losetup -n -O NAME -j /srv/vm/g1.img)
	[ -z "$left" ] || losetup -d $left
}
# from DIRECTORY CMD...
from() { (cd "$1" && shift && "$@"); }

mkdir -p /srv/vm /srv/other
make_guest g1 pv 128
make_guest g2 pv 96
mv /srv/g1.img /srv/vm/g1.img
make_disk /srv/vm/data.img 16
make_disk /srv/other/g1.img 32
make_volume 16 -U 11111111-2222-4333-8444-555555555555
udevadm trigger --settle /dev/lab/data 2>/dev/null || udevadm settle
uuid=/dev/disk/by-uuid/11111111-2222-4333-8444-555555555555
[ -e $uuid ] || { mkdir -p ${uuid%/*} && ln -s "$(readlink -f /dev/lab/data)" $uuid; }
dm=$(readlink -f /dev/lab/data)
ln -s vm/data2.img /srv/now.img
make_disk /srv/vm/data2.img 16
make_disk /srv/vm/data3.img 16
sed -i "s|^    '/srv/g1.img.*|    'g1.img,raw,xvda,w',\n    'data.img,raw,xvdb,w,backendtype=qdisk',\n    'phy:$uuid,xvdc,w',\n    '/srv/now.img,raw,xvdd,w',|" $config

expect_status 0 'create in the directory of its disks' from /srv/vm safexl create $config
wait_guest g1
ln -sfn vm/data3.img /srv/now.img
expect_status 0 'save from elsewhere' from / safexl save g1 $image
like "$err" 'the state of 4 of 4 disks is recorded' 'its disks are noted, by whatever word'
unlike "$err" 'looked at' 'in full'
run_x safexl where g1
for disk in 'xvda +/srv/vm/g1.img' 'xvdb +/srv/vm/data.img' "xvdc +$uuid" 'xvdd +/srv/vm/data2.img'; do
	like "$out" "$disk, " "where: $disk"
done

expect_status 0 'another guest' safexl create /etc/xen/g2.cfg
wait_guest g2
loop=$(losetup -f --show /srv/vm/g1.img)
ln -s /srv/vm/data.img /srv/link.img
for path in /srv/vm/g1.img /srv/link.img "$loop" /dev/lab/data "$dm" "/dev/mapper/lab-data" /srv/vm/data2.img; do
	denied "it would write to .*, a disk of 'g1'" "it cannot have $path" safexl block-attach g2 "$path,raw,xvde,w"
done
losetup -d "$loop"
denied "a disk of 'g1'" 'nor g1.img, from its directory' from /srv/vm safexl --live block-attach g2 g1.img,raw,xvde,w
expect_status 0 'from another directory that is another disk' \
	from /srv/other safexl --live block-attach g2 g1.img,raw,xvde,w
sed 's/"g2"/"g3"/; s|/srv/g2.img|g1.img|' /etc/xen/g2.cfg >/etc/xen/g3.cfg
denied "it would write to /srv/vm/g1.img, a disk of 'g1'" 'create of a third that has it by a relative path' \
	from /srv/vm safexl create /etc/xen/g3.cfg
rm /etc/xen/g3.cfg
expect_status 0 'it goes' safexl destroy g2

denied 'disk xvda: /srv/vm/g1.img is in use as loop[0-9]+.*umount, or losetup -d for a loop device' \
	'restore while the loop device is left that xl made for the relative path' from /srv/vm safexl restore $image
let_go
denied 'disk xvdd: /srv/now.img is not what the guest had, that is /srv/vm/data2.img' \
	'restore while a link leads elsewhere' from /srv/vm safexl restore $image
ln -sfn vm/data2.img /srv/now.img
denied "disk xvda: /g1.img is not what the guest had, that is /srv/vm/g1.img.*cd /srv/vm && safexl restore $image" \
	'restore from another directory, with the way out' from / safexl restore $image
expect_status 0 'from its own' from /srv/vm safexl restore $image
holds 'the guest goes on' guest_goes_on g1

expect_status 0 'save' from / safexl save g1 $image
let_go
mount -o loop /srv/vm/g1.img /mnt
denied 'disk xvda: /srv/vm/g1.img is mounted on /mnt' 'restore while its relative disk is mounted' \
	from /srv/vm safexl restore $image
umount /mnt
denied 'disk xvda: /srv/vm/g1.img was modified' 'and after it was' from /srv/vm safexl restore $image
expect_status 0 '--discard-marker' from /srv/vm safexl --discard-marker restore $image
expect_status 0 'save where its paths lead to its disks' from /srv/vm safexl save g1 $image
printf x | dd of=/srv/vm/data.img bs=1 seek=100000 conv=notrunc status=none
denied 'disk xvdb: /srv/vm/data.img was modified' 'and after a write to the one that QEMU had' \
	from /srv/vm safexl restore $image
expect_status 0 '--discard-marker' from /srv/vm safexl --discard-marker restore $image
expect_status 0 'save' from /srv/vm safexl save g1 $image
mv /srv/vm/data2.img /srv/aside
denied "disk xvdd: .*hint: bring that disk back first .*then: safexl restore $image" \
	'restore while a disk is not there' from /srv/vm safexl restore $image
mv /srv/aside /srv/vm/data2.img
chmod 600 /srv/vm/data2.img
expect_status 0 'brought back, moved and with another mode: restored' from /srv/vm safexl restore $image
like "$err" 'the content is the same to the last byte' 'as every byte is known'
holds 'the guest goes on' guest_goes_on g1
xl destroy g1
done_testing
