#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The guard and the paths of disks: what a guest has open names the disk, the path is only a word.
. tests/flow/lib.sh

vm=$work/vm
other=$work/other
image=$work/save/deep/g1
mkdir -p "$vm" "$other" "$work/save/deep"

# guest NAME TARGET: its configuration, with one disk as it is typed
guest() {
	printf 'name = "%s"\nmemory = 256\ndisk = [ '"'%s,raw,xvda,w'"' ]\n' "$1" "$2" >"$etc/$1.cfg"
}
# within DIRECTORY WORDS...: sx, from there
within() {
	local back=$PWD
	cd "$1" || exit
	shift
	sx "$@"
	cd "$back" || exit
}
# fresh TARGET: a world in which only g2 runs; g1 has that disk
fresh() {
	rm -rf "$state/markers" "$image" "$SAFEXL_FAKE"/*.dom "${vm:?}"/* "${other:?}"/*
	truncate -s 1M "$vm/a.img" "$vm/b.img" "$other/a.img" "$work/g2.img"
	guest g1 "$1"
	guest g2 "$work/g2.img"
	sx create "$etc/g2.cfg"
}
write_to() { printf x | dd of="$1" bs=1 seek=5000 conv=notrunc status=none; }

# ---- a relative path ----
relative() {
	local target=$1 from=$2
	fresh "$target"
	guest g3 "$target"
	within "$vm" create "$etc/g1.cfg"
	sx save g1 "$image"
	like "$err" "the state of 1 of 1 disks is recorded$" "$target of a guest that was created in its directory is noted"
	is "$(grep -c 'looked at' <<<"$err")" 0 "in full"
	sx block-attach g2 "$vm/a.img,raw,xvdb,w"
	status 77 "no other guest may write to it"
	like "$err" "it would write to $vm/a.img, a disk of 'g1'" "by its real path"
	ln -s "$vm/a.img" "$other/link.img"
	sx --live block-attach g2 "$other/link.img,raw,xvdb,w"
	status 77 "by a link"
	within "$vm" block-attach g2 "$target,raw,xvdb,w"
	status 77 "by a relative path"
	within "$vm" create "$etc/g3.cfg"
	status 77 "nor may one that is created there"
	like "$err" "it would write to ${vm%/*}/.*a.img, a disk of 'g1'|and so to $vm/a.img" "which is told"
	sx where g1
	like "$out" "xvda  $vm/a.img, 1.0 MiB" "where shows the disk itself"
	like "$out" "it can be restored: cd '?$from'? && safexl restore $image" "and from where to restore it"
	sx create "$etc/g1.cfg"
	status 77 "it is not started from its configuration"
	like "$err" "^hint: to continue from the saved state: cd '?$from'? && safexl restore $image$" "the hint names the same command"
	within "$work/save/deep" restore g1
	status 77 "from another directory it is not restored"
	like "$err" "disk xvda: $work/save/deep/$target is not what the guest had, that is $vm/a.img" "as that is another disk"
	like "$(grep -m 1 '^hint:' <<<"$err")" "cd '?$from'? && safexl restore $image$" "the way out is told"
	(cd "$vm" && "$SAFEXL_XL" create "$etc/g3.cfg")
	within "$vm" restore "$image"
	status 77 "nor while a guest of plain xl has it by a relative path"
	like "$err" "disk xvda: $vm/a.img is in use by the domain 'g3'" "which is named"
	"$SAFEXL_XL" destroy g3
	within "$vm" restore "$image"
	status 0 "from there it is restored"
	sx save g1 "$image"
	write_to "$vm/a.img"
	within "$vm" restore "$image"
	status 77 "and not after a write"
	like "$err" "disk xvda: $vm/a.img was modified" "to its disk"
}
relative a.img "$vm"
relative ./a.img "$vm"
relative ../vm/a.img "$vm"
fresh a.img
guest g3 a.img
within "$vm" create "$etc/g1.cfg"
sx save g1 "$image"
within "$other" create "$etc/g3.cfg"
status 0 "a guest that is created elsewhere has another disk"

# ---- with a configuration in place of the image's ----
guest g1 "$vm/a.img"
within "$other" -N restore "$etc/g1.cfg" "$image"
status 0 "an absolute path to the same disk is good from anywhere"
guest g1 "$vm/b.img"
within "$vm" -N restore "$etc/g1.cfg" "$image"
status 77 "one to another disk is not"

# ---- the path of a running guest comes to lead elsewhere ----
fresh "$vm/now"
ln -s a.img "$vm/now"
sx create "$etc/g1.cfg"
ln -sfn b.img "$vm/now"
sx save g1 "$image"
like "$err" "the state of 1 of 1 disks is recorded$" "a guest whose link was changed while it ran"
sx block-attach g2 "$vm/a.img,raw,xvdb,w"
status 77 "the disk that it had is guarded"
sx block-attach g2 "$vm/b.img,raw,xvdb,w"
status 0 "the one that it never saw is not"
sx block-detach g2 xvdb
sx restore "$image"
status 77 "it is not restored to the other disk"
like "$err" "disk xvda: $vm/now is not what the guest had, that is $vm/a.img" "which is told"
like "$(grep -m 1 '^hint:' <<<"$err")" "^hint: make that path lead to the guest's disk again, then: safexl restore $image" "with the way out"
sx images
like "$out" "$vm/now is not what the guest had" "images says it"
ln -sfn a.img "$vm/now"
sx restore "$image"
status 0 "the link set right again, it is restored"

# ---- and that of a saved one ----
sx save g1 "$image"
ln -sfn b.img "$vm/now"
sx block-attach g2 "$vm/a.img,raw,xvdb,w"
status 77 "the disk of a saved guest stays guarded when its link leads elsewhere"
sx restore "$image"
status 77 "and it is not restored there"
like "$err" "is another file now" "as that is another file"
like "$(grep -m 1 '^hint:' <<<"$err")" "make that path lead to the guest's disk again, then: safexl restore $image$" "with the way out first"
sx where g1
like "$out" "make that path lead to the guest's disk again, then: safexl restore $image$" "where tells it, too"

# ---- nobody can tell what it has open ----
fresh "$vm/a.img"
sx create "$etc/g1.cfg"
sed -i 's/^open=.*/open=xvda ?/' "$SAFEXL_FAKE"/2.dom
sx save g1 "$image"
status 0 "a guest whose disk is not where its path leads, wherever it is"
like "$err" "g1: restoring it will be refused: when it was saved, $vm/a.img did not lead to what the guest had as its disk xvda" "is told at the save"
sx restore "$image"
status 77 "and is refused"
fresh a.img
within "$vm" create "$etc/g1.cfg"
sed -i '/^open=/d' "$SAFEXL_FAKE"/2.dom
sx save g1 "$image"
like "$err" "disk xvda \(a.img\) cannot be looked at: a.img is a relative path, and where it leads is not known" "a relative path of which nothing is known"

# ---- a save that was interrupted ----
fresh a.img
within "$vm" create "$etc/g1.cfg"
sx save g1 "$image"
half=${image%/*}/.g1.safexl-123
mv "$image" "$half"
python3 - "$state"/markers/*.json "$half" <<'END'
import json, sys
path, temp = sys.argv[1:]
m = json.load(open(path))
m.update(state="saving", temp=temp, image_id="", owner_pid=0, child_pid=1999999999)
m["disks"]["disks"] = []
json.dump(m, open(path, "w"))
END
sx recover
like "$err" "finished an interrupted save" "a save whose safexl was killed is finished"
sx block-attach g2 "$vm/a.img,raw,xvdb,w"
status 77 "its relative disk is guarded"

# ---- migrated away ----
fresh a.img
within "$vm" create "$etc/g1.cfg"
sx migrate g1 otherhost
sx block-attach g2 "$vm/a.img,raw,xvdb,w"
status 77 "so is that of a guest that runs on another host"

# ---- an image that nothing is known of ----
fresh a.img
within "$vm" create "$etc/g1.cfg"
"$SAFEXL_XL" save g1 "$image"
within "$vm" --discard-marker restore "$image"
status 0 "an image of plain xl, with a relative path, goes through when a person says so"
like "$(cat "$state"/markers/*.json)" "\"object\": \"$vm/a.img\"" "its disk is known from then on"
finish
