#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A configuration comes and goes: define of a file, define --from of a guest that plain xl started from
# a file elsewhere, which is the same guest after a destroy; autostart, undefine, and undo brings all back.
# lab: timeout=1500
. /lab/lib.sh

# as_made NAME: what xl would make it from again, but for its number
as_made() { xl list -l "$1" | grep -v '"domid"'; }

make_guest wild pvh 100
make_disk /srv/more.img
cat >>/etc/xen/wild.cfg <<END
disk += [ '/srv/more.img,raw,xvdb,r' ]
vcpus = 1
maxvcpus = 2
on_crash = "preserve"
END
mkdir /root/elsewhere
mv /etc/xen/wild.cfg /root/elsewhere/wild.conf
xl create /root/elsewhere/wild.conf >/dev/null 2>&1
holds 'a guest started by plain xl from elsewhere' wait_guest wild
expect_status 0 'list --all' safexl list --all
like "$out" 'wild .* running, not configured' 'tells that it has no configuration'
as_made wild >/srv/before
expect_status 0 'define --from' safexl define --from wild
note "$(cat /etc/xen/wild.cfg)"
is "$(subjects | head -1)" 'wild: define it as it runs' 'it is a commit'
expect_status 0 'diff' safexl diff wild
is "$out" '' 'finds nothing'
expect_status 0 'destroy' safexl destroy wild
expect_status 0 'start' safexl start wild
holds 'it boots from the new file' wait_guest wild
as_made wild >/srv/after
is "$(diff /srv/before /srv/after)" '' 'it is the same guest, as xl list -l has it'
expect_status 0 'a disk is attached' safexl block-attach wild /srv/more.img,raw,xvdc,r
like "$(cat /etc/xen/wild.cfg)" 'xvdc' 'and recorded there'

expect_status 0 'autostart' safexl autostart wild
is "$(readlink /etc/xen/auto/wild)" ../wild.cfg 'makes the link'
cp /etc/xen/wild.cfg /srv/wild.before
refused 77 'not undefined: it is running' 'undefine while it runs' safexl undefine wild
expect_status 0 'destroy' safexl destroy wild
expect_status 0 'undefine' safexl undefine wild
like "$err" 'its disks are left as they are: .*/srv/wild.img' 'names the disks'
holds 'the file is gone' test ! -e /etc/xen/wild.cfg
holds 'the link too' test ! -L /etc/xen/auto/wild
expect_status 0 'undo' safexl undo HEAD
same_file /etc/xen/wild.cfg /srv/wild.before 'the file is back'
is "$(readlink /etc/xen/auto/wild)" ../wild.cfg 'so is the link'
is "$(git -C /etc/xen status --porcelain --untracked-files=no)" '' 'git finds all clean'
expect_status 0 'undefine' safexl undefine wild
expect_status 0 'define of the file that it was from' safexl define /root/elsewhere/wild.conf
same_file /etc/xen/wild.cfg /root/elsewhere/wild.conf 'is taken over byte for byte'
expect_status 0 'start' safexl start wild
holds 'it boots' wait_guest wild
refused 78 'taken by /etc/xen/wild.cfg' 'define of a name that is taken' safexl define /root/elsewhere/wild.conf
expect_status 0 'destroy' safexl destroy wild

