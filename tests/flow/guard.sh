#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The guard: saved guests are not booted over, stale images are not resumed, in a world of files.
. tests/flow/lib.sh

save_dir=$work/save
mkdir "$save_dir"
image=$save_dir/g1
# A guest whose disks are files here. guest NAME
guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<EOF
name = "$1"
memory = 256
disk = [ '$work/$1.img,raw,xvda,w' ] # its only one
EOF
}
guest g1
guest g2
sx create "$etc/g1.cfg"
sx save g1 "$image"
status 0 "save"
like "$err" "g1: saved in $image, complete and on disk; the state of 1 of 1 disks is recorded" "it is told"
is "$(stat -c '%a' "$image")" 600 "the image is private"
is "$(ls -A "$save_dir")" g1 "nothing else is left beside it"
like "$(xl_calls | tail -1)" "^save g1 $save_dir/\.g1\.safexl-[0-9]+$" "xl wrote to a hidden name"
cp "$image" "$work/first"

calls=$(xl_calls | wc -l)
sx create "$etc/g1.cfg"
status 77 "create of a saved guest"
like "$err" "^safexl: g1: it is saved in $image" "names the image"
like "$err" "^hint: .*safexl restore $image$" "the way to the saved state"
like "$err" "^hint: .*safexl --discard-marker create $etc/g1.cfg$" "and the way past it"
is "$(xl_calls | wc -l)" "$calls" "xl was not run"
for words in 'mem-set g1 300' 'vcpu-set g1 1' 'rename g1 other' 'save g1 second' 'migrate g1 elsewhere'; do
	# shellcheck disable=SC2086
	sx $words
	status 1 "$words of a saved guest"
	like "$err" "^safexl: 'g1' does not run: it is saved in $image \(2" "says that it is saved"
	like "$err" "^hint: to continue from the saved state: safexl restore $image$" "and what goes on with it"
done
sx mem-set g1 300
like "$err" "^hint: to change its configuration only: safexl --config mem-set g1 300$" "and what can be done meanwhile"
is "$(xl_calls | wc -l)" "$calls" "xl was not run for any of that"
sx --live create "$etc/g1.cfg"
status 77 "--live is guarded all the same"
sx create "$etc/g1.cfg" 'name="other"'
status 77 "another guest that would write to its disk"
like "$err" "it would write to $work/g1.img, a disk of 'g1'" "names the disk"
sed "s/g1.img,raw,xvda,w/g1.img,raw,xvdb,r/;s/name = \"g1\"/name = \"ro\"/" "$etc/g1.cfg" >"$etc/ro.cfg"
sx create "$etc/ro.cfg"
status 0 "one that only reads it"
sx where g1
like "$out" "it can be restored" "does not stand against restoring it"
sx destroy ro
sx create "$etc/g2.cfg"
sx block-attach g2 "$work/g1.img,raw,xvdb,w"
status 77 "block-attach of its disk to another"
sx --live block-attach g2 "$work/g1.img,raw,xvdb,w"
status 77 "with --live too"
sx block-attach g2 "$work/g1.img,raw,xvdb,r"
status 0 "read-only is allowed"
sx block-detach g2 xvdb

# what a disk is based on, and what is based on it
base=$work/base.img
head -c 65536 /dev/zero >"$base"
printf 'QFI\373\0\0\0\2\0\0\0\0\0\0\1\0\0\0\0\10\0\0\0\20' >"$work/g6.qcow2"
truncate -s 256 "$work/g6.qcow2"
printf base.img >>"$work/g6.qcow2"
truncate -s 65536 "$work/g6.qcow2"
sed "s/base.img/g1.img\\x00\\x00/" "$work/g6.qcow2" >"$work/over.qcow2"
sed "s/\\bg1\\b/g6/g;s/img,raw/qcow2,qcow2/" "$etc/g1.cfg" >"$etc/g6.cfg"
sx create "$etc/g6.cfg"
sx save g6 "$save_dir/g6"
status 0 "save of a guest whose disk is based on another file"
sx block-attach g2 "$base,raw,xvdb,w"
status 77 "block-attach of the file that it is based on"
like "$err" "it would write to $base, and so to $work/g6.qcow2, a disk of 'g6'" "says how that is"
sx block-attach g2 "$base,raw,xvdb,r"
status 0 "read-only is allowed"
sx block-detach g2 xvdb
sx block-attach g2 "$work/over.qcow2,qcow2,xvdb,w"
status 0 "so is a disk that is based on a saved guest's"
sx block-detach g2 xvdb
sx restore "$save_dir/g6"
sx destroy g6

