#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# where: "it can be started" is said only when nothing is missing for it; what was deleted is in the history.
. tests/flow/lib.sh

touch "$work/vmlinuz" "$work/initrd" "$work/root.img"
printf 'memory=8388608\nfree=1048576\n' >"$SAFEXL_FAKE/host"
# guest TEXT: the configuration of g1, behind its name and a disk that is there
guest() {
	printf 'name = "g1"\ndisk = [ "%s,raw,xvda,w" ]\n%b' "$work/root.img" "$1" >"$etc/g1.cfg"
	sx where g1
}
# lacks WHAT TEXT REASON
lacks() {
	guest "$2"
	like "$out" "it cannot be started: $3" "$1"
	is "$(printf '%s\n' "$out" | grep -c 'can be started')" 0 "and nothing else is said"
	is "$("$BUILD/safexl" --json where g1 | grep -c '"startable": false')" 1 "--json says so"
}
boots="kernel = '$work/vmlinuz'\nmemory = 512\n"

guest "$boots"
status 0 "where"
like "$out" "now +it can be started: safexl create $etc/g1.cfg$" "a guest that has all it needs"
is "$("$BUILD/safexl" --json where g1 | grep -c '"startable": true')" 1 "--json"
guest "${boots}vcpsu = 2\n"
like "$out" "it can be started" "a misspelled key does not stop it"
lacks "no kernel" "kernel = '/nosuch/vmlinuz'\nmemory = 512\n" \
	"$etc/g1.cfg:3: kernel: /nosuch/vmlinuz: No such file or directory"
lacks "no ramdisk" "${boots}ramdisk = '/nosuch/initrd'\n" "$etc/g1.cfg:5: ramdisk: /nosuch/initrd: No such file"
lacks "no boot loader" "bootloader = '/nosuch/pygrub'\nmemory = 512\n" "$etc/g1.cfg:3: bootloader: /nosuch/pygrub: No such"
lacks "nothing to boot" "memory = 512\n" "$etc/g1.cfg: neither kernel nor bootloader"
lacks "no disk" "${boots}disk += [ '/nosuch.img,raw,xvdb,w' ]\n" "$etc/g1.cfg:5: disk: /nosuch.img: No such file"
lacks "a disk that xl cannot read" "${boots}disk += [ '/nosuch,xvdb,w' ]\n" "$etc/g1.cfg:5: disk .*unknown value for format"
lacks "two disks of one name" "${boots}disk += [ '$work/root.img,raw,xvda,r' ]\n" "$etc/g1.cfg:5: disk: 'xvda' is also in line 2"
lacks "more memory than the host has" "kernel = '$work/vmlinuz'\nmemory = 9000\n" \
	"$etc/g1.cfg:4: memory = 9000: this host has 8192 MiB in all"
lacks "more than is free" "kernel = '$work/vmlinuz'\nmemory = 1025\n" "it needs 1025 MiB of memory, 1024 MiB are free"
lacks "more processors than Xen gives" "${boots}type = 'pvh'\nmaxvcpus = 129\n" "$etc/g1.cfg:6: maxvcpus = 129: "
lacks "populate on demand and a device" "${boots}type = 'hvm'\nmaxmem = 600\npci = [ '3:0.0' ]\n" "$etc/g1.cfg:6: memory = 512 below maxmem"

domain 4 g1
guest "kernel = '/nosuch/vmlinuz'\nmemory = 512\n"
is "$(printf '%s\n' "$out" | grep -c started)" 0 "of one that runs nothing of that is said"
rm "$SAFEXL_FAKE/4.dom"
SAFEXL_FAKE='' sx where g1
is "$(printf '%s\n' "$out" | grep -c 'can be started')" 0 "nor where Xen cannot be asked"

# A file that was deleted.
guest "$boots"
sx --config mem-set g1 600
rm "$etc/g1.cfg"
sx where g1
status 78 "a guest whose file was deleted"
like "$err" "^hint: it is in the history: safexl log -p g1$" "the history is named"
sx log -p g1
like "$out" "set memory to 600 MiB" "and has it"
sx where never
is "$(printf '%s\n' "$err" | grep -c history)" 0 "one that never was has none"
domain 5 g1
sx where g1
like "$out" "it is in the history: safexl log -p g1" "also when it runs"
rm "$SAFEXL_FAKE/5.dom"

# It was called otherwise than the domain, and nobody has committed that it is gone.
printf 'name = "g2"\nmemory = 512\n' >"$etc/other.cfg"
git_ add -A
git_ commit -qm 'by hand'
rm "$etc/other.cfg"
sx where g2
like "$err" "^hint: it is in the history: safexl log -p g2$" "a file of another name"
sx log -p g2
like "$out" '^\+name = "g2"$' "is found by the name in it"
git_ commit -qam 'gone'
sx where g2
like "$err" "^hint: it is in the history: safexl log -p g2$" "also when that is committed"
finish
