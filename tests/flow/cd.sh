#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# cd-insert and cd-eject: the medium of a drive, in place.
. tests/flow/lib.sh

touch "$work/a.iso" "$work/b.iso" "$work/with,comma.iso"
cat >"$etc/h1.cfg" <<EOF
name = "h1"
type = "hvm"
disk = [ 'phy:/dev/vg0/h1,hda,w',	# the system
	'file:$work/a.iso,hdc:cdrom,r',	# the installer
]
EOF
domain 5 h1
sed -i '/^disk=/d' "$SAFEXL_FAKE/5.dom"
printf 'fact=type hvm\ndisk=hda connected /dev/vg0/h1\ndisk=hdc connected %s\n' "$work/a.iso" >>"$SAFEXL_FAKE/5.dom"
cp "$etc/h1.cfg" "$work/before"
live() { sed -n 's/^disk=hdc connected //p' "$SAFEXL_FAKE/5.dom"; }
drive() { grep hdc "$etc/h1.cfg"; }

sx cd-insert h1 hdc "$work/b.iso"
status 0 "cd-insert"
is "$(diff "$work/before" "$etc/h1.cfg" | grep '^[<>]')" "< 	'file:$work/a.iso,hdc:cdrom,r',	# the installer
> 	'file:$work/b.iso,hdc:cdrom,r',	# the installer" "only the path of the drive's element changes"
is "$(subjects | head -1)" "h1: insert $work/b.iso into CD drive hdc" "subject"
is "$(live)" "$work/b.iso" "the guest has it"
sx cd-eject h1 hdc
status 0 "cd-eject"
is "$(drive)" "	'file:,hdc:cdrom,r',	# the installer" "leaves an empty drive"
is "$(subjects | head -1)" "h1: eject from CD drive hdc ($work/b.iso)" "subject tells what was in it"
sx cd-eject h1 hdc
status 0 "again"
like "$err" "needs no change" "needs no edit"
sx cd-insert h1 hdc "$work/a.iso"
status 0 "the first medium again"
check "gives back the same bytes" cmp "$work/before" "$etc/h1.cfg"
(cd "$work" && "$BUILD/safexl" -q cd-insert h1 hdc b.iso) 2>"$work/err"
is "$(drive)" "	'file:$work/b.iso,hdc:cdrom,r',	# the installer" "a relative path is recorded as an absolute one"
is "$(cat "$work/err")" "" "which is what the guest has"
sx cd-insert h1 hdc ''
is "$(live)$(drive)" "	'file:,hdc:cdrom,r',	# the installer" "an empty path ejects"
sx cd-insert h1 hdc "$work/with,comma.iso"
status 0 "a path with a comma"
is "$(drive)" "	'file:,hdc:cdrom,r,target=$work/with,comma.iso',	# the installer" \
	"is written so that xl reads it"
sx cd-eject h1 hdc

sx -N --config cd-insert h1 hdc /dev/sr0
like "$out" "/dev/sr0 can be another disk after a reboot" "a drive of the host by its number: told"
sx cd-insert h1 hdc "$work/none.iso"
status 1 "a medium that is not there: xl refuses"
is "$(live)" "" "nothing changed"
sx cd-insert h1 5632 "$work/a.iso"
status 78 "another spelling of the drive"
like "$err" "xl knows the drive '5632' only as 'hdc'" "which xl would not find"
like "$err" "^hint: safexl cd-insert h1 hdc $work/a.iso$" "with the right one"
sx cd-insert h1 hda "$work/a.iso"
status 78 "a disk"
like "$err" "h1.cfg:3: 'hda' is not a CD drive" "is refused with its line"
sx cd-insert h1 hdd "$work/a.iso"
status 78 "no drive"
sx cd-insert h1 nonsense "$work/a.iso"
status 2 "no device"
sx cd-insert '' hdc "$work/a.iso"
status 2 "an empty domain is refused"
sx cd-insert h1 hdc
status 2 "too few words"
mode lie
sx cd-insert h1 hdc "$work/a.iso"
status 1 "a success that is none: the tray is locked"
like "$err" "does not show the change" "is told"
mode ''
calls=$(xl_calls | wc -l)
sx -N cd-insert h1 hdc "$work/a.iso"
status 0 "-N, on which xl would act"
like "$out" "^would run: .*/fake/xl cd-insert h1 hdc $work/a.iso$" "only shows"
sx --live -N cd-eject h1 hdc
is "$out" "would run: $SAFEXL_XL cd-eject h1 hdc" "also with --live"
is "$(xl_calls | wc -l)" "$calls" "xl does not run"
sx --config cd-insert h1 hdc "$work/later.iso"
status 0 "--config"
like "$err" "later.iso does not exist \(yet\)" "a medium that is not there is said"
is "$(live)" "" "the guest keeps its own"

# Other spellings of a drive: insert into it, eject, insert, and see what xl.cfg has.
for item in ',hdc:cdrom,r' ',,hdc,,cdrom' ',raw,hdc,ro,cdrom' ',empty,hdc,r,cdrom' \
	'vdev=hdc,access=r,devtype=cdrom' 'format=raw, vdev=hdc, access=ro, devtype=cdrom, target=/x/old.iso' \
	'/x/old.iso,raw,hdc,ro,cdrom' 'format=empty,vdev=hdc,devtype=cdrom' '/x/old.iso,qcow2,hdc,r,cdrom'; do
	printf "name = 's1'\ntype = 'hvm'\ndisk = [ '%s' ]\n" "$item" >"$etc/s1.cfg"
	sx --config cd-insert s1 hdc /x/new.iso
	[ "$status" = 0 ] || echo "# $err"
	first=$(sed -n "s/^disk = \[ '\(.*\)' \]/\1/p" "$etc/s1.cfg")
	sx --config cd-eject s1 hdc
	[ "$status" = 0 ] || echo "# $err"
	empty=$(sed -n "s/^disk = \[ '\(.*\)' \]/\1/p" "$etc/s1.cfg")
	sx --config cd-insert s1 hdc /x/new.iso
	second=$(sed -n "s/^disk = \[ '\(.*\)' \]/\1/p" "$etc/s1.cfg")
	like "$first" '/x/new.iso' "$item: $first"
	like "$empty" '^[^x]*$' "empty: $empty"
	is "$second" "$first" "and again"
done
is "$first" "/x/new.iso,raw,hdc,r,devtype=cdrom" "what xl inserts is raw, whatever was in the drive"
check_clean "at the end"
finish