for form in -f -F -c -p -d -q; do
	sx create $form "$etc/g1.cfg"
	status 77 "create $form"
done
sx create "$etc/g1.cfg" memory=128
status 77 "create with a key on the command line"
sx create memory=128 "$etc/g1.cfg"
status 77 "also before the file"
sx create /dev/null 'name="g1"' memory=128
status 77 "create of that name from /dev/null"
sx create /dev/null 'name="n1"' memory=128 "disk=['$work/g1.img,raw,xvda,w']"
status 77 "and of another with its disk"
sx create -n "$etc/g1.cfg"
like "$(xl_calls | tail -n 1)" '^create -n ' "xl's own dry run is xl's"
sx destroy g1
sx -N create "$etc/g1.cfg"
status 77 "a dry run of create gives the verdict"
sx -N --discard-marker block-attach g2 "$work/g1.img,raw,xvdb,w"
status 0 "one of block-attach with --discard-marker"
like "$err" 'g1: --discard-marker would discard this: it would write to' "tells what would be dropped"
sx create "$etc/g1.cfg"
status 77 "neither has dropped it"

sx restore "$image"
status 0 "restore"
like "$err" "g1: restored; $image cannot be restored again" "is told"
sx destroy g1
sx restore "$image"
status 77 "a second restore"
like "$err" 'it was restored already, on 20.* by Ada Admin' "says when and by whom"
sx create "$etc/g1.cfg"
status 0 "create is free again"

sx save g1 "$image"
status 0 "save over a used image"
cp -p "$image" "$work/copy"
mv "$image" "$work/moved"
echo x >>"$work/g1.img"
for where in "$work/copy" "$work/moved"; do
	sx restore "$where"
	status 77 "an image copied or moved is recognised: its disk changed"
done
like "$err" "disk xvda: .*g1.img" "the disk is named"
sx where g1
status 0 "where"
like "$out" "^memory +saved in $image" "shows where the memory is"
like "$out" "^now +restoring its image is refused: disk xvda" "and the verdict"
sx --json where g1
like "$out" '"state": "blocked"' "as JSON"
sx --discard-marker create "$etc/g1.cfg"
status 0 "--discard-marker"
like "$err" 'the saved state .* is discarded' "is told"
sx destroy g1
sx restore "$work/moved"
status 77 "then the image is refused"
like "$err" 'it was discarded on 20.* by Ada Admin.*discard-marker create' "with when, by whom and how"

# checkpoints
touch -d '1 hour ago' "$work/g1.img"
sx create "$etc/g1.cfg"
sx save -c g1 "$save_dir/check"
status 0 "save -c"
sx images
like "$out" "^checkpoint +g1 +$save_dir/check " "images lists it"
like "$out" "^ +'g1' is running$" "with what stands against it now"
sx create "$etc/g2.cfg" name='"g3"'
sx destroy g3
sx destroy g1
sx create "$etc/g1.cfg"
status 0 "create after a checkpoint is allowed"
sx destroy g1
sx restore "$save_dir/check"
status 0 "a checkpoint whose disks are proven unchanged can be restored"
sx save -c g1 "$save_dir/check2"
echo more >>"$work/g1.img"
sx destroy g1
sx restore "$save_dir/check2"
status 77 "one whose guest wrote on cannot"
sx create "$etc/g1.cfg"
mode busy
sx save -c g1 "$save_dir/check3"
mode ""
sx destroy g1
sx restore "$save_dir/check3"
status 77 "nor one whose guest wrote before its disks were looked at"
sx create "$etc/g1.cfg"
sx save -p g1 "$save_dir/check3"
like "$err" "; the guest is paused, and this image is a checkpoint only$" "which stands still: said"
sx destroy g1
sx restore "$save_dir/check3"
status 0 "which a paused guest cannot"
sx destroy g1

