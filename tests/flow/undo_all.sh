#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of recorded change, one upon the other on one guest, and then undone from the last to
# the first: after each, file and running domain are what they were before that change.
. tests/flow/lib.sh

touch "$work/a.iso" "$work/b.iso"
cat >"$etc/g1.cfg" <<EOF
# g1: kept by hand for years
name    = "g1"		# as in the monitoring
type    = "hvm"
memory  = 256
vcpus   = 2
disk = [
	'phy:/dev/vg0/g1-root,hda,w',	# root
	'$work/a.iso,raw,hdc,cdrom',
]
vif = [
	'mac=00:16:3e:00:00:01,bridge=br0',	# office
	'mac=00:16:3e:00:00:02,bridge=br1',
	'mac=00:16:3e:00:00:03,bridge=br2',	# backup
]
EOF
domain 3 g1
sed -i '/^disk=/d' "$SAFEXL_FAKE/3.dom"
cat >>"$SAFEXL_FAKE/3.dom" <<EOF
fact=type hvm
fact=pool Pool-0
fact=cpu_weight 256
fact=cap 0
vcpus=2
maxvcpus=2
pin=0 all all
pin=1 all all
disk=hda connected /dev/vg0/g1-root
disk=hdc connected $work/a.iso
vif=0 connected mac=00:16:3e:00:00:01,bridge=br0,type=vif
vif=1 connected mac=00:16:3e:00:00:02,bridge=br1,type=vif
vif=2 connected mac=00:16:3e:00:00:03,bridge=br2,type=vif
EOF
# What the domain is, however the fake orders or spells it.
live() { grep -v '^diskspec=' "$SAFEXL_FAKE/3.dom" | sort; }
n=0
# change WORDS...: one recorded change, with what was before it kept
change() {
	cp "$etc/g1.cfg" "$work/$n.cfg"
	live >"$work/$n.live"
	sx "$@"
	status 0 "$*"
	git_ rev-parse HEAD >"$work/$n.commit"
	what[$n]="$*"
	n=$((n + 1))
}
what=()

change block-attach g1 phy:/dev/vg0/g1-data,xvdb,w
change mem-set g1 200
change network-attach g1 mac=00:16:3e:00:00:09 bridge=br9
change vcpu-set g1 1
change cd-insert g1 hdc "$work/b.iso"
change block-attach g1 phy:/dev/vg0/g1-more,xvdc,r
change network-detach g1 00:16:3e:00:00:02
change vcpu-pin g1 all 0-1
change vcpu-pin g1 1 3
change sched-credit2 -d g1 -w 512
change sched-credit2 -d g1 -w 300 -c 50
change mem-max g1 512
change cd-eject g1 hdc
change block-detach g1 xvdb
change vcpu-set g1 2
change mem-set g1 300
change vtpm-attach g1 uuid=abcdef00-0000-4000-8000-000000000001
change network-detach g1 00:16:3e:00:00:09
change cpupool-migrate g1 pool1
change block-attach g1 phy:/dev/vg0/g1-last,xvdd,w

is "$(git_ rev-list --count HEAD)" $((n + 1)) "each is a commit"
while [ $n -gt 0 ]; do
	n=$((n - 1))
	sx undo "$(cat "$work/$n.commit")"
	status 0 "undo of: ${what[$n]}"
	check "the file has its bytes back" cmp "$work/$n.cfg" "$etc/g1.cfg"
	live >"$work/now"
	check "the domain is what it was" diff "$work/$n.live" "$work/now"
done
check_clean "at the end"
finish
