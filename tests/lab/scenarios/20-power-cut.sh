#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What was reported as recorded is on the disk: the power is cut right after, and the machine boots
# again.
# lab: reboot
. /lab/lib.sh

config=/etc/xen/g1.cfg
case $LAB_BOOT in
1)
	make_guest g1 pv 160
	make_disk /srv/b.img
	sync
	expect_status 0 'a change' safexl --config mem-set g1 128
	power_cut
	;;
2)
	like "$(grep '^memory' $config)" '^memory  = 128 ' 'after a power cut the file has the change'
	is "$(subjects | head -n 1)" 'g1: set memory to 128 MiB (was 160)' 'the history has it'
	holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
	is "$(git -C /etc/xen status --porcelain -- g1.cfg)" '' 'file and history agree'
	expect_status 0 'the next change' safexl --config block-attach g1 /srv/b.img,raw,xvdb,w
	power_cut
	;;
3)
	like "$(cat $config)" "'/srv/b.img,raw,xvdb,w'," 'after another the file has the next change'
	is "$(subjects | wc -l)" 3 'the history has both'
	expect_status 0 'nothing waits to be finished' safexl recover
	holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
	;;
esac
done_testing