# failing saves
sx create "$etc/g1.cfg"
sx save -c g1 "$save_dir/keep"
cp "$save_dir/keep" "$work/keep"
mode fail
sx save g1 "$save_dir/keep"
status 1 "a save that fails has xl's status"
check "the older image is untouched" cmp "$save_dir/keep" "$work/keep"
is "$(ls -A "$save_dir" | grep safexl-)" "" "and nothing is left beside it"
mode cut
sx save g1 "$save_dir/cut"
status 74 "a save whose image is not whole"
like "$err" 'xl reported success, but the image is incomplete' "is told as what it is"
broken=$(ls -A "$save_dir" | grep 'cut\.safexl-')
like "$err" "^hint: .*what xl wrote is left in $save_dir/$broken; for its state: safexl where " "with where the rest of it is"
sx images
check "which stays there" test -f "$save_dir/$broken"
rm -f "$save_dir/$broken"
mode ""
sx create "$etc/g1.cfg"
head -c -8 "$save_dir/keep" >"$work/short"
sx restore "$work/short"
status 77 "an image cut by eight bytes"
like "$err" 'cut short' "is refused as what it is"
echo nonsense >"$work/none"
sx restore "$work/none"
status 77 "a file that is no image"
sx destroy g1
rm -rf "$state/markers"
sx restore "$save_dir/keep"
status 77 "an image that nothing is known of"
like "$err" "safexl on this host did not save it.*1 disk; it .*'g1' .*saved by Xen 4.17" "with what its header says"
sx --discard-marker restore "$save_dir/keep"
status 0 "--discard-marker lets it through"
sx destroy g1
sx restore "$save_dir/keep"
status 77 "once"


# what plain xl gave to another
sx create "$etc/g1.cfg"
sx save g1 "$image"
sed "s/name = \"g1\"/name = \"thief\"/" "$etc/g1.cfg" >"$etc/thief.cfg"
"$SAFEXL_XL" create "$etc/thief.cfg"
sx restore "$image"
status 77 "restore while a guest of plain xl has its disk"
like "$err" "disk xvda: $work/g1.img is in use by the domain 'thief'" "names that guest"
sx where g1
like "$out" "refused: disk xvda: .* in use by the domain 'thief'" "where does, too"
sx destroy thief
rm "$etc/thief.cfg"

