#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Evidence with real block devices and file systems: loop devices, mounts for reading and writing,
# another boot played by another boot id. TAP. Needs root; what this machine cannot do is skipped.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export LC_ALL=C TZ=UTC0 LVM_SUPPRESS_FD_WARNINGS=1
n=0 failed=0

. tests/root/needs
need_loops

work=$(mktemp -d /tmp/safexl-evidence.XXXXXX) || exit 2
mnt=$work/mnt
mkdir "$mnt"
loops=() sleeper=
cleanup() {
	local loop
	[ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null
	! mountpoint -q "$mnt" || umount "$mnt"
	for loop in ${loops[@]+"${loops[@]}"}; do losetup -d "$loop" 2>/dev/null; done
	rm -rf "$work"
}
trap cleanup EXIT

# ok CONDITION-STATUS DESC [DIAGNOSTICS]
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		failed=1
		echo "not ok $n - $2"
		[ -z "${3-}" ] || printf '%s\n' "$3" | sed 's/^/#   /'
	fi
}
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# attach FILE [losetup options]: leaves the device in $loop.
attach() {
	local file=$1
	shift
	loop=$(losetup -f --show "$@" "$file") || return 1
	loops+=("$loop")
}
detach() { losetup -d "$1"; }

take() { "$BUILD/fake/evidence" take "$@"; }
# The same document, as if it were of another boot.
reboot_of() { sed 's/"boot_id": "[^"]*"/"boot_id": "another"/' "$1"; }
# judge THEN NOW STATE REGEX DESC: the verdict is STATE, and what is said matches.
judge() {
	local said
	said=$("$BUILD/fake/evidence" compare "$1" "$2")
	[ "${said%%$'\n'*}" = "$3" ] && [[ $said =~ $4 ]]
	ok $? "$5" "$said"
}
# The same for a later boot: what the kernel counted is of no use then.
judge_reboot() {
	reboot_of "$2" >"$2.reboot"
	judge "$1" "$2.reboot" "${@:3}"
}
# What is said of the file behind the loop device is not what the test is about: the first layer.
without_file() {
	awk '/^    \{/ { layer++ }
		layer < 2 || /^  \]/ || /^\}/ { sub(/^    \},$/, "    }"); print }' "$1"
}
look() {
	take "${@:2}" >"$1.all" && without_file "$1.all" >"$1"
}

can() {
	command -v "mkfs.$1" >/dev/null || { why="mkfs.$1 is not installed"; return 1; }
	grep -qw "$1" /proc/filesystems || modprobe "$1" 2>/dev/null ||
		{ why="the kernel has no $1"; return 1; }
}

# The options of a mount that writes nothing at all.
pure_look() {
	case $1 in
	ext4) echo ro,noload ;;
	xfs) echo ro,norecovery,nouuid ;;
	btrfs) echo ro,rescue=nologreplay ;;
	esac
}

moved() {
	case $1 in
	ext4) echo 'was mounted read-write on [0-9-]+ [0-9:]+ \(ext4 mount time\)' ;;
	xfs) echo 'the log of its xfs moved on' ;;
	btrfs) echo 'btrfs generation [0-9]+, it was [0-9]+' ;;
	esac
}

# Recent kernels write nothing to a btrfs that is mounted for writing and not written to.
mount_for_writing() {
	mount -t "$1" "$2" "$mnt" || return
	[ "$1" != btrfs ] || touch "$mnt/touched"
	umount "$mnt"
}

# usage: try_mounts NAME TYPE DEVICE LOOKED-AT PLACE: mounts of DEVICE seen in LOOKED-AT
try_mounts() {
	local name=$1 type=$2 device=$3 disk=$4
	look "$work/a" "$disk"
	if mount -t "$type" -o "$(pure_look "$type")" "$device" "$mnt"; then
		ls "$mnt" >/dev/null
		umount "$mnt"
		look "$work/b" "$disk"
		judge "$work/a" "$work/b" exact '' "$name: a look without recovery is no change"
		judge_reboot "$work/a" "$work/b" seen '' "$name: nor is it after a reboot"
	else
		skip "$name: a look without recovery" "mount -o $(pure_look "$type") fails here"
	fi
	look "$work/b" "$disk"
	mount_for_writing "$type" "$device"
	look "$work/c" "$disk"
	judge "$work/b" "$work/c" changed 'sectors? (was|were) written to /dev/loop' \
		"$name: a mount for writing is told by the counters"
	judge_reboot "$work/b" "$work/c" changed "$(moved "$type")" \
		"$name: and after a reboot by what is on the disk"
}

