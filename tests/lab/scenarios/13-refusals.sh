#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What cannot be recorded is refused before the guest is touched, with the documented status and
# the way out.
# lab: deep timeout=600
. /lab/lib.sh

config=/etc/xen/g1.cfg
make_guest g1 pv 160
make_disk /srv/b.img
xl create $config 2>/dev/null
expect_status 0 'a first change starts the history' safexl mem-set g1 150
attach=(safexl block-attach g1 /srv/b.img,raw,xvdb,w)

# A name that the kernel gave by order of discovery: taken, and one that stays is offered.
dmsetup create stays --table '0 32768 zero'
udevadm settle
device=$(readlink -f /dev/mapper/stays)
run_x safexl -N block-attach g1 "phy:$device,xvdy,r"
like "$out" "note: $device can be another disk after a reboot; a name that stays: /dev/mapper/stays" \
	'a volatile name of a disk is told'
run_x safexl -N block-attach g1 phy:/dev/mapper/stays,xvdy,r
unlike "$out" 'after a reboot' 'one that stays is not'
dmsetup remove stays

refused 78 "xvda.*hint: .*block-detach g1 xvda" 'the same vdev again' \
	safexl block-attach g1 /srv/b.img,raw,xvda,w
refused 78 'xvda' 'the same device by another name' safexl block-attach g1 /srv/b.img,raw,51712,w
refused 2 'hint: ' 'a spec that xl cannot read' safexl block-attach g1 /srv/b.img,raw,,w
refused 2 '.' 'a size that xl cannot read' safexl mem-set g1 12x
refused 1 'nosuch' 'a disk that xl refuses itself' safexl block-attach g1 /srv/nosuch,raw,xvdb,w
refused 78 'hint: .*safexl mem-max g1 9999' 'a size above the maximum' safexl mem-set g1 9999
refused 1 "hint: .*--config" 'a domain that does not run' safexl mem-set nosuch 100
refused 78 'xvdk' 'a detach of what is not there' safexl --config block-detach g1 xvdk

cp $config /srv/good.cfg
echo 'oops = = 1' >>$config
line=$(grep -c '' $config)
refused 78 "/etc/xen/g1.cfg:$line: " 'a file with a syntax error, with its line' "${attach[@]}"
cp /srv/good.cfg $config

touch /etc/xen/.git/index.lock
refused 75 'index\.lock.*hint: .*rm /etc/xen/.git/index\.lock' 'a lock that git left behind' \
	"${attach[@]}"
rm /etc/xen/.git/index.lock

mv /etc/xen/.git/HEAD /srv/HEAD
refused 73 '/etc/xen.*hint: ' 'a repository that is damaged' "${attach[@]}"
mv /srv/HEAD /etc/xen/.git/HEAD

chown -R anna /etc/xen/.git
refused 73 'belongs to anna.*hint: ' 'a repository of somebody else' "${attach[@]}"
chown -R root /etc/xen/.git

chattr +i $config
refused 73 'immutable.*hint: chattr -i /etc/xen/g1.cfg' 'a file that may not be written' \
	"${attach[@]}"
chattr -i $config

mount --bind /etc/xen /etc/xen
mount -o remount,bind,ro /etc/xen
refused 73 'Read-only file system' 'a read-only /etc/xen' "${attach[@]}"
refused 73 'Read-only file system' 'also for the memory' safexl mem-set g1 140
umount /etc/xen

# A small file system in place of /etc/xen, filled to its last byte.
truncate -s 8M /srv/small.img
mkfs.ext4 -q -m 0 /srv/small.img
mount -o loop /srv/small.img /mnt
cp -a /etc/xen/. /mnt/
umount /mnt
mount -o loop /srv/small.img /etc/xen
dd if=/dev/zero of=/etc/xen/fill bs=64k 2>/dev/null
dd if=/dev/zero of=/etc/xen/fill2 bs=1 count=65536 2>/dev/null
sync
refused 73 'No space left on device' 'a full disk' "${attach[@]}"
is "$(find /etc/xen -name '*safexl*' ! -name safexl.conf)" '' 'nothing half-written stays on it'
rm /etc/xen/fill /etc/xen/fill2
expect_status 0 'with room again it goes through' "${attach[@]}"
holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
holds 'the guest sees the disk' guest_sees_disk g1 xvdb
umount /etc/xen

done_testing