# --discard-marker, and nothing comes of it
sx create "$etc/g2.cfg"
mode fail
sx --discard-marker create "$etc/g1.cfg"
status 1 "create with --discard-marker fails"
like "$err" "g1: the command failed; the saved state in $image is unchanged" "says what is left"
sx --live --discard-marker create "$etc/g1.cfg"
status 1 "the same with --live"
like "$err" "g1: the command failed" "says so as well"
sx --discard-marker block-attach g2 "$work/g1.img,raw,xvdb,w"
status 1 "and block-attach"
like "$err" "g1: the command failed" "says so as well"
sx --live --discard-marker block-attach g2 "$work/g1.img,raw,xvdb,w"
like "$err" "g1: the command failed" "block-attach with --live, too"
mode ""
sx create "$etc/g1.cfg"
status 77 "the guest is still saved"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
mv "$SAFEXL_FAKE/hook" "$SAFEXL_FAKE/hook.ran"
"$BUILD/safexl" restore "$image" >"$work/within" 2>&1
echo \$? >>"$work/within"
EOF
chmod +x "$SAFEXL_FAKE/hook"
mode fail
sx --discard-marker create "$etc/g1.cfg"
like "$(cat "$work/within")" "it is being discarded right now by Ada Admin" "while xl runs, restore is refused"
is "$(tail -n 1 "$work/within")" 77 "with the guard's status"
mode busy-fail
sx --discard-marker create "$etc/g1.cfg"
status 1 "a create that fails after somebody wrote to the disk"
like "$err" 'the saved state .* is discarded' "gives the saved state up"
mode ""
sx restore "$image"
status 77 "so it is not restored"
sx create "$etc/g1.cfg"
sx save g1 "$image"
sx --discard-marker block-attach g2 "$work/g1.img,raw,xvdb,w"
status 0 "block-attach with --discard-marker"
like "$err" 'g1: the saved state .* is discarded' "says what that means"
sx block-detach g2 xvdb
sx create "$etc/g1.cfg"
status 0 "and the guest can be started"
sx save g1 "$image"
sx --live --discard-marker block-attach g2 "$work/g1.img,raw,xvdb,w"
status 0 "the same with --live"
like "$err" 'g1: the saved state .* is discarded' "says it, too"
sx --live block-detach g2 xvdb
sx create "$etc/g1.cfg"
sx save g1 "$image"
cp "$image" "$work/keep.g1"
mode fail
sx --discard-marker save g2 "$image"
status 1 "a save over another guest's image that fails"
mode ""
check "leaves that image" cmp "$image" "$work/keep.g1"
sx restore "$image"
status 0 "which can be restored"
sx destroy g1
sx destroy g2

# an image in the way
sx create "$etc/g1.cfg"
sx create "$etc/g2.cfg"
sx save g1 "$image"
calls=$(xl_calls | wc -l)
sx save g2 "$image"
status 77 "a save over the saved state of another guest"
like "$err" "^safexl: g2: not saved: $image holds the saved state of 'g1' " "names what would be lost"
like "$err" "$image holds the saved state of 'g1'" "names it"
is "$(xl_calls | wc -l)" "$calls" "xl was not run"
ln -s "$image" "$save_dir/link"
sx --discard-marker save g2 "$save_dir/link"
status 0 "--discard-marker lets it through"
check "through a link" test -L "$save_dir/link"
sx create "$etc/g1.cfg"
status 0 "and that saved state is no more"
sx destroy g1
sx restore "$image"
status 0 "the new one is"

# the configuration changed since
guest g4
sx create "$etc/g4.cfg"
sx save g4
status 0 "save without a file"
check "uses image_dir" test -f "$state/images/g4"
sx --config mem-set g4 128
sx where g4
like "$out" 'changed since the save; takes effect at its next cold boot: memory, maxmem' "where shows what waits"
sx restore "$state/images/g4"
status 0 "restore after a change of the file"
like "$err" 'g4: .*g4.cfg changed since the save in memory, maxmem' "says which keys wait for a cold boot"
sx images
like "$out" "^restored +g4 " "images lists it"
sx --json images
like "$out" '"restorable": false' "as JSON"
cp "$save_dir/keep" "$save_dir/check2"
before=$(markers)
sx -N images --prune
status 0 "what prune would do"
like "$err" "^safexl: g4: would remove $state/images/g4 \(restored\)\$" "is told"
like "$err" '^safexl: images: .* would be freed$' "and how much that frees"
is "$(markers) $(ls "$state/images/g4")" "$before $state/images/g4" "nothing is removed"
sx images --prune
status 0 "prune"
check "leaves a file alone that is another image by now" test -e "$save_dir/check2"
check "removes what can never be restored" test ! -e "$state/images/g4"
sx images
is "$out" "" "with its marker"

