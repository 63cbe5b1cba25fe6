#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# snapshot, snapshots, revert: memory, disks and configuration are kept together and put back together; the
# present is kept; what cannot be kept is refused; nothing is left of what came to nothing.
. tests/flow/lib.sh

snaps=$state/snapshots
# Words that the guest wrote: at the front of the disk.
disk_says() { head -c 5 "$work/$1.img"; }
guest() {
	head -c 1048576 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<END
# $1: kept by hand
name = "$1"
memory = 256
disk = [ '$work/$1.img,raw,xvda,w' ]
END
}
calls=0
ran() {
	is "$(xl_calls | tail -n "+$((calls + 1))")" "$1" "$2"
	calls=$(xl_calls | wc -l)
}
runs() { [ "$(cat "$SAFEXL_FAKE"/*.dom 2>/dev/null | grep -A9 "^name=$1\$" | sed -n 's/^state=//p')" != paused ]; }

# ---- one that is off ----
guest g1
chmod 640 "$work/g1.img"
write g1 one
sx snapshot g1 A
status 77 "a disk on a file system without clones"
like "$err" "^safexl: g1: no snapshot: disk xvda \\($work/g1.img\\) is neither a file on btrfs or XFS nor" "is named"
like "$err" "^hint: to copy what is on it: safexl snapshot --copy g1 A\$" "with the way out"
is "$(ls -A "$snaps" 2>/dev/null)" "" "nothing is left of it"
sx -N snapshot --copy g1 A
status 0 "a dry run"
is "$out" "would keep g1 as the snapshot A:
  disk xvda, $work/g1.img: copy, in $snaps/g1/A/disks/xvda
  configuration $etc/g1.cfg" "says what it would do"
is "$(ls -A "$state" 2>/dev/null | grep -v '^created')" "" "and does nothing"
sx --json -N snapshot --copy g1 A
is "$(printf '%s' "$out" | python3 -c 'import json, sys
j = json.load(sys.stdin)
print(j["changed"], j["plan"]["run"], j["plan"]["notices"][0])')" "False None would keep g1 as the snapshot A:" "also as JSON"
sx -m 'before the upgrade' snapshot --copy g1 A
status 0 "with --copy"
like "$err" "^safexl: g1: snapshot A: 1 disk, configuration: of a guest that is off\$" "says what it has"
ran "" "without xl"
is "$(head -c 5 "$snaps/g1/A/disks/xvda")" "one  " "the disk is in it"
check "and all of it" cmp "$work/g1.img" "$snaps/g1/A/disks/xvda"
check "the configuration, too" cmp "$etc/g1.cfg" "$snaps/g1/A/config"
is "$(stat -c %a "$snaps/g1/A" "$snaps/g1/A/disks/xvda" | xargs)" "700 600" "for root alone"
is "$(markers)" 0 "no marker is left"
is "$(ls -A "$snaps/g1")" "A" "and nothing else"
sx snapshot --copy g1 A
status 77 "a second one of that name"
like "$err" "^hint: to remove it: safexl snapshots --drop A g1\$" "is refused"
sx snapshots
like "$out" "^g1  A  20.*1 disk, configuration: of a guest that is off, [0-9]+ MiB: before the upgrade\$" "snapshots lists it"
sx --json snapshots g1
is "$(printf '%s' "$out" | python3 -c 'import json, sys
s = json.load(sys.stdin)["snapshots"]
print(len(s), s[0]["snapshot"], s[0]["consistency"], s[0]["sound"], s[0]["memory"], s[0]["disks"][0]["how"])')" \
	"1 A clean True False copy" "also as JSON"

# In autumn an hour comes twice.
for i in 0 1 2 3 4; do mkdir -p "$snaps/g1/$(date -u -d "+$i seconds" +%Y-%m-%dT%H%M%S)"; done
sx snapshot --copy g1
status 0 "one at a time that another is named by"
like "$err" "g1: snapshot 2[-0-9T]*-2: 1 disk" "has a name of its own"
rmdir "$snaps"/g1/2???-??-??T??????
sx snapshots --drop "$(sed -n 's/.* snapshot \(2[^:]*\):.*/\1/p' <<<"$err")" g1
sx snapshot --copy g1 Z
sx snapshot --copy g1 Y
sed -i 's/"taken_at": *"[^"]*"/"taken_at": "2999-10-25 02:45:00 +0200"/' "$snaps/g1/Z/manifest.json"
sed -i 's/"taken_at": *"[^"]*"/"taken_at": "2999-10-25 02:15:00 +0100"/' "$snaps/g1/Y/manifest.json"
sx snapshots g1
is "$(awk '/^g1/ { print $2 }' <<<"$out" | xargs)" "A Z Y" "they are listed by their true times"
sx snapshots --drop Z g1
sx snapshots --drop Y g1

