#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Migration between two hosts that share a disk: what runs there is not started here, until it comes
# back; whether safexl is there as well or plain xl alone. PVH guests: Debian's Xen has no shadow paging,
# without which PV guests cannot be migrated.
# lab: deep pair timeout=900
. /lab/lib.sh

config=/etc/xen/g1.cfg
markers=/var/lib/safexl/markers

names() { awk 'NR > 1 { print $1 }'; }
# runs_there DESC: g1 runs on the other host and writes on, and not here.
runs_there() {
	holds "$1" peer_does guest_goes_on g1
	is "$(xl list | names)" Domain-0 'and nothing is left of it here'
}
# runs_here DESC
runs_here() {
	holds "$1" guest_goes_on g1
	is "$(on_peer /usr/sbin/xl list | names)" Domain-0 'and not there'
	is "$(ls $markers)" '' 'no marker holds it back'
}
ln -sf safexl /usr/local/sbin/xl
make_guest g1 pvh 96
make_guest g2 pvh 96
mkfs.ext4 -q -F /dev/vdc
sed -i "s|'/srv/g1.img,raw,xvda,w'|'phy:/dev/vdc,xvda,w'|" $config
sed -i "s|'/srv/g2.img,raw,xvda,w'|'phy:/dev/vdc,xvda,w'|" /etc/xen/g2.cfg
expect_status 0 'create' safexl create $config
wait_guest g1
holds 'the other host is up' wait_peer

# Failures leave the guest where it is.
expect_status 1 'migrate to a host that has no name' safexl migrate g1 no-such-host
runs_here 'it runs on here'
expect_status 1 'migrate to a host that does not answer' safexl migrate g1 nobody
runs_here 'it runs on here'
on_peer ip link delete xenbr0
expect_status 1 'migrate to a host that cannot take it: it has no such bridge' safexl migrate g1 peer
runs_here 'it runs on here'
on_peer ip link add xenbr0 type bridge

start=$SECONDS
expect_status 0 'migrate to a host with plain xl' safexl migrate g1 peer
note "took $((SECONDS - start)) s"
like "$err" 'g1: runs on peer now' 'says what that means'
runs_there 'it runs there'
denied "it was migrated to peer .*hint: migrate 'g1' back.*safexl --discard-marker create $config" \
	'create here is refused, with both ways out' safexl create $config
denied 'migrated to peer' 'also with --live' safexl --live create $config
denied "a disk of 'g1'" 'another guest with its disk as well' safexl create /etc/xen/g2.cfg
run_x safexl where g1
like "$out" 'memory +on peer, migrated there' 'where: on which host it is'
expect_status 0 'migrate back, by plain xl there' on_peer xl migrate g1 dom0
like "$err" 'g1: came back from peer' 'this side tells that it knows'
runs_here 'it is here again'

holds 'safexl is installed there too' peer_installs_safexl
expect_status 0 'migrate to a host with safexl' safexl migrate g1 peer
runs_there 'it runs there'
denied 'migrated to peer' 'create here is refused' safexl create $config
expect_status 0 'migrate back, by safexl there' on_peer safexl migrate g1 dom0
like "$err" 'g1: came back from peer.*g1: runs on dom0 now' 'both sides tell'
runs_here 'it is here again'
scp -q $config peer:$config
expect_status 77 'create there is refused' on_peer safexl create $config
like "$err" 'it was migrated to dom0' 'with the reason'
expect_status 0 'migrate there once more' safexl migrate g1 peer
like "$err" 'g1: came back from dom0' 'that side knows that it has come back'
is "$(on_peer ls $markers)" '' 'no marker holds it back there'

# It ends there; nobody here can know.
expect_status 0 'it ends there' on_peer safexl destroy g1
denied 'migrated to peer' 'create here is still refused' safexl create $config
expect_status 0 '--discard-marker' safexl --discard-marker create $config
runs_here 'it runs here'
expect_status 0 'destroy' safexl destroy g1
expect_status 0 'create is free again' safexl create $config
done_testing