# reading all of a disk takes its time, and is told
printf 'verify = "full"\n' >"$etc/safexl.conf"
guest g7
truncate -s 9G "$work/g7.img"
sx create "$etc/g7.cfg"
sx save g7 "$save_dir/g7"
like "$err" "reading all of $work/g7.img \(verify = \"full\"\)" "save tells that it reads all of a large disk"
sx where g7
is "$err" "" "where does not read it"
like "$out" "this was a quick check; for the full one now: safexl -N restore $save_dir/g7" "and says so"
sx images
is "$err" "" "neither does images"
sx -N restore "$save_dir/g7"
like "$err" "reading all of $work/g7.img" "a dry run of restore does"
printf x | dd of="$work/g7.img" bs=1 seek=5G conv=notrunc status=none
touch -r "$save_dir/g7" "$work/g7.img"
sx restore "$save_dir/g7"
status 77 "and a byte that changed is seen"
sx --discard-marker create "$etc/g7.cfg"
sx destroy g7
sx images --prune
rm "$etc/safexl.conf" "$work/g7.img"

# migration
guest g5
sx create "$etc/g5.cfg"
mode fail
sx migrate g5 otherhost
status 1 "a migration that fails"
sx where g5
like "$out" "^memory +running" "leaves no marker"
mode ""
sx migrate g5 otherhost
status 0 "migrate"
like "$err" 'g5: runs on otherhost now' "is told"
sx create "$etc/g5.cfg"
status 77 "create of a domain that was migrated away"
like "$err" 'it was migrated to otherhost' "names the host"
sx where g5
like "$out" "^memory +on otherhost" "where knows it too"
head -c 100000 /dev/urandom >"$work/stream"
"$BUILD/safexl" migrate-receive <"$work/stream" >"$work/stream.out" 2>"$work/err"
is "$?" 0 "migrate-receive"
check "its bytes go through untouched" cmp "$work/stream" "$work/stream.out"
like "$(cat "$work/err")" 'g5: came back from otherhost' "the domain came back"
sx destroy g5
sx create "$etc/g5.cfg"
status 0 "and can be created again"
sx migrate g5 otherhost
sx --discard-marker create "$etc/g5.cfg"
status 0 "--discard-marker ends a migration as well"
sx migrate g5 localhost
status 0 "migrate to this very host"
sx destroy g5
sx create "$etc/g5.cfg"
status 0 "leaves no marker"
mode late
sx migrate g5 otherhost
status 1 "a migration whose last handshake fails"
like "$err" 'g5: xl failed, and it does not run here under its name' "says that nobody knows where it is"
mode ""
sx create "$etc/g5.cfg"
status 77 "create is refused until somebody has looked"
sx destroy g5--migratedaway
sx --discard-marker create "$etc/g5.cfg"
status 0 "and goes through with --discard-marker"
SAFEXL_CORE=/nonexistent "$BUILD/safexl" migrate-receive </dev/null >/dev/null 2>"$work/err"
like "$(xl_calls | tail -1)" '^migrate-receive$' "migrate-receive runs also without the core"

# what a killed safexl left
sx save -c g5 "$work/g5.half"
mv "$work/g5.half" "$work/.g5.half.safexl-1"
sed -i 's/"state": *"checkpoint"/"state": "saving"/; s/"owner_pid": *[0-9]*/"owner_pid": 0/
	s/"child_pid": *[0-9]*/"child_pid": 1999999999/; s/"image_id": *"[^"]*"/"image_id": ""/
	s|"temp": *""|"temp": "'"$work/.g5.half.safexl-1"'"|' "$(ls "$state"/markers/*-g5.json | tail -n 1)"
sx recover
status 0 "recover after a save was killed"
like "$err" "g5: withdrew an interrupted save to $work/g5.half: the guest runs" "says what became of it"
check "half an image of a guest that runs goes" test ! -e "$work/.g5.half.safexl-1"

# specials
mkfifo "$work/fifo"
(cat "$work/fifo" >"$work/fifo.out") &
sx save g4 "$work/fifo"
status 0 "save to a FIFO"
like "$err" 'is not a regular file: xl writes to it directly, and safexl does not guard what is saved there' "is passed on with a notice"
wait
sx restore "$work/fifo"
status 77 "restore from a FIFO"
like "$err" '^hint: copy it to a file, and restore that$' "is refused with the way out"
sx save
status 2 "words that xl refuses are xl's to refuse"
sx -N restore "$work/keep"
status 77 "a dry run of restore gives the verdict"
finish
