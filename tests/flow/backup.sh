#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# backup, verify: plain files that sha256sum proves; of a guest that is off, saved, or runs; nothing half done
# is called a backup; verify names each file that is not as it was.
. tests/flow/lib.sh

to=$work/backups
guest() {
	head -c 1048576 /dev/zero >"$work/$1.img"
	head -c 300000 /dev/zero >"$work/$1-b.img"
	cat >"$etc/$1.cfg" <<END
# $1: kept by hand
name = "$1"
memory = 256
disk = [ '$work/$1.img,raw,xvda,w', '$work/$1-b.img,raw,xvdb,w', '$work/cd.iso,raw,xvdc,r' ]
END
}
left() { ls -A "$state/unfinished" "$state/snapshots/g1" 2>/dev/null | grep -v '^$\|:$'; ls -A "$to/g1" | grep '^\.'; }
runs() { grep -qs "^state=running" "$SAFEXL_FAKE"/[0-9]*.dom || ! grep -qs '^state=' "$SAFEXL_FAKE"/[0-9]*.dom; }
# The directory of the last backup
made() { sed -n 's/^safexl: g1: backup in \([^ :]*\): .*/\1/p' <<<"$err"; }
sums() { (cd "$1" && sha256sum -c --strict --quiet SHA256SUMS 2>&1); }

: >"$work/cd.iso"
guest g1
chmod 640 "$work/g1.img"
write g1 one
write g1-b two

# ---- one that is off ----
sx -m 'before the move' backup g1 "$to"
status 0 "backup of one that is off"
dir=$(made)
like "$err" "^safexl: g1: backup in $to/g1/20[0-9T-]*: 2 disks, configuration: of a guest that is off; 1 MiB\$" "says what it has, and where"
like "$err" "^safexl: disk xvda: 1 MiB\$" "each part is told as it begins"
like "$err" "^safexl: disk xvda, read back: 1 MiB\$" "and that it is read back"
like "$err" "^safexl: g1: the backup is on the same file system as disk xvda" "so is where it lies, if that is no good place"
is "$(ls -A "$dir" "$dir/disks" | xargs)" "$dir: SHA256SUMS config disks manifest.json $dir/disks: xvda xvdb" "plain files"
check "the one disk" cmp "$work/g1.img" "$dir/disks/xvda"
check "the other disk" cmp "$work/g1-b.img" "$dir/disks/xvdb"
check "the configuration" cmp "$etc/g1.cfg" "$dir/config"
is "$(sums "$dir")" "" "sha256sum has nothing to say"
is "$(cd "$dir" && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | sort | xargs)" \
	"$(sed 's/^[0-9a-f]*  //' "$dir/SHA256SUMS" | sort | xargs)" "and SHA256SUMS has all of them"
is "$(stat -c %a "$dir" "$dir/disks/xvda" | xargs)" "700 600" "for root alone"
check "a block of zeros takes no room" test "$(stat -c %b "$dir/disks/xvda")" -lt 1024
is "$(python3 -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(m["kind"], m["state"], m["name"], m["reason"], [(d["vdev"], d["how"], d["volume"]) for d in m["disks"]])' "$dir/manifest.json")" \
	"backup complete g1 before the move [('xvda', 'copy', 'disks/xvda'), ('xvdb', 'copy', 'disks/xvdb'), ('xvdc', 'reference', '')]" \
	"its manifest needs no path of this host"
is "$(markers)$(left)" 0 "nothing else is left"
is "$(xl_calls)" "" "without xl"
sx verify "$dir"
status 0 "verify"
like "$out" "^$dir: whole: g1, 20.*, 2 disks, configuration: of a guest that is off\$" "says so"
whole=$out
sx verify "$work/nothing" "$dir" "$work"
status 2 "several, of which some are no backups"
is "$(grep -c ' is not a backup$\|: No such file' <<<"$err") $out" "2 $whole" "are told, and the others are verified"
sx --json verify "$work/nothing" "$dir"
is "$status:$(python3 -c 'import json, sys; print([b["whole"] for b in json.load(sys.stdin)["backups"]])' <<<"$out")" "2:[False, True]" "--json"
mv "$to" "$work/elsewhere"
sx verify "$work/elsewhere/g1/"*
status 0 "also in another place"
mv "$work/elsewhere" "$to"
sx --json verify "$dir" "$dir"
is "$(python3 -c 'import json, sys
print([(b["whole"], b["faults"], b["domain"]) for b in json.load(sys.stdin)["backups"]])' <<<"$out")" \
	"[(True, [], 'g1'), (True, [], 'g1')]" "and as JSON"

