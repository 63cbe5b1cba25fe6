#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The guard and what it cannot look at: each piece of evidence of a disk stands by itself. In a world of
# files; reads that fail are tests/fake/preload_read.c's.
. tests/flow/lib.sh

image=$work/g1.save
disk=$work/g1.img
cat >"$etc/g1.cfg" <<END
name = "g1"
memory = 256
disk = [ '$disk,raw,xvda,w' ]
END

# faulty CALL AT FILE WORDS...: sx, with the AT-th CALL on FILE failing; the number of calls in $calls
faulty() {
	local call=$1 at=$2 file=$3
	shift 3
	rm -f "$work/calls"
	LD_PRELOAD=$BUILD/fake/preload_read.so READ_FAULT=$file READ_FAULT_CALL=$call READ_FAULT_AT=$at \
		READ_FAULT_COUNT=$work/calls sx "$@"
	calls=$(cat "$work/calls" 2>/dev/null || echo 0)
}
# saved: a fresh guest on a fresh disk, saved
fresh() {
	rm -rf "$state/markers" "$image" "$SAFEXL_FAKE"/*.dom "$disk"
	truncate -s "${1:-8M}" "$disk"
	mkfs.ext4 -q -F "$disk" >/dev/null 2>&1
	sx create "$etc/g1.cfg"
}
save() { sx save g1 "$image"; }
write_a_block() { printf x | dd of="$disk" bs=1 seek=3000000 conv=notrunc status=none; }
marker() { ls "$state"/markers/*.json; }

# ---- a read fails at the restore ----
fresh
save
status 0 "a guest is saved"
like "$err" "the state of 1 of 1 disks is recorded$" "its disk is noted"
faulty pread 0 "$disk" -N restore "$image"
status 0 "it could be restored"
check "its disk is read for that" test "$calls" -gt 100
passed=
for at in $(seq 1 $((calls / 20 + 1)) "$calls") "$calls"; do
	faulty pread "$at" "$disk" -N restore "$image"
	[ "$status" = 77 ] || passed="$passed $at"
done
is "$passed" "" "whichever read of an unchanged disk fails: refused"
like "$err" "disk xvda: $disk cannot be looked at in full now: read $disk: Input/output error" "with the reason"
like "$err" "^hint: bring that disk back first .*, then: safexl -?N? ?restore $image$" "and the way out first"
like "$(tail -n 1 <<<"$err")" "^hint: to do it anyway: safexl --discard-marker restore $image$" "the other one last"
refused=
for at in 1 2 3 $((calls / 2)) "$calls"; do
	faulty short "$at" "$disk" -N restore "$image"
	[ "$status" = 0 ] || refused="$refused $at"
done
is "$refused" "" "one that brings a part only is followed by another"
faulty open all "$disk" restore "$image"
status 77 "a disk that cannot be opened"
like "$err" "cannot be looked at in full now: open $disk: Input/output error" "is told"
faulty flush all "$disk" restore "$image"
status 77 "and one that the host cannot write back to"
write_a_block
for how in 'pread 2' 'pread all' 'open all' 'flush all'; do
	faulty ${how% *} "${how#* }" "$disk" restore "$image"
	status 77 "a disk that was written to, $how failing"
	like "$err" "$disk was modified" "its times tell all the same"
done
sx where g1
like "$out" "refused: disk xvda: $disk was modified" "where says the same"

# ---- a read fails at the save ----
for at in 1 2 20 131; do
	fresh
	faulty pread "$at" "$disk" save g1 "$image"
	status 0 "read $at fails at the save"
	like "$err" "g1: disk xvda \($disk\) cannot be looked at in full: read $disk: Input/output error; the rest of it is recorded" \
		"which is told then"
	like "$err" "the state of 1 of 1 disks is recorded$" "the rest is noted"
	sx -N restore "$image"
	status 0 "it can be restored"
	like "$err" "disk xvda: at the save, $disk could not be looked at in full" "with a notice"
	write_a_block
	sx restore "$image"
	status 77 "and not after a write"
done
for call in open flush; do
	fresh
	faulty $call all "$disk" save g1 "$image"
	like "$err" "cannot be looked at in full: (open|write back) $disk: Input/output error" "$call fails at the save: told"
	mv "$disk" "$work/aside" && cp "$work/aside" "$disk"
	sx restore "$image"
	status 77 "another file in its place is noticed"
	like "$err" "is another file now" "as what it is"
done

# ---- what cannot be looked at by itself: a log that lies beyond the end ----
fresh
truncate -s 320M "$disk"
mkfs.xfs -q -f "$disk" && truncate -s 16M "$disk"
save
like "$err" "cannot be looked at in full: read $disk: its xfs log lies beyond its end" "half an xfs: told at the save"
like "$err" "the state of 1 of 1 disks is recorded" "and noted"
write_a_block
sx restore "$image"
status 77 "a write to it is noticed"
like "$err" "$disk was modified" "by its times"

# ---- the path leads elsewhere, or nowhere ----
fresh
save
mv "$disk" "$work/aside"
elsewhere() {
	sx restore "$image"
	status 77 "the path leads to $1"
	like "$err" "$2" "which is told"
	like "$(grep -m 1 '^hint:' <<<"$err")" "bring that disk back first .* then: safexl restore $image$" "bringing it back comes first"
	is "$(grep -c -- --discard-marker <<<"$err")" 0 "going ahead would fail, and is not offered"
	rm -rf "$disk"
}
elsewhere nothing "disk xvda: $disk is no longer there"
printf 'name = "g1"\nmemory = 256\n' >"$work/bare.cfg"
sx restore "$work/bare.cfg" "$image"
status 77 "nor with a configuration that has no such disk"
like "$(tail -n 1 <<<"$err")" "^hint: to do it anyway: safexl --discard-marker restore $work/bare.cfg $image$" \
	"but that is a way"
ln -s "$disk" "$disk"
elsewhere itself "$disk cannot be looked at now: open $disk: Too many levels of symbolic links"
ln -s "$work/nowhere" "$disk"
elsewhere 'nothing, by a link' "$disk is no longer there"
ln -s /dev/zero "$disk"
elsewhere /dev/zero "$disk is neither a file nor a block device"
mkdir "$disk"
elsewhere 'a directory' "$disk is a directory"
ln -s "$work" "$disk"
elsewhere 'a directory, by a link' "$disk is a directory"
mkfifo "$disk"
elsewhere 'a FIFO' "$disk is neither a file nor a block device"
ln -s "$work/aside/below" "$disk"
elsewhere 'something below a file' "$disk cannot be looked at now: open $disk: Not a directory"
if [ "$(id -u)" != 0 ]; then
	mkdir -m 0 "$work/shut"
	ln -s "$work/shut/g1.img" "$disk"
	elsewhere 'what may not be looked at' 'Permission denied'
fi
sx images
like "$out" "$disk is no longer there" "images tells what stands against it"
sx where g1
like "$out" "bring that disk back, then: safexl restore $image" "where tells the way out"
mv "$work/aside" "$disk"
sx restore "$image"
status 0 "brought back, it can be restored"
like "$err" "disk xvda: $disk was changed .*, but the content is the same to the last byte" "as every byte of it is known"

# ---- what changes a file's ctime and nothing else ----
moved() {
	fresh "${2:-8M}"
	save
	eval "$1"
	sx restore "$image"
}
old_date() { touch -r "$disk" "$work/date" && write_a_block && touch -r "$work/date" "$disk"; }
for what in 'chmod 640 "$disk"' 'ln "$disk" "$work/link" && rm "$work/link"' \
	'mv "$disk" "$work/aside" && mv "$work/aside" "$disk"' \
	'cp -p "$disk" "$work/aside" && mv "$work/aside" "$disk"' 'ln "$disk" "$work/l" && rm "$disk" && mv "$work/l" "$disk"'; do
	moved "$what" 8M
	status 0 "$what: goes through, as every byte is known"
	moved "$what" 65M
	status 77 "on a larger disk it does not"
	printf 'verify = "full"\n' >"$etc/safexl.conf"
	fresh 65M
	save
	rm "$etc/safexl.conf"
	eval "$what"
	sx restore "$image"
	status 0 "but with a digest of all of it that the save kept"
done
moved 'cp "$disk" "$work/aside" && mv "$work/aside" "$disk"' 8M
status 77 "a copy with a time of its own"
like "$err" "is another file now" "is another file"
moved 'mv "$disk" "$disk.moved" && ln -s "$disk.moved" "$disk"' 8M
status 0 "the file itself under another name, and a link to it"
moved 'cp -p "$disk" "$disk.copy" && ln -sf "$disk.copy" "$disk"' 8M
status 77 "a link to a copy is none of them"
like "$(grep -m 1 '^hint:' <<<"$err")" "make that path lead to the guest's disk again" "with the way out"
moved old_date 8M
status 77 "a byte that was written with the old date"
like "$err" "$disk was changed .*, or its content with the old date.*; what is on $disk differs" "says what it can be"
moved old_date 65M
status 77 "on a larger disk, too"
moved 'touch "$disk"' 8M
status 77 "a time of writing that moved, whatever the content"

# ---- evidence of another version ----
other_version() { sed -i 's/"version": *2/"version": 9/' "$(marker)"; }
moved other_version
status 0 "evidence of another version that agrees"
like "$err" "disk xvda: it was recorded by another version of safexl" "is told"
moved 'other_version; write_a_block'
status 77 "a write is noticed"
moved 'other_version; sed -i "s/\"\(mtime\|ctime\|content\)\"/\"future \1\"/" "$(marker)"'
status 77 "nothing in it that is known here"
like "$err" "disk xvda: nothing was recorded about $disk that can be compared" "is told as that"
moved 'sed -i "s/\"evidence\"/\"past\"/" "$(marker)"'
status 77 "no evidence at all"

# ---- the image is gone, cut, overwritten ----
lost() {
	fresh
	save
	cp "$image" "$work/copy"
	eval "$1"
	sx images
	like "$out" "$2" "images: $1"
	sx --json images
	like "$out" '"restorable": false' "as JSON"
	sx where g1
	like "$out" "restoring its image is refused: .*$2" "where says it"
	is "$(grep -c 'safexl restore' <<<"$out")" 0 "and does not say how to restore it"
	sx create "$etc/g1.cfg"
	status 77 "create is refused all the same"
	like "$err" "^hint: that image cannot be restored now: .*$2" "with a hint that says it"
	is "$(grep -c 'safexl restore' <<<"$err")" 0 "and does not send anybody there"
	like "$err" "^hint: to discard the saved state: safexl --discard-marker create $etc/g1.cfg$" "but to the other way"
	sx restore "$work/copy"
	status 0 "a copy of it is as good"
}
lost 'rm "$image"' "$image is not there any more"
lost 'truncate -s -8 "$image"' 'cut short'
lost 'truncate -s 0 "$image"' 'not a saved domain'
lost 'echo nonsense >"$image"' 'not a saved domain'
lost 'rm "$image"; mkdir "$image"' "$image"
rm -rf "$image"
printf 'name = "g2"\nmemory = 256\n' >"$etc/g2.cfg"
lost 'sx create "$etc/g2.cfg"; sx save g2 "$work/g2.save"; cp "$work/g2.save" "$image"' "$image is another image now"

# ---- what an image is based on, named as QEMU does in JSON ----
base=$work/base.img
truncate -s 1M "$base"
name='json:{"driver":"raw","file":{"driver":"file","filename":"'$base'"}}'
fresh
{
	printf 'QFI\373\0\0\0\2\0\0\0\0\0\0\1\0\0\0\0\'"$(printf %o ${#name})"'\0\0\0\20'
	head -c 232 /dev/zero
	printf %s "$name"
} >"$work/g3.qcow2"
truncate -s 64K "$work/g3.qcow2"
printf 'name = "g3"\nmemory = 256\ndisk = [ "%s,qcow2,xvda,w" ]\n' "$work/g3.qcow2" | tr '"' "'" |
	sed "s/'g3'/\"g3\"/" >"$etc/g3.cfg"
sx create "$etc/g3.cfg"
sx save g3 "$work/g3.save"
like "$err" "the state of 1 of 1 disks is recorded$" "an image based on a file that JSON names"
is "$(grep -c 'cannot be looked at' <<<"$err")" 0 "is looked at with that file"
sx block-attach g1 "$base,raw,xvdb,w"
status 77 "which nobody else may write to"
printf x | dd of="$base" bs=1 seek=5000 conv=notrunc status=none
sx restore "$work/g3.save"
status 77 "nor have written to"
like "$err" "disk xvda: $base was modified" "which is told"
finish