write g1 two
sed -i 's/^memory = 256/memory = 512/' "$etc/g1.cfg"
sx -N revert g1 A
status 0 "a dry run of revert"
is "$out" "would keep the present state as the snapshot before-A
would put back from the snapshot A:
  disk xvda, $work/g1.img: copy, from $snaps/g1/A/disks/xvda
  configuration $etc/g1.cfg
it would be off" "says what it would do"
is "$(disk_says g1)$(markers)$(ls "$snaps/g1" | xargs)" "two  0A" "and does nothing"
sx -m 'the upgrade failed' revert g1 A
status 0 "revert"
is "$(disk_says g1)" "one  " "puts the disk back"
is "$(stat -c %a "$work/g1.img")" 640 "with its mode"
like "$(cat "$etc/g1.cfg")" '^memory = 256$' "and the configuration"
is "$(subjects | head -n 1)" "g1: revert to snapshot A" "as one commit"
like "$(git_ log -1 --format=%b)" '^Reason: the upgrade failed$' "with its reason"
check_clean "revert"
like "$err" "^safexl: g1: the present state is kept as the snapshot 'before-A'\$" "the present is kept"
like "$err" "^safexl: g1: it is as in the snapshot 'A' \\(20.*\\); it is off\$" "says how it is now"
is "$(markers)" 0 "no marker is left"
sx revert g1 before-A
is "$(disk_says g1) $(grep ^memory "$etc/g1.cfg")" "two   memory = 512" "and back to that"
sx revert --no-keep g1 A
is "$(disk_says g1) $(ls "$snaps/g1" | xargs)" "one   A before-A before-before-A" "--no-keep keeps nothing"

# A snapshot that was changed, or that would not fit.
cp -a "$snaps/g1/A/disks/xvda" "$work/kept"
printf x | dd of="$snaps/g1/A/disks/xvda" conv=notrunc status=none
sx snapshots g1
like "$out" "^  cannot be reverted to: disk xvda: " "one that was changed is told"
sx revert g1 A
status 77 "and not reverted to"
like "$err" "the snapshot 'A' is not sound: disk xvda: " "with the reason"
exec 8<>"$work/g1.img"
sx revert g1 before-A
status 77 "nor while somebody has its disk"
like "$err" "not reverted: disk xvda: $work/g1.img is held open for writing by pid " "who is told"
like "$err" "^hint: once nobody uses it any more: safexl revert g1 before-A\$" "with the way out"
exec 8<&-
sx -N snapshots --drop A g1
is "$out" "would drop the snapshot A of g1, 1 MiB" "a dry run of drop"
check "drops nothing" test -e "$snaps/g1/A/manifest.json"
sx snapshots --drop A g1
status 0 "drop"
is "$(ls "$snaps/g1" | xargs)" "before-A before-before-A" "it is gone"
sx revert g1 A
status 78 "a snapshot that is not there"
like "$err" "g1 has no snapshot 'A'; it has before-.*A" "those that there are"
sx snapshots --drop before-A g1
sx snapshots --drop before-before-A g1
is "$(ls -A "$snaps/g1")" "" "nothing is left"

# What was copied is read back from the disk.
for fault in flip pread; do
	LD_PRELOAD=$BUILD/fake/preload_read.so READ_FAULT=/disks/xvda READ_FAULT_CALL=$fault READ_FAULT_AT=1 \
		sx snapshot --copy g1 bad
	check "a copy that is not what was written ($fault)" test "$status" != 0
	like "$err" "disk xvda: ($snaps/g1/bad/disks/xvda, read back|read $snaps/g1/bad/disks/xvda back: )" "is told"
	is "$(ls -A "$snaps/g1")" "" "and no snapshot"
