#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Drift: an untouched guest shows none, whatever its type; what plain xl changed is shown, exactly
# that; `record` takes it in; after destroy and create it is there, and there is none again.
# lab: deep timeout=1500
. /lab/lib.sh

# differing NAME: what `safexl diff` tells apart, in order, on one line.
differing() {
	safexl --json diff "$1" 2>/dev/null | sed -n 's/.*"what": "\(.*\)",/\1/p' | sort | paste -sd, -
}

# Types other than that of the first guest: only that nothing is seen where nothing is.
for type in pvh hvm; do
	make_guest "u$type" $type 160
	case $type in
	pvh) sed -i 's/^vcpus .*/maxvcpus = 2/' "/etc/xen/u$type.cfg" ;;
	hvm) # QEMU's network card would need /dev/net/tun
		sed -i 's/^vcpus .*/vcpus = 1\nmaxvcpus = 2\nmaxmem = 200/; s/bridge=/type=vif,bridge=/' \
			"/etc/xen/u$type.cfg" ;;
	esac
	expect_status 0 "$type: create" safexl create "/etc/xen/u$type.cfg"
	[ "$status" = 0 ] || { note "$(tail -5 /var/log/xen/qemu-dm-u$type.log 2>&1)"; continue; }
	expect_status 0 "$type: an untouched guest shows no drift" safexl diff "u$type"
	[ "$status" = 0 ] || note "$(xl list -l "u$type")"
	xl destroy "u$type"
done

# undrifted FILE DESC [keep]: the guest of stdin's configuration, created and not touched.
undrifted() {
	local name desc=$2

	cat >"/etc/xen/$1.cfg"
	name=$(sed -n "s/^name = ['\"]\(.*\)['\"]/\1/p" "/etc/xen/$1.cfg")
	expect_status 0 "$desc: create" safexl create -p "/etc/xen/$1.cfg"
	[ "$status" = 0 ] || return
	expect_status 0 "$desc: no drift" safexl diff "$name"
	if [ "$status" != 0 ]; then
		note "$out"
		note "$(xl list -l "$name")"
	fi
	[ "${3-}" = keep ] || xl destroy "$name"
}

boot='kernel = "/boot/guest-vmlinux"
ramdisk = "/boot/guest-initrd.img"
extra = "console=hvc0 '$fast'"'
make_disk /srv/one.img
make_disk /srv/two.img
loop=$(losetup -f --show /srv/two.img)
make_disk /srv/three.img
undrifted v1 'disks of all kinds' <<-END
	name = 'v1'
	type = "pv"
	$boot
	root = "/dev/xvda ro"
	memory = 160
	disk = [ 'phy:$loop,xvda,w', 'file:/srv/one.img,xvdb,r', '/srv/three.img,,xvdc,rw,backendtype=qdisk',
	    'format=raw, vdev=d3p0, access=ro, direct-io-safe, no-discard, target=/srv/one.img' ]
END
undrifted v2 'interfaces of all kinds' <<-END
	name = "v 2"
	$boot
	maxmem = 192
	memory = 160
	vcpus = 2
	vif = [ '', 'mac=00:16:3E:77:1:AA,bridge=xenbr0,rate=10Mb/s', 'devid=5,script=vif-bridge,mtu=1400',
	    'ip=10.1.2.3,vifname=v2net,type=vif' ]
	vfb = [ 'type=vnc,vncunused=1' ]
END
undrifted v3 'processors and actions' <<-END
	name = "v3"
	type = "pvh"
	$boot
	maxmem = 160
	maxvcpus = 2
	cpus = [ "0", "0-1" ]
	cpus_soft = "all,^0"
	cpu_weight = 100
	cap = 20
	pool = "Pool-0"
	on_poweroff = "preserve"
	on_reboot = "destroy"
	on_watchdog = "rename-restart"
	on_crash = "coredump-restart"
	on_soft_reset = "preserve"
END
truncate -s 1M /srv/cd.iso
undrifted v4 'HVM with a drive' keep <<-END
	name = "v4"
	builder = "hvm"
	memory = 128
	maxmem = 160
	vcpus = 1
	maxvcpus = 2
	vga = "stdvga"
	videoram = 16
	vnc = 1
	disk = [ '/srv/one.img,raw,xvda,w', '/srv/cd.iso,raw,hdc,cdrom' ]
	vif = [ 'type=vif,bridge=xenbr0' ]
