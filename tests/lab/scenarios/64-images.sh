#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Image files: whole by Xen's own checker and refused when cut short (PV, PVH, HVM); no room for one,
# checkpoints, those of a paused guest, those that plain xl saved.
# lab: deep timeout=1500
. /lab/lib.sh

config=/etc/xen/g1.cfg
images=/var/lib/xen/save
image=$images/g1

start() {
	expect_status 0 "$1" safexl create $config
	wait_guest g1
}
# Xen's own checker of images.
checker() {
	PYTHONPATH=$xen_dir/lib/python "$xen_dir/bin/verify-stream-v2" -f xl -i "$1"
}
# cut IMAGE BYTES: the image without its last bytes is refused by the checker and by safexl.
cut_off() {
	head -c "-$2" "$1" >/srv/cut
	if [ -n "$has_checker" ]; then
		if checker /srv/cut >/dev/null 2>&1; then
			not_ok "Xen's checker refuses an image without its last $2 bytes"
		else
			ok "Xen's checker refuses an image without its last $2 bytes"
		fi
	fi
	denied 'cut short|not where' "so does safexl" safexl restore /srv/cut
	rm /srv/cut
}
whole() {
	if [ -n "$has_checker" ]; then
		holds "Xen's checker finds the image of a $2 guest whole" checker "$1"
	else
		skip "Xen's checker finds the image of a $2 guest whole" 'needs python3'
	fi
}

has_checker=$(command -v python3)
make_guest g1 pv 128
make_volume
make_disk /srv/data.img 16
# Beside what its kernel writes to, a volume and a file that it does not touch.
sed -i "s|^    '/srv/g1.img.*|&\n    'phy:/dev/lab/data,xvdb,w',\n    '/srv/data.img,raw,xvdc,w',|" $config

start 'create'
expect_status 0 'save' safexl save g1 $image
whole $image PV
cut_off $image 8
cut_off $image 100000
expect_status 0 'restore' safexl restore $image
holds 'the guest goes on' guest_goes_on g1

# A file system that has room for one image and not for two, and does not say so beforehand, as
# it compresses; one that does say so; an image whose guest went on.
truncate -s 220M /srv/small.img
mkfs.btrfs -q -M /srv/small.img
mkdir /srv/small
mount -o loop /srv/small.img /srv/small
mount -t tmpfs -o size=16m none /mnt
expect_status 73 'save to where there is no room for it' safexl save g1 /mnt/g1
like "$err" '/mnt has room for 16 MiB' 'is refused before xl is run'
is "$(ls -A /mnt)" '' 'nothing is left there'
umount /mnt
check=/srv/small/g1
expect_status 0 'save -c to a small disk' safexl save -c g1 $check
like "$err" 'checkpoint' 'says what the image is'
run_x safexl images
like "$out" "checkpoint +g1 +$check" 'images lists it'
before=$(cat $check /var/lib/safexl/markers/* | sha256sum; ls -A /srv/small)
expect_status 1 'a save that fails over it' safexl save g1 $check
is "$(cat $check /var/lib/safexl/markers/* | sha256sum; ls -A /srv/small)" "$before" \
	'leaves image and marker as they were'
holds 'and the guest goes on' guest_goes_on g1
expect_status 0 'destroy' safexl destroy g1
denied 'disk xvd[ab]' 'restore of the checkpoint, whose guest wrote on' safexl restore $check
expect_status 0 'images --prune' safexl images --prune
umount /srv/small

# A paused guest writes nothing: its checkpoint is proven by the counters.
start 'create'
expect_status 0 'save -p' safexl save -p g1 /srv/paused
expect_status 0 'destroy' safexl destroy g1
expect_status 0 'its checkpoint can be restored, on block device and files' safexl restore /srv/paused
holds 'the guest goes on' guest_goes_on g1
expect_status 0 'save -c' safexl save -c g1 /srv/paused
expect_status 0 'destroy' safexl destroy g1
denied 'disk xvd[ab]|cannot be' 'that of one that went on cannot' safexl restore /srv/paused
rm /srv/paused

# What nobody here saved.
start 'create'
expect_status 0 'plain xl save' xl save g1 /srv/foreign
denied "safexl on this host did not save it .* 3 disks; .*'g1' .uuid [0-9a-f-]{36}., saved by Xen $xen_version" \
	'its image is refused, with what is known' safexl restore /srv/foreign
expect_status 0 '--discard-marker' safexl --discard-marker restore /srv/foreign
holds 'the guest goes on' guest_goes_on g1
expect_status 0 'destroy' safexl destroy g1
denied 'restored already' 'from then on it is known' safexl restore /srv/foreign
rm /srv/foreign

make_guest g3 pvh 128
expect_status 0 'a PVH guest' safexl create /etc/xen/g3.cfg
wait_guest g3
expect_status 0 'is saved' safexl save g3 $images/g3
whole $images/g3 PVH
cut_off $images/g3 8
expect_status 0 'and restored' safexl restore $images/g3
holds 'it goes on' guest_goes_on g3

xl destroy g3

make_guest g4 hvm 200
expect_status 0 'an HVM guest' safexl create /etc/xen/g4.cfg
if wait_guest g4 100; then
	expect_status 0 'is saved' safexl save g4 $images/g4
	whole $images/g4 HVM
	for bytes in 8 24 1000 100000; do cut_off $images/g4 $bytes; done
	expect_status 0 'and restored' safexl restore $images/g4
	holds 'it goes on' guest_goes_on g4
else
	skip 'an HVM guest is saved and restored' 'under two emulations it did not boot this time'
fi
xl destroy g4
done_testing