# ---- one flipped byte, in each of its files ----
flip() { python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0]; f.seek(int(sys.argv[2])); f.write(bytes([b ^ 1]))' "$1" "$2"; }
for file in config manifest.json disks/xvda disks/xvdb; do
	rm -rf "$work/bad"
	cp -a "$dir" "$work/bad"
	flip "$work/bad/$file" 50
	sx verify "$work/bad"
	status 1 "a byte of $file is another one"
	like "$out" "^$work/bad: $file: its bytes are not those that were written\$" "which is named"
done
rm -rf "$work/bad"
cp -a "$dir" "$work/bad"
sed -i '1{s/^0/1/;t;s/^./0/}' "$work/bad/SHA256SUMS"
sx verify "$work/bad"
status 1 "or of SHA256SUMS"
truncate -s -1 "$work/bad/disks/xvdb"
rm "$work/bad/disks/xvda"
: >"$work/bad/disks/more"
sx verify "$dir" "$work/bad"
status 1 "one of two is bad"
like "$out" "^$dir: whole: " "the other is not"
like "$out" "^$work/bad: disks/xvda: it is missing\$" "a file that is missing"
like "$out" "^$work/bad: disks/xvdb: it has 299999 bytes, and had 300000\$" "one that is shorter"
like "$out" "^$work/bad: disks/more: it does not belong to the backup\$" "one too many"
sx --json verify "$work/bad"
status 1 "as JSON"
is "$(python3 -c 'import json, sys
print(json.load(sys.stdin)["backups"][0]["whole"])' <<<"$out")" False "it is not whole"
mv "$work/bad/disks/more" "$work/bad/disks/xvda"
cp -a "$dir/disks/xvda" "$work/swap"
mv "$dir/disks/xvdb" "$dir/disks/xvda"
mv "$work/swap" "$dir/disks/xvdb"
sx verify "$dir"
status 1 "two disks that were swapped"
is "$(grep -c 'its bytes are not' <<<"$out")" 2 "are both named"
sed -i 's/"complete"/"taking"/' "$work/bad/manifest.json"
sx verify "$work/bad"
like "$out" "manifest.json: the backup was interrupted and is not whole\$" "one that was interrupted"
sed -i 's,disks/xvda,../../xvda,' "$work/bad/manifest.json"
sx verify "$work/bad"
status 1 "a manifest that leads out of it"
like "$out" "manifest.json: disk xvda: '../../xvda' cannot be its file" "is refused"
sed -i 's,  disks/xvda,  ../disks/xvda,' "$work/bad/SHA256SUMS"
sx verify "$work/bad"
like "$out" "line [0-9]+ of SHA256SUMS is not in the format of sha256sum\$" "so are such sums"
# What cannot be read may be intact.
unread() { LD_PRELOAD=$BUILD/fake/preload_read.so READ_FAULT=$1 READ_FAULT_CALL=${call:-pread} READ_FAULT_AT=all sx "${@:2}"; }
rm -rf "$work/bad"
mkdir "$work/bad"
cp -a "$dir" "$work/bad/g1"
mv "$work/bad/g1/disks/xvdb" "$work/swap"
mv "$work/bad/g1/disks/xvda" "$work/bad/g1/disks/xvdb"
mv "$work/swap" "$work/bad/g1/disks/xvda"
for call in pread open; do
	unread /disks/xvdb verify "$work/bad/g1"
	status 2 "a disk that cannot be read ($call)"
	like "$out" "disks/xvdb.*: Input/output error\$" "is told"
done
unread /disks/xvdb --json verify "$work/bad/g1"
is "$status $(python3 -c 'import json, sys
b = json.load(sys.stdin)["backups"][0]
print(b["whole"], b["unread"])' <<<"$out")" "2 False True" "also as JSON"
call=open unread /g1/manifest.json verify "$work/bad/g1"
status 2 "a manifest that cannot be read"
call=open unread /g1/SHA256SUMS verify "$work/bad/g1"
status 2 "or the sums"
call=open unread /disks/xvda restore --overwrite "$work/bad/g1"
status 77 "restore of one that cannot be read"
like "$err" "^safexl: not restored: $work/bad/g1 cannot be read: .*disks/xvda: Input/output error\$" "is refused, with the reason"
rm "$work/bad/g1/SHA256SUMS"
sx verify "$work/bad/g1"
status 1 "one without sums is damaged"
sx verify "$work"
status 2 "a directory that is no backup"
sx verify "$work/nothing"
status 2 "none at all"
sx verify
status 2 "no word"
rm -rf "$to"

