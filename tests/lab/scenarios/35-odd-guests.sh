#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Guests that are odd: called by digits, crashed and kept, asked to live on too little, to be saved where
# no name can be, on devices whose names change.
# lab: deep timeout=900
. /lab/lib.sh

make_guest g1 pv 128
sed -i 's/^on_crash .*/on_crash = "preserve"/; s/quiet/quiet sysrq_always_enabled/; $a maxmem = 160' /etc/xen/g1.cfg
make_guest 25 pv 96
expect_status 0 'create' safexl create /etc/xen/g1.cfg
wait_guest g1

# ---- called by digits ----
expect_status 0 'a domain called 25: create' safexl create -p /etc/xen/25.cfg
run_x safexl where 25
like "$out" 'memory +paused' 'where finds it'
expect_status 0 'a change of it' safexl mem-set 25 80
like "$(cat /etc/xen/25.cfg)" 'memory  = 80 ' 'is recorded in its file'
expect_status 0 'diff' safexl diff 25
xl destroy "$(xl list | awk '$1 == 25 { print $2 }')"

# ---- what no guest could live on ----
refused 78 'needs about' 'memory of 5 MiB' safexl mem-set g1 5
refused 78 'host' 'a maximum above the host' safexl mem-max g1 9999999
holds 'the guest goes on' guest_goes_on g1

# ---- a name that no image can have ----
mkdir -p /srv/images
long=$(printf '%0256d' 0)
refused 73 '' 'an image name of 256 bytes' safexl save g1 "/srv/images/$long"
is "$(ls -A /srv/images)" '' 'nothing is left there'
mkdir /srv/images/there
refused 77 'is a directory' 'a directory under its name' safexl save g1 /srv/images/there
touch /srv/images/fixed
chattr +i /srv/images/fixed
refused 73 'is immutable' 'an immutable file under its name' safexl save g1 /srv/images/fixed
chattr -i /srv/images/fixed
holds 'the guest goes on' guest_goes_on g1

# ---- a device whose name changes ----
make_disk /srv/extra.img 16
loop=$(losetup -f --show /srv/extra.img)
expect_status 0 'a disk by the name of a loop device' safexl block-attach g1 "$loop,raw,xvdb,w"
like "$err" "$loop can be another disk after a reboot" 'that it may be another after a boot is said'
expect_status 0 'and goes' safexl block-detach g1 xvdb
losetup -d "$loop"

# ---- crashed, and kept ----
# What Xen tells when a domain ends; the first line comes at once.
exec {ended}< <(exec xenstore-watch @releaseDomain 2>/dev/null)
is_crashed() {
	while read -r -t 60 -u "$ended" _; do
		! xl list g1 | awk 'NR == 2 { exit $5 !~ /c/ }' || return 0
	done
	return 1
}
xl sysrq g1 c
holds 'it crashes, and is kept' is_crashed
run_x safexl where g1
like "$out" 'crashed' 'where says so'
unlike "$out" 'memory +running' 'and not that it runs'
run_x safexl mem-set g1 100
like "$err" 'crashed' 'a change of it as well'
xl destroy g1
done_testing