done

# Where a file system answers with a part of what was asked for, the pieces are the same.
for path in "$work/g1.img" /disks/xvda; do
	LD_PRELOAD=$BUILD/fake/preload_read.so READ_FAULT=$path READ_FAULT_CALL=short READ_FAULT_AT=1 \
		sx snapshot --copy g1 cut
	status 0 "a read that brings a part only ($path)"
	sx snapshots --drop cut g1
done

# ---- one that runs ----
sx create "$etc/g1.cfg"
calls=$(xl_calls | wc -l)
write g1 one
sx snapshot --copy g1 run
status 0 "one that runs"
ran "save -p 1 $snaps/g1/run/.memory.safexl-$(xl_calls | tail -n 2 | sed -n 's/.*safexl-//p')
unpause 1" "stands still behind its memory image"
like "$err" "^safexl: g1: 1 MiB of disks are copied, and it stands still meanwhile\$" "which is told before"
like "$err" "^safexl: g1: snapshot run: memory, 1 disk, configuration: of one instant; it stood still for [0-9]+\\.[0-9] s\$" \
	"and for how long after"
check "it runs" runs g1
is "$(ls -A "$snaps/g1/run")" "config
disks
manifest.json
memory" "what is in it"
sx images
like "$out" "^snapshot +g1 +$snaps/g1/run/memory" "images knows the image"
sx restore "$snaps/g1/run/memory"
status 77 "which is not restored by itself"
is "$(sed -n 2p <<<"$err")" "hint: to restore the guest together with those disks: safexl revert g1 run" \
	"the first hint is the command that does it"
