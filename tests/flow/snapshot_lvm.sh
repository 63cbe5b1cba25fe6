#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# snapshot and revert of disks that are volumes of LVM, thin and thick, with a fake lvm: what is asked of it, in which
# order; what has no room is refused before the guest stands still; what overflowed is told and not reverted to.
. tests/flow/lib.sh

snaps=$state/snapshots
fake=$SAFEXL_ROOT/var/lib/lvm
mkdir -p "$SAFEXL_ROOT/usr/sbin"
cp tests/fake/lvm "$SAFEXL_ROOT/usr/sbin/lvm"
lvm() { "$SAFEXL_ROOT/usr/sbin/lvm" "$@"; }
disk_says() { head -c 5 "$SAFEXL_ROOT/dev/vg/$1"; }
write() { printf '%-5s' "$2" | dd of="$SAFEXL_ROOT/dev/vg/$1" conv=notrunc status=none; }
volumes() { (cd "$fake" && ls ./*.lv | sed 's|./vg\.||; s|\.lv$||' | xargs); }
# What lvm was told since the last time.
told=0
lvm_ran() {
	is "$(tail -n "+$((told + 1))" "$fake/log" 2>/dev/null)" "$1" "$2"
	told=$(wc -l <"$fake/log")
}
# The fact of a volume: fact NAME KEY VALUE
fact() { sed -i "s/^$2=.*/$2=$3/" "$fake/vg.$1.lv"; }

lvm fake-group vg $((64 << 20))
lvm fake-volume vg/pool pool 1048576
lvm fake-volume vg/thin thin 1048576 pool
lvm fake-volume vg/thick thick 1048576
cat >"$etc/g1.cfg" <<END
name = "g1"
memory = 256
disk = [ 'phy:$SAFEXL_ROOT/dev/vg/thin,xvda,w', 'phy:$SAFEXL_ROOT/dev/vg/thick,xvdb,w' ]
END

# ---- one that runs, with one of each ----
write thin one
write thick uno
sx create "$etc/g1.cfg"
sx -m 'before the upgrade' snapshot g1 A
status 0 "a guest that runs, on both kinds"
like "$err" "^safexl: g1: snapshot A: memory, 2 disks, configuration: of one instant" "says what it has"
lvm_ran "lvcreate -q -y -s -pr -ky --addtag safexl -n thin.snapshot-A vg/thin
lvcreate -q -y -s -pr --addtag safexl -L 4194304b -n thick.snapshot-A vg/thick" \
	"a thin one takes no room, is read-only and not active; a thick one as much as it can need"
is "$(readlink "$snaps/g1/A/disks/xvda" "$snaps/g1/A/disks/xvdb" | xargs)" \
	"$SAFEXL_ROOT/dev/vg/thin.snapshot-A $SAFEXL_ROOT/dev/vg/thick.snapshot-A" "links lead to them"
sx snapshots g1
like "$out" "^g1  A  .*, [0-9]+ MiB: before the upgrade\$" "it is listed"
is "$(grep -c 'not to be reverted' <<<"$out")" 0 "and sound"
sx --json snapshots g1
is "$(python3 -c 'import json, sys
s = json.load(sys.stdin)["snapshots"][0]
print(s["sound"], s["size"] >= 4194304, *(d["how"] for d in s["disks"]))' <<<"$out")" "True True thin thick" \
	"also as JSON, with the room that the thick one takes"

write thin two
write thick due
lvm lvchange -q --addtag=mine vg/thin
told=$(wc -l <"$fake/log")
truncate -s 2097152 "$SAFEXL_ROOT/dev/vg/thick"
sx revert g1 A
status 77 "a volume that was made larger"
like "$err" "disk xvdb .* has 2097152 bytes now, and 1048576 in the snapshot" "is told"
like "$err" "^hint: to give it that size again, .*: lvresize -L 1048576b $SAFEXL_ROOT/dev/vg/thick && safexl revert g1 A\$" "with the way out"
truncate -s 1048576 "$SAFEXL_ROOT/dev/vg/thick"
told=$(wc -l <"$fake/log")
# The QEMU that had the disk goes on after xl destroy, until safexl has seen that and sleeps.
cat >"$SAFEXL_FAKE/hook" <<END
#!/bin/bash
case \$(tail -n 1 "$SAFEXL_FAKE/log") in *'destroy '*) ;; *) exit 0 ;; esac
exec 3<>"$SAFEXL_ROOT/dev/vg/thick" >"$work/hook" 2>&1
safexl=\$(sed 's/.*) . //; s/ .*//' /proc/\$PPID/stat)
{ while [ -e /proc/\$safexl ] && ! grep -q nanosleep /proc/\$safexl/wchan; do :; done; printf 'late ' >&3; } &
END
chmod +x "$SAFEXL_FAKE/hook"
sx revert g1 A
status 0 "revert"
rm "$SAFEXL_FAKE/hook"
is "$(disk_says thin) $(disk_says thick)" "one   uno  " "puts both back"
lvm_ran "lvcreate -q -y -s -pr -ky --addtag safexl -n thin.snapshot-before-A vg/thin
lvcreate -q -y -s -pr --addtag safexl -L 4194304b -n thick.snapshot-before-A vg/thick
lvcreate -q -y -s -prw -kn --addtag safexl --addtag mine -n thin.revert-next vg/thin.snapshot-A
lvchange -q --addtag=safexl vg/thin
lvrename -q -y vg/thin vg/thin.revert-old
lvrename -q -y vg/thin.revert-next vg/thin
lvchange -q --deltag=safexl vg/thin
lvremove -q -y vg/thin.revert-old" "the thin one by an exchange of names, the thick one by writing it over"
is "$(sed -n 's/^tags=//p' "$fake/vg.thin.lv")" mine "the disk has the tags that it had"
is "$(volumes)" "pool thick thick.snapshot-A thick.snapshot-before-A thin thin.snapshot-A thin.snapshot-before-A" \
	"nothing else is left"
