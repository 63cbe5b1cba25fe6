#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# snapshot and revert of a guest that is saved: its image and its disks are kept if they belong together, and put
# back together, so that it is saved again; memory never meets other disks, and what was saved last is kept too.
. tests/flow/lib.sh

snaps=$state/snapshots/g1
sav=$work/g1.sav
disk_says() { head -c 5 "$work/g1.img"; }
write() { printf '%-5s' "$1" | dd of="$work/g1.img" conv=notrunc status=none; }
memory() { sed -n 's/^memory = //p' "$etc/g1.cfg"; }
# The states of the markers, in the order of their making
states() { cat "$state"/markers/*.json 2>/dev/null | sed -n 's/^.*"state": *"\([a-z]*\)".*/\1/p' | xargs; }
calls=0
ran() {
	is "$(xl_calls | tail -n "+$((calls + 1))")" "$1" "$2"
	calls=$(xl_calls | wc -l)
}
is_saved() { like "$("$BUILD/safexl" list --all 2>&1)" '^g1 +- +[0-9]+ +[0-9]+ +saved +-' "$1"; }
is_there() { ls "$SAFEXL_FAKE"/[0-9]*.dom >/dev/null 2>&1; }

guest g1
write one
sx create "$etc/g1.cfg"
sx save g1 "$sav"
calls=$(xl_calls | wc -l)
cp "$sav" "$work/first"
cat "$state"/markers/*.json >"$work/marker"

# ---- taken ----
sx -N snapshot --copy g1 A
status 0 "a dry run"
is "$out" "would keep g1 as the snapshot A:
  memory
  disk xvda, $work/g1.img: copy, in $snaps/A/disks/xvda
  configuration $etc/g1.cfg" "says what it would do"
is "$(ls -A "$snaps" 2>/dev/null)" "" "and does nothing"
sx snapshot --copy g1 A
status 0 "snapshot of a saved guest"
like "$err" "^safexl: g1: snapshot A: memory, 1 disk, configuration: of a saved guest\$" "says so"
ran "" "without xl"
check "the image is in it" cmp "$sav" "$snaps/A/memory"
check "and is another file" test ! "$sav" -ef "$snaps/A/memory"
is "$(stat -c %a "$snaps/A/memory")" 600 "for root alone"
check "the disk, too" cmp "$work/g1.img" "$snaps/A/disks/xvda"
check "the saved guest is as before" cmp "$work/first" "$sav"
check "and so is its marker" cmp "$work/marker" "$(ls "$state"/markers/*.json | head -n 1)"
is "$(states)" "saved snapshot" "beside one of the snapshot"
is_saved "it is saved"
sx snapshots g1
like "$out" "^g1  A  20.*memory, 1 disk, configuration: of a saved guest, [0-9]+ MiB\$" "snapshots lists it"
is "$(grep -c 'not to be reverted' <<<"$out")" 0 "as sound"
sx --json snapshots g1
is "$(python3 -c 'import json, sys
s = json.load(sys.stdin)["snapshots"][0]
print(s["consistency"], s["memory"], s["saved_in"], s["sound"])' <<<"$out")" "exact True $sav True" "also as JSON"
sx restore "$snaps/A/memory"
status 77 "its memory is not restored by itself"
like "$err" "it is the memory of a snapshot" "which is told"
sx snapshot --copy g1 B
sx restore "$snaps/A/memory"
status 77 "nor that of the first of two"
sx snapshots --drop B g1
status 0 "drop"
is "$(states)" "saved snapshot" "takes the marker along"
check "and leaves the guest saved" cmp "$work/first" "$sav"
cp "$sav" "$work/copy"
sx -N restore "$work/copy"
status 0 "a copy of the image is the saved state still"

# ---- and put back, while it runs ----
sx start g1
status 0 "start goes on with it"
like "$(xl_calls | tail -n 1)" "^restore $sav" "from its image"
sx restore "$work/copy"
status 77 "which is used then"
write two
sx mem-set g1 200
calls=$(xl_calls | wc -l)
sx -N revert g1 A
is "$out" "would keep the present state as the snapshot before-A
would destroy g1
would put back from the snapshot A:
  disk xvda, $work/g1.img: copy, from $snaps/A/disks/xvda
  configuration $etc/g1.cfg
  memory, in $sav
it would be saved" "a dry run of revert says what it would do"
sx -m 'it was better' revert g1 A
status 0 "revert"
like "$err" "^safexl: g1: it is as in the snapshot 'A' \\(20.*\\), and saved: start goes on with it\$" "says how it is now"
is "$(xl_calls | tail -n "+$((calls + 1))" | sed 's/ .*//' | xargs)" "save destroy" "nothing is started"
is "$(disk_says) $(memory)" "one   256" "disk and configuration are as they were"
check "and the image" cmp "$work/first" "$sav"
is_saved "it is saved"
is "$(states)" "snapshot snapshot saved" "its image has a marker, and nothing else holds it"
is "$(ls -A "$work" | grep safexl-)" "" "nothing is left beside it"
check_clean "revert"
sx create "$etc/g1.cfg"
status 77 "it is not created over that"
sx start g1
status 0 "start"
like "$(xl_calls | tail -n 1)" "^restore $sav" "goes on with it"
check "it is there" is_there

# ---- while it is saved in something else ----
write three
sx save g1 "$work/other.sav"
cp "$work/other.sav" "$work/second"
sx -N revert g1 A
like "$out" "^would discard its saved state in $work/other.sav\$" "a dry run, while it is saved"
is_saved "leaves it so"
sx revert g1 A
status 0 "revert while it is saved"
like "$err" "the present state is kept as the snapshot 'before-A-2'" "the present is kept"
like "$err" "^safexl: g1: the saved state in $work/other.sav is discarded" "and is not what it is saved in any more"
is "$(disk_says)" "one  " "the disk is as it was"
is_saved "it is saved"
check "in the image that goes with it" cmp "$work/first" "$sav"
sx restore "$work/other.sav"
status 77 "the other one goes with other disks"
like "$err" "it was discarded on .* \\(revert to the snapshot 'A'\\)" "which is told"
sx snapshots g1
like "$out" "^g1  before-A-2  .*of a saved guest" "its snapshot says what it is of"
sx revert --no-keep g1 before-A-2
status 0 "back to that"
is "$(disk_says)" "three" "with its disk"
check "and its image" cmp "$work/second" "$work/other.sav"
sx restore "$sav"
status 77 "and the first one is not restored"
sx restore "$work/other.sav"
status 0 "but that is"

# ---- from saved to a snapshot of another kind, and back ----
sx snapshot --copy g1 run
write four
sx save g1 "$sav"
sx revert g1 run
status 0 "revert to one of a guest that ran"
check "it is there" is_there
is "$(disk_says)" "three" "with its disk"
sx destroy g1
sx restore "$sav"
status 77 "what it was saved in is not restored"
sx revert --no-keep g1 before-run
status 0 "and back"
is "$(disk_says)" "four " "with its disk"
is_saved "it is saved"
sx revert --no-keep --no-memory g1 A
status 0 "without its memory"
like "$err" "it is as in the snapshot 'A' .*; it is off\$" "it is off"
is "$(disk_says)$(ls -A "$work" | grep safexl-)" "one  " "and its disk is as it was"
sx create "$etc/g1.cfg"
status 0 "and it can be created"

# ---- what plain xl does to the image does nothing to the snapshot ----
sx save g1 "$sav"
sx snapshot --copy g1 C
cp "$sav" "$work/third"
: >"$sav"
check "the snapshot has it still" cmp "$work/third" "$snaps/C/memory"
sx snapshot --copy g1 no
status 77 "an image that is gone"
like "$err" "^safexl: g1: no snapshot: its memory in $sav and its disks do not belong together: " "is no memory to keep"
cp "$work/third" "$sav"

# ---- they do not belong together ----
write new
sx snapshot --copy g1 no
status 77 "a disk that was written to since"
like "$err" "no snapshot: its memory in $sav and its disks do not belong together: disk xvda" "is told"
like "$err" "^hint: what can be done: safexl where g1\$" "with the ways out"
like "$err" "to take its disks as they are: safexl snapshot --no-memory g1\$" "both"
is "$(ls "$snaps" | grep -c '^no$')" 0 "nothing is left of it"
sx revert g1 A
status 77 "nor can it be kept before a revert"
like "$err" "^hint: to give up the present state: safexl revert --no-keep g1 A\$" "with the way out"
is "$(disk_says)" "new  " "nothing was done"
sx snapshot --no-memory --copy g1 disks
status 0 "its disks alone"
like "$err" "snapshot disks: 1 disk, configuration: as after a power cut\$" "as what they are"
check "without memory" test ! -e "$snaps/disks/memory"
like "$("$BUILD/safexl" list --all 2>&1)" '^g1 .* saved, stale: ' "it is saved still"
sx --json snapshots g1
is "$(python3 -c 'import json, sys
print([(s["memory"], s["consistency"]) for s in json.load(sys.stdin)["snapshots"] if s["snapshot"] == "disks"])' <<<"$out")" \
	"[(False, 'crash')]" "which JSON says as well"

# ---- its place is somebody else's ----
mv "$sav" "$work/away"
echo text >"$sav"
sx revert --no-keep g1 A
status 77 "something else in its place"
like "$err" "^safexl: g1: not reverted: its image was in $sav, and something else is there now\$" "is not written over"
like "$err" "^hint: if it is not wanted: mv -n $sav $sav.old\$" "with the way out"
is "$(cat "$sav") $(disk_says)" "text new  " "nothing was done"
rm "$sav"
sx revert --no-keep g1 A
status 0 "when it is gone"
check "it is put back there" cmp "$work/first" "$sav"
mkdir "$work/dir"
sx start g1
sx save g1 "$work/dir/g1.sav"
sx snapshot --copy g1 D
rm -r "$work/dir"
sx revert --no-keep g1 D
status 73 "a directory that is gone"
like "$err" "^hint: mount what it is on, or: mkdir -p $work/dir\$" "with the way out"
mkdir "$work/dir"
sx revert --no-keep g1 D
status 0 "and then it goes"
for name in A C D disks run before-A before-A-2 before-run; do
	sx snapshots --drop $name g1
	status 0 "drop $name"
done
is "$(ls -A "$snaps")" "" "no snapshot is left"
is_saved "and it is saved"
finish