# A file system as a saved guest leaves it: mounted, its log not replayed.
make_dirty() {
	local type=$1 file=$2
	attach "$file" || return 1
	mount -t "$type" "$loop" "$mnt" || return 1
	dd if=/dev/urandom of="$mnt/file" bs=64k count=4 status=none
	sync -f "$mnt"
	echo more >"$mnt/more"
	sync "$mnt/more"
	cp "$file" "$file.dirty"
	umount "$mnt"
	detach "$loop"
}

for type in ext4 xfs btrfs; do
	if ! can $type; then
		skip "$type" "$why"
		continue
	fi
	truncate -s 400M "$work/$type"
	"mkfs.$type" -q "$work/$type" >/dev/null 2>&1
	attach "$work/$type"
	try_mounts "$type" $type "$loop" "$loop"
	take "$work/$type" >"$work/a"
	take "$work/$type" >"$work/b"
	judge "$work/a" "$work/b" exact '' "$type in a file: looked at twice"
	mount_for_writing $type "$loop"
	take "$work/$type" >"$work/b"
	judge_reboot "$work/a" "$work/b" changed "$work/$type was modified [0-9-]+ [0-9:]+" \
		"$type in a file: a mount for writing"
	detach "$loop"
	if make_dirty $type "$work/$type"; then
		attach "$work/$type.dirty"
		try_mounts "$type left mounted" $type "$loop" "$loop"
		detach "$loop"
	else
		skip "$type left mounted" 'cannot be made here'
	fi
	rm -f "$work/$type" "$work/$type.dirty"
done

# ---- file systems within a disk: partitions, volumes ----

# usage: offset_of DISK NUMBER  (bytes)
offset_of() { sfdisk -d "$1" | awk -v p="$1$2 " 'index($0, p) == 1 { sub(/.*start= */, ""); print $1 * 512 }'; }

if can ext4 && can xfs && command -v sfdisk >/dev/null; then
	truncate -s 700M "$work/gpt"
	printf '%s\n' 'label: gpt' 'size=40M, type=U' 'size=100M' 'size=400M' | sfdisk -q "$work/gpt"
	attach "$work/gpt"
	disk=$loop
	attach "$disk" -o "$(offset_of "$work/gpt" 2)" --sizelimit $((100 << 20))
	mkfs.ext4 -q "$loop"
	try_mounts 'ext4 in a GPT partition' ext4 "$loop" "$disk"
	judge_reboot "$work/b" "$work/c" changed "^changed.partition 2 of $disk was mounted" \
		'the partition is named'
	detach "$loop"
	attach "$disk" -o "$(offset_of "$work/gpt" 3)" --sizelimit $((400 << 20))
	mkfs.xfs -q "$loop"
	try_mounts 'xfs in a GPT partition' xfs "$loop" "$disk"
	detach "$loop"
	look "$work/a" "$disk"
	sfdisk -q --no-reread --no-tell-kernel --delete "$disk" 3
	look "$work/b" "$disk"
	judge_reboot "$work/a" "$work/b" changed "partition 3 of $disk is gone" 'a partition is deleted'
	detach "$disk"
	rm "$work/gpt"

	truncate -s 300M "$work/mbr"
	printf '%s\n' 'label: dos' 'size=40M' 'type=5' 'size=60M' 'size=100M' | sfdisk -q "$work/mbr"
	attach "$work/mbr"
	disk=$loop
	attach "$disk" -o "$(offset_of "$work/mbr" 6)" --sizelimit $((100 << 20))
	mkfs.ext4 -q "$loop"
	try_mounts 'ext4 in a logical partition' ext4 "$loop" "$disk"
	judge_reboot "$work/b" "$work/c" changed "^changed.partition 6 of $disk was mounted" \
		'the logical partition is named'
	detach "$loop"
	detach "$disk"
	rm "$work/mbr"
else
	skip 'partitions' "${why:-sfdisk is not installed}"
fi