# ---- one that runs ----
sx create "$etc/g1.cfg"
calls=$(xl_calls | wc -l)
sx backup g1 "$to"
status 77 "a guest that runs, on a file system without clones"
like "$err" "^hint: to copy what is on it, while the guest stands still: safexl backup --copy g1 $to\$" "can be copied"
is "$(markers)$(left)" 0 "nothing is left"
sx backup --copy g1 "$to"
status 0 "which it is with --copy"
dir=$(made)
like "$err" "memory, 2 disks, configuration: of one instant; [0-9]+ MiB; it stood still for [0-9]+\\.[0-9] s\$" "says for how long it stood still"
is "$(xl_calls | tail -n +$((calls + 1)) | sed 's/ .*//' | xargs)" "save unpause" "it was saved, and goes on"
check "it runs" runs
is "$(sums "$dir")$(ls "$dir" | xargs)" "SHA256SUMS config disks manifest.json memory" "its memory is in it"
is "$(markers)$(left)" 0 "the snapshot that was taken for it is gone"
sx verify "$dir"
status 0 "verify"
truncate -s -8 "$dir/memory"
sx verify "$dir"
like "$out" "^$dir: memory: its bytes are not those that were written\$" "an image that is cut is named"
sx backup --no-memory --copy g1 "$to"
status 0 "--no-memory"
dir=$(made)
like "$err" "2 disks, configuration: as after a power cut; .*; it stood still" "as after a power cut"
check "has none" test ! -e "$dir/memory"
sx --json backup --no-memory --copy g1 "$work/json"
status 0 "with --json"
is "$(python3 -c 'import json, sys
j = json.load(sys.stdin)
print(j["domain"], j["consistency"], j["memory"], [d["vdev"] for d in j["disks"]], j["directory"].startswith(sys.argv[1]))' "$work/json" <<<"$out")" \
	"g1 crash False ['xvda', 'xvdb', 'xvdc'] True" "is told as JSON"
"$SAFEXL_XL" pause g1
sx backup --copy g1 "$to"
status 77 "a paused guest"
"$SAFEXL_XL" unpause g1
mode fail
sx backup --copy g1 "$to"
status 1 "xl cannot save it"
like "$err" "^safexl: no backup was made\$" "says what that means"
mode ""
is "$(markers)$(left)" 0 "nothing is left"

# ---- one that is saved ----
sx save g1 "$work/g1.sav"
calls=$(xl_calls | wc -l)
sx backup g1 "$to"
status 0 "one that is saved"
dir=$(made)
like "$err" "memory, [23] disks, configuration: of one instant; " "has the memory it was saved with"
check "as it is" cmp "$work/g1.sav" "$dir/memory"
is "$(xl_calls | wc -l)" "$calls" "without xl"
is "$(markers)$(left)" 1 "the saved guest is as before"
write g1 new
sx backup g1 "$to"
status 77 "its disk was written to since"
like "$err" "g1: no backup: its memory in $work/g1.sav and its disks do not belong together: disk xvda" "they do not go together"
like "$err" "^hint: to take its disks as they are: safexl backup --no-memory g1\$" "but the disks can be had"
sx backup --no-memory g1 "$to"
status 0 "alone"
like "$err" "2 disks, configuration: as after a power cut" "for what they are"
is "$(markers)$(left)" 1 "nothing is left"
sx --discard-marker create "$etc/g1.cfg"
sx destroy g1

# ---- refused, and what came to nothing ----
for words in '' 'g1 a b' '--nosuch g1' '--live g1' '-N g1' '--discard-marker g1' '--config g1'; do
	# shellcheck disable=SC2086
	sx backup $words
	status 2 "backup $words"
