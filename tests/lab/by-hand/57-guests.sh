#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest of each type runs here and takes what is done to it with plain xl: what the lab can do, which
# the scenarios build on. To be run by hand after a change of the machine or its image.
# lab: timeout=900
. /lab/lib.sh

# takes_pci NAME: a PCI device comes and goes.
takes_pci() {
	local bdf
	bdf=$(pci_device 1)
	expect_status 0 "$1: pci-attach" xl pci-attach "$1" "$bdf"
	holds "$1: seen by the guest" guest_wait "$1" pci 1234:11e8
	expect_status 0 "$1: pci-detach" xl pci-detach "$1" "$bdf"
	holds "$1: gone from it" guest_wait "$1" pci '!1234:11e8'
}

# takes_usb NAME TYPE VERSION: a controller, and on it a USB device.
takes_usb() {
	local bus addr
	read -r bus addr < <(usb_device stick)
	expect_status 0 "$1: usbctrl-attach" xl usbctrl-attach "$1" type="$2" version="$3" ports=4
	expect_status 0 "$1: usbdev-attach" xl usbdev-attach "$1" hostbus="$bus" hostaddr="$addr"
	like "$(xl usb-list "$1")" "$2.*Bus 00$bus Device 00$addr" "$1: usb-list shows it"
	expect_status 0 "$1: usbdev-detach" xl usbdev-detach "$1" 0 1
	expect_status 0 "$1: usbctrl-detach" xl usbctrl-detach "$1" 0
	is "$(xl usb-list "$1")" '' "$1: usb-list shows nothing"
}

# takes_cpu NAME
takes_cpu() {
	expect_status 0 "$1: vcpu-set" xl vcpu-set "$1" 2
	holds "$1: seen by the guest" guest_wait "$1" cpus '^0-1$'
}

# takes_cd NAME: another CD.
takes_cd() {
	expect_status 0 "$1: cd-insert" xl cd-insert "$1" hdc /srv/b.iso
	like "$(xl list -l "$1")" '"pdev_path": "/srv/b.iso"' "$1: it is in the drive"
	expect_status 0 "$1: cd-eject" xl cd-eject "$1" hdc
	unlike "$(xl list -l "$1")" '\.iso"' "$1: the drive is empty"
}

make_disk /srv/more.img
make_iso /srv/a.iso
make_iso /srv/b.iso
need_backends
for type in pv pvh hvm; do
	config=/etc/xen/$type.cfg
	make_guest $type $type $([ $type != hvm ] || echo 200)
	echo 'maxvcpus = 2' >>$config
	case $type in
	pv)
		sed -i "s|raw,xvda,w|format=raw,vdev=xvda,access=w,backendtype=qdisk|" $config
		echo 'passthrough = "enabled"' >>$config ;;
	hvm)
		sed -i "s|^    '/srv/hvm.img.*|&\n    '/srv/a.iso,raw,hdc,cdrom',|" $config
		echo 'passthrough = "enabled"' >>$config ;;
	esac
	start=$SECONDS
	expect_status 0 "$type: create" safexl create $config
	holds "$type: it comes up" wait_guest $type 300
	note "after $((SECONDS - start)) s"
	like "$(xl list -l $type)" "\"type\": \"$type\"" "$type: it is one"
	like "$(guest_says $type nics)" '^eth0=00:16:3e:77' "$type: it has its interface"
	expect_status 0 "$type: block-attach" safexl block-attach $type /srv/more.img,raw,xvdb,w
	holds "$type: seen by the guest" guest_sees_disk $type xvdb
	expect_status 0 "$type: block-detach" safexl block-detach $type xvdb
	holds "$type: gone from it" guest_lost_disk $type xvdb
	expect_status 0 "$type: network-attach" xl network-attach $type bridge=xenbr0
	holds "$type: seen by the guest" guest_wait $type nics eth1=
	takes_cpu $type
	case $type in
	pv)
		takes_pci $type
		takes_usb $type qusb 2 ;;
	hvm)
		takes_pci $type
		takes_usb $type devicemodel 3
		takes_cd $type ;;
	esac
	expect_status 0 "$type: destroy" safexl destroy $type
done

# A second scheduler.
make_guest g1
need_cpupool second credit
expect_status 0 'create' safexl create /etc/xen/g1.cfg
expect_status 0 'cpupool-migrate' xl cpupool-migrate g1 second
like "$(xl sched-credit -d g1)" 'g1 ' 'the other scheduler has it'
done_testing