sx revert --no-keep g1 before-A
is "$(disk_says thin) $(disk_says thick)" "two   due  " "and back"
sx revert --no-keep g1 A
is "$(disk_says thin) $(disk_says thick)" "one   uno  " "as often as one likes"
# Another tag before ours begins as ours does.
lvm lvchange -q --addtag=safexl-x vg/thin.snapshot-before-A
lvm lvchange -q --deltag=safexl vg/thin.snapshot-before-A
lvm lvchange -q --addtag=safexl vg/thin.snapshot-before-A
sx snapshots --drop before-A g1
status 0 "drop"
is "$(volumes)" "pool thick thick.snapshot-A thin thin.snapshot-A" "removes exactly its volumes"

# ---- what is not sound ----
fact thick.snapshot-A attr sri-I-s---
sx snapshots g1
like "$out" "^  cannot be reverted to: disk xvdb: more was written to it since than vg/thick.snapshot-A has room for" \
	"one that overflowed is told"
sx revert g1 A
status 77 "and not reverted to"
like "$err" "^hint: to remove it: safexl snapshots --drop A g1" "with the way out"
fact thick.snapshot-A attr sri-a-s---
fact thin.snapshot-A attr Vwi---tz-k
sx revert g1 A
status 77 "one that can be written to"
like "$err" "disk xvda: vg/thin.snapshot-A may have been written to" "is told"
fact thin.snapshot-A attr Vri---tz-k
fact thin.snapshot-A tags ''
sx snapshots --drop A g1
check "a volume without the tag is not removed" test "$status" != 0
like "$err" "^hint: .*lvchange --addtag safexl vg/thin.snapshot-A" "with the way to say that it is one"
check "it is there" test -e "$fake/vg.thin.snapshot-A.lv"
fact thin.snapshot-A tags other,safexl
sx recover
is "$(volumes)" "pool thick thin" "then it is"