deep_only 'guests with graphics, firmware and odd keys (HVM, PV, PVH)' || done_testing
# same NAME [COMMAND...]: plain xl starts the guest of standard input from elsewhere, and leaves it paused; after the
# command, define --from, a destroy and start it is the same as xl list -l has it
same() {
	local name=$1
	shift
	cat >"/root/elsewhere/$name.conf"
	if ! xl create -p "/root/elsewhere/$name.conf" >/tmp/said 2>&1; then
		not_ok "$name: xl create"
		note "$(cat /tmp/said; tail -n 5 "/var/log/xen/qemu-dm-$name.log" 2>&1)"
		return
	fi
	[ $# = 0 ] || holds "$name: $*" "$@"
	as_made "$name" >/srv/before
	expect_status 0 "$name: define --from" safexl define --from "$name"
	note "$err"
	note "$(cat "/etc/xen/$name.cfg")"
	unlike "$err" 'of the running domain is not in the file' "$name: leaves nothing out"
	expect_status 0 "$name: diff" safexl diff "$name"
	expect_status 0 "$name: destroy" safexl destroy "$name"
	expect_status 0 "$name: start" safexl start -p "$name"
	as_made "$name" >/srv/after
	# After mem-set libxl tells 1 MiB more of an HVM guest than it was given; the file has what it was given.
	[ $# = 0 ] || sed -i '/"target_memkb"/d' /srv/before /srv/after
	is "$(diff /srv/before /srv/after)" '' "$name: is the same guest"
	expect_status 0 "$name: diff finds nothing" safexl diff "$name"
	expect_status 0 "$name: destroy" safexl destroy "$name"
}
make_disk /srv/one.img
make_iso /srv/cd.iso
pv_boot='kernel = "/boot/guest-vmlinux"
ramdisk = "/boot/guest-initrd.img"
extra = "console=hvc0"'
hvm_boot='type = "hvm"
kernel = "/boot/guest-vmlinuz"
ramdisk = "/boot/guest-initrd.img"
extra = "console=ttyS0"'
same screen <<-END
	name = "screen"
	$hvm_boot
	memory = 200
	videoram = 16
	maxvcpus = 2
	vcpus = 1
	vga = "stdvga"
	vnc = 1
	vnclisten = "127.0.0.1"
	vncdisplay = 7
	vncunused = 0
	keymap = "de"
	usb = 1
	usbdevice = [ "tablet", "mouse" ]
	serial = "pty"
	localtime = 1
	hpet = 0
	acpi_s3 = 0
	viridian = 1
	nestedhvm = 0
	nomigrate = 1
	tsc_mode = "native"
	timer_mode = "one_missed_tick_pending"
	boot = "dc"
	xen_platform_pci = 0
	device_model_args = [ "-boot", "menu=off" ]
	max_event_channels = 512
	max_grant_frames = 32
	max_maptrack_frames = 512
	on_crash = "preserve"
	on_watchdog = "restart"
	disk = [ '/srv/one.img,raw,xvda,w', '/srv/cd.iso,raw,hdc,cdrom' ]
	vif = [ 'type=vif,bridge=xenbr0' ]
END
# What it may have and what it has now are not the same, and both hold the memory of its screen.
same grown xl mem-set grown 180 <<-END
	name = "grown"
	$hvm_boot
	memory = 190
	maxmem = 200
	videoram = 16
	vga = "cirrus"
	vnc = 0
	rtc_timeoffset = "-3600"
	shadow_memory = 12
	mmio_hole = 512
	disk = [ '/srv/one.img,raw,hda,w' ]
END
is "$(sed -n 's/^\(memory\|maxmem\|videoram\) = //p' /etc/xen/grown.cfg | sort -n | xargs)" '16 180 200' \
	'grown: its memory is that of mem-set, beside maximum and screen'
same vfb <<-END
	name = "vfb"
	type = "pv"
	$pv_boot
	memory = 160
	vfb = [ 'vnc=1,vncdisplay=8,vncunused=0,keymap=fr' ]
	e820_host = 1
	driver_domain = 1
	tsc_mode = "always_emulate"
	max_grant_frames = 16
	rtc_timeoffset = 60
	device_model_args = [ "-k", "de" ]
	disk = [ '/srv/one.img,raw,xvda,w' ]
END
same channels <<-END
	name = "channels"
	type = "pvh"
	$pv_boot
	memory = 150
	maxmem = 160
	acpi = 0
	vpmu = 0
	msr_relaxed = 1
	passthrough = "disabled"
	max_event_channels = 256
	disk = [ '/srv/one.img,raw,xvda,w' ]
	channel = [ 'name=org.x.y,connection=pty', 'name=org.x.z,connection=socket,path=/run/z' ]
END
done_testing
