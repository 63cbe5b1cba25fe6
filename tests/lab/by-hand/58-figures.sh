#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What a recorded change of a running guest costs beside the same by hand: xl, sed, git add, git commit.
# lab: timeout=900
. /lab/lib.sh

rounds=15
make_guest g1 pv 160
make_guest g2 pv 160
for name in g1 g2; do sed -i '$a maxmem = 160' /etc/xen/$name.cfg; done
git config --global user.name Anna
git config --global user.email anna@dom0
for name in g1 g2; do expect_status 0 "$name: create" safexl create -p /etc/xen/$name.cfg; done
expect_status 0 'the history' safexl mem-set g1 150

by_safexl() { safexl -q mem-set g1 "$1"; }
by_hand() {
	xl mem-set g2 "$1" &&
		sed -i "s/^memory .*/memory = $1/" /etc/xen/g2.cfg &&
		git -C /etc/xen add g2.cfg &&
		git -C /etc/xen commit -q -m "g2: memory $1"
}
# ms WAY MIB: what it took
ms() {
	local began=$EPOCHREALTIME
	"$1" "$2" >/dev/null 2>&1 || note "$1 $2: status $?"
	local ended=$EPOCHREALTIME
	echo $(((${ended/./} - ${began/./}) / 1000))
}
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

for ((i = 0; i < rounds; i++)); do
	ms by_safexl $((100 + i)) >>/tmp/safexl.ms
	ms by_hand $((100 + i)) >>/tmp/hand.ms
done
ours=$(median </tmp/safexl.ms)
theirs=$(median </tmp/hand.ms)
note "safexl mem-set: $ours ms; by hand: $theirs ms (medians of $rounds, in turn); ratio $((ours * 100 / theirs)) %"
is "$(subjects | grep -c '^g1: set memory')" $((rounds + 1)) 'each change is a commit'
done_testing
