#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Network interfaces on a real Xen: what is attached is there after destroy and create, with its
# MAC address, its number and its kind; what is detached is gone, and the others do not move.
# lab: timeout=1200
. /lab/lib.sh

# interfaces NAME: number and address of each, as xl tells them.
interfaces() { xl network-list "$1" | awk 'NR > 1 { print $1, $3 }' | sort -n; }
# nics NAME: what libxl would save of them.
nics() { xl list -l "$1" | sed -n '/"nics": \[/,/^ *\],\?$/p'; }
# kind NAME MAC: of an interface in a running domain
kind() { nics "$1" | tr -d ' \n' | sed 's/},{/\n/g' | grep -F "$2" | grep -o '"nictype":"[a-z_]*"'; }

config=/etc/xen/g1.cfg
make_guest g1 pv 160
holds 'a second bridge' need_bridge br1
cp $config /srv/first.cfg
first=$(sed -n "s/^vif.*mac=\([0-9a-f:]*\).*/\1/p" $config)

expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1
holds 'it has its interface' guest_wait g1 nics "^eth0=$first\$"

expect_status 0 'network-attach' safexl -m 'backup network' network-attach g1 bridge=br1
like "$err" 'recorded in /etc/xen/g1.cfg' 'it is recorded'
second=$(sed -n "s/^vif.*'bridge=br1,mac=\([0-9a-f:]*\)'.*/\1/p" $config)
like "$second" '^00:16:3e:' 'with its address'
is "$(interfaces g1)" "0 $first
1 $second" 'the running domain has that address'
holds 'so has the guest' guest_wait g1 nics "eth1=$second"
is "$(diff /srv/first.cfg $config | grep '^>')" "> vif = [ 'mac=$first,bridge=xenbr0', 'bridge=br1,mac=$second' ]   # office network" \
	'one element more, the rest of the line as it was'
holds 'it is on that bridge' grep -q . "/sys/class/net/br1/brif/vif$(domid g1).1/port_no"
before=$(nics g1)
expect_status 0 'destroy' safexl destroy g1
expect_status 0 'create again' safexl create $config
holds 'the guest runs again' wait_guest g1
is "$(nics g1)" "$before" 'it has the interfaces it had'
holds 'the guest sees both' guest_wait g1 nics "^eth0=$first eth1=$second\$"

refused 2 'is not a network interface of a domain' 'a name of an interface in the guest' safexl network-detach g1 eth0
refused 2 'is not a network interface of a domain' 'also with --live' safexl --live network-detach g1 eth0
refused 2 'Domain-0' 'an empty domain' safexl network-detach '' 0
refused 78 'already' 'an address that it has' safexl network-attach g1 "mac=$second"
is "$(interfaces g1)" "0 $first
1 $second" 'nothing was detached by it'

expect_status 0 'network-detach by address' safexl network-detach g1 "$second"
holds 'the guest lost it' guest_wait g1 nics "^eth0=$first\$"
same_file $config /srv/first.cfg 'the file has the bytes it had'

# Numbers.
expect_status 0 'attach once more' safexl network-attach g1 bridge=br1 mac=00:16:3E:1:2:B
is "$(interfaces g1)" "0 $first
1 00:16:3e:01:02:0b" 'with an address that was given'
expect_status 0 'detach the first one' safexl network-detach g1 0
is "$(grep '^vif' $config)" "vif = [ 'bridge=br1,mac=00:16:3E:1:2:B,devid=1' ]   # office network" 'the other says its number now'
before=$(nics g1)
expect_status 0 'destroy' safexl destroy g1
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1
is "$(interfaces g1)" '1 00:16:3e:01:02:0b' 'it has its number'
is "$(nics g1)" "$before" 'and all else'
expect_status 0 'an interface that goes the plain way' xl network-attach g1 bridge=br1 mac=00:16:3e:00:00:77
expect_status 0 'is detached all the same' safexl network-detach g1 00:16:3e:00:00:77
like "$err" 'nothing to record' 'and it is said that the file did not have it'
# xl leaves it registered, and the guest's end even connects.
expect_status 1 'a bridge that is not there' safexl network-attach g1 bridge=nobridge
like "$err" 'xl failed half-way, the device is still registered' 'what is left of it is said'
unlike "$(cat $config)" 'nobridge' 'nothing is recorded'
expect_status 0 'the command that clears it' \
	safexl network-detach g1 "$(sed -n 's/.*to clear it: safexl network-detach g1 //p' <<<"$err")"
is "$(interfaces g1)" '1 00:16:3e:01:02:0b' 'nothing is left of it'
expect_status 0 'destroy' safexl destroy g1
is "$(safexl log g1 | grep -c 'network interface')" 4 'each change is in the history'

# An HVM guest has emulated interfaces; what is attached later is none. It may still boot.
deep_only 'an HVM guest' || done_testing
config=/etc/xen/h1.cfg
make_guest h1 hvm 200
expect_status 0 'hvm: create' safexl create $config
expect_status 0 'hvm: network-attach' safexl network-attach h1 bridge=br1 mac=00:16:3e:00:00:31
is "$(kind h1 00:16:3e:00:00:31)" '"nictype":"vif"' 'hvm: it is no emulated one'
like "$(grep '^vif' $config)" "'bridge=br1,mac=00:16:3e:00:00:31,type=vif'" 'hvm: which the file says'
before=$(nics h1)
expect_status 0 'hvm: destroy' safexl destroy h1
expect_status 0 'hvm: create' safexl create $config
is "$(nics h1)" "$before" 'hvm: both interfaces are what they were'
expect_status 0 'hvm: destroy' safexl destroy h1
done_testing