# ---- no room, told before anything is made ----
told=$(wc -l <"$fake/log")
fact pool data 91.30
sx snapshot g1 B
status 73 "a thin pool that is nearly full"
like "$err" "^safexl: g1: no snapshot: the data of the thin pool vg/pool, with disk xvda, is 91 % full" "is told"
like "$err" "^hint: to make it larger: lvextend -L \\+1g vg/pool" "with the way out"
fact pool data 10.00
fact pool metadata 95.00
sx snapshot g1 B
like "$err" "the metadata of the thin pool .* is 95 % full" "so is its metadata"
fact pool metadata 5.00
lvm fake-group vg $((3 << 20))
sx snapshot g1 B
status 73 "a volume group without room for a thick one"
like "$err" "the volume group vg has 3 MiB free, and a snapshot of disk xvdb that cannot overflow needs 4 MiB" "is told"
like "$err" "^hint: .*safexl snapshot --cow 3m g1" "with what there is"
sx snapshot --cow 4m g1 B
status 73 "more than there is"
lvm_ran "" "nothing was made"
is "$(ls -A "$snaps/g1")" "" "and nothing is left"
sx snapshot --cow 2m g1 B
status 0 "with less, as long as it goes"
lvm_ran "lvcreate -q -y -s -pr -ky --addtag safexl -n thin.snapshot-B vg/thin
lvcreate -q -y -s -pr --addtag safexl -L 2097152b -n thick.snapshot-B vg/thick" "that size is asked for"
sx revert g1 B
status 73 "no room for the present"
like "$err" "^hint: to give up the present state: safexl revert --no-keep g1 B" "says what would do"
sx snapshots --drop B g1
sx snapshot --cow 2x g1 B
status 2 "--cow takes a size"

# ---- kinds of which none is taken, and names that nothing could have ----
lvm fake-group vg $((64 << 20))
for layout in cache raid,raid1 vdo mirror; do
	fact thick layout $layout
	sx snapshot g1 D
	status 77 "a volume of the layout $layout"
	like "$err" "^safexl: g1: no snapshot: disk xvdb \\(.*/dev/vg/thick\\) is a volume of LVM, of the layout '$layout', of which safexl takes no snapshot\$" "is told as what it is"
	like "$err" "^hint: to copy what is on it, while the guest stands still: safexl snapshot --copy g1 D\$" "with the way out"
