#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Guests that are off, on real volumes of LVM: snapshot, backup, restore; the layouts of which no snapshot is taken; the
# longest name that the device mapper takes, and one that is longer. No guest is started.
# lab: deep timeout=600
. /lab/lib.sh

for n in 1 2; do
	truncate -s 300M /srv/pv$n.img
	losetup -f --show /srv/pv$n.img
done >/tmp/loops
# shellcheck disable=SC2046
vgcreate -q lab $(cat /tmp/loops) >/dev/null
lvcreate -q -y --type thin-pool -n pool -L 64M lab >/dev/null
lvcreate -q -y -n thin -V 16M --thinpool pool lab >/dev/null
lvcreate -q -y -n thick -L 16M lab >/dev/null
lvcreate -q -y --type striped -i 2 -n striped -L 16M lab >/dev/null
udevadm settle

# off NAME VOLUME...: a guest with these disks, each with noise
off() {
	local name=$1 disks='' letter
	shift
	for letter in a b c; do
		[ $# -gt 0 ] || break
		head -c 16777216 /dev/urandom | dd of="/dev/lab/$1" bs=1M conv=fsync oflag=direct iflag=fullblock status=none
		disks+="'phy:/dev/lab/$1,xvd$letter,w', "
		shift
	done
	printf "name = '%s'\nmemory = 64\nkernel = '/boot/none'\ndisk = [ %s ]\n" "$name" "$disks" >"/etc/xen/$name.cfg"
}
sum() { dd if="/dev/lab/$1" iflag=direct bs=1M status=none | sha256sum; }
volumes() { lvs --noheadings -o lv_name lab | xargs; }

# ---- thin, thick and striped, of a guest that is off ----
off g1 thin thick striped
then=$(sum thin; sum thick; sum striped)
before=$(volumes)
expect_status 0 'snapshot of one that is off' safexl snapshot g1 A
like "$err" 'snapshot A: 3 disks, configuration: of a guest that is off' 'says so'
expect_status 0 'a second one, beside that' safexl snapshot g1 B
expect_status 0 'backup' safexl backup g1 /srv/b
is "$(volumes)" "pool striped striped.snapshot-A striped.snapshot-B thick thick.snapshot-A thick.snapshot-B thin thin.snapshot-A thin.snapshot-B" 'which takes no snapshot of its own'
for volume in thin thick striped; do
	head -c 16777216 /dev/urandom | dd of=/dev/lab/$volume bs=1M conv=fsync oflag=direct iflag=fullblock status=none
done
expect_status 0 'verify' safexl verify /srv/b/g1/*
expect_status 0 'revert' safexl revert --no-keep g1 A
is "$(sum thin; sum thick; sum striped)" "$then" 'each disk is as it was'
for volume in thin thick striped; do
	dd if=/dev/zero of=/dev/lab/$volume bs=1M count=16 conv=fsync oflag=direct status=none
done
expect_status 0 'restore of the backup' safexl restore --overwrite /srv/b/g1/*
is "$(sum thin; sum thick; sum striped)" "$then" 'each disk is as it was'
mkfs.ext4 -q /dev/lab/thick
mount /dev/lab/thick /mnt
refused 77 'is mounted on /mnt' 'backup, with a disk that is mounted' safexl backup g1 /srv/b
umount /mnt
for name in A B; do expect_status 0 "drop $name" safexl snapshots --drop $name g1; done
is "$(volumes)" "$before" 'nothing is left'

# ---- of which none is taken ----
if lvcreate -q -y --type raid1 -m 1 -n mirrored -L 16M lab >/dev/null 2>/tmp/why; then
	off g2 mirrored
	refused 77 "is a volume of LVM, of the layout 'raid,raid1', of which safexl takes no snapshot" 'raid1' safexl snapshot g2 A
	expect_status 0 'raid1, with --copy' safexl snapshot --copy g2 A
	is "$(sha256sum </var/lib/safexl/snapshots/g2/A/disks/xvda)" "$(sum mirrored)" 'is what was on it'
else
	note "no raid1 here: $(cat /tmp/why)"
fi
if lvcreate -q -y -n cached -L 16M lab >/dev/null && lvcreate -q -y --type cache-pool -n fast -L 16M lab >/dev/null &&
	lvconvert -q -y --type cache --cachepool fast lab/cached >/dev/null 2>/tmp/why; then
	off g3 cached
	refused 77 "is a volume of LVM, of the layout 'cache', of which safexl takes no snapshot" 'a cached one' safexl snapshot g3 A
	expect_status 0 'a cached one, with --copy' safexl snapshot --copy g3 A
else
	note "no cache here: $(cat /tmp/why)"
fi

# ---- names ----
long=$(printf 'd%059d' 0)
lvcreate -q -y -n "$long" -L 16M lab >/dev/null
udevadm settle
off g4 "$long"
# In all 127, as each dash counts twice but the one between group and volume.
fits=$(printf 'n%047d' 0)
name=lab-$long.snapshot--$fits-cow
is "${#name}" 127 'the longest name'
refused 73 'the name of what keeps it would be too long' 'one byte more than the device mapper takes' safexl snapshot g4 "${fits}0"
like "$err" "hint: under a shorter name: safexl snapshot g4 $fits" 'with the way out'
expect_status 0 'the longest that it takes' safexl snapshot g4 "$fits"
expect_status 0 'revert to it' safexl revert --no-keep g4 "$fits"
done_testing