done
sx backup nosuch "$to"
status 78 "nobody"
rm -rf "$to"
: >"$to"
sx backup g1 "$to"
status 73 "where no directory can be"
rm "$to"
is "$(ls -A "$state/unfinished")$(ls "$state/markers" | wc -l)" "1" "nothing is left but the marker of the discarded image"
sx backup g1
status 0 "without a directory"
is "$(dirname "$(made)")" "$state/backups/g1" "it is below the state directory"
printf 'backup_dir = "/srv/b"\n' >"$etc/safexl.conf"
sx backup g1
is "$(dirname "$(made)")" "$SAFEXL_ROOT/srv/b/g1" "or where backup_dir says"
rm "$etc/safexl.conf"
mv "$work/g1-b.img" "$work/gone"
sx backup g1 "$to"
check "a disk that is not there" test "$status" != 0
like "$err" "g1: no snapshot: disk xvdb" "is named"
check "and nothing was made" test ! -e "$to"
mv "$work/gone" "$work/g1-b.img"

# What a killed one left: the next command removes it, and says so.
mkdir -p "$to/g1/.N.safexl-1/disks" "$state/unfinished"
: >"$to/g1/.N.safexl-1/disks/xvda"
: >"$to/g1/.N.safexl-1/manifest.json"
printf '{"name": "g1", "directory": "%s", "place": "%s", "snapshot": ""}\n' "$to/g1/.N.safexl-1" "$to/g1/N" >"$state/unfinished/g1.json"
sx verify "$to/g1/.N.safexl-1"
status 1 "what was interrupted is no backup"
sx recover
status 0 "recover"
like "$err" "^safexl: g1: withdrew an interrupted backup, which was to be in $to/g1/N\$" "says what it removed"
check "and has" test ! -e "$to/g1"
is "$(left)" "" "all of it"

# ---- put back ----
says() { head -c 5 "$work/$1.img"; }
rm -rf "$to"
guest r1
echo "kernel = \"$work/cd.iso\"" >>"$etc/r1.cfg"
write r1 one
write r1-b two
sx backup r1 "$to"
dir=$(ls -d "$to"/r1/2*)
sx restore "$dir"
status 77 "restore over disks that are there"
like "$err" "^safexl: r1: not restored: disk xvda: $work/r1.img is there already\$" "is refused"
like "$err" "^hint: to write over all of its disks: safexl restore --overwrite $dir\$" "with the way out"
rm -rf "$work/bad"
cp -a "$dir" "$work/bad"
flip "$work/bad/disks/xvdb" 7
write r1 new
sx restore --overwrite "$work/bad"
status 77 "one flipped byte"
like "$err" "^safexl: not restored: $work/bad is damaged: disks/xvdb: its bytes are not those that were written\$" "is refused"
is "$(says r1)$(markers)" "new  1" "before anything is touched"
sed -i 's/^memory = 256/memory = 512/' "$etc/r1.cfg"
sx restore --overwrite "$dir"
status 0 "--overwrite"
is "$(says r1) $(says r1-b)" "one   two  " "puts both disks back"
check "all of them" cmp "$work/r1.img" "$dir/disks/xvda"
check "and the configuration" cmp "$etc/r1.cfg" "$dir/config"
like "$(subjects | head -n 1)" "^r1: restored from the backup of 20" "as one commit"
like "$err" "^safexl: r1: it is as in the backup of 20.*, and off\$" "says how it is now"
is "$(left)$(markers)" 1 "nothing is left of it"
check_clean "restore"
# Everything is gone.
cp "$etc/r1.cfg" "$work/was.cfg"
rm "$work/r1.img" "$work/r1-b.img" "$etc/r1.cfg"
git_ commit -qam 'r1 is gone'
sx restore "$dir"
status 0 "all of it was gone"
check "the configuration is there" cmp "$etc/r1.cfg" "$work/was.cfg"
like "$(subjects | head -n 1)" "^r1: restored from the backup of 20" "as one commit"
is "$(says r1) $(says r1-b)$(stat -c %a "$work/r1.img")" "one   two  600" "the disks are there"
is "$(xl_calls | grep -c 'create.*r1')" 0 "it was not started"
sx create "$etc/r1.cfg"
sx restore --overwrite "$dir"
status 77 "a guest that runs"
like "$err" "^hint: shut it down first: safexl stop r1\$" "is never written over"

