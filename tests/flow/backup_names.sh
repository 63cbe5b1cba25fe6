#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Backups by name: the newest one of a guest; a guest that plain xl renamed; and images of qcow2 of which no backup is
# made, each for its own reason.
. tests/flow/lib.sh

# ---- by the name of the guest ----
guest g1
write g1 one
sx backup g1
status 0 "a backup without a directory"
first=$(echo "$state"/backups/g1/2*)
mv "$first" "${first%/*}/2020-01-01T000000"
sx backup g1
second=$(echo "$state"/backups/g1/2[^0]* "$state"/backups/g1/202[1-9]*)
second=${second##* }
mkdir "$state/backups/g1/.2999-01-01T000000.safexl-1"
: >"$state/backups/g1/.2999-01-01T000000.safexl-1/manifest.json"
sx verify g1
status 0 "verify, by name"
like "$out" "^$second: whole: g1, 20" "reads the newest one, and says which"
sx --json verify g1
is "$(python3 -c 'import json, sys
print([b["directory"] for b in json.load(sys.stdin)["backups"]])' <<<"$out")" "['$second']" "also as JSON"
cp -a "$second" "$second-2"
cp -a "$second" "$second-10"
sx verify g1
like "$out" "^$second-10: whole" "of those of one second the last"
rm -r "$second-2" "$second-10"
sx verify "$state/backups/g1/2020-01-01T000000"
status 0 "an older one, by its path"
sx verify "$state/backups/g1"
status 2 "the directory of several"
like "$err" "^hint: the newest of those in it: safexl verify $second\$" "names the newest"
sx verify nosuch
status 2 "nobody"
sx restore g1
check "restore, by name, of one that is not saved" test "$status" != 0
like "$err" "^hint: to put its newest backup back: safexl restore $second\$" "names it, and puts nothing back"
# In autumn the hour from 2:00 to 3:00 comes twice: of two backups the later one can have the earlier name.
# autumn NAME TIME: a backup of that night
autumn() {
	cp -a "$second" "$state/backups/g1/$1"
	(
		cd "$state/backups/g1/$1" || exit
		sed -i "s/\"taken_at\": *\"[^\"]*\"/\"taken_at\": \"$2\"/" manifest.json
		sha256sum manifest.json config disks/xvda >SHA256SUMS
	)
}
mv "$second" "$work/second"
second=$work/second
early=2026-10-25T024500 late=$state/backups/g1/2026-10-25T021500
mv "$state/backups/g1/2020-01-01T000000" "$work/first"
autumn $early '2026-10-25 02:45:00 +0200'
autumn "${late##*/}" '2026-10-25 02:15:00 +0100'
sx verify g1
like "$out" "^$late: whole: " "the newest is the one made last, not the one whose name is the last"
sx restore g1
like "$err" "safexl restore $late\$" "also for restore"
touch -r "$late" "$work/when"
printf 'x' | dd of="$late/manifest.json" conv=notrunc status=none
touch -r "$work/when" "$late"
sx verify g1
status 1 "one whose manifest is damaged"
like "$out" "^$late: manifest.json: " "is not passed over for an older one"
# The hour that comes twice.
rm -r "$late" "$state/backups/g1/$early"
mv "$work/first" "$state/backups/g1/2020-01-01T000000"
names=$(for i in 0 1 2 3 4; do date -u -d "+$i seconds" +%Y-%m-%dT%H%M%S; done)
for name in $names; do mkdir -p "$state/backups/g1/$name"; done
sx backup g1
status 0 "a backup at a time that a name has already"
like "$err" "backup in $state/backups/g1/2[-0-9T]*-2: " "has a name of its own"
# shellcheck disable=SC2046
rm -r $(for name in $names; do echo "$state/backups/g1/$name"; done) "$state"/backups/g1/2*-2
sx restore nosuch
is "$(grep -c 'newest backup' <<<"$err")" 0 "one without backups has none"

# ---- renamed by plain xl ----
before=$(ls "$state/backups/g1")
sx create "$etc/g1.cfg"
"$SAFEXL_XL" rename g1 g2
for words in "backup g1 $work/to" 'backup g1' 'snapshot --copy g1 A'; do
	# shellcheck disable=SC2086
	sx $words
	status 77 "$words, of a guest that runs under another name"
	like "$err" "disk xvda: $work/g1.img is in use by the domain 'g2' \\(domid 1\\)" "is refused with that name"
done
is "$(find "$state/snapshots" "$work/to" -type f)" "" "nothing was made"
is "$(ls "$state/backups/g1") $(markers)" "$before 0" "and nothing is left"
"$SAFEXL_XL" destroy g2

# ---- qcow2 ----
command -v qemu-img >/dev/null || { skip "qcow2 files" "needs qemu-img"; finish; }
sed -i 's/raw,xvda/qcow2,xvda/' "$etc/g1.cfg"
qemu-img create -q -f qcow2 "$work/base.img" 1M
qemu-img create -q -f qcow2 -F qcow2 -b "$work/base.img" "$work/g1.img"
sx backup g1
status 77 "a qcow2 file with a backing file"
like "$err" "^safexl: g1: no backup: disk xvda \\($work/g1.img\\) is based on $work/base.img\$" "which is told"
pasted=$(sed -n 's/^hint: .*: \(qemu-img convert .*\)$/\1/p' <<<"$err")
check "the hint, pasted" sh -c "$pasted"
mv "$work/base.img" "$work/away.img"
sx backup g1
status 77 "whose backing file is missing"
like "$err" "disk xvda \\($work/g1.img\\) is based on $work/base.img, which cannot be read: .*No such file or directory\$" "is told as that"
like "$err" "^hint: bring that file back, or say where it is, while the guest is off: qemu-img rebase -u -F FORMAT -b PATH $work/g1.img\$" "with the way out"
head -c 65536 /dev/urandom >"$work/g1.img"
sx backup g1
status 77 "a file that is none"
like "$err" "disk xvda \\($work/g1.img\\) cannot be read as qcow2: .*is not a qcow2 image\$" "is not said to be based on another"
mv "$work/g1.img.new" "$work/g1.img"
sx backup g1
status 0 "what the hint made"
last=$(ls -d "$state"/backups/g1/2* | tail -n 1)
cp "$work/g1.img" "$work/then"
truncate -s +65536 "$work/g1.img"
sx restore --overwrite "$last"
status 0 "restored over one that has grown since"
check "it has the size of then" cmp "$work/g1.img" "$work/then"
seq 100 >"$work/g1.img"
sx restore --overwrite "$last"
status 77 "but not over a file of another size that is no qcow2"
like "$err" "disk xvda: $work/g1.img has $(stat -c %s "$work/g1.img") bytes, and had $(stat -c %s "$work/then") when" "which is told"
finish
