#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Twenty changes of all kinds to one guest on a real Xen: destroy and create give back the same guest;
# undone one by one, its file has the bytes it began with.
# lab: deep timeout=900
. /lab/lib.sh

config=/etc/xen/g1.cfg
name=g1
made=0
# What libxl knows of the guest, but its number; and what it keeps elsewhere: affinity, weight, cap.
# Left out: what libxl writes down at create only, affinity (vcpu-list has it) and a device's defaults.
state() {
	local number
	number=$(domid $name)
	xl list -l $name | tr -d ' \t\n' | sed -E 's/"domid":[0-9]+,?//; s/"vcpu_hard_affinity":\[(\[[0-9,]*\],?)*\],//
		s/"numa_placement":"False",//; s/,"colo_restore_enable":"False"//g; s/"backend_domname":"Domain-0",//g' |
		sed 's/,/,\n/g'
	echo
	xl vcpu-list $name | awk 'NR > 1 { print "vcpu", $3, $7, $8, $9, $10 }'
	xl sched-credit2 -d $name | awk 'NR > 1 { print "sched", $(NF - 1), $NF }'
	xl network-list "$number" | awk 'NR > 1 { print "vif", $1, $3 }'
	xl vkb-list "$number" | awk 'NR > 1 { print "vkb", $1 }'
}
change() {
	expect_status 0 "$*" safexl "$@"
	made=$((made + 1))
}

need_bridge xenbr1
need_backends
make_guest g1 pv 160
for disk in b c; do make_disk /srv/$disk.img; done
cat >>$config <<END
uuid = "8c1ee3fd-8a5e-4d43-95ae-4e9a3c9f0a55"
maxvcpus = 2
passthrough = "enabled"
e820_host = 1
END
cp $config /srv/first.cfg
bdf=$(pci_device 1)
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1
state >/srv/state.first

change block-attach g1 /srv/b.img,raw,xvdb,w
change mem-set g1 150
change network-attach g1 bridge=xenbr0
change vcpu-set g1 2
change block-attach g1 /srv/c.img,raw,xvdc,r
change network-attach g1 mac=00:16:3e:77:00:99 bridge=xenbr1
change vcpu-pin g1 all 0-1
change vcpu-pin g1 1 1
change sched-credit2 -d g1 -w 512
change sched-credit2 -d g1 -c 50
change mem-max g1 200
change mem-set g1 170
change block-detach g1 xvdb
change vtpm-attach g1
change rename g1 shop
name=shop
change vdispl-attach shop 'connectors=a:800x600'
change sched-credit2 -d shop -w 300 -c 20
change network-detach shop 1
change pci-attach shop "$bdf"
change vcpu-set shop 1

is "$made $(git -C /etc/xen rev-list --count HEAD)" '20 21' 'each is a commit, after the first one of the file as it was'
is "$(subjects | sort | uniq -d)" '' 'each has a subject of its own'
note "$(git -C /etc/xen log --reverse --format=%s)"
expect_status 0 'diff: file and guest agree' safexl diff shop

state >/srv/state.before
expect_status 0 'destroy' safexl destroy shop
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest shop
state >/srv/state.after
same_file /srv/state.after /srv/state.before 'the guest is the same, its number apart'
expect_status 0 'diff: file and guest agree' safexl diff shop

for commit in $(git -C /etc/xen rev-list -n 20 HEAD); do
	expect_status 0 "undo: $(git -C /etc/xen log -1 --format=%s "$commit")" safexl undo "$commit"
done
same_file $config /srv/first.cfg 'all undone: the file has the bytes it began with'
name=g1
state >/srv/state.last
same_file /srv/state.last /srv/state.first 'and the guest is what it was at first'
expect_status 0 'diff: file and guest agree' safexl diff g1

done_testing
