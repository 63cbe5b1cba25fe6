#!/bin/bash
# A guest of each type runs here and takes what is done to it: what other scenarios build on.
# lab: timeout=900
. /lab/lib.sh

make_disk /srv/more.img
for type in pv pvh hvm; do
	name=g-$type
	make_guest "$name" $type $([ $type != hvm ] || echo 200)
	start=$SECONDS
	expect_status 0 "$type: create" safexl create "/etc/xen/$name.cfg"
	holds "$type: it comes up" wait_guest "$name" 300
	note "after $((SECONDS - start)) s"
	like "$(xl list -l "$name")" "\"type\": \"$type\"" "$type: it is one"
	like "$(guest_says "$name" nics)" '^eth0=00:16:3e:77' "$type: it has its interface"
	expect_status 0 "$type: block-attach" safexl block-attach "$name" /srv/more.img,raw,xvdb,w
	holds "$type: seen by the guest" guest_sees_disk "$name" xvdb
	expect_status 0 "$type: block-detach" safexl block-detach "$name" xvdb
	holds "$type: gone from it" guest_lost_disk "$name" xvdb
	expect_status 0 "$type: network-attach" xl network-attach "$name" bridge=xenbr0
	holds "$type: seen by the guest" guest_wait "$name" nics eth1=
	expect_status 0 "$type: destroy" safexl destroy "$name"
done
done_testing
