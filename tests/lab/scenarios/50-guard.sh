#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The guard: a saved guest is not booted over, a stale image is not resumed, whatever was done in
# between; and what is sound goes through.
# lab: timeout=2400
. /lab/lib.sh

config=/etc/xen/g1.cfg
images=/var/lib/xen/save
image=$images/g1

start() {
	expect_status 0 "$1" safexl create $config
	wait_guest g1
}
save() { expect_status 0 "$1" safexl save g1 $image; }
make_guest g1 pv 128
make_guest g2 pv 128
make_volume
make_disk /srv/data.img 16
# g1: a disk in use, a volume and a file that its kernel does not touch.
sed -i "s|^    '/srv/g1.img.*|&\n    'phy:/dev/lab/data,xvdb,w',\n    '/srv/data.img,raw,xvdc,w',|" $config

start 'create'
expect_status 0 'save' safexl save g1 $image
like "$err" "g1: saved in $image, complete and on disk; the state of 3 of 3 disks is recorded" 'says what it did'
is "$(domid g1)" '' 'the guest is in its image'
is "$(stat -c '%a %U' $image)" '600 root' 'which is for root alone'
is "$(ls -A $images)" g1 'and nothing else is left beside it'
denied "it is saved in $image .*hint: .*safexl restore $image.*safexl --discard-marker create $config" \
	'create of a saved guest, with both ways out' safexl create $config
denied 'it is saved in' 'also with --live' safexl --live create -p $config
run_x safexl where g1
like "$out" "memory +saved in $image" 'where: its memory'
like "$out" "config +$config" 'its configuration'
like "$out" 'xvdb +/dev/lab/data, 64 MiB, read-write' 'its disks'
like "$out" "it can be restored: safexl restore $image" 'and what can be done'
run_x safexl --json where g1
is "$(python3 -c 'import json, sys
w = json.load(sys.stdin)
print(w["state"], w["image"], [d["since_saved"] for d in w["disks"]])' <<<"$out")" \
	"saved $image [None, None, None]" 'the same as JSON'
run_x safexl images
like "$out" "^saved +g1 +$image .*restored" 'images lists it'
run_x safexl --json images
is "$(python3 -c 'import json, sys
i = json.load(sys.stdin)["images"]
print(len(i), i[0]["state"], i[0]["restorable"])' <<<"$out")" '1 saved True' 'also as JSON'

# Another guest and the disks of this one.
sed -i "s|^    '/srv/g2.img.*|&\n    'phy:/dev/lab/data,xvdb,w',|" /etc/xen/g2.cfg
denied "it would write to /dev/lab/data, a disk of 'g1'" 'another guest that would write to its volume' \
	safexl create /etc/xen/g2.cfg
sed -i 's|data,xvdb,w|data,xvdb,r|' /etc/xen/g2.cfg
expect_status 0 'one that only reads it' safexl create /etc/xen/g2.cfg
denied "it would write to /srv/data.img, a disk of 'g1'" 'block-attach of its disk to another' \
	safexl block-attach g2 /srv/data.img,raw,xvdc,w
denied "a disk of 'g1'" 'also with --live' safexl --live block-attach g2 /srv/data.img,raw,xvdc,w
is "$(live_disks g2)" '51712 51728' 'it was not attached'
wait_guest g2
expect_status 0 'read-only is allowed' safexl block-attach g2 /srv/data.img,raw,xvdc,r
holds 'and seen' guest_sees_disk g2 xvdc

# The parts of its disks, and what they lie on.
denied "it would write to $pv, and so to /dev/lab/data, a disk of 'g1'" \
	'block-attach of the device that its volume lies on' safexl block-attach g2 "phy:$pv,xvdd,w"
loop=$(losetup -f --show /srv/data.img)
denied "it would write to $loop, and so to /srv/data.img" 'of a loop device over its file' \
	safexl block-attach g2 "phy:$loop,xvdd,w"
losetup -d "$loop"
lvcreate -q -y -n other -L 8M lab >/dev/null && udevadm settle
expect_status 0 'of another volume of that group: allowed' \
	safexl block-attach g2 phy:/dev/lab/other,xvdd,w

# Plain xl gives its volume to a guest.
expect_status 0 'it goes' safexl destroy g2
sed -i 's|data,xvdb,r|data,xvdb,w|' /etc/xen/g2.cfg
expect_status 0 'plain xl create of another guest with its volume' xl create -p /etc/xen/g2.cfg
denied "disk xvdb: /dev/lab/data is in use by the domain 'g2'" 'restore while that guest has it' \
	safexl restore $image
xl destroy g2
expect_status 0 'without it the volume is as it was' safexl -N restore $image

cp $image /srv/copy
mount -o ro,noload /dev/lab/data /mnt && umount /mnt
expect_status 0 'the configuration changes' safexl --config mem-set g1 120
expect_status 0 'restore after a look that writes nothing' safexl restore $image
like "$err" "$config changed since the save in memory" 'says what waits for a cold boot'
holds 'the guest goes on' guest_goes_on g1
sed -i 's/^memory .*/memory = 128/' $config
expect_status 0 'destroy' safexl destroy g1
denied 'restored already, on 20.* by root' 'a second restore' safexl restore $image
denied 'restored already' 'and one of a copy' safexl restore /srv/copy
rm /srv/copy

start 'create is free again'
save 'save over the used image'
expect_status 0 "plain xl create behind safexl's back" xl create $config
wait_guest g1
expect_status 0 'and xl destroy' xl destroy g1
denied 'disk xvda: /srv/g1.img was modified' 'the disks tell' safexl restore $image
expect_status 0 'create --discard-marker' safexl --discard-marker create $config
like "$err" "g1: the saved state in $image is discarded" 'says what that means'
expect_status 0 'destroy' safexl destroy g1
denied 'discarded on 20.* by root.*--discard-marker create' 'the image is refused, with when and by whom' \
	safexl restore $image

start 'create'
save 'save'
mount /dev/lab/data /mnt
denied 'disk xvdb: /dev/lab/data is mounted on /mnt' 'restore while its volume is mounted' \
	safexl restore $image
umount /mnt
denied 'disk xvdb: .*sectors were written to /dev/lab/data since the save' 'and after it was' \
	safexl restore $image
run_x safexl where g1
like "$out" 'xvdb.*written to /dev/lab/data.*refused' 'where tells the same'
expect_status 0 '--discard-marker lets it through' safexl --discard-marker restore $image
like "$err" 'going ahead with --discard-marker: .*written to /dev/lab/data' 'saying what was against it'
holds 'the guest goes on' guest_goes_on g1

save 'save'
mount -o loop /srv/data.img /mnt
denied 'disk xvdc: /srv/data.img is mounted on /mnt' 'restore while its file is mounted' \
	safexl restore $image
umount /mnt
denied 'disk xvdc: /srv/data.img was modified' 'and after it was' safexl restore $image
expect_status 0 '--discard-marker' safexl --discard-marker restore $image

save 'save'
mv $image /srv/moved
expect_status 0 'an image moved elsewhere is recognised' safexl restore /srv/moved
rm /srv/moved
holds 'the guest goes on' guest_goes_on g1
expect_status 0 'destroy' safexl destroy g1
done_testing
