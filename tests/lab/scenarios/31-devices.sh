#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Devices of all other classes on a real Xen: attached, there after destroy and create, detached,
# and the file is what it was. PCI devices and USB sticks are QEMU's; who answers for the other
# backends is in lib.sh.
# lab: timeout=1500
. /lab/lib.sh

# devices NAME KEY: what libxl would save of a class.
devices() { xl list -l "$1" | sed -n "/\"$2\": \\[/,/^ *\\],\\?\$/p"; }

# again NAME: destroy and create
again() {
	expect_status 0 "destroy" safexl destroy "$1"
	expect_status 0 "create" safexl create "/etc/xen/$1.cfg"
}

config=/etc/xen/g1.cfg
make_guest g1 pv 160
echo 'passthrough = "enabled"' >>$config
cp $config /srv/first.cfg
bdf=$(pci_device 1)
like "$bdf" '^0000:' 'a PCI device to give away'
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1

# PCI
expect_status 0 'pci-attach' safexl pci-attach g1 "${bdf#0000:}"
like "$err" 'e820_host' 'what it does to a PV guest is said'
is "$(grep '^pci' $config)" "pci += [ '${bdf#0000:}' ]" 'it is written'
holds 'the guest sees it' guest_wait g1 pci 1234:11e8
refused 78 'already' 'the same again' safexl pci-attach g1 "$bdf"
before=$(devices g1 pcidevs)
again g1
holds 'the guest runs' wait_guest g1
holds 'it has the device' guest_wait g1 pci 1234:11e8
is "$(devices g1 pcidevs)" "$before" 'as it had it'
expect_status 0 'pci-detach' safexl pci-detach g1 "$bdf"
is "$(xl pci-list g1 | grep -c "$bdf")" 0 'it is gone'
same_file $config /srv/first.cfg 'the file has the bytes it had'

# Those that wait for a backend that is not here.
need_backends
expect_status 0 'vtpm-attach' safexl vtpm-attach g1
uuid=$(sed -n "s/^vtpm.*uuid=\([0-9a-f-]*\).*/\1/p" $config)
like "$(xl vtpm-list g1)" "$uuid" 'with the uuid that is in the file'
expect_status 0 'vkb-attach' safexl vkb-attach g1 backend-type=linux unique-id=kbd width=640 height=480
like "$(xl vkb-list g1)" 'kbd' 'a keyboard'
expect_status 0 'vdispl-attach' safexl vdispl-attach g1 'connectors=a:800x600;b:1024x768'
like "$(xl vdispl-list g1)" 'id: b, width: 1024' 'a display'
expect_status 0 'vsnd-attach' safexl vsnd-attach g1 'CARD, short-name=Main' 'PCM, name=dev' \
	'STREAM, unique-id=0, type=p'
like "$(xl vsnd-list g1)" 'Main' 'a sound card'
note "$(tail -n 4 $config)"
refused 78 'already' 'the same TPM' safexl vtpm-attach g1 "uuid=$uuid"
before=$(xl vtpm-list g1 | awk 'NR > 1 { print $3 }'; xl vkb-list g1 | awk 'NR > 1 { print $1, $7 }'
	xl vdispl-list g1 | grep Connector; xl vsnd-list g1 | grep -E 'short-name|unique-id' | sed 's/, evt.*//')
again g1
is "$(xl vtpm-list g1 | awk 'NR > 1 { print $3 }'; xl vkb-list g1 | awk 'NR > 1 { print $1, $7 }'
	xl vdispl-list g1 | grep Connector; xl vsnd-list g1 | grep -E 'short-name|unique-id' | sed 's/, evt.*//')" \
	"$before" 'all of them are there again'
expect_status 0 'vsnd-detach' safexl vsnd-detach g1 0
expect_status 0 'vdispl-detach' safexl vdispl-detach g1 0
expect_status 0 'vkb-detach' safexl vkb-detach g1 0
expect_status 0 'vtpm-detach by uuid' safexl vtpm-detach g1 "$uuid"
same_file $config /srv/first.cfg 'the file has the bytes it had'
for command in vtpm vkb vdispl vsnd usbctrl; do
	refused 2 'is not a ' "$command-detach of a word that is no number" safexl "$command-detach" g1 first
done
expect_status 0 'destroy' safexl destroy g1

# USB, in an HVM guest: its QEMU has the controllers.
deep_only 'USB in an HVM guest' || done_testing
config=/etc/xen/h1.cfg
make_guest h1 hvm 200
cp $config /srv/first.cfg
read -r bus address <<<"$(usb_device stick)"
note "the stick is at $bus:$address"
# All of this is between xl and QEMU: the guest may still boot.
expect_status 0 'hvm: create' safexl create $config
refused_h1() { expect_status 78 "$1" "${@:2}"; is "$(xl usb-list h1)" '' 'nothing was made'; }
refused_h1 'a device where there is no controller' \
	safexl usbdev-attach h1 hostbus="$bus" hostaddr="$address"
like "$err" 'first: safexl usbctrl-attach h1' 'what comes first is said'
expect_status 0 'usbctrl-attach' safexl usbctrl-attach h1
expect_status 0 'usbdev-attach' safexl usbdev-attach h1 hostbus="$bus" hostaddr="$address"
like "$err" 'hostaddr changes' 'that the address does not last is said'
note "$(tail -n 3 $config)"
like "$(xl usb-list h1)" 'Port 1: Bus' 'it is plugged in'
before=$(xl usb-list h1)
again h1
is "$(xl usb-list h1)" "$before" 'the controller and the device are there again'
expect_status 0 'usbdev-detach' safexl usbdev-detach h1 0 1
expect_status 0 'a second controller' safexl usbctrl-attach h1 version=1
expect_status 0 'usbctrl-detach' safexl usbctrl-detach h1 1
expect_status 0 'usbctrl-detach of the first' safexl usbctrl-detach h1 0
same_file $config /srv/first.cfg 'the file has the bytes it had'
is "$(xl usb-list h1)" '' 'no controller is left'
expect_status 0 'hvm: destroy' safexl destroy h1
done_testing