# With its memory.
write r1 mem
sx backup --copy r1 "$to"
dir=$(ls -d "$to"/r1/2* | tail -n 1)
sx destroy r1
rm -rf "$work/r1.img" "$work/r1-b.img" "$etc/r1.cfg" "$state" "$SAFEXL_ROOT/run/safexl"
git_ commit -qam 'r1 is gone'
sx restore "$dir"
status 0 "with its memory, when all of it was gone"
like "$err" "^safexl: r1: it is as in the backup of 20.*, and saved: start goes on with it\$" "it is saved then"
check "in image_dir" cmp "$dir/memory" "$state/images/r1"
is "$(says r1)$(markers)" "mem  1" "with a marker of its own"
sx create "$etc/r1.cfg"
status 77 "it is not started over that"
calls=$(xl_calls | wc -l)
sx start r1
status 0 "start"
like "$(xl_calls | tail -n +$((calls + 1)))" "^restore .*$state/images/r1" "goes on with it"
sx destroy r1
sx restore --overwrite --no-memory "$dir"
status 0 "--no-memory"
like "$err" "and off\$" "leaves it off"

# Elsewhere, and as another guest.
sx restore --disk "xvda=$work/else.img" --disk xvdb=x "$dir"
status 2 "no absolute path"
sx restore --disk "xvdz=$work/else.img" "$dir"
status 2 "no disk of it"
sx restore --disk "xvda=$work/else.img" --overwrite "$dir"
status 77 "its memory knows the old paths"
is "$(sed -n 's/^hint: //p' <<<"$err")" \
	"to restore it without its memory: safexl restore --no-memory --overwrite --disk xvda=$work/else.img $dir" "the hint runs as it stands"
sx restore --no-memory --disk "xvda=$work/else.img" --overwrite "$dir"
status 0 "without that"
check "the disk is there" cmp "$work/else.img" "$dir/disks/xvda"
like "$(cat "$etc/r1.cfg")" "$work/else.img,raw,xvda" "and the configuration names it"
sx restore --no-memory --as r2 "$dir"
status 77 "as another guest, on the same disks"
sx restore --no-memory --as r2 --disk "xvda=$work/else.img" --disk "xvdb=$work/r2-b.img" --overwrite "$dir"
status 77 "or on somebody else's"
like "$err" "is disk xvda of 'r1'" "who is named"
sx restore --no-memory --as r2 --disk "xvda=$work/r2.img" --disk "xvdb=$work/r2-b.img" "$dir"
status 0 "as another guest"
like "$(cat "$etc/r2.cfg")" '^name = "r2"$' "has its own name"
like "$(cat "$etc/r2.cfg")" "$work/r2.img,raw,xvda" "and disks"

# A directory where no disk can be, and words.
sx restore --no-memory --as r3 --disk "xvda=$work/no/r3.img" --disk "xvdb=$work/r3-b.img" "$dir"
status 73 "a directory that is not there"
like "$err" "^hint: mount what it is on, or: mkdir -p $work/no\$" "can be made"
sx restore --no-memory --as r3 --disk xvda=/dev/no-such-group/r3 --disk "xvdb=$work/r3-b.img" "$dir"
status 77 "a volume that is not there"
like "$err" "^hint: if it is a volume of LVM: lvcreate -L 1048576b -n r3 no-such-group\$" "too"
for words in "$dir $dir" "--live $dir" "-N $dir" "--discard-marker $dir" "--as" "--nosuch $dir"; do
	# shellcheck disable=SC2086
	sx restore $words
	status 2 "restore $words"
done
sx restore "$work"
status 2 "a directory that is no backup"

# One that was interrupted is told, and gone on with.
write r1 bad
printf '{"name": "r1", "directory": "%s", "place": "", "snapshot": "", "restores": true, "as": "", "no_memory": true, "disks": []}\n' \
	"$dir" >"$state/unfinished/r1.json"
sx mem-set r1 100
like "$err" "^safexl: r1: the restore of $dir was interrupted; its disks are incomplete until 'safexl recover'" "one that was interrupted is told"
sx recover
status 0 "recover"
is "$(says r1)$(ls "$state/unfinished")" "mem  " "goes on with it"

# Two of one second.
taken=$work/taken/r1
mkdir -p "$taken"
for ahead in 0 1 2 3 4 5 6 7 8 9; do mkdir "$taken/$(date -d "+$ahead seconds" +%Y-%m-%dT%H%M%S)"; done
sx backup --no-memory r1 "$work/taken"
status 0 "another backup of the same second"
like "$err" "^safexl: r1: backup in $taken/20[0-9T-]*-2: " "has a number behind the time"
check "and is whole" "$BUILD/safexl" verify "$(sed -n 's/^safexl: r1: backup in \([^ :]*\): .*/\1/p' <<<"$err")"
finish