# Volumes are made without being activated: this needs no device mapper.
if can ext4 && command -v lvm >/dev/null; then
	lvm() { LVM_SYSTEM_DIR=$work command lvm "$@" -q --config 'global{activation=0 locking_type=1}
		devices{use_devicesfile=0}' >/dev/null 2>&1; }
	truncate -s 300M "$work/pv"
	attach "$work/pv"
	disk=$loop
	if lvm pvcreate "$disk" && lvm vgcreate evidence "$disk" &&
		lvm lvcreate -an -Zn -Wn -n first -L 40M evidence &&
		lvm lvcreate -an -Zn -Wn -n second -L 80M evidence; then
		attach "$disk" -o $((41 << 20)) --sizelimit $((80 << 20))
		mkfs.ext4 -q "$loop"
		try_mounts 'ext4 in an LVM volume' ext4 "$loop" "$disk"
		judge_reboot "$work/b" "$work/c" changed \
			"^changed.volume evidence/second of $disk was mounted" 'the volume is named'
		detach "$loop"
		look "$work/a" "$disk"
		lvm lvcreate -an -Zn -Wn -n third -L 40M evidence
		look "$work/b" "$disk"
		judge_reboot "$work/a" "$work/b" changed "its metadata has number" 'a volume is added'
	else
		skip 'LVM volumes' 'lvm cannot make volumes here'
	fi
	detach "$disk"
	rm "$work/pv"
else
	skip 'LVM volumes' "${why:-lvm is not installed}"
fi

# ---- what the kernel counts ----

truncate -s 1G "$work/disk"
attach "$work/disk"
look "$work/a" "$loop"
look "$work/a.full" -f "$loop"
place=$((301 * 1024 * 2 + 7)) # between two samples
dd if=/dev/urandom of="$loop" bs=512 count=1 seek=$place conv=notrunc status=none
look "$work/b" "$loop"
look "$work/b.full" -f "$loop"
judge "$work/a" "$work/b" changed '^changed.[0-9]+ sectors were written to /dev/loop[0-9]+ since the save' \
	'one sector written'
judge_reboot "$work/a" "$work/b" seen 'would show in a digest of the whole disk only' \
	'after a reboot it goes unseen, and the note says what may'
judge_reboot "$work/a.full" "$work/b.full" changed "what is on $loop differs" \
	'a digest of everything shows it'
dd if=/dev/zero of="$loop" bs=512 count=1 seek=$place conv=notrunc status=none
look "$work/c" -f "$loop"
judge "$work/a.full" "$work/c" seen 'the same to the last byte' 'the old content written again'
look "$work/a" "$loop"
if blkdiscard -o $((512 << 20)) -l 4096 "$loop" 2>/dev/null; then
	look "$work/b" "$loop"
	judge "$work/a" "$work/b" changed 'sectors were (discarded|written)' 'a discard'
else
	skip 'a discard' 'blkdiscard fails here'
fi

if echo 0 >"/sys/block/${loop#/dev/}/queue/iostats"; then
	look "$work/a" "$loop"
	dd if=/dev/urandom of="$loop" bs=512 count=1 seek=$place conv=notrunc status=none
	look "$work/b" "$loop"
	judge "$work/a" "$work/b" seen 'does not count what is written to /dev/loop' \
		'the kernel is told not to count'
	echo 1 >"/sys/block/${loop#/dev/}/queue/iostats"
fi

# Content that changes beneath, while the page cache of this host holds the old one.
look "$work/a" "$loop"
exec 7<"$loop"
dd bs=1M count=1 status=none <&7 >/dev/null
echo changed | dd of="$work/disk" bs=512 seek=8 conv=notrunc status=none
look "$work/b" "$loop"
exec 7<&-
judge "$work/a" "$work/b" changed '^changed.what is on /dev/loop[0-9]+ differs \(in bytes 0 to [0-9]+\)' \
	'a change beneath the device, counters as before'
detach "$loop"

attach "$work/disk"
look "$work/a" "$loop"
detach "$loop"
look "$work/b" "$loop"
judge "$work/a" "$work/b" missing "^missing.$loop is not set up: its size is 0" 'the device is not set up'
judge_reboot "$work/a" "$work/b" missing 'is not set up' 'nor after a reboot'
losetup "$loop" "$work/disk"
look "$work/b" "$loop"
judge "$work/a" "$work/b" seen 'was removed and added again' 'the device was detached in between'
truncate -s 512M "$work/other"
detach "$loop"
losetup "$loop" "$work/other"
look "$work/b" "$loop"
judge "$work/a" "$work/b" another 'is another device now' 'another device under its name'
detach "$loop"

# ---- a device that cannot be read everywhere ----

# Behind the end of its file a loop device with direct I/O answers EIO, as a bad sector does.
truncate -s 64M "$work/bad"
mkfs.ext4 -q "$work/bad"
if attach "$work/bad" --direct-io=on && look "$work/a" "$loop" && truncate -s 40M "$work/bad" &&
	! dd if="$loop" of=/dev/null bs=4096 skip=$((50 << 8)) count=1 iflag=direct status=none 2>/dev/null; then
	look "$work/b" "$loop"
	judge "$work/a" "$work/b" unseen "$loop cannot be looked at in full now: read $loop: Input/output error" \
		'bad sectors now'
	judge "$work/b" "$work/a" seen "at the save, $loop could not be looked at in full" 'bad sectors then'
	judge "$work/b" "$work/b" seen "at the save, $loop could not" 'bad sectors all the time'
	printf x | dd of="$loop" bs=4096 seek=7 conv=sync oflag=direct status=none
	look "$work/c" "$loop"
	judge "$work/a" "$work/c" changed '^changed.8 sectors were written to /dev/loop' 'a write tells all the same'
	judge "$work/b" "$work/c" changed '^changed.8 sectors were written to /dev/loop' 'also after bad sectors then'
	judge_reboot "$work/b" "$work/c" changed 'differs \(in bytes 0 to [0-9]+\)' 'and by what could be read, after a reboot'
else
	skip 'bad sectors' 'a loop device does not play them here'
fi
detach "$loop"

# ---- who uses it ----

use() { "$BUILD/fake/evidence" use "$@"; }
used() {
	local said
	said=$(use "$1")
	[[ $said =~ $2 ]]
	ok $? "$3" "$said"
}
truncate -s 64M "$work/used"
mkfs.ext4 -q "$work/used"
used "$work/used" '^not used$' 'a file at rest'
attach "$work/used"
used "$work/used" "^$work/used is in use as ${loop#/dev/}\$" 'a file under a loop device'
used "$loop" '^not used$' 'the loop device itself at rest'
mount "$loop" "$mnt"
used "$work/used" "^$work/used is mounted on $mnt \(as ${loop#/dev/}\)\$" 'a file that is mounted'
used "$loop" "^$loop is mounted on $mnt\$" 'a device that is mounted'
umount "$mnt"
mount -o ro "$loop" "$mnt"
used "$loop" "^$loop is mounted read-only on $mnt\$" 'a device that is mounted read-only'
umount "$mnt"
coproc holder { exec 3<>"$loop"; echo held; read -r _; }
sleeper=$holder_PID
read -r _ <&"${holder[0]}"
used "$loop" "^$loop is held open for writing by pid $sleeper \(" 'a device held open for writing'
kill "$sleeper" && wait "$sleeper" 2>/dev/null
coproc holder { exec 3<"$loop"; echo held; read -r _; }
sleeper=$holder_PID
read -r _ <&"${holder[0]}"
used "$loop" '^not used$' 'a device held open for reading'
kill "$sleeper" && wait "$sleeper" 2>/dev/null
sleeper=
mkswap "$loop" >/dev/null 2>&1
if swapon "$loop" 2>/dev/null; then
	used "$loop" "^$loop is used as swap space\$" 'swap'
	swapoff "$loop"
else
	skip 'swap' 'swapon fails here'
fi
if unshare -m true 2>/dev/null; then
	mkfs.ext4 -q -F "$loop"
	mkfifo "$work/up" "$work/down"
	unshare -m --propagation private sh -c \
		"mount $loop $mnt && echo up >$work/up && read -r _ <$work/down" &
	read -r _ <"$work/up"
	used "$loop" "^$loop is claimed by the kernel" 'mounted in another mount namespace'
	echo down >"$work/down"
	wait $!
else
	skip 'mounted in another mount namespace' 'unshare fails here'
fi
detach "$loop"

echo "1..$n"
exit $failed