END
truncate -s 1M /srv/other.iso
xl cd-insert v4 hdc /srv/other.iso
expect_status 1 'a medium put in by plain xl is seen' safexl diff v4
is "$(differing v4)" 'disk hdc target' 'as what it is'
expect_status 0 'and recorded' safexl record v4 hdc
like "$(cat /etc/xen/v4.cfg)" "'/srv/other.iso,raw,hdc,r,devtype=cdrom'" 'in its place'
expect_status 0 'then there is no drift' safexl diff v4
xl cd-eject v4 hdc
expect_status 0 'one that was ejected' safexl record v4
like "$(cat /etc/xen/v4.cfg)" "'vdev=hdc,access=ro,devtype=cdrom'" 'leaves an empty drive'
expect_status 0 'then there is no drift' safexl diff v4
xl vcpu-set v4 2
is "$(differing v4)" 'vcpus' 'vcpu-set of an HVM guest upwards'
xl destroy v4
losetup -d "$loop"

config=/etc/xen/g1.cfg
make_guest g1 pv 160
sed -i 's/^vcpus .*/vcpus   = 1\nmaxvcpus = 2/' $config
make_disk /srv/b.img
# What the history does not have yet is a difference, too.
git -C /etc/xen add g1.cfg
git -C /etc/xen -c user.name=x -c user.email=x@x commit -qm 'g1 is new'
expect_status 0 'create' safexl create $config
expect_status 0 'an untouched guest shows no drift' safexl diff g1
[ "$status" = 0 ] || note "$(xl list -l g1)"
holds 'the guest runs' wait_guest g1
expect_status 0 'nor once it is up' safexl diff g1

# A colleague with plain xl.
xl block-attach g1 /srv/b.img,raw,xvdb,r
xl mem-set g1 128
xl vcpu-set g1 2
xl vcpu-pin g1 0 0
xl sched-credit2 -d g1 -w 512
xl network-attach g1 mac=00:16:3e:77:00:99 bridge=xenbr0
expect_status 1 'then it is seen' safexl diff g1
note "$out"
is "$(differing g1)" 'cpu_weight,cpus,disk xvdb,memory,vcpus,vif 00:16:3e:77:00:99' 'exactly what was changed'

before=$(config_state)
expect_status 0 'record -N' safexl -N record g1
is "$(config_state)" "$before" 'changes nothing'
expect_status 0 'record one key' safexl record g1 memory
is "$(differing g1)" 'cpu_weight,cpus,disk xvdb,vcpus,vif 00:16:3e:77:00:99' 'takes that one in'
expect_status 0 'record the rest' safexl -m 'done by Bert on Sunday' record g1
expect_status 0 'and there is no drift' safexl diff g1
like "$(git -C /etc/xen log -1 --format=%s)" '^g1: record 5 changes of the running domain$' 'the commit names it'
is "$(grep '^memory' $config)" 'memory  = 128      # MiB; enough until Christmas' \
	'comments stay where they are'

# A hand edit while it runs waits; it is not taken back.
sed -i 's/^on_crash .*/on_crash    = "preserve"/; s/^memory .*/memory  = 144/' $config
expect_status 1 'an edit of the file is seen' safexl diff g1
like "$out" 'on_crash +preserve +destroy +destroy +waits for a cold boot, not committed' 'as waiting'
expect_status 0 'record' safexl record g1
like "$(grep '^memory' $config)" '144' 'leaves it'

xl destroy g1
expect_status 0 'create again' safexl create $config
holds 'the guest runs again' wait_guest g1
is "$(live_disks g1)" '51712 51728' 'the recorded disk is there'
like "$(xl network-list g1)" '00:16:3e:77:00:99' 'and the interface, with its MAC'
is "$(memory_target g1)" 144 'and the edited memory'
expect_status 1 'what is not committed is still said' safexl diff g1
like "$out" 'memory +144 MiB +144 MiB +128 MiB +not committed' 'as that'
is "$(xl vcpu-list g1 | grep -c -- '-b-\|r--')" 2 'and the second vCPU'
xl destroy g1

# What create was told besides the file is no drift.
git -C /etc/xen -c user.name=x -c user.email=x@x commit -qam 'by hand'
expect_status 0 'create with another memory' safexl create $config memory=120
expect_status 0 'is no drift' safexl diff g1
like "$err" 'counted as part of the file: memory=120' 'and said'
xl destroy g1
done_testing
