#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest counts, in its memory and on two disks at once, a raw file and a qcow2, both on XFS, while it writes all over
# them. After each revert the three belong together; a revert takes a disk and memory that came since away, and brings
# them back (PVH, PV). The same with the qcow2 on a thick volume of LVM, and once with an HVM guest.
# lab: deep timeout=3600
. /lab/lib.sh

truncate -s 800M /srv/xfs.img
mkfs.xfs -q -m reflink=1 /srv/xfs.img
mkdir /srv/vm /srv/look
mount -o loop /srv/xfs.img /srv/vm

snaps=/var/lib/safexl/snapshots
clones() { ls -A /srv/vm | grep -c snapshot-; }
commits() { git -C /etc/xen rev-list --count HEAD; }

# What counts in the guest: a number, in this shell and at the end of a file on each disk, which are written through at
# each tick. It goes on as long as data/go is 1. After a revert there is none: it stands, and says in data/both what it
# remembers, and what it reads from the disks then.
counting() {
	cat <<'END'
xs_write() {
	len=$((${#1} + 1 + ${#2}))
	exec 3<>/dev/xen/xenbus
	printf "\\013\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\$(printf %03o $len)\\0\\0\\0%s\\0%s" "$1" "$2" >&3
	dd bs=64 count=1 <&3 >/dev/null 2>&1
	exec 3>&-
}
xs_read() {
	len=$((${#1} + 1))
	exec 3<>/dev/xen/xenbus
	printf "\\002\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\$(printf %03o $len)\\0\\0\\0%s\\0" "$1" >&3
	dd bs=64 count=1 <&3 2>/dev/null | tail -c +17
	exec 3>&-
}
goes() { [ "$(xs_read data/go)" = 1 ]; }
{
	i=0
	while :; do
		i=$(((i + 37) % 768))
		dd if=/dev/urandom of=/one/load bs=128k count=1 seek=$((i % 128)) conv=notrunc
		dd if=/dev/urandom of=/two/load bs=128k count=1 seek=$i conv=notrunc
	done >/dev/null 2>&1
} &
n=0
while :; do
	n=$((n + 1))
	echo $n >>/one/both
	echo $n >>/two/both
	sync
	xs_write data/n $n
	goes && continue
	echo 3 >/proc/sys/vm/drop_caches
	xs_write data/both "$n $(tail -n 1 /one/both) $(tail -n 1 /two/both)"
	until goes; do sleep 1; done
done
END
}

# new_guest NAME TYPE MIB [QCOW2]: its disks, and it runs; an HVM guest hangs now and then as it boots here, see README.md.
new_guest() {
	local qcow2=${4:-/srv/vm/$1.qcow2}
	make_guest "$1" "$2" "$3"
	mount -o loop "/srv/$1.img" /mnt && counting >/mnt/counting
	umount /mnt
	mv "/srv/$1.img" "/srv/vm/$1.img"
	make_disk /srv/second.img 128
	qcow2 make /srv/second.img "$qcow2"
	sed -i "s|^    '/srv/$1.img.*|    '/srv/vm/$1.img,raw,xvda,w',\n    '$qcow2,qcow2,xvdb,w',|
		s|console=ttyS0|console=hvc0|" "/etc/xen/$1.cfg"
	for try in 1 2 3; do
		expect_status 0 "$1: create" safexl create "/etc/xen/$1.cfg"
		wait_guest "$1" 240 && break
		note "$1: boot $try of 3 hung"
		safexl destroy "$1"
	done
	go_on "$1"
	in_guest "$1" 'mkdir /one /two; mount /dev/xvda /one; mount /dev/xvdb /two; { sh /one/counting & }'
	holds "$1: counts on two disks" counts_to "$1" 3
}
go_on() { xenstore-write "/local/domain/$(domid "$1")/data/go" 1; }
counts_to() {
	guest_wait "$1" n '^[0-9]' || return
	until [ "$(guest_says "$1" n)" -ge "$2" ]; do guest_wait "$1" n "!^$(guest_says "$1" n)\$" || return; done
}

# last_on DISK: the last number on a disk, or why it is not whole. It is looked at in a copy, after its journal.
last_on() {
	case $1 in
	*qcow2*) qcow2 raw "$1" /srv/look.img ;;
	*) cp --sparse=always "$1" /srv/look.img ;;
	esac || return
	fsck.ext4 -p -E journal_only /srv/look.img >/tmp/fsck 2>&1
	fsck.ext4 -n -f /srv/look.img >/tmp/fsck 2>&1 || { cat /tmp/fsck; return 1; }
	mount -o loop,ro /srv/look.img /srv/look || return
	awk '$1 != NR { print "line " NR ": " $0; exit 1 } END { print NR }' /srv/look/both
	set -- $?
	umount /srv/look
	rm /srv/look.img
	return "$1"
}

# at_most_one_behind NUMBER MEMORY
at_most_one_behind() { [ "$1" -le "$2" ] && [ "$1" -ge $(($2 - 1)) ]; }

# belongs_together NAME SNAPSHOT: it has gone back to there. Sets $memory, what it remembers.
belongs_together() {
	local name=$1 snapshot=$2 first second on_disks
	guest_wait "$name" both '^[0-9]' 120 || { not_ok "$name: it is there again"; return; }
	read -r memory on_disks <<<"$(guest_says "$name" both)"
	first=$(last_on "$snaps/$name/$snapshot/disks/xvda")
	second=$(last_on "$(readlink "$snaps/$name/$snapshot/disks/xvdb")")
	note "$name: kept with '$snapshot': $first on xvda, $second on xvdb; remembered at the end of that tick: $memory"
	is "$on_disks" "$memory $memory" "$name: both disks say what it remembers"
	holds "$name: xvda was kept with its memory" at_most_one_behind "$first" "$memory"
	holds "$name: xvdb was kept with its memory" at_most_one_behind "$second" "$memory"
	go_on "$name"
	holds "$name: it goes on" counts_to "$name" $((memory + 2))
}

# round NAME SNAPSHOT: there, and back to there.
round() {
	local then
	expect_status 0 "$1: snapshot $2" safexl snapshot "$1" "$2"
	like "$err" 'memory, 2 disks, configuration: of one instant; it stood still for' "$1: says what it has"
	note "$err"
	then=$(guest_says "$1" n)
	holds "$1: goes on" counts_to "$1" $((then + 5))
	expect_status 0 "$1: revert" safexl revert --no-keep "$1" "$2"
	belongs_together "$1" "$2"
	holds "$1: from there" test "$memory" -le $((then + 1))
}

# ended NAME [QCOW2]: shut down, all is on its disks.
ended() {
	local last
	last=$(guest_says "$1" n)
	expect_status 0 "$1: shut down" safexl stop "$1"
	holds "$1: xvda is whole" test "$(last_on "/srv/vm/$1.img")" -ge "$last"
	holds "$1: xvdb is whole" test "$(last_on "${2:-/srv/vm/$1.qcow2}")" -ge "$last"
}

# gives_back NAME MIB: until then it cannot be saved, as it could not be restored.
gives_back() {
	local end=$((SECONDS + 300))
	until [ "$(xl list "$1" | awk 'NR == 2 { print $3 }')" -le "$2" ]; do
		[ $SECONDS -lt $end ] || return 1
		guest_wait "$1" n "!^$(guest_says "$1" n)\$" || return
	done
}

rounds=5
deep_only 'four more rounds' || rounds=1
new_guest g1 pvh 128
for ((i = 1; i <= rounds; i++)); do
	round g1 "R$i"
	expect_status 0 "g1: drop R$i" safexl snapshots --drop "R$i" g1
done
is "$(clones)" 0 'nothing is left of them'
ended g1

# ---- a disk and memory that came since, away and back ----
new_guest g2 pv 128
config=/etc/xen/g2.cfg
more=/srv/vm/more.img
cp $config /srv/a.cfg
expect_status 0 'snapshot A' safexl snapshot g2 A
then=$(guest_says g2 n)
make_disk $more 16
expect_status 0 'a disk is attached' safexl block-attach g2 "$more,raw,xvdc,w"
holds 'the guest sees it' guest_sees_disk g2 xvdc
holds 'and writes to it' in_guest g2 'yes more | head -c 1048576 >/dev/xvdc; sync'
expect_status 0 'its memory is set' safexl mem-set g2 116
holds 'it gives back what it has more' gives_back g2 116
holds 'it goes on' counts_to g2 $((then + 5))
cp $config /srv/b.cfg
before=$(commits)

expect_status 0 'revert to A' safexl revert g2 A
note "$err"
written=$(sha256sum <$more)
belongs_together g2 A
holds 'from there' test "$memory" -le $((then + 1))
same_file $config /srv/a.cfg 'its configuration is that of A'
is "$(commits) $(subjects | head -n 1)" "$((before + 1)) g2: revert to snapshot A" 'as one commit'
is "$(live_disks g2)" '51712 51728' 'it has the disks of A'
is "$(memory_target g2)" 128 'and the memory of A'
holds 'the disk is not touched' cmp -n 1048576 $more <(yes more)
dd if=/dev/urandom of=$more bs=1M count=2 conv=notrunc,fsync status=none

expect_status 0 'revert to what was before' safexl revert --no-keep g2 before-A
note "$err"
belongs_together g2 before-A
holds 'from there' test "$memory" -ge $((then + 5))
same_file $config /srv/b.cfg 'its configuration is that of then'
is "$(commits) $(subjects | head -n 1)" "$((before + 2)) g2: revert to snapshot before-A" 'as one commit'
is "$(live_disks g2)" '51712 51728 51744' 'it has the disk again'
is "$(memory_target g2)" 116 'and the memory of then'
is "$(sha256sum <$more)" "$written" 'the disk is as it was then'
ended g2

# ---- the disks byte for byte, while nobody writes to them ----
for name in A before-A; do
	expect_status 0 "revert to $name, without memory" safexl revert --no-memory --no-keep g2 $name
	for disk in "$snaps/g2/$name/disks"/*; do
		case $disk in */xvda) file=g2.img ;; */xvdb) file=g2.qcow2 ;; *) file=more.img ;; esac
		is "$(sha256sum <"/srv/vm/$file")" "$(sha256sum <"$disk")" "$name: ${disk##*/} is what was kept"
	done
	cmp -s $config "/srv/$([ $name = A ] && echo a || echo b).cfg"
	is $? 0 "$name: so is the configuration"
done
is "$(commits)" $((before + 4)) 'one commit for each'
for name in A before-A; do
	expect_status 0 "drop $name" safexl snapshots --drop $name g2
done
is "$(clones)" 0 'nothing is left'

# ---- a qcow2 on a thick volume, which QEMU writes to until it has ended; xl destroy does not wait for that ----
truncate -s 400M /srv/pv.img
vgcreate -q lab "$(losetup -f --show /srv/pv.img)" >/dev/null && lvcreate -q -y -n g4.qcow2 -L 160M lab >/dev/null
udevadm settle
new_guest g4 pvh 128 /dev/lab/g4.qcow2
for name in R1 R2 R3; do
	round g4 $name
	expect_status 0 "g4: drop $name" safexl snapshots --drop $name g4
done
ended g4 /dev/lab/g4.qcow2
is "$(lvs --noheadings -o lv_name lab | xargs) $(clones)" 'g4.qcow2 0' 'nothing is left'

# ---- HVM: its QEMU has its devices as well ----
new_guest g3 hvm 200
round g3 A
ended g3
done_testing
