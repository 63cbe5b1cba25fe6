#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# restore of a backup: where its disks go, whose hints do what they say, and what is known of a restore that was
# interrupted. No two disks at one place, none in the backup, nobody else's guest.
. tests/flow/lib.sh

to=$work/backups
says() { head -c 5 "$work/$1.img"; }
guest() {
	head -c 1048576 /dev/zero >"$work/$1.img"
	head -c 300000 /dev/zero >"$work/$1-b.img"
	cat >"$etc/$1.cfg" <<END
name = "$1"
memory = 256
kernel = "$work/kernel"
disk = [ '$work/$1.img,raw,xvda,w', '$work/$1-b.img,raw,xvdb,w' ]
END
}
# What is pasted from the hint with these words before it
hinted() { sed -n "s/^hint: $1: safexl //p" <<<"$err"; }

: >"$work/kernel"
guest r1
write r1 one
write r1-b two
sx backup r1 "$to"
dir=$(ls -d "$to"/r1/2*)
write r1 new

# ---- a hint does to the guest that was meant what it says ----
: >"$work/r2.img"
: >"$work/r2-b.img"
sx restore --as r2 --disk "xvda=$work/r2.img" --disk "xvdb=$work/r2-b.img" "$dir"
status 77 "as another guest, over files that are there"
pasted=$(hinted 'to write over all of its disks')
# shellcheck disable=SC2086
sx $pasted
status 0 "the hint, pasted"
is "$(says r2) $(says r1)" "one   new  " "writes over those files, and over no other guest's"
like "$(cat "$etc/r2.cfg")" "^name = \"r2\"\$" "and makes that guest"
sx restore "$dir"
pasted=$(hinted 'to put this one elsewhere, with a path in place of PATH')
is "$pasted" "restore --disk xvda=PATH $dir" "the other way is named, too"
sx restore --as r3 --disk "xvda=$work/r3.img" "$dir"
is "$(hinted 'give each disk a path of its own in place of PATH')" \
	"restore --as r3 --disk xvda=$work/r3.img --disk xvdb=PATH $dir" "what was typed stays in the hint"

# ---- each disk has a place of its own ----
sx restore --as r3 --disk "xvda=$work/r3.img" --disk "xvdb=$work/r3.img" "$dir"
status 77 "two disks at one path"
like "$err" "^safexl: r3: not restored: disk xvda and disk xvdb would both be $work/r3.img\$" "are named"
ln -s . "$work/here"
sx restore --as r3 --disk "xvda=$work/r3.img" --disk "xvdb=$work/here/r3.img" "$dir"
status 77 "by whatever path"
: >"$work/one.img"
ln "$work/one.img" "$work/two.img"
sx restore --as r3 --overwrite --disk "xvda=$work/one.img" --disk "xvdb=$work/two.img" "$dir"
status 77 "or name of one file"
sx restore --as r3 --disk "xvda=$work/a.img" --disk "xvda=$work/b.img" --disk "xvdb=$work/c.img" "$dir"
status 2 "a disk with two paths"
check "nothing was made" test ! -e "$work/r3.img" -a ! -e "$etc/r3.cfg" -a ! -e "$work/a.img"
sx restore --as r3 --overwrite --disk "xvda=$dir/disks/xvdb" --disk "xvdb=$work/r3-b.img" "$dir"
status 77 "a file of the backup itself"
sx restore --as r3 --disk "xvda=$dir/new" --disk "xvdb=$work/r3-b.img" "$dir"
status 77 "or one beside it"
sx verify "$dir"
status 0 "the backup is whole"

