#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's xendomains, with safexl under the name xl: the guests are saved when the host goes down
# and restored when it comes up; but not one whose disk was mounted in between, nor is that one
# booted over its saved self.
# lab: deep reboot timeout=900
. /lab/lib.sh

names='g1 g2 g3'
images=/var/lib/xen/save
xendomains() { run_x bash /etc/init.d/xendomains "$1"; }

if [ ! -x /etc/init.d/xendomains ]; then
	skip 'xendomains' 'it is not in this image'
	done_testing
fi

case $LAB_BOOT in
1)
	ln -sf safexl /usr/local/sbin/xl
	mkdir -p /etc/xen/auto
	for name in $names; do
		make_guest "$name" pv 96
		ln -s "../$name.cfg" "/etc/xen/auto/$name.cfg"
	done
	xendomains start
	is "$status" 0 'xendomains start'
	for name in $names; do holds "$name was started" wait_guest "$name"; done
	xendomains stop
	is "$status" 0 'xendomains stop'
	for name in $names; do
		is "$(domid "$name")" '' "$name is saved"
		is "$(stat -c %a "$images/$name")" 600 "$name: in an image that only root can read"
		like "$(safexl images)" "saved +$name +$images/$name" "$name: with a marker"
	done
	is "$(ls -A $images | xargs)" "$names" 'nothing else is left where xendomains looks'
	sync
	power_cut
	;;
2)
	mount -o loop /srv/g2.img /mnt && touch /mnt/rescue && umount /mnt
	xendomains start
	note "$out"
	for name in g1 g3; do
		holds "$name was restored" guest_goes_on "$name"
		is "$(ls "$images/$name" 2>/dev/null)" '' "$name: its image is gone"
	done
	is "$(domid g2)" '' 'g2, whose disk was mounted, was not'
	like "$out$err" 'disk xvda: /srv/g2.img was modified' 'and it is said why'
	like "$out" 'Starting Xen domain g2.*restore failed' 'nor was it started afresh'
	holds 'g2: its image is still there' test -s $images/g2

	# xendomains knows of the image by its place only.
	mv $images/g2 /srv/g2.image
	xendomains start
	is "$(domid g2)" '' 'without the image in its place g2 is not started either'
	like "$out$err" "g2: it is saved in $images/g2" 'and it is said why'
	xendomains stop
	is "$(ls -A $images | xargs)" 'g1 g3' 'the others are saved again, over their used images'
	;;
esac
done_testing
