#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Whose file, whose disk: a file that became another guest's, one from standard input, a save over
# something else, guests that plain xl started, devices that failed half-way. The guests stay paused.
# lab: deep timeout=900
. /lab/lib.sh

# start_from FILE NAME
start_from() { expect_status 0 "$2: create" safexl create -p "$1"; }

make_disk /srv/extra.img 16
for name in g1 g2 g3 g4; do make_guest $name pv 96; done

# ---- one file, later another guest's ----
mv /etc/xen/g1.cfg /etc/xen/vm.cfg
start_from /etc/xen/vm.cfg g1
mv /etc/xen/g2.cfg /etc/xen/vm.cfg
start_from /etc/xen/vm.cfg g2
refused 78 g1 'a disk for the guest whose file is now another one'"'"'s' \
	safexl block-attach g1 /srv/extra.img,raw,xvdb,w
is "$(live_disks g1)" "$(live_disks g2)" 'it was not attached either'
refused 78 g1 'nor by --config' safexl --config block-attach g1 /srv/extra.img,raw,xvdb,w
refused 78 g1 'record of it' safexl record g1
refused 78 g1 'rename of it' safexl rename g1 g9
refused 78 "its name is 'g2', not 'g1'" 'adopt of that file' safexl adopt g1 /etc/xen/vm.cfg
expect_status 0 'the one whose file it is' safexl block-attach g2 /srv/extra.img,raw,xvdb,w
like "$(cat /etc/xen/vm.cfg)" '/srv/extra.img,raw,xvdb,w' 'has it there'
xl destroy g1

# ---- from standard input ----
from_stdin() { safexl "$@" </etc/xen/g3.cfg; }
other_stdin() { safexl "$@" </etc/xen/g4.cfg; }
expect_status 0 'a guest from standard input' from_stdin create -p /dev/stdin
sum=$(sha256sum /etc/xen/g4.cfg)
expect_status 0 'a change of it, with another file on standard input' other_stdin mem-max g3 128
is "$(sha256sum /etc/xen/g4.cfg)" "$sum" 'leaves that file alone'
like "$(cat /etc/xen/g3.cfg)" 'maxmem *= 128' 'and goes into its own, which has its name'
mkfifo /srv/pipe
refused 78 'pipe' 'a pipe is nobody'"'"'s file' safexl adopt g3 /srv/pipe
xl destroy g3

# ---- a save over something else ----
sums() { sha256sum /etc/xen/*.cfg /srv/g2.img /srv/g4.img; }
before=$(sums)
expect_status 0 'a guest to be saved' safexl create -p /etc/xen/g4.cfg
loop=$(losetup -f --show /srv/g3.img)
for target in /etc/xen/g4.cfg /etc/xen/vm.cfg /srv/g4.img /srv/g2.img /srv/g3.img "$loop"; do
	refused 77 'hint: ' "save over $target" safexl save g4 "$target"
done
refused 77 'the image comes before the configuration' 'as xl restore has the words' \
	safexl save g4 /etc/xen/g4.cfg /srv/g4.save
losetup -d "$loop"
is "$(sums)" "$before" 'each is what it was'
is "$(domid g4 | wc -l)" 1 'and the guest is there'
xl destroy g4

# ---- started by plain xl ----
xl create -p /etc/xen/g4.cfg >/dev/null
expect_status 0 'a guest of plain xl: a disk for its file' \
	safexl --config block-attach g4 /srv/extra2.img,raw,xvdb,w
run_x safexl diff g4
like "$out$err" 'waits for a cold boot' 'diff knows that it waits'
unlike "$out$err" 'not recorded' 'and does not call it unrecorded'
sum=$(sha256sum /etc/xen/g4.cfg)
expect_status 0 'record' safexl record g4
is "$(sha256sum /etc/xen/g4.cfg)" "$sum" 'takes nothing out'

# ---- half-way ----
make_disk /srv/whole.img 16
xl block-attach g4 drbd:nothing,xvdd,w >/dev/null 2>&1
xl block-attach g4 /srv/whole.img,raw,xvde,w
run_x safexl diff g4
like "$out" 'half attached; to clear it: safexl block-detach g4 xvdd' 'a disk whose script failed'
like "$out" 'disk xvde .* not recorded' 'but not one that the guest, which is paused, does not use yet'
expect_status 0 'record' safexl record g4
unlike "$(cat /etc/xen/g4.cfg)" 'drbd' 'does not write it'
like "$(cat /etc/xen/g4.cfg)" '/srv/whole.img,raw,xvde,w' 'writes the other'

# ---- what is left of a disk in xenstore: libxl lists none at all then ----
left=/libxl/$(domid g4)/device/vbd/51999
xenstore-write $left/frontend x
for words in 'save g4 /srv/g4.save' 'migrate g4 localhost' 'diff g4'; do
	run_x safexl $words
	like "$err" "disk $left does not exist" "safexl $words says so"
done
[ ! -e /srv/g4.save ] && [ "$(xl domname "$(domid g4)")" = g4 ]
is $? 0 'and nothing was done'
xenstore-rm $left
xl destroy g4
xl destroy g2
done_testing
