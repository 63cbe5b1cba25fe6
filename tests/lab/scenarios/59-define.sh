#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A configuration comes and goes: define of a file, define --from of a guest that plain xl started from
# a file elsewhere, which is the same guest after a destroy; autostart, undefine, and undo brings all back.
# lab: timeout=600
. /lab/lib.sh

# as_made NAME: what xl would make it from again, but for its number
as_made() { xl list -l "$1" | grep -v '"domid"'; }

make_guest wild pvh 100
make_disk /srv/more.img
cat >>/etc/xen/wild.cfg <<END
disk += [ '/srv/more.img,raw,xvdb,r' ]
vcpus = 1
maxvcpus = 2
on_crash = "preserve"
END
mkdir /root/elsewhere
mv /etc/xen/wild.cfg /root/elsewhere/wild.conf
xl create /root/elsewhere/wild.conf >/dev/null 2>&1
holds 'a guest started by plain xl from elsewhere' wait_guest wild
expect_status 0 'list --all' safexl list --all
like "$out" 'wild .* running, not configured' 'tells that it has no configuration'
as_made wild >/srv/before
expect_status 0 'define --from' safexl define --from wild
note "$(cat /etc/xen/wild.cfg)"
is "$(subjects | head -1)" 'wild: define it as it runs' 'it is a commit'
expect_status 0 'diff' safexl diff wild
is "$out" '' 'finds nothing'
expect_status 0 'destroy' safexl destroy wild
expect_status 0 'start' safexl start wild
holds 'it boots from the new file' wait_guest wild
as_made wild >/srv/after
is "$(diff /srv/before /srv/after)" '' 'it is the same guest, as xl list -l has it'
expect_status 0 'a disk is attached' safexl block-attach wild /srv/more.img,raw,xvdc,r
like "$(cat /etc/xen/wild.cfg)" 'xvdc' 'and recorded there'

expect_status 0 'autostart' safexl autostart wild
is "$(readlink /etc/xen/auto/wild)" ../wild.cfg 'makes the link'
cp /etc/xen/wild.cfg /srv/wild.before
refused 77 'not undefined: it is running' 'undefine while it runs' safexl undefine wild
expect_status 0 'destroy' safexl destroy wild
expect_status 0 'undefine' safexl undefine wild
like "$err" 'its disks are left as they are: .*/srv/wild.img' 'names the disks'
holds 'the file is gone' test ! -e /etc/xen/wild.cfg
holds 'the link too' test ! -L /etc/xen/auto/wild
expect_status 0 'undo' safexl undo HEAD
same_file /etc/xen/wild.cfg /srv/wild.before 'the file is back'
is "$(readlink /etc/xen/auto/wild)" ../wild.cfg 'so is the link'
is "$(git -C /etc/xen status --porcelain --untracked-files=no)" '' 'git finds all clean'
expect_status 0 'undefine' safexl undefine wild
expect_status 0 'define of the file that it was from' safexl define /root/elsewhere/wild.conf
same_file /etc/xen/wild.cfg /root/elsewhere/wild.conf 'is taken over byte for byte'
expect_status 0 'start' safexl start wild
holds 'it boots' wait_guest wild
refused 78 'taken by /etc/xen/wild.cfg' 'define of a name that is taken' safexl define /root/elsewhere/wild.conf
done_testing
