#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job: a disk attached and memory set on the running guest are there after destroy and
# create, with the file's comments intact and each change a commit.
# lab: timeout=600
. /lab/lib.sh

config=/etc/xen/g1.cfg
make_guest g1 pv 160
make_disk /srv/b.img
cp $config /srv/first.cfg

expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1

expect_status 0 'block-attach' safexl block-attach g1 /srv/b.img,raw,xvdb,w
like "$err" 'recorded in /etc/xen/g1.cfg \([0-9a-f]{7,}\)' 'a line on stderr tells the commit'
is "$out" '' 'nothing of its own goes to stdout'
holds 'the guest sees the disk' guest_sees_disk g1 xvdb
is "$(diff /srv/first.cfg $config | grep '^[<>]')" ">     '/srv/b.img,raw,xvdb,w'," \
	'the file has one line more, in the layout of its neighbours'

expect_status 0 'mem-set' safexl mem-set g1 128
holds 'the guest has less memory' guest_has_memory g1 128
is "$(memory_target g1) $(memory_max g1)" '128 160' 'target and maximum are as with xl'
is "$(grep '^memory' $config)" 'memory  = 128      # MiB; enough until Christmas' \
	'memory is written, its comment kept'
like "$(grep maxmem $config)" '^maxmem *= *160$' 'the implicit maximum is written'

expect_status 0 'destroy' safexl destroy g1
expect_status 0 'create again' safexl create $config
holds 'the guest runs again' wait_guest g1
is "$(live_disks g1)" '51712 51728' 'both disks are attached'
holds 'the guest sees the second disk' guest_sees_disk g1 xvdb
is "$(memory_target g1) $(memory_max g1)" '128 160' '128 MiB, and the maximum at its old value'
holds 'the guest has 128 MiB' guest_has_memory g1 128

expect_status 0 'block-detach by number' safexl block-detach g1 51728
holds 'the guest lost the disk' guest_lost_disk g1 xvdb
grep -v '^maxmem' $config >/srv/now
sed 's/^memory  = 160 /memory  = 128 /' /srv/first.cfg >/srv/want
same_file /srv/now /srv/want 'but for the memory, the file has the bytes it had'

# The same device by another spelling, for the bytes alone; the domain by number.
cp $config /srv/before.cfg
expect_status 0 'attach as several words' \
	safexl block-attach "$(domid g1)" vdev=xvdc format=raw access=rw target=/srv/b.img
holds 'the guest sees it' guest_sees_disk g1 xvdc
expect_status 0 'detach as d2p0' safexl block-detach g1 d2p0
same_file $config /srv/before.cfg 'attach and detach give back the same bytes'

expect_status 0 'mem-max' safexl mem-max g1 192
is "$(memory_max g1)" 192 'the maximum is raised'
like "$(grep maxmem $config)" '^maxmem *= *192$' 'and written'

before=$(config_state)
expect_status 0 '--live mem-set' safexl --live mem-set g1 120
is "$(memory_target g1)" 120 '--live changes the domain'
is "$(config_state)" "$before" '--live records nothing'
expect_status 0 '--config mem-set, with a reason' \
	safexl --config -m 'less is enough' mem-set g1 112
is "$(memory_target g1)" 120 '--config leaves the domain alone'
like "$(grep '^memory' $config)" '^memory  = 112 ' '--config changes the file'
like "$(git -C /etc/xen log -1 --format=%B)" $'Reason: less is enough\n' 'the reason is in the history'

run_x safexl -N block-attach g1 /srv/b.img,raw,xvdb,w
like "$out" "\\+ +'/srv/b.img,raw,xvdb,w'," 'a dry run shows the change'
is "$(live_disks g1)" 51712 'and does not make it'

is "$(subjects)" "g1: set memory to 112 MiB (was 128)
g1: set maximum memory to 192 MiB (was 160)
g1: detach disk xvdc (/srv/b.img)
g1: attach disk xvdc (/srv/b.img)
g1: detach disk xvdb (/srv/b.img)
g1: set memory to 128 MiB (was 160)
g1: attach disk xvdb (/srv/b.img)
Start the history of the configurations" 'the history reads like a diary'
holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
is "$(git -C /etc/xen status --porcelain -- g1.cfg)" '' 'what is committed is what is on disk'
is "$(stat -c %a /etc/xen/.git)" 700 'the repository is for root alone'
is "$(stat -c '%a %U' $config)" "$(stat -c '%a %U' /srv/first.cfg)" 'the mode of the file is kept'
is "$(find /etc/xen -maxdepth 1 -name '.*' ! -name .git ! -path /etc/xen -printf '%f\n')" '' \
	'no temporary file is left behind'

# Another person, root through sudo.
expect_status 0 'mem-set through sudo' su anna -c 'sudo safexl mem-set g1 124'
like "$(git -C /etc/xen log -1 --format='%an <%ae>')" '^Anna Berg <anna@' 'the author is the person'

done_testing