# ---- what is no disk ----
# edited DISK PATH: a backup in which the manifest says that of a disk
edited() {
	rm -rf "$work/edited"
	cp -a "$dir" "$work/edited"
	python3 -c 'import json, sys
path = sys.argv[1] + "/manifest.json"
m = json.load(open(path))
for d in m["disks"]:
    if d["vdev"] == sys.argv[2]:
        d["target"] = d["object"] = sys.argv[3]
json.dump(m, open(path, "w"))' "$work/edited" "$1" "$2"
	(cd "$work/edited" && sha256sum config manifest.json disks/* >SHA256SUMS)
}
mkdir -p "$SAFEXL_ROOT/etc/cron.d" "$SAFEXL_ROOT/usr/bin" "$work/.ssh"
head -c 1048576 /dev/zero >"$SAFEXL_ROOT/usr/bin/tool"
cp "$work/r1.img" "$work/was.img"
for path in "$SAFEXL_ROOT/etc/cron.d/job" "$SAFEXL_ROOT/usr/bin/tool" "$work/.ssh/keys" "$state/images/x"; do
	edited xvda "$path"
	sx restore --overwrite "$work/edited"
	status 77 "a manifest that leads to ${path#"$work"}"
	like "$err" "^safexl: r1: not restored: disk xvda: $path is (not a place for disks|among the files of safexl itself)\$" "is told"
	like "$err" "^hint: put it elsewhere, with a path in place of PATH: safexl restore --overwrite --disk xvda=PATH $work/edited\$" "with the way out"
done
for path in "$etc/r1.cfg" "$work/r1.sav"; do
	printf 'Xen saved domain, xl format\n \0 \r' >"$work/r1.sav"
	sx restore --overwrite --disk "xvda=$path" "$dir"
	status 77 "a configuration, or a saved image, whoever says so"
	like "$err" "disk xvda: $path is a (configuration|saved image)\$" "is told"
done
head -c 1000 /dev/zero >"$work/notes"
edited xvda "$work/notes"
sx restore --overwrite "$work/edited"
status 77 "a file of another size"
like "$err" "disk xvda: $work/notes has 1000 bytes, and had 1048576 when the backup was made\$" "is told"
is "$(stat -c %s "$work/notes") $(says r1) $(markers)" "1000 new   0" "nothing is written"
pasted=$(hinted 'if it is the disk nevertheless')
# shellcheck disable=SC2086
sx $pasted
status 0 "the hint, pasted"
check "puts it there" cmp "$work/notes" "$dir/disks/xvda"
rm "$work/notes" "$work/r1.sav"
sed -i "s|$work/notes|$work/r1.img|" "$etc/r1.cfg"
git_ commit -qam 'as it was'
cp "$work/was.img" "$work/r1.img"
# The file that has a configuration is called like what used to be looked for.
sed "s/\\br1\\b/o1/g" "$etc/r1.cfg" >"$etc/o1 of 'r1' (.cfg"
head -c 1048576 /dev/zero >"$work/o1.img"
edited xvda "$work/o1.img"
sx restore --overwrite "$work/edited"
status 77 "somebody else's disk, whatever its configuration's file is called"
like "$err" "is disk xvda of 'o1' " "is told whose it is"
rm "$etc/o1 of 'r1' (.cfg"

# ---- a name that is taken ----
guest q1
sx restore --as q1 --disk "xvda=$work/q2.img" --disk "xvdb=$work/q2-b.img" "$dir"
status 77 "as a guest that is there"
like "$err" "^safexl: q1: not restored: a guest of this name exists, in $etc/q1.cfg\$" "is refused"
like "$(cat "$etc/q1.cfg")" "$work/q1.img" "which keeps its configuration"

for name in '' 7 a/b; do
	sx restore --as "$name" --disk "xvda=$work/q2.img" --disk "xvdb=$work/q2-b.img" "$dir"
	status 2 "as '$name', which is no name"
done
check "nothing was made" test ! -e "$work/q2.img"

# ---- a link to the disk's file ----
mv "$work/r1.img" "$work/real.img"
ln -s real.img "$work/r1.img"
sx restore --overwrite "$dir"
status 0 "a disk that a link leads to"
is "$(readlink "$work/r1.img") $(says real) $(markers)" "real.img one   0" "stays a link, and its file is put back"
rm "$work/r1.img"
ln -s nowhere.img "$work/r1.img"
sx restore --overwrite "$dir"
status 77 "one that leads nowhere"
is "$(markers)$(ls -A "$state/unfinished")" 0 "is refused before anything is begun"
rm "$work/r1.img"
mv "$work/real.img" "$work/r1.img"

# ---- what the configuration got while its guest ran ----
guest l1
head -c 4096 /dev/zero >"$work/l1-c.img"
sx create "$etc/l1.cfg"
sed -i "s,^disk = .*,disk = [ '$work/l1-c.img\,raw\,xvdc\,w'\, '$work/l1.img\,raw\,xvda\,w'\, '$work/l1-c.img\,raw\,xvdb\,w' ]," "$etc/l1.cfg"
sx backup --copy l1 "$to"
status 0 "a guest whose configuration has other disks by now"
dir=$(ls -d "$to"/l1/2*)
sx restore --no-memory --as l2 --disk "xvda=$work/l2.img" --disk "xvdb=$work/l2-b.img" "$dir"
status 0 "as another guest"
like "$err" "^safexl: l2: disk xvdc \($work/l1-c.img\), which the configuration names, is not in the backup: it is left out of the configuration\$" "a disk that the backup has not is told"
is "$(grep -c l1 "$etc/l2.cfg")" 0 "and none is shared with the first guest"
sx destroy l1
sx restore --no-memory --overwrite "$dir"
status 0 "as the guest that it was"
like "$err" "^safexl: l1: the configuration names $work/l1-c.img for disk xvdb, which is put back to $work/l1-b.img" "a disk that goes elsewhere than the configuration says is told"

# ---- a backup of somebody else's ----
rm "$etc/l1.cfg" "$etc/l2.cfg"
git_ commit -qam 'l1 and l2 are gone'
mkdir "$SAFEXL_ROOT/etc/cron.d"
sed -i "s,\"config\":\( *\)\"[^\"]*\",\"config\":\1\"$etc/../cron.d/evil.cfg\"," "$dir/manifest.json"
(cd "$dir" && sha256sum config manifest.json memory disks/* >SHA256SUMS)
chmod g+w "$dir"
sx restore --no-memory --overwrite "$dir"
status 77 "a backup that others can change"
like "$err" "^safexl: not restored: others than root can change what is in $dir\$" "is refused"
eval "$(sed -n 's/^hint: .*let only root write to it: //p' <<<"$err")"
sx restore --no-memory --overwrite "$dir"
status 0 "the hint is the way out"
is "$(ls -A "$SAFEXL_ROOT/etc/cron.d") $(ls "$etc"/*evil* "$etc"/l1.cfg 2>/dev/null)" " $etc/l1.cfg" "a configuration goes to no place but those of configurations"
mkdir -p "$work/open/r1" "$work/mine"
chmod 777 "$work/open/r1"
sx backup r1 "$work/open"
status 77 "a backup where others can change it"
like "$err" "others than root can change what is in $work/open/r1\$" "is not begun"
is "$(ls -A "$work/open/r1" "$state/unfinished")" "$(printf '%s:\n\n%s:' "$work/open/r1" "$state/unfinished")" "nothing is left of it"
mkdir -p "$work/open/r1/.N.safexl-1"
: >"$work/mine/file"
ln -s "$work/mine" "$work/open/r1/.N.safexl-1/disks"
printf '{"name": "r1", "directory": "%s", "place": "%s", "snapshot": ""}\n' "$work/open/r1/.N.safexl-1" "$work/open/r1/N" >"$state/unfinished/r1.json"
sx recover
check "what a link leads to is never removed" test -e "$work/mine/file"

# ---- one that was interrupted is not forgotten ----
# Killed when the second disk is to be written: the first is that of the backup, the guest is held.
srv=$SAFEXL_ROOT/srv
mkdir -p "$srv"
guest k1
write k1 one
mv "$work/k1.img" "$work/k1-b.img" "$srv"
sed -i "s,$work/k1,$srv/k1,g" "$etc/k1.cfg"
sx backup k1 "$to"
dir=$(ls -d "$to"/k1/2*)
sx backup k1 "$work/more"
other=$(ls -d "$work/more"/k1/2*)
record=$state/unfinished/k1.json
interrupt() {
	printf now | dd of="$srv/k1.img" conv=notrunc status=none
	FAULT_EXE=safexl FAULT_ACTION=kill-before FAULT_AT_PATH=/k1-b.img LD_PRELOAD=$BUILD/fake/preload_fault.so \
		"$BUILD/safexl" restore --overwrite "$dir" >"$work/out" 2>&1
	is "$?" 137 "a restore that is killed at the second disk"
}
held() {
	check "it is known still" test -e "$record"
	is "$(markers)" 1 "and the guest is held"
	sx create "$etc/k1.cfg"
	status 77 "so that it is not started"
}
interrupt
held
sx restore "$dir"
status 77 "the same again"
like "$err" "^hint: to go on with it: safexl recover\$" "leads to recover"
held
sx restore --disk xvdq=/x "$dir"
held
sx backup k1 "$to"
status 77 "a backup of half of it"
held
mv "$srv/k1-b.img" "$work/away.img"
mkdir "$srv/k1-b.img"
sx recover
check "recover, when a disk cannot be written" test "$status" != 0
held
rmdir "$srv/k1-b.img"
mv "$work/away.img" "$srv/k1-b.img"
mv "$dir" "$work/away"
sx recover
check "recover, when the backup is not there" test "$status" != 0
held
sx restore "$other"
status 77 "another backup, without --overwrite"
like "$err" "^hint: if the backup in $dir is lost, put another one back with restore --overwrite\$" "names the way"
like "$err" "^hint: to give it up, and leave its disks as they are: safexl recover --give-up k1\$" "and that without another one"
held
sx create "$etc/k1.cfg"
like "$err" "^safexl: k1: its disks are being copied to $dir, or restored from it\$" "why it is not started"
like "$err" "^hint: to give it up, and leave the disks as they are: safexl recover --give-up k1\$" "has the same way out"
sx recover
like "$err" "^safexl: to give it up, and leave its disks as they are: safexl recover --give-up k1\$" "and recover names it"
sx recover --give-up k2
status 77 "giving up what was not begun"
held
cp -a "$SAFEXL_ROOT" "$work/kept-root"
sx --json recover --give-up k1
status 0 "giving it up"
like "$err" "^safexl: k1: the restore of $dir is given up; its disks stay as they are, perhaps half written\$" "says what that means"
is "$(markers)$(ls -A "$state/unfinished") $(head -c 3 "$srv/k1.img")" "0 one" "nothing holds it any more, and its disks are as they were"
sx recover
status 0 "nothing is left to recover"
sx create "$etc/k1.cfg"
status 0 "it can be started"
sx destroy k1
rm -rf "$SAFEXL_ROOT"
mv "$work/kept-root" "$SAFEXL_ROOT"
held
sx restore --overwrite "$other"
status 0 "with it"
is "$(head -c 3 "$srv/k1.img") $(markers)$(ls -A "$state/unfinished")" "one 0" "that one is put back, and nothing is left of the first"
mv "$work/away" "$dir"
interrupt
sx recover
status 0 "recover, when all is there again"
is "$(head -c 3 "$srv/k1.img") $(markers)$(ls -A "$state/unfinished")" "one 0" "goes on with it"
check_clean "restore"
finish
