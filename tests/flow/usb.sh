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

# record, when a controller is gone: the others keep what is plugged into them
controllers() { # VERSION...: a guest with these, and a device in each
	local n=0 version
	rm -f "$etc/web1.cfg"
	sx destroy web1
	config web1
	domain "$((next++))" web1
	for version; do
		sx usbctrl-attach web1 version="$version"
		sx usbdev-attach web1 hostbus=9 hostaddr=$((n + 1)) controller=$n
		n=$((n + 1))
	done
}
usbdevs() { # ADDRESS:CONTROLLER...
	local each text=
	for each; do text+="${text:+, }'hostbus=9,hostaddr=${each%:*},controller=${each#*:},port=1'"; done
	printf 'usbdev += [ %s ]' "$text"
}
settled() { # WHAT: nothing is left to record
	local before
	before=$(usb)
	sx diff web1
	status 0 "$1: nothing differs"
	sx record web1
	like "$err" "nothing to record" "$1: nothing is left to record"
	is "$(usb)" "$before" "$1: nothing is taken out"
}
next=20
controllers 2 2
sx --live usbctrl-detach web1 0
sx record web1
status 0 "record, the first of two alike is gone"
is "$(usb)" "usbctrl += [ 'version=2' ]
$(usbdevs 2:0)" "the device of the other is plugged into the one that is left"
settled "the first of two"
controllers 1 2 3
sx --live usbctrl-detach web1 1
sx record web1 usbctrl
status 0 "record, the one in the middle alone is named"
is "$(usb)" "usbctrl += [ 'version=1', 'version=3' ]
$(usbdevs 1:0 3:1)" "its device goes with it, that of the later stays with its own"
settled "the middle one"
sx --live usbctrl-attach web1 version=1
sx --live usbdev-attach web1 hostbus=9 hostaddr=7 controller=3 port=1
sx record web1
status 0 "record, another one came, with a device"
is "$(usb)" "usbctrl += [ 'version=1', 'version=3', 'version=1' ]
$(usbdevs 1:0 3:1 7:2)" "the device says the place of its controller, not its number"
settled "one that came"
sx --live usbctrl-detach web1 0
sx --live usbctrl-detach web1 2
sx record web1
is "$(usb)" "usbctrl += [ 'version=1' ]
$(usbdevs 7:0)" "record, two of three are gone"
settled "two of three"
controllers 1 2 3
sed -i "s/'hostbus=9,hostaddr=3,/'hostaddr=0x3,  hostbus=09,/" "$etc/web1.cfg"
sx usbctrl-detach web1 1
is "$(usb | tail -n 1)" "$(usbdevs 1:0 3:1 | sed "s/'hostbus=9,hostaddr=3,/'hostaddr=0x3,  hostbus=09,/")" \
	"the place of the controller alone is another"
sed -i "s/'hostaddr=0x3,  hostbus=09,/'hostbus=9,hostaddr=3,/" "$etc/web1.cfg"
git_ commit -qam 'as before'
settled "detached and recorded at once"
sx usbdev-attach web1 hostbus=9 hostaddr=8 controller=2
status 0 "attach to a controller whose number is not its place"
is "$(xl_calls | tail -n 1)" "usbdev-attach web1 hostbus=9 hostaddr=8 controller=2 port=2" "xl gets its number"
is "$(usb | tail -n 1)" "$(usbdevs 1:0 3:1 | sed "s/ ]$//"), 'hostbus=9,hostaddr=8,controller=1,port=2' ]" \
	"the file says its place"
sx usbdev-detach web1 2 2
settled "plugged in, and out"
sx --live usbdev-detach web1 2 1
sx --live usbdev-attach web1 hostbus=9 hostaddr=3 controller=0 port=2
sx --live usbctrl-detach web1 2
sx record web1
is "$(usb)" "usbctrl += [ 'version=1' ]
usbdev += [ 'hostbus=9,hostaddr=1,controller=0,port=1', 'hostbus=9,hostaddr=3,controller=0,port=2' ]" \
	"a device that moved before its controller went"
settled "moved"
controllers 2 2 2
sx usbctrl-detach web1 0
sx usbctrl-detach web1 1
status 0 "detach by number, of those that are alike"
is "$(usb)" "usbctrl += [ 'version=2' ]
$(usbdevs 3:0)" "the one of that number goes, and what is plugged into it"
settled "by number"
sx usbctrl-attach web1 version=3
sed -i "s/^usbdev += \[/& 'hostbus=1,nonsense=1',/" "$etc/web1.cfg"
sx usbctrl-detach web1 0
status 78 "a device that xl cannot read may be plugged into the controller that goes"
like "$err" "web1.cfg:11: .*nonsense.*: it may be plugged into it" "it is said which"
git -C "$etc" checkout -q web1.cfg
sx vdispl-attach web1 connectors=a:800x600
sx vdispl-attach web1 connectors=b:1024x768
sx vdispl-detach web1 0
settled "a display, detached and recorded at once"
check_clean "at the end"
finish