sx images --prune
check "and not pruned" test -e "$snaps/g1/run/memory"
write g1 two
sx mem-set g1 200
sx revert g1 run
status 0 "revert while it runs"
is "$(disk_says g1)" "one  " "the disk is as it was"
like "$(cat "$etc/g1.cfg")" '^memory = 256$' "so is the configuration"
check "it runs" runs g1
is "$(xl_calls | tail -n 4 | sed 's/\.safexl-.*/.safexl-/')" "save -p 1 $snaps/g1/before-run/.memory.safexl-
destroy 1
restore -p $snaps/g1/run/memory
unpause 1" "what was is kept, then its memory is put back"
running=$(grep -l '^name=g1$' "$SAFEXL_FAKE"/*.dom)
sed -i.was '$a state=crashed' "$running"
sx revert g1 before-run
status 77 "one that crashed and is kept"
like "$err" "^hint: to give up its present state: safexl destroy g1 && safexl revert g1 before-run\$" "can be given up"
mv "$running.was" "$running"
sx revert g1 before-run
is "$(disk_says g1)" "two  " "and back"
check "it runs" runs g1
is "$(markers)" 3 "each memory image has its marker"
sx revert --no-memory g1 run
status 0 "without its memory"
is "$(cat "$SAFEXL_FAKE"/*.dom 2>/dev/null)" "" "it is off"
sx create "$etc/g1.cfg"
status 0 "and can be started"
for name in before-before-run before-run before-run-2 run; do
	sx snapshots --drop $name g1
	status 0 "drop $name"
done
is "$(markers)$(ls -A "$snaps/g1")" 0 "no marker and no file is left"

# Without memory.
calls=$(xl_calls | wc -l)
sx snapshot --no-memory --copy g1 cut
status 0 "--no-memory"
ran "pause 1
unpause 1" "pauses it"
like "$err" "snapshot cut: 1 disk, configuration: as after a power cut; it stood still" "which is told"
check "it runs" runs g1
sx revert --no-keep g1 cut
status 0 "revert to it"
is "$(cat "$SAFEXL_FAKE"/*.dom 2>/dev/null)" "" "leaves the guest off"
sx snapshots --drop cut g1

# ---- refused ----
sx create "$etc/g1.cfg"
calls=$(xl_calls | wc -l)
"$SAFEXL_XL" pause g1
sx snapshot --copy g1
status 77 "a paused guest"
like "$err" "^hint: let it run first: safexl unpause g1\$" "is left to who paused it"
"$SAFEXL_XL" unpause g1
echo has=266241 >>"$SAFEXL_FAKE/1.dom"
for words in 'snapshot --copy g1 no' "save g1 $work/image"; do
	# shellcheck disable=SC2086
	sx $words
	status 77 "$words: one that has not given back its memory"
	like "$err" "g1: not saved: it still has 261 MiB of memory and was set to 256 MiB: xl could not restore it\$" "says why"
	like "$err" "^hint: wait .*, or let it keep that: safexl mem-set g1 261\$" "says what would do"
done
sed -i /^has=/d "$SAFEXL_FAKE/1.dom"
check "it runs" runs g1
mode fail
sx snapshot --copy g1 no
status 1 "xl cannot save it"
like "$err" "^safexl: no snapshot was taken\$" "says what that means"
mode ""
is "$(ls -A "$snaps/g1")$(markers)" 0 "nothing is left"
mode cut
sx snapshot --copy g1 no
check "an image that is cut short is no snapshot" test "$status" != 0
mode ""
check "it runs" runs g1
is "$(ls -A "$snaps/g1")$(markers)" 0 "nothing is left"
sx destroy g1
for words in '' 'g1 a b' '--no-keep g1' 'g1 -x' 'g1 a/b' 'g1 .a' '--live g1' '--discard-marker g1'; do
	# shellcheck disable=SC2086
	sx snapshot $words
	status 2 "snapshot $words"
done
for words in '' 'g1' '--drop A' ; do
	# shellcheck disable=SC2086
	sx revert $words
	status 2 "revert $words"
done
sx snapshots --drop A
status 2 "--drop without a domain"
sx snapshot nosuch
status 78 "nobody"
sed -i 's/raw,xvda,w/vhd,xvda,w/' "$etc/g1.cfg"
sx create "$etc/g1.cfg"
sx snapshot --copy g1 no
status 77 "vhd of a guest that runs"
like "$err" "what its QEMU keeps in memory of disk xvda" "says why"
sx destroy g1
sed -i 's/vhd,xvda,w/qcow2,xvda,w/' "$etc/g1.cfg"
sx create "$etc/g1.cfg"
calls=$(xl_calls | wc -l)
sx snapshot --copy g1 q
status 0 "qcow2 of a guest that runs"
is "$(xl_calls | tail -n 3)" "qemu-monitor-command 1 stop
qemu-monitor-command 1 cont
unpause 1" "its QEMU is stopped meanwhile, so that it writes all of it out"
cat >"$SAFEXL_FAKE/hook" <<END
#!/bin/sh
case \$(tail -n 1 "$SAFEXL_FAKE/log") in *' stop') printf 'the rest' >>"$work/g1.img" ;; esac
END
chmod +x "$SAFEXL_FAKE/hook"
sx snapshot --copy g1 grown
rm "$SAFEXL_FAKE/hook"
is "$(tail -c 8 "$snaps/g1/grown/disks/xvda")" "the rest" "what QEMU adds to the file then is kept, too"
cp "$work/g1.img" "$work/then"
printf more >>"$work/g1.img"
sx revert --no-keep g1 grown
status 0 "reverted to, as its file has grown"
check "it has the size of then" cmp "$work/g1.img" "$work/then"
sx revert g1 q
status 0 "and to the one before"
cat >"$SAFEXL_FAKE/hook" <<END
#!/bin/sh
case \$(tail -n 1 "$SAFEXL_FAKE/log") in destroy*) rm "$SAFEXL_FAKE"/*.dom ;; esac
END
chmod +x "$SAFEXL_FAKE/hook"
sx revert --no-keep g1 q
rm "$SAFEXL_FAKE/hook"
status 0 "xl destroy fails, and the guest is gone"
like "$err" "g1: xl destroy failed" "is told"
like "$err" "g1: it is as in the snapshot 'q' .*, and goes on from there" "as is what became of it"
unlike "$err" "not reverted" "and nothing else"
sx destroy g1
sed -i 's/qcow2,xvda,w/raw,xvda,w/' "$etc/g1.cfg"
sed -i "s/'\\]/,script=block-x' ]/; s/w'/w,script=block-x'/" "$etc/g1.cfg"
sx snapshot --copy g1 no
status 77 "a disk behind a script"
finish
