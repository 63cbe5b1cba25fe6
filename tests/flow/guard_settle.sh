# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of a save or restore whose xl dies or stays, and of markers that cannot be settled.
. tests/flow/lib.sh

save_dir=$work/save
image=$save_dir/g1
mkdir "$save_dir"
# A guest whose disk is a file here, or the one given. guest NAME [DISK]
guest() {
	[ $# -gt 1 ] || head -c 65536 /dev/zero >"$work/$1.img"
	printf "name = '%s'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$1" "${2-$work/$1.img}" >"$etc/$1.cfg"
}
# The newest marker of a guest: marker NAME
marker() { find "$state/markers" -name "*-$1.json" | sort | tail -n 1; }
# patch NAME KEY VALUE: of that marker
patch() { sed -i "s|\"$2\": *[^,]*,|\"$2\": $3,|" "$(marker "$1")"; }
hidden() { find "$save_dir" -name '.*safexl-*'; }
domain_file() { grep -ls "^name=$1\$" "$SAFEXL_FAKE"/*.dom; }
# The shell has a word for each process that is killed.
sx_killed() { sx "$@"; } 2>/dev/null
guest g1
guest g2

# xl save is killed
sx create "$etc/g1.cfg"
sx save -c g1 "$image"
cp "$image" "$work/old"
mode kill
sx_killed save g1 "$image"
status 137 "xl save dies at once: so do we"
is "$(hidden)" "" "nothing is left"
check "the older image is untouched" cmp "$image" "$work/old"
sx where g1
like "$out" '^memory +running' "the guest runs, and no marker says else"
mode gone
sx_killed save g1 "$image"
status 137 "xl save dies when all is done"
like "$err" "g1: saved in $image, complete" "the guest is gone and its image is whole: it is saved"
mode ""
sx create "$etc/g1.cfg"
status 77 "so it is not started"
sx restore "$image"
status 0 "but restored"
mode killed
sx_killed save g1 "$image"
status 137 "xl save dies before it removes the domain"
mode ""
sx restore "$image"
status 77 "what is left of the domain is in the way of its image"
like "$err" "what is left of a domain 'g1' is still there, suspended" "which is said"
like "$err" "^hint: if it is not needed: safexl destroy g1\$" "with the way out"
sx destroy g1
sx restore "$image"
status 0 "and is whole"
mode gone-cut
sx_killed save g1 "$save_dir/cut"
status 137 "xl save dies, and takes guest and image with it"
broken=$(hidden)
like "$err" "g1: it is gone; what was saved of its memory is in $broken\$" "what is left is named"
mode ""
sx images
like "$out" "^discarded +g1 +$broken" "and listed"
sx create "$etc/g1.cfg"
status 0 "the guest can be started"
sx images --prune
is "$(hidden)" "" "prune removes what is left"

# xl reports success for nothing
mode lie
sx save g1 "$save_dir/none"
status 1 "an xl that saves nothing and says that it did"
like "$err" 'xl reported success, but the image is incomplete' "is not believed"
like "$err" '^hint: the guest is still there' "the guest is looked for"
is "$(hidden)" "" "nothing is left"
mode ""

# xl restore is killed
sx save g1 "$image"
mode killed
sx_killed restore "$image"
status 137 "xl restore dies on the way"
like "$err" 'g1: the outcome of the restore is unknown: .*paused' "half a domain is there"
mode ""
sx create "$etc/g1.cfg"
status 77 "while it is, the guest is not started"
sx recover
status 75 "nor is that settled"
sx create "$etc/g2.cfg"
status 0 "other guests are not held up"
sx destroy g2
sx destroy g1
sx recover
status 0 "when it is gone"
like "$err" "withdrew an interrupted restore: $image is unchanged" "the image is as before"
mode killed
sx_killed restore "$image"
mode ""
sed -i '/^state=/d' "$(domain_file g1)"
sx recover
like "$err" "an interrupted restore of $image had restored the guest: the image cannot be restored again" "when it is unpaused, the image is used up"
sx destroy g1
sx restore "$image"
status 77 "and refused"

# disks that nobody can look at
guest g3 /dev/vg0/nowhere
sx create "$etc/g3.cfg"
sx save g3 "$save_dir/g3"
status 0 "save of a guest whose disk cannot be looked at"
mode fail
sx restore "$save_dir/g3"
status 1 "a restore that xl refuses"
mode kill
sx_killed restore "$save_dir/g3"
status 137 "leaves the image as it was; one whose xl is killed"
mode ""
sx restore "$save_dir/g3"
status 77 "does not, as nothing tells whether the guest ran"
like "$err" 'it was restored already' "which is said"

# xl restore that stays
sx create "$etc/g1.cfg"
sx save g1 "$image"
mkfifo "$SAFEXL_FAKE/life"
"$BUILD/safexl" restore -F "$image" >"$work/stays" 2>&1 </dev/null &
exec 9>"$SAFEXL_FAKE/life"
sx -N restore "$image"
status 77 "while xl stays with the guest, its image is not for another"
sx save g1 "$save_dir/g1b"
status 0 "the guest can be saved"
like "$err" "an interrupted restore of $image had restored the guest: the image cannot be restored again" "as it runs, its old image is used up"
exec 9>&-
wait
sx restore "$image"
status 77 "the old image stays used up when xl has ended"
sx restore "$save_dir/g1b"
status 0 "the new one is not"
rm "$SAFEXL_FAKE/life"

# two at once: the second comes while xl works for the first
sx save g1 "$image"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
rm "$SAFEXL_FAKE/hook"
"$BUILD/safexl" restore "$image" >"$work/second" 2>&1
echo "status \$?" >>"$work/second"
"$BUILD/safexl" --discard-marker restore "$image" >>"$work/second" 2>&1
echo "status \$?" >>"$work/second"
EOF
chmod 755 "$SAFEXL_FAKE/hook"
sx restore "$image"
status 0 "a restore with another in the midst of it"
is "$(grep -c '^status 77' "$work/second")" 2 "the other is refused, also with --discard-marker"
like "$(cat "$work/second")" 'it is being restored right now' "and told why"

# a configuration on the command line
sx save g1 "$image"
sed "s/g1.img/g2.img/" "$etc/g1.cfg" >"$work/other.cfg"
sx restore "$work/other.cfg" "$image"
status 77 "restore with a configuration that has another disk"
like "$err" "its disk xvda would be $work/g2.img" "names it"
sx create "$etc/g2.cfg"
sx save g2 "$save_dir/g2"
sed "s/'g1'/'g2'/" "$etc/g1.cfg" >"$work/g2name.cfg"
sx restore "$work/g2name.cfg" "$image"
status 77 "one with the name of another saved guest"
like "$err" "g2: it is saved in $save_dir/g2" "names its image"
ln -s "$work/g1.img" "$work/link.img"
sed "s/g1.img/link.img/; s/'g1'/'g1x'/" "$etc/g1.cfg" >"$work/same.cfg"
sx restore "$work/same.cfg" "$image"
status 0 "one that reaches the same disk by another name"
sx restore "$image"
status 77 "uses the image up"
sx destroy g1x

# another guest's saved state stands against a restore as it does against a create
sx restore "$save_dir/g2"
sx --live block-attach g2 "$work/g1.img,raw,xvdb,w"
sx save g2 "$save_dir/g2"
sx --discard-marker create "$etc/g1.cfg" name="'g1'"
sx destroy g2
sx save g1 "$image"
sx restore "$save_dir/g2"
status 77 "restore of a guest that shares a disk with one that is saved"
sx restore "$image"
sx destroy g1

# a checkpoint beside a saved state
sx create "$etc/g1.cfg"
sx save -c g1 "$save_dir/check"
sx save g1 "$image"
sx restore "$save_dir/check"
status 77 "the checkpoint of a guest that is saved elsewhere"
like "$err" "g1: it is saved in $image" "names that image"

# markers that should not be settled, and what stands in the way of settling them
whose=$(marker g1)
cp "$whose" "$work/marker.g1"
patch g1 state '"saving"'
patch g1 temp '"'"$save_dir/.g1.safexl-1"'"'
patch g1 image_id '""'
patch g1 owner_pid 0
patch g1 child_pid 0
mkdir "$save_dir/.g1.safexl-1"
sx -N restore "$save_dir/check"
is "$(grep -c '"state": *"saving"' "$(marker g1)")" 1 "a dry run settles nothing"
sx --discard-marker create "$etc/g2.cfg"
status 0 "a temporary file that cannot be removed does not hold up others"
like "$err" 'g1: withdrew an interrupted save to .*; what is left of it stays: remove .*g1.safexl-1' "and is told"
sx images
like "$out" "^discarded +g1 +$save_dir/.g1.safexl-1" "images lists it"
sx images --prune
status 0 "prune"
check "leaves alone what is no file" test -d "$save_dir/.g1.safexl-1"
rmdir "$save_dir/.g1.safexl-1"
cp "$work/marker.g1" "$whose"
patch g1 state '"saving"'
patch g1 image_id '""'
patch g1 owner_pid 0
cp "$image" "$save_dir/.g1.safexl-1"
patch g1 temp '"'"$save_dir/.g1.safexl-1"'"'
patch g1 child_pid 1999999999
patch g1 boot_id '"another"'
rm "$image"
sx recover
status 0 "a save during which the host went down"
like "$err" 'the host went down before its image was safe on disk' "is not trusted"
check "nor thrown away" test -f "$save_dir/.g1.safexl-1"
sx create "$etc/g1.cfg"
status 0 "and the guest can be started"

# --discard-marker, killed: by the hand of a marker
sx save g1 "$image"
for case in "0:the command failed" "1999999999:the command failed"; do
	patch g1 state '"discarding"'
	patch g1 before '"saved"'
	patch g1 runs_as '"g1"'
	patch g1 owner_pid 0
	patch g1 child_pid "${case%%:*}"
	sx where g1
	like "$err" "g1: ${case#*:}; the saved state in $image is unchanged" \
		"--discard-marker killed, xl ${case%%:*}: an untouched disk"
done
patch g1 state '"discarding"'
patch g1 owner_pid 0
patch g1 child_pid 1999999999
cp -p "$work/g1.img" "$work/g1.before"
echo x >>"$work/g1.img"
sx restore "$image"
status 77 "--discard-marker killed, and the disk was written to"
like "$err" 'g1: the saved state in .* is discarded' "the saved state is discarded"
sx create "$etc/g1.cfg"
sx save g1 "$image"
patch g1 state '"discarding"'
patch g1 before '"saved"'
patch g1 runs_as '""'
patch g1 owner_pid 0
patch g1 child_pid 1999999999
sed "s/'g1'/'g8'/" "$etc/g1.cfg" >"$etc/g8.cfg"
"$SAFEXL_XL" create "$etc/g8.cfg"
sx recover
status 0 "--discard-marker block-attach killed"
like "$err" 'g1: the saved state in .* is discarded' "another guest has the disk: the saved state is discarded"
sx destroy g8
rm "$etc/g8.cfg"
sx create "$etc/g1.cfg"
status 0 "and the guest can be started"

# a marker that cannot be read again, before or after it is settled: nobody passes over it
sx destroy g1
sx create "$etc/g1.cfg"
sx save g1 "$image"
cp "$(marker g1)" "$work/marker.g1"
for at in 2 3; do
	cp "$work/marker.g1" "$(marker g1)"
	patch g1 state '"saving"'
	patch g1 temp '"'"$save_dir/.g1.safexl-1"'"'
	patch g1 owner_pid 0
	patch g1 child_pid 1999999999
	mv "$image" "$save_dir/.g1.safexl-1"
	LD_PRELOAD=$BUILD/fake/preload_read.so READ_FAULT=$(basename "$(marker g1)") READ_FAULT_CALL=open \
		READ_FAULT_AT=$at READ_FAULT_COUNT=$work/calls sx --json recover
	status 75 "a marker that cannot be read, look $at: something is left to be done"
	like "$out" '"settled": 0' "it is not counted as settled"
	like "$out" '"pending": 1' "but as pending"
	like "$err" "g1: an interrupted save is not settled yet: .*-g1.json: .*Input/output error" "and told"
	sx recover
	status 0 "then it can be"
	check "and the image has its name" test -f "$image"
done
sx restore "$image"
status 0 "and is restored"

# a marker that must wait, and an older one that goes
guest g3
sx create "$etc/g3.cfg"
sx save g3 "$save_dir/g3"
sx save g1 "$image"
"$SAFEXL_XL" create "$etc/g1.cfg"
"$SAFEXL_XL" pause g1
patch g1 state '"discarding"'
patch g1 before '"saved"'
patch g1 runs_as '"g1"'
patch g1 owner_pid 0
patch g1 child_pid 1999999999
patch g3 state '"saving"'
patch g3 temp '"'"$save_dir/.g3.safexl-1"'"'
patch g3 image_id '""'
patch g3 owner_pid 0
patch g3 child_pid 0
rm "$save_dir/g3"
sx --json recover
status 75 "a marker that must wait, and an older one that goes"
like "$err" 'g3: withdrew an interrupted save' "that one is withdrawn"
like "$err" "g1: .*paused: 'safexl unpause g1' lets it run" "the other one says what it waits for"
like "$out" '"settled": 1' "one is settled"
like "$out" '"pending": 1' "one waits"
is "$(find "$state/markers" -name '*-g3.json')" "" "the withdrawn one is gone"
sx destroy g1
sx restore "$image"
status 0 "then it can be restored"

# no regular file
mkfifo "$work/fifo"
(cat "$work/old" >"$work/fifo") &
sx --discard-marker restore "$work/fifo"
status 1 "--discard-marker lets xl restore from a FIFO"
like "$(xl_calls | tail -n 1)" "^restore $work/fifo\$" "with the words as they are"
wait

# markers that cannot be read: see records.sh
sx destroy g1
rm -r "$state/markers"
echo >"$state/markers"
sx create "$etc/g1.cfg"
status 1 "markers that cannot be looked for"
is "$(domain_file g1)" "" "start nothing"
finish
