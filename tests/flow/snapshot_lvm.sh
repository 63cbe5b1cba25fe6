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
sx revert g1 A
status 0 "revert"
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
sx snapshots --drop before-A g1
status 0 "drop"
is "$(volumes)" "pool thick thick.snapshot-A thin thin.snapshot-A" "removes exactly its volumes"

# ---- what is not sound ----
fact thick.snapshot-A attr sri-I-s---
sx snapshots g1
like "$out" "^  not to be reverted to: disk xvdb: more was written to it since than vg/thick.snapshot-A has room for" \
	"one that overflowed is told"
sx revert g1 A
status 77 "and not reverted to"
like "$err" "^hint: to be rid of it: safexl snapshots --drop A g1" "with the way out"
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
sx destroy g1

# ---- no room, told before anything is made ----
told=$(wc -l <"$fake/log")
fact pool data 91.30
sx snapshot g1 B
status 73 "a thin pool that is nearly full"
like "$err" "^safexl: g1: no snapshot: the data of the thin pool vg/pool, which has disk xvda, is full by 91 %" "is told"
like "$err" "^hint: to make it larger: lvextend -L \\+1g vg/pool" "with the way out"
fact pool data 10.00
fact pool metadata 95.00
sx snapshot g1 B
like "$err" "the metadata of the thin pool .* is full by 95 %" "so is its metadata"
fact pool metadata 5.00
lvm fake-group vg $((3 << 20))
sx snapshot g1 B
status 73 "a volume group without room for a thick one"
like "$err" "the volume group vg has 3 MiB free, and a snapshot of disk xvdb that cannot overflow makes it 4" "is told"
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
like "$err" "^hint: to give up what is now: safexl revert --no-keep g1 B" "says what would do"
sx snapshots --drop B g1
sx snapshot --cow 2x g1 B
status 2 "--cow takes a size"

# ---- what fails half way ----
lvm fake-group vg $((64 << 20))
lvm fake-volume vg/thick.snapshot-C thick 4096
told=$(wc -l <"$fake/log")
sx snapshot g1 C
status 73 "a volume of that name, which is not active or not ours"
like "$err" "/dev/vg/thick.snapshot-C is there already" "is told"
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
sx snapshots --drop C g1

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
