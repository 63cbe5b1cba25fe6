#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The history on a real Xen: attach, undo, redo, blame, log, edit; the guest and the file agree
# after each, and undoing everything gives back the first file byte for byte.
# lab: timeout=600
. /lab/lib.sh

config=/etc/xen/g1.cfg
agree() { expect_status 0 "$1: the guest and the file agree" safexl diff g1; }
commit() { git -C /etc/xen log -1 --format=%h --grep="$1"; }

make_guest g1 pv 160
make_disk /srv/b.img
make_disk /srv/c.img
cp $config /srv/first.cfg
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1

expect_status 0 'attach a disk' safexl -m 'more room' block-attach g1 /srv/b.img,raw,xvdb,w
holds 'the guest sees it' guest_sees_disk g1 xvdb
expect_status 0 'undo' safexl -m 'wrong guest' undo g1
like "$err" '^safexl: undoing [0-9a-f]{7,} g1: attach disk xvdb' 'says what it undoes'
holds 'the guest lost it' guest_lost_disk g1 xvdb
same_file $config /srv/first.cfg 'the file is as it was, byte for byte'
agree 'after undo'
is "$(live_disks g1)" 51712 'libxl has one disk'

expect_status 0 'undo the undo' safexl undo HEAD
holds 'the guest sees the disk again' guest_sees_disk g1 xvdb
agree 'after redo'
expect_status 0 'another disk' safexl block-attach g1 /srv/c.img,raw,xvdc,w
expect_status 0 'less memory' safexl mem-set g1 128
holds 'the guest has less memory' guest_has_memory g1 128
expect_status 0 'detach the first' safexl -m 'it is full' block-detach g1 xvdb
holds 'the guest lost it' guest_lost_disk g1 xvdb

# One from the middle, with others after it.
run_x safexl undo "$(commit '^g1: set memory')"
is "$status" 0 'undo of the memory, not the last change'
holds 'the guest has its memory back' guest_has_memory g1 160
is "$(memory_target g1) $(memory_max g1)" '160 160' 'target and maximum are as at first'
agree 'after undo of the memory'
refused 78 'is undone already, by' 'what is undone is not undone again' \
	safexl undo "$(commit '^g1: set memory')"

# Who did it.
run_x safexl blame g1 xvdb
like "$out" 'removed +[0-9a-f]{7} .*/srv/b.img,raw,xvdb,w' 'blame tells who detached xvdb'
like "$out" 'safexl block-detach g1 xvdb' 'by which command'
like "$out" 'because: it is full' 'and why'
run_x safexl log g1
is "$(awk '{ print $1 }' <<<"$out")" "$(git -C /etc/xen log --format=%h -- g1.cfg)" 'log has what git log has'
note "$out"
run_x safexl blame g1
note "$out"

# xl behind safexl's back: what the domain has not got is undone in the file.
xl block-detach g1 xvdc
holds 'the guest lost the other disk' guest_lost_disk g1 xvdc
expect_status 0 'undo of a disk that plain xl detached' safexl undo "$(commit '^g1: attach disk xvdc')"
like "$err" 'only its configuration is changed: the running domain does not have that change' 'is told'
agree 'after that'
same_file $config /srv/first.cfg 'all is undone: the first file, byte for byte'

# In the editor.
EDITOR="sed -i 's/^memory .*/memory = 144/'" run_x safexl -m 'for its next start' edit g1
is "$status" 0 'edit'
like "$err" 'it is running; at its next cold boot these take effect: memory' 'what waits is told'
is "$(memory_target g1)" 160 'the guest is not changed'
expect_status 0 'undo of the edit' safexl undo g1
same_file $config /srv/first.cfg 'the file is as it was'
agree 'after undo of the edit'

expect_status 0 'destroy' safexl destroy g1
run_x safexl undo HEAD
is "$status" 1 'a guest that does not run'
like "$err" 'safexl --config undo' 'is told, with the way out'
holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
is "$(git -C /etc/xen status --porcelain -- g1.cfg)" '' 'what is committed is what is on disk'
done_testing
