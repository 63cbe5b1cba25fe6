#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# usbctrl- and usbdev-attach and -detach: where a device is plugged in, in the guest and in the file.
. tests/flow/lib.sh

usb() { grep '^usb' "$etc/web1.cfg"; }
config web1
domain 14 web1
cp "$etc/web1.cfg" "$work/before"

sx usbdev-attach web1 hostbus=1 hostaddr=4
status 0 "a device where there is no controller"
is "$(usb)" "usbctrl += [ 'type=auto' ]
usbdev += [ 'hostbus=1,hostaddr=4,controller=0,port=1' ]" "the controller that xl makes is recorded, too"
is "$(xl_calls)" "usbdev-attach web1 hostbus=1 hostaddr=4" "xl gets what was typed"
like "$err" "xl makes one, and it is recorded as usbctrl 0" "it is said"
is "$(printf '%s\n' "$err" | grep -c 'hostaddr changes when')" 1 "and once that the address does not last"
is "$(subjects | head -n 1)" "web1: attach USB device bus 1 address 4" "subject"
sx usbdev-attach web1 hostbus=01 hostaddr=0x5
status 0 "a second one"
is "$(usb | tail -n 1)" "usbdev += [ 'hostbus=1,hostaddr=4,controller=0,port=1', 'hostbus=01,hostaddr=0x5,controller=0,port=2' ]" \
	"goes into the next port"
is "$(xl_calls | tail -n 1)" "usbdev-attach web1 hostbus=01 hostaddr=0x5 controller=0 port=2" "which xl is told"
sx usbdev-attach web1 hostbus=1 hostaddr=4
status 78 "one that it has already"
sx usbdev-detach web1 0 1
status 0 "detach by controller and port"
is "$(usb | tail -n 1)" "usbdev += [ 'hostbus=01,hostaddr=0x5,controller=0,port=2' ]" "the right one goes"
sx usbdev-detach web1 0 7
status 78 "a port with nothing in it"
for words in '0 x' 'x 1' '0' "'' 1"; do
	eval "sx usbdev-detach web1 $words"
	status 2 "usbdev-detach $words is refused"
done
sx usbdev-detach web1 0 2 9
status 2 "a word too many"
sx usbctrl-attach web1 version=1 ports=2
status 0 "a second controller"
sx usbdev-attach web1 hostbus=2 hostaddr=9 controller=1
status 0 "with a device in it"
is "$(usb)" "usbctrl += [ 'type=auto', 'version=1,ports=2' ]
usbdev += [ 'hostbus=01,hostaddr=0x5,controller=0,port=2', 'hostbus=2,hostaddr=9,controller=1,port=1' ]" "both are written"
sx usbctrl-detach web1 0
status 0 "the first controller goes"
is "$(usb)" "usbctrl += [ 'version=1,ports=2' ]
usbdev += [ 'hostbus=2,hostaddr=9,controller=0,port=1' ]" "with what was in it; the other device stays with its controller"
like "$err" "the USB device plugged into it goes with it: bus 1 address 5" "that is said"
sx usbdev-detach web1 1 1
status 0 "a device by the number that its controller has now"
is "$(usb)" "usbctrl += [ 'version=1,ports=2' ]" "is found by its address"
sx usbctrl-detach web1 1
status 0 "the other controller goes"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"
sx usbctrl-detach web1 usb
status 2 "a word that is no number"
sx usbdev-attach web1 hostbus=1
status 2 "half an address"
sx usbdev-attach web1 hostbus=1 hostaddr=400
status 2 "an address that is none"
sx --config usbdev-attach web1 hostbus=3 hostaddr=3
status 0 "--config"
is "$(usb)" "usbctrl += [ 'type=auto' ]
usbdev += [ 'hostbus=3,hostaddr=3,controller=0,port=1' ]" "writes the same"
sx --config usbdev-detach web1 0 1
status 0 "and takes it out by its port"
is "$(usb)" "usbctrl += [ 'type=auto' ]" "the controller stays"
printf 'name = "h1"\ntype = "hvm"\nmemory = 512\n' >"$etc/h1.cfg"
domain 16 h1
sx usbdev-attach h1 hostbus=3 hostaddr=4
status 78 "an HVM guest without a controller"
like "$err" "the one that xl makes by itself does not work in an HVM guest" "gets none that does not work"
like "$err" "^hint: first: safexl usbctrl-attach h1$" "it is said what comes first"
sx usbctrl-attach h1
sx usbdev-attach h1 hostbus=3 hostaddr=4
status 0 "then it goes"
is "$(grep '^usb' "$etc/h1.cfg")" "usbctrl += [ 'type=auto' ]
usbdev += [ 'hostbus=3,hostaddr=4,controller=0,port=1' ]" "both are written"
check_clean "at the end"
finish
