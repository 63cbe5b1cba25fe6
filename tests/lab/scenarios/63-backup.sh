#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A backup of a running guest on the real Xen: what it remembers and what is on its disk belong together after all was
# wiped and put back, by safexl and by stock tools alone; one byte that is not as it was is named, and nothing restored.
# lab: timeout=1200
. /lab/lib.sh

config=/etc/xen/g1.cfg
disk=/srv/g1.img
all=/srv/backups

# from_there THEN: it has gone back, and counts on from there
from_there() {
	local now
	guest_wait g1 ticks '^[0-9]'
	now=$(guest_says g1 ticks)
	[ "$now" -ge "$1" ] && [ "$now" -lt $(($1 + 8)) ] || { echo "then $1, now $now"; return 1; }
}

for type in pvh pv; do
	[ $type = pvh ] || deep_only 'a PV guest' || break
	[ -z "$(domid g1)" ] || xl destroy g1
	rm -rf $all
	make_guest g1 $type 96
	cp $config /srv/then.cfg
	expect_status 0 "$type: create" safexl create $config
	wait_guest g1
	counts g1 3
	expect_status 0 "$type: backup of one that runs" safexl backup --copy g1 $all
	note "$err"
	like "$err" "g1: backup in $all/g1/20.*: memory, 1 disk, configuration: .*; it stood still for" "$type: says what it has"
	dir=$(echo $all/g1/20*)
	then=$(sed -n 's/^\([0-9]*\) .*/\1/p' < <(mount -o ro,noload "$dir/disks/xvda" /mnt && tail -n 1 /mnt/log; umount /mnt))
	holds "$type: it goes on" guest_goes_on g1
	expect_status 0 "$type: verify" safexl verify "$dir"
	holds "$type: sha256sum alone finds it whole" sh -c "cd $dir && sha256sum -c --strict --quiet SHA256SUMS"
	counts g1 $((then + 10))
	expect_status 0 "$type: destroy" safexl destroy g1

	# ---- one byte ----
	cp -a "$dir" /srv/bad
	printf x | dd of=/srv/bad/memory bs=1 seek=70000 conv=notrunc status=none
	expect_status 1 "$type: verify of one with another byte" safexl verify /srv/bad
	like "$out" 'memory: its bytes are not those that were written' "$type: names the file"
	before=$(sha256sum $disk $config)
	expect_status 77 "$type: restore of it" safexl restore --overwrite /srv/bad
	is "$(sha256sum $disk $config)" "$before" "$type: changes nothing"
	rm -rf /srv/bad

	# ---- all is gone ----
	rm -rf $disk $config /etc/xen/.git /var/lib/safexl
	expect_status 0 "$type: restore" safexl restore "$dir"
	note "$err"
	is "$(domid g1)" '' "$type: does not start it"
	same_file $config /srv/then.cfg "$type: the configuration is back"
	denied 'it is saved in' "$type: it is saved: create is refused" safexl create $config
	expect_status 0 "$type: start" safexl start g1
	holds "$type: it counts on from there" from_there "$then"
	counts g1 $((then + 5))
	expect_status 0 "$type: stop" safexl stop g1
	holds "$type: memory and disk agreed all the time" log_is_whole $disk $((then + 5))

	# ---- stock tools alone ----
	cp --sparse=always "$dir/disks/xvda" $disk
	cp "$dir/config" $config
	expect_status 0 "$type: plain xl restore of its memory" xl restore "$dir/memory"
	holds "$type: it counts on from there, too" from_there "$then"
done
done_testing
