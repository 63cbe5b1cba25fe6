#!/bin/bash
# Where the kills hit depends on how fast the host is, so this is run by hand, not by make check
# (tests/flow/crash_guard.sh kills at every call): tests/lab/run tests/lab/by-hand/52-guard-kill.sh
# safexl is killed within a save and within a restore, before each rename of its own and while xl
# works: the next command settles it. Then the guest runs or its image can be restored, never both.
# lab: timeout=1500
. /lab/lib.sh

config=/etc/xen/g1.cfg
image=/var/lib/xen/save/g1

# kill_at N CMD...: killed before its N-th rename; false when there were fewer
kill_at() {
	local at=$1
	shift
	{ strace -qq -o /dev/null -e trace=rename -e "inject=rename:signal=KILL:when=$at" "$@" \
		>/srv/said 2>&1; } 2>/dev/null
	[ $? = 137 ]
}
# Whoever xl was run by, it has ended.
xl_ended() {
	local pid
	for pid in $(pgrep -f "xl.* $1"); do tail --pid="$pid" -f /dev/null; done
}
temps() { find "${image%/*}" -name '*safexl*'; }

# settled DESC: after a save. The guest runs, and no image is there; or it is in its image alone.
settled() {
	run_x safexl recover
	if [ "$status" != 0 ] || [ -n "$(temps)" ]; then
		not_ok "$1"
		note "recover: $status $err; left: $(temps)"
	elif [ -n "$(domid g1)" ]; then
		if [ -e $image ]; then not_ok "$1: it runs and has an image"; else ok "$1: it runs"; fi
	else
		expect_status 77 "$1: it is saved" safexl create $config
		expect_status 0 "$1: and can be restored" safexl restore $image
		rm -f $image
	fi
}

make_guest g1 pv 128
truncate -s 100M /srv/pv.img
pv=$(losetup -f --show /srv/pv.img)
vgcreate -q lab "$pv" && lvcreate -q -y -n data -L 64M lab >/dev/null && udevadm settle
mkfs.ext4 -q /dev/lab/data
sed -i "s|^    '/srv/g1.img.*|&\n    'phy:/dev/lab/data,xvdb,w',|" $config
expect_status 0 'create' safexl create $config
wait_guest g1

n=1
while kill_at $n safexl save g1 $image; do
	settled "save, killed at rename $n"
	n=$((n + 1))
done
like $n '^([5-9]|1[0-9])$' 'each rename of a save'
is "$(domid g1)" '' 'the last one is a whole save'

n=1
while kill_at $n safexl restore $image; do
	run_x safexl recover
	is "$status" 0 "restore, killed at rename $n: settled"
	if [ -n "$(domid g1)" ]; then
		xl destroy g1
		expect_status 77 "restore, killed at rename $n: the image is used up" safexl restore $image
		expect_status 0 'create' safexl create $config
		wait_guest g1
		expect_status 0 'save' safexl save g1 $image
	else
		expect_status 77 "restore, killed at rename $n: it is saved as before" safexl create $config
	fi
	n=$((n + 1))
done
like $n '^[4-9]$' 'each rename of a restore'
holds 'the last one is a whole restore' test -n "$(domid g1)"

# While xl works.
setsid safexl save g1 $image >/dev/null 2>&1 &
pid=$!
until [ -n "$(find "${image%/*}" -name '.g1.safexl-*' -size +1M)" ]; do sleep 0.1; done
kill -KILL $pid
expect_status 77 'safexl killed while xl saves: create is refused' safexl create $config
like "$err" 'it is being saved to' 'because xl still works'
xl_ended 'save g1'
is "$(domid g1)" '' 'xl has saved it'
run_x safexl where g1
like "$err" "finished an interrupted save: it is saved in $image" 'the next command finishes it'
is "$(stat -c %a $image)$(temps)" 600 'under its name'

setsid safexl restore $image >/dev/null 2>&1 &
pid=$!
until [ -n "$(domid g1)" ]; do sleep 0.1; done
kill -KILL $pid
xl_ended 'restore '
run_x safexl where g1
like "$err" 'an interrupted restore of .* used the image up' 'safexl killed while xl restores: settled'
xl destroy g1
expect_status 77 'the image is used up' safexl restore $image

# xl killed as well: half a guest, whose disks nobody touched.
expect_status 0 'create' safexl create $config
wait_guest g1
expect_status 0 'save' safexl save g1 $image
setsid safexl restore $image >/dev/null 2>&1 &
pid=$!
until [ -n "$(domid g1)" ]; do sleep 0.1; done
xl_pid=$(pgrep -f 'xl.* restore ' | tail -n 1)
kill -STOP $pid
kill -KILL "$xl_pid" $pid
expect_status 75 'both killed while they restore: half a guest is there, paused' safexl recover
expect_status 77 'in its place no other is started' safexl create $config
xl destroy g1
run_x safexl recover
like "$err" "an interrupted restore came to nothing: $image is as before" 'it is destroyed'
expect_status 0 'the image can be restored' safexl restore $image

setsid safexl save g1 $image.2 >/dev/null 2>&1 &
pid=$!
until [ -n "$(find "${image%/*}" -name '.g1.2.safexl-*' -size +1M)" ]; do sleep 0.1; done
xl_pid=$(pgrep -f 'xl.* save g1' | tail -n 1)
kill -STOP $pid
kill -KILL "$xl_pid" $pid
run_x safexl recover
like "$err" 'withdrew an interrupted save to .*: the guest is still there, suspended' \
	'both killed while they save'
is "$(temps; ls $image.2 2>/dev/null)" '' 'nothing of it is left'

xl destroy g1
vgchange -q -an lab
losetup -d "$pv"
done_testing
