#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# One item of a list that xl cannot read: its line is told, all others can be changed and compared.
. tests/flow/lib.sh

bad_line() { grep -n "$1" "$etc/g1.cfg" | cut -d: -f1; }
# told ITEM WHAT: the line of that item stands in what was said
told() { like "$err" "g1.cfg:$(bad_line "$1"): " "$2: the bad line is told"; }
# only WHAT DIFF-LINES...: of the file, just these lines changed since $work/before
only() {
	local what=$1
	shift
	is "$(diff "$work/before" "$etc/g1.cfg" | sed -n 's/^\([<>]\) /\1/p')" "$(printf '%s\n' "$@")" "$what: nothing else changed"
	cp "$etc/g1.cfg" "$work/before"
}

# ---- disks ----
disks() {
	rm -rf "$etc" "$SAFEXL_FAKE"/*.dom "$state"
	mkdir -p "$etc"
	cat >"$etc/g1.cfg" <<EOF
name = "g1"
memory = 256
disk = [
	'phy:/dev/vg0/g1-root,xvda,w',
	'$1',
	'file:/srv/x.iso,hdc:cdrom,r',
]
EOF
	cp "$etc/g1.cfg" "$work/before"
	domain 3 g1 262144 'hda connected /data/win7.qcow2' 'xvdc connected /srv/c.img'
}
for item in 'qcow2:/data/win7.qcow2,,hda' '/data/win7.qcow2,qcow2,hda,what' 'hda' '/data/win7.qcow2,hda,w,x=1'; do
	disks "$item"
	sx --config block-attach g1 phy:/dev/vg0/b,xvdb,w
	status 0 "$item: another is attached"
	told "$item" "$item"
	only "$item" ">	'phy:/dev/vg0/b,xvdb,w',"
	sx --config block-attach g1 phy:/dev/vg0/b,hda,w
	status 78 "$item: it may be hda"
	told "$item" "$item: hda"
	like "$err" 'hint: to edit the file: safexl edit ' "$item: hda: and what to do"
	sx --config block-detach g1 xvda
	status 0 "$item: another is detached"
	only "$item" "<	'phy:/dev/vg0/g1-root,xvda,w',"
	sx --config block-detach g1 hda
	status 78 "$item: it may be the one to detach"
	told "$item" "$item: hda is not detached"
	sx --config block-detach g1 xvdq
	status 78 "$item: what is not there is not detached"
	told "$item" "$item: and it may be that"
	sx --config cd-eject g1 hdc
	status 0 "$item: a drive is emptied"
	told "$item" "$item: drive"
	cp "$etc/g1.cfg" "$work/before"
	sx diff g1
	status 1 "$item: the others are compared"
	like "$out" 'disk xvdc .* not recorded' "$item: and what they differ in is told"
	told "$item" "$item: diff"
	is "$(grep -c hda <<<"$out")" 0 "$item: it is not compared"
	sx --json diff g1
	like "$out" "\"g1: |g1.cfg:5: |g1.cfg:4: " "$item: JSON tells the line"
	sx record g1 xvdc
	status 0 "$item: another is recorded"
	only "$item" ">	'/srv/c.img,raw,xvdc,w',"
	told "$item" "$item: record"
	sx record g1
	is "$(grep -c hda "$etc/g1.cfg")" 1 "$item: record does not add it once more"
	sx diff g1
	status 1 "$item: a file that xl cannot read is never without a difference"
	sx where g1
	like "$out" 'disks +xvdb|disks .*g1.cfg:4: disk' "$item: where tells the others"
	like "$out" 'xvdc  /srv/c.img' "$item: all of them"
	like "$out" 'g1.cfg:4: disk' "$item: and the bad line"
	sx --config mem-set g1 300
	status 0 "$item: it keeps no other key from a change"
done

# A running guest gets the disk and the record.
disks 'qcow2:/data/win7.qcow2,,hda'
sx block-attach g1 phy:/dev/vg0/b,xvdb,w
status 0 'running: attached and recorded'
is "$(grep -c '^disk=xvdb' "$SAFEXL_FAKE/3.dom")" 1 'running: it is there'
only running ">	'phy:/dev/vg0/b,xvdb,w',"
sx block-detach g1 xvdb
status 0 'running: detached again'
only running "<	'phy:/dev/vg0/b,xvdb,w',"
check_clean running

# xl stops at a list within the list: what would stand behind it counts for nothing.
disks "a', [ 'b' ], 'c"
sed -i "s/'a', //" "$etc/g1.cfg"
sx --config block-attach g1 phy:/dev/vg0/b,xvdb,w
status 78 'a list within the list: nothing can be added behind it'
like "$err" "g1.cfg:5: a list within the list 'disk': xl stops there" 'a list within: told'
sx --config block-detach g1 xvda
status 0 'a list within: a disk in front of it can go'
sx --config block-detach g1 hdc
status 78 'a list within: what stands behind it is none to xl'

# ---- undo beside it ----
disks '/srv/old.img,raw,xvdb,w'
sx --config block-attach g1 phy:/dev/vg0/n,xvdn,w
sx --config block-attach g1 phy:/dev/vg0/m,xvdm,w
sed -i "s|/dev/vg0/n,xvdn,w|/dev/vg0/n,xvdn,what|; s|x.iso,hdc:cdrom,r|x.iso,,hdc|" "$etc/g1.cfg"
cp "$etc/g1.cfg" "$work/before"
sx --config undo g1
status 0 'undo: a disk between lines that xl cannot read'
only undo "<	'phy:/dev/vg0/m,xvdm,w',"
sx --config block-detach g1 xvda
sed -i "s|old.img,raw,xvdb,w|old.img,raw,xvdb|; s|x.iso,,hdc|x.iso,,hdd|" "$etc/g1.cfg"
cp "$etc/g1.cfg" "$work/before"
sx --config undo g1
status 0 'undo: its neighbour was changed to what xl cannot read'
only 'undo beside it' ">	'phy:/dev/vg0/g1-root,xvda,w',"
sx --config block-attach g1 phy:/dev/vg0/m,xvdm,w
sed -i "s|vg0/n,xvdn,what|vg0/n,,xvdn|" "$etc/g1.cfg"
cp "$etc/g1.cfg" "$work/before"
sx undo g1
status 0 'undo: in the running domain as well'
only 'undo, running' "<	'phy:/dev/vg0/m,xvdm,w',"

# ---- other devices ----
devices() {
	rm -rf "$etc" "$SAFEXL_FAKE"/*.dom "$state"
	mkdir -p "$etc"
	cat >"$etc/g1.cfg" <<'EOF'
name = "g1"
memory = 256
vif = [
	'mac=00:16:3e:00:00:01',
	'devid=q,mac=00:16:3e:00:00:02',
	'mac=00:16:3e:00:00:03',
]
pci = [
	'03:00.0',
	'07:00.0,what',
]
EOF
	cp "$etc/g1.cfg" "$work/before"
	domain 3 g1
	printf 'vif=%s\n' '0 connected mac=00:16:3e:00:00:01' '1 connected mac=00:16:3e:00:00:02' \
		'4 connected mac=00:16:3e:00:00:04' >>"$SAFEXL_FAKE/3.dom"
}
devices
sx --config network-attach g1 mac=00:16:3e:00:00:09
status 0 'vif: another is attached'
told devid=q vif
only vif ">	'mac=00:16:3e:00:00:09',"
sx --config network-attach g1 mac=00:16:3E:00:00:02
status 78 'vif: it may be that one'
told devid=q 'vif: in the way'
sx --config network-detach g1 00:16:3e:00:00:03
status 0 'vif: one behind it goes'
only 'vif: detach' "<	'mac=00:16:3e:00:00:03'," "<	'mac=00:16:3e:00:00:09'," \
	">	'mac=00:16:3e:00:00:09,devid=3',"
sx --config network-detach g1 00:16:3e:00:00:01
status 78 'vif: one in front of it stays: its number would change'
sx --config network-detach g1 1
status 78 'vif: it may be number 1'
told devid=q 'vif: number 1'
sx --config pci-attach g1 04:00.0
status 0 'pci: another is attached'
told what pci
sx --config pci-attach g1 07:00.0
status 78 'pci: it may be that one'
cp "$etc/g1.cfg" "$work/07"
for item in 7:0.0 0:7:0.0 0000:07:00 '07:00.*' bdf=7:0.0; do
	sed "s/07:00.0,what/$item,what/" "$work/07" >"$etc/g1.cfg"
	sx --config pci-attach g1 07:00.0
	status 78 "pci: it may be $item"
	sx --config pci-attach g1 0000:7:0.0
	status 78 "pci: it may be $item, in another spelling"
done
for item in 7:0.1 1:7:0.0 07:00:00.0 70:0.0; do
	sed "s/07:00.0,what/$item,what/" "$work/07" >"$etc/g1.cfg"
	sx --config pci-attach g1 07:00.0
	status 0 "pci: $item is another one"
done
cp "$work/07" "$etc/g1.cfg"
sx --config pci-detach g1 03:00.0
status 0 'pci: another is detached'
is "$(grep -c what "$etc/g1.cfg")" 1 'pci: it stands as it was'
sx diff g1
status 1 'vif: the others are compared'
like "$out" 'vif 00:16:3e:00:00:04 .* not recorded' 'vif: and told'
is "$(grep -c 00:00:02 <<<"$out")" 0 'vif: it is not compared'
sx record g1
status 0 'vif: the others are recorded'
is "$(grep -c 00:00:02 "$etc/g1.cfg")" 1 'vif: it is not added once more'

# ---- the same in another spelling ----
devices
sed -i 's/mac=00:16:3e:00:00:02/mac=0:16:3E:0:0:2/; s/07:00.0,what/7:0.0,what/' "$etc/g1.cfg"
echo 'pci=- connected bdf=0000:07:00.0' >>"$SAFEXL_FAKE/3.dom"
sx diff g1
is "$(grep -c '00:00:02\|07:00' <<<"$out")" 0 'another spelling: it is not compared'
sx record g1
status 0 'another spelling: the others are recorded'
is "$(grep -c '00:00:02\|07:00' "$etc/g1.cfg")" 0 'another spelling: it is not added once more'

# ---- whose disk a path is ----
: >"$work/o.img"
printf 'name = "other"\ndisk = [\n\t"qcow2:/data/win7.qcow2,,hda",\n\t"%s,raw,xvda,w",\n]\n' "$work/o.img" >"$etc/other.cfg"
sx save g1 "$work/o.img"
status 77 'a save over a disk behind a line that xl cannot read'
like "$err" "o.img is disk xvda of 'other'" 'is refused: it is the other guest'"'"'s'

finish
