#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Beside plain xl, with a PVH guest: one that xl started is resolved to its file and recorded; when that cannot
# be told, or the file is shared, the change is refused and the way out works.
# lab: timeout=600
. /lab/lib.sh

make_guest g1 pvh 160
make_disk /srv/b.img
xl create /etc/xen/g1.cfg 2>/dev/null

expect_status 0 'a guest started by plain xl is recorded' safexl mem-set g1 150
like "$(grep '^memory' /etc/xen/g1.cfg)" '^memory  = 150 ' 'in its file'
expect_status 0 'plain xl works on it as ever' xl mem-set g1 148

sed -i 's/office network/network of the office/' /etc/xen/g1.cfg
expect_status 0 'a change after an edit by hand' safexl mem-set g1 146
is "$(subjects | wc -l)" 4 'makes two commits'
is "$(git -C /etc/xen show --format= HEAD | sed -n 's/^\([-+][a-z][^ ]*\).*/\1/p' | xargs)" \
	'-memory +memory' 'the last holds the change alone'
like "$(git -C /etc/xen show --format= HEAD~)" '\+[^+]*network of the office' \
	'the one before it what was edited by hand'

cp /etc/xen/g1.cfg /etc/xen/g1-copy.cfg
refused 78 'g1-copy.cfg' 'two files with one name are refused, and named' safexl mem-set g1 140
like "$err" 'hint: .*safexl adopt g1 /etc/xen/g1' 'with the way out'
expect_status 0 'adopt' safexl adopt g1 /etc/xen/g1.cfg
expect_status 0 'after which it is recorded' safexl mem-set g1 140
like "$(grep '^memory' /etc/xen/g1.cfg)" '^memory  = 140 ' 'in the file adopted'
like "$(grep '^memory' /etc/xen/g1-copy.cfg)" '^memory  = 146 ' 'not in the other'
rm /etc/xen/g1-copy.cfg

mv /etc/xen/g1.cfg /srv/g1.cfg
refused 78 'no configuration.*safexl adopt g1' 'without a file it is refused' safexl mem-set g1 130
expect_status 0 'with --live it goes through' safexl --live mem-set g1 130
mv /srv/g1.cfg /etc/xen/g1.cfg
xl destroy g1

# A file opened with values of its own is shared: what was overridden is not written to it.
expect_status 0 'create with an override' safexl create /etc/xen/g1.cfg memory=152
refused 78 'memory' 'a change of what was overridden is refused' safexl mem-set g1 136
expect_status 0 'a change of another key is not' \
	safexl block-attach g1 /srv/b.img,raw,xvdb,w
is "$(live_disks g1)" '51712 51728' 'it is live'
expect_status 0 'dom0 has no file: passed through' safexl mem-set 0 1000

done_testing
