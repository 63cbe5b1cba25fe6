#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Where a save may put its image, with real block devices: never over a disk of a guest that runs, is
# saved, or was created from a file elsewhere, nor over what somebody has put on a device. Needs root.
. "$(dirname "$0")/needs"
need_loops
. tests/flow/lib.sh
loops=()
cleanup() {
	local loop
	for loop in ${loops[@]+"${loops[@]}"}; do losetup -d "$loop"; done
	rm -rf "$work"
}
trap cleanup EXIT
# attach FILE: its loop device, in $loop
attach() {
	loop=$(losetup -f --show "$1") || exit 1
	loops+=("$loop")
}
# refused TARGET WHY WHAT
refused() {
	sx save g1 "$1"
	status 77 "$3"
	like "$err" "^safexl: g1: not saved: $2$" "says whose it is"
	is "$(xl_calls | grep -c '^save g1')" 0 "xl does not run"
}

guest() { printf "name = '%s'\nmemory = 64\ndisk = [ '%s,raw,xvda,w' ]\n" "$1" "$2"; }
truncate -s 1M "$work/g1.img" "$work/disk.img" "$work/free.img"
attach "$work/disk.img"
disk=$loop
attach "$disk"
above=$loop
attach "$work/free.img"
free=$loop
ln -s "$disk" "$work/by-id"
guest g1 "$work/g1.img" >"$etc/g1.cfg"
guest g2 "$disk" >"$work/g2.cfg"
sx create "$etc/g1.cfg"
sx create "$work/g2.cfg"
status 0 "a guest from a file elsewhere"
for target in "$disk" "$work/by-id" "$above"; do
	refused "$target" "${target/$work\/by-id/$disk} is disk xvda of the domain 'g2', which runs" "over a running guest's: $target"
done
sx destroy g2
refused "$disk" "$disk is disk xvda of 'g2' \($work/g2.cfg\)" "over that of one that was created from a file elsewhere"
sx create "$work/g2.cfg"
sx save g2 "$work/g2.save"
rm -r "$work/g2.cfg" "$state/domains"
refused "$disk" "$disk is disk xvda of 'g2', which is saved in $work/g2.save" "over a saved guest's"
refused "$above" "$above is disk xvda of 'g2', which is saved in $work/g2.save" "by a device that lies on it"
mkfs.ext4 -q "$free" >/dev/null 2>&1
refused "$free" "$free is not empty, it holds ext4" "over a file system that nobody uses"
like "$err" "^hint: if that may be lost: wipefs -a $free$" "the way out is told"
wipefs -qa "$free"
sx save g1 "$free"
status 0 "over a device that nobody wants"
finish
