#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Images that plain xl saved: refused with what can be told, taken in by adopt, restored; a disk that was
# touched stands against both.
# lab: deep timeout=1200
. /lab/lib.sh

config=/etc/xen/g1.cfg
image=/var/lib/xen/save/old

# plain_save: g1, created and saved by plain xl, of which nothing is known
plain_save() {
	rm -rf /var/lib/safexl/markers "$image"
	expect_status 0 'plain xl create' xl create $config
	wait_guest g1
	expect_status 0 'plain xl save' xl save g1 $image
}

make_volume
for type in pv pvh; do
	make_guest g1 $type 128
	sed -i "s|^    '/srv/g1.img.*|&\n    'phy:/dev/lab/data,xvdb,w',|" $config
	plain_save
	denied "safexl on this host did not save it .* 2 disks; .*'g1' .*saved by Xen $xen_version; .*safexl adopt $image && safexl restore $image" \
		"the image of a $type guest is refused, with the way out" safexl restore $image
	expect_status 0 '-N adopt' safexl -N adopt $image
	like "$err" "would adopt its saved image $image: complete; the state of 2 of 2 disks is recorded" 'tells what it would do'
	denied 'did not save it' 'and does nothing' safexl restore $image
	head -c -8 $image >/srv/cut
	denied 'cut short' 'one that is cut by eight bytes is not adopted' safexl adopt /srv/cut
	rm /srv/cut
	expect_status 0 'adopt' safexl adopt $image
	like "$err" "g1: adopted its saved image $image: complete; the state of 2 of 2 disks is recorded" 'says what it did'
	denied "it is saved in $image" 'its guest is not started afresh' safexl create $config
	expect_status 0 'restore' safexl restore $image
	holds 'the guest goes on' guest_goes_on g1
	run_x safexl adopt $image
	is "$status" 77 'while it runs, nothing is adopted'
	like "$err" "its guest is there, as domain $(domid g1)" 'as is said'
	expect_status 0 'destroy' safexl destroy g1
	denied 'restored already' 'nor once it was restored' safexl adopt $image
done

plain_save
expect_status 0 'adopt' safexl adopt $image
mkdir -p /mnt/data
mount /dev/lab/data /mnt/data
denied 'is mounted on /mnt/data' 'a disk that is mounted after adopt' safexl restore $image
umount /mnt/data
denied 'disk xvdb: .*mount' 'or was' safexl restore $image

plain_save
# Past what QEMU may have left to write, and of the volume alone.
touch -d '-2 minutes' /srv/g1.img
touch -d '-1 minute' $image
mount /dev/lab/data /mnt/data
denied 'is mounted on /mnt/data' 'a disk that is mounted before: not adopted' safexl adopt $image
echo more >/mnt/data/more
umount /mnt/data
denied 'disk xvdb \(/dev/lab/data\) was written to \(.*\) after the image was' 'one that was written to: not adopted' \
	safexl adopt $image
denied 'disk xvdb .* was written to' 'restore tells it too' safexl restore $image
done_testing
