#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab itself: plain xl creates guests, changes them live and ends them, and a guest reports
# what it sees. When this fails, look at the lab, not at safexl.
# lab: deep
. /lab/lib.sh

expect_status 0 'xl list works' xl list
like "$out" 'Domain-0' 'xl list shows dom0'

make_guest g1 pv 160
make_disk /srv/b.img
expect_status 0 'a PV guest is created' xl create /etc/xen/g1.cfg
holds 'the PV guest runs' wait_guest g1
note "up $SECONDS s after the start"
holds 'it sees its disk' guest_sees_disk g1 xvda

expect_status 0 'block-attach' xl block-attach g1 /srv/b.img,raw,xvdb,w
holds 'the guest sees the new disk' guest_sees_disk g1 xvdb
is "$(live_disks g1)" '51712 51728' 'block-list shows both'

expect_status 0 'mem-set' xl mem-set g1 128
holds 'the guest gave the memory back' guest_has_memory g1 128
is "$(memory_target g1) $(memory_max g1)" '128 160' 'target and maximum are as set'

expect_status 0 'block-detach' xl block-detach g1 xvdb
holds 'the guest lost the disk' guest_lost_disk g1 xvdb
before=$(guest_says g1 ticks)
holds 'the guest keeps writing' guest_wait g1 ticks "!^$before\$"

expect_status 0 'destroy' xl destroy g1
is "$(domid g1)" '' 'the guest is gone'

note "PV part: $SECONDS s"
make_guest g2 pvh 160
expect_status 0 'a PVH guest is created' xl create /etc/xen/g2.cfg
holds 'the PVH guest runs' wait_guest g2
expect_status 0 'destroy' xl destroy g2

done_testing