done
sx backup --no-memory g1 "$work/to"
status 77 "nor is a backup made of it at once"
like "$err" "^hint: to copy what is on it, while the guest stands still: safexl backup --no-memory --copy g1 $work/to\$" "its way out is that of backup"
sx snapshot --copy g1 D
status 0 "the way out"
is "$(head -c 5 "$snaps/g1/D/disks/xvdb")" "uno  " "it is copied"
sx snapshots --drop D g1
fact thick layout linear
fact thick attr Owi-a-s---
sx snapshot g1 D
like "$err" "is a snapshot of LVM itself, or one is being merged into it\$" "so is one that is merged into"
fact thick attr -wi-a-----
told=$(wc -l <"$fake/log")
# As the device mapper names it: vg-thick.snapshot-- and the name, -cow behind.
long=$(printf '%0104d' 1)
long=x${long:0:63}
lvm fake-group v-$long $((64 << 20))
lvm fake-volume "v-$long/long-disk-name-of-some-length" thick 65536
sed "s|'phy:.*|'phy:$SAFEXL_ROOT/dev/v-$long/long-disk-name-of-some-length,xvda,w' ]|; s/g1/n1/" "$etc/g1.cfg" >"$etc/n1.cfg"
sx create "$etc/n1.cfg"
calls=$(xl_calls | wc -l)
sx snapshot n1 before-the-upgrade-to-the-next
status 73 "a name that is too long for the device mapper"
like "$err" "^safexl: n1: no snapshot: disk xvda: the name of what keeps it would be too long: " "is told"
pasted=$(sed -n 's/^hint: under a shorter name: safexl //p' <<<"$err")
is "$(xl_calls | wc -l) $(tail -n "+$((told + 1))" "$fake/log" | grep -vc fake-) $(ls -A "$snaps/n1" 2>/dev/null)" "$calls 0 " "before the guest stands still"
# shellcheck disable=SC2086
sx $pasted
status 0 "the hint, pasted"
name=$(basename "$SAFEXL_ROOT/dev/v-$long/"*snapshot*)
check "fits" test "$(printf '%s' "v--$long-${name//-/--}-cow" | wc -c)" -le 127
sx snapshots --drop "${name#*snapshot-}" n1
sx backup n1 "$work/to"
status 73 "no room for the one that a backup takes"
like "$err" "^hint: while the guest is off, give the disk a shorter name, and then in its configuration: safexl edit n1\$" "has another way out"
sx destroy n1
rm "$etc/n1.cfg"
rm "$fake/v-$long".*
told=$(wc -l <"$fake/log")

# ---- a backup whose thick snapshot overflows ----
lvm fake-group vg $((3 << 20))
sx backup g1 "$work/to"
status 73 "a backup without room in the volume group"
like "$err" "^hint: .*safexl backup --cow 3m g1\$" "can be made with less"
sx backup --cow 2m g1 "$work/to"
status 0 "with --cow"
like "$(tail -n "+$((told + 1))" "$fake/log")" "lvcreate .* -L 2097152b -n thick.snapshot-backup-" "that size is asked for"
rm -rf "$work/to"
lvm fake-overflow 2
sx backup --cow 2m g1 "$work/to"
check "one that overflows while it is copied" test "$status" != 0
like "$err" "a file changed while it was copied: disk xvdb: more was written to it since than " "is told"
is "$(find "$work/to" -type f | wc -l) $(volumes) $(ls -A "$snaps/g1")" "0 pool thick thin " "and nothing is left of it"
check "the guest runs" grep -qs '^name=g1' "$SAFEXL_FAKE"/[0-9]*.dom
is "$(grep -c '^state=paused' "$SAFEXL_FAKE"/[0-9]*.dom)" 0 "and does not stand still"
rm "$fake/overflow"

# ---- what fails half way ----
lvm fake-group vg $((64 << 20))
lvm fake-volume vg/thick.snapshot-C thick 4096
told=$(wc -l <"$fake/log")
sx snapshot g1 C
status 73 "a volume of that name, which is not active or not ours"
like "$err" "/dev/vg/thick.snapshot-C is there already" "is told"
like "$err" "^hint: under another name: safexl snapshot g1 C-2\$" "with the way out"
lvm_ran "" "before anything is made"
check "and stays" test -e "$fake/vg.thick.snapshot-C.lv"
lvm lvremove -q -y vg/thick.snapshot-C
mkdir -p "$fake"
echo lvcreate >"$fake/fail"
sx snapshot g1 C
status 73 "lvcreate fails"
like "$err" "disk xvda: lvcreate: it was told to fail" "says what it said"
rm "$fake/fail"
is "$(volumes)$(ls -A "$snaps/g1")" "pool thick thin" "nothing is left"
sx snapshot g1 C
write thin six
echo lvrename >"$fake/fail"
sx revert --no-keep g1 C
status 74 "lvrename fails in a revert"
sx create "$etc/g1.cfg"
status 77 "the guest is not started before that is mended"
rm "$fake/fail"
sx recover
status 0 "recover goes on"
is "$(disk_says thin)" "one  " "to the end"
is "$(volumes)" "pool thick thick.snapshot-C thin thin.snapshot-C" "nothing is left of the way"
write thin six
echo lvrename >"$fake/fail"
sx revert --no-keep g1 C
rm "$fake/fail"
lvm lvremove -q -y vg/thin.snapshot-C
sx recover
check "a revert whose volume is lost cannot be gone on with" test "$status" != 0
sx create "$etc/g1.cfg"
like "$err" "^hint: to give it up, and leave the disks as they are: safexl recover --give-up g1\$" "there is a way out"
sx recover --give-up g1
status 0 "which is taken"
like "$err" "^safexl: g1: the revert to 'C' is given up; its disks stay as they are, perhaps half put back\$" "says what that means"
is "$(grep -l '"state": *"held"' "$state"/markers/*)" "" "nothing holds the guest any more"
sx recover
status 0 "nothing is left to recover"
sx snapshots --drop C g1
status 0 "and the snapshot can be dropped"

# ---- without the tools ----
mv "$SAFEXL_ROOT/usr/sbin/lvm" "$work/lvm"
sx snapshot g1 D
status 77 "without LVM's tools"
like "$err" "^hint: to install them: apt-get install lvm2" "the package is named"
sx snapshot --copy g1 D
status 0 "--copy does without"
sx snapshots --drop D g1
mv "$work/lvm" "$SAFEXL_ROOT/usr/sbin/lvm"
finish
