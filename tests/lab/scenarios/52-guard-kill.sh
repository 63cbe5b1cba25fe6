#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed within a save and within a restore: before each rename of its own (strace does
# it), before xl begins, as soon as xl has ended, and together with xl half-way. The last three are
# done by a stand-in for xl's path that knows the moment. The next command settles it: the guest
# runs or its image can be restored, never both.
# lab: timeout=1800
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
# What is run as xl: kills safexl, its parent, at the moment that /srv/moment names.
real=$(dirname "$(readlink -f "$xen_dir/bin/xl")")/xl
mkfifo /srv/go
cat >/srv/xl <<EOF
#!/bin/bash
echo \$\$ >/srv/xl.pid
moment=\$(cat /srv/moment 2>/dev/null)
rm -f /srv/moment
case \$moment in
before)
	kill -KILL \$PPID
	read -r _ </srv/go
	exec $real "\$@"
	;;
after)
	$real "\$@"
	kill -KILL \$PPID
	;;
half-*)
	$real "\$@" &
	until half_\${moment#half-}; do :; done
	kill -KILL \$! \$PPID
	;;
*) exec $real "\$@" ;;
esac
EOF
# Half-way: the image has grown; the domain is there, which is a long way before it runs.
sed -i '2a\
half_save() { [ -n "$(find /var/lib/xen/save -name "*.safexl-*" -size +1M)" ]; }\
half_restore() { xenstore-list /local/domain | grep -qvx 0; }' /srv/xl
chmod +x /srv/xl
# kill_when MOMENT CMD...: safexl is dead then; "before" leaves xl waiting for a word in /srv/go.
kill_when() {
	echo "$1" >/srv/moment
	shift
	{ SAFEXL_XL=/srv/xl "$@" >/srv/said 2>&1; } 2>/dev/null
	is "$?" 137 "$* is killed"
}
# xl, whoever it was run by, has ended.
xl_ended() { tail --pid="$(cat /srv/xl.pid)" -f /dev/null; }
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
make_volume
sed -i "s|^    '/srv/g1.img.*|&\n    'phy:/dev/lab/data,xvdb,w',|" $config
expect_status 0 'create' safexl create $config
wait_guest g1

step=2
! deep_only 'every second rename' || step=1
n=1
while kill_at $n safexl save g1 $image; do
	settled "save, killed at rename $n"
	n=$((n + step))
done
like $n '^([5-9]|1[0-9])$' 'as many renames as a save has'
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
	n=$((n + step))
done
like $n '^[4-9]$' 'as many renames as a restore has'
holds 'the last one is a whole restore' test -n "$(domid g1)"

# While xl works.
kill_when before safexl save g1 $image
expect_status 77 'save, killed before xl begins: create is refused' safexl create $config
like "$err" 'it is being saved to' 'because xl is at work'
echo >/srv/go
xl_ended
is "$(domid g1)" '' 'xl has saved it'
run_x safexl where g1
like "$err" "finished an interrupted save: it is saved in $image" 'the next command finishes it'
is "$(stat -c %a $image)$(temps)" 600 'under its name'

kill_when before safexl restore $image
expect_status 77 'restore, killed before xl begins: another one is refused' safexl restore $image
like "$err" 'it is being restored' 'because xl is at work'
echo >/srv/go
xl_ended
run_x safexl where g1
like "$err" 'an interrupted restore of .* had restored the guest: the image cannot be restored again' 'it runs: settled'
xl destroy g1
expect_status 77 'the image is used up' safexl restore $image

# As soon as xl has ended.
expect_status 0 'create' safexl create $config
wait_guest g1
kill_when after safexl save g1 $image
settled 'save, killed when xl has ended'
is "$(domid g1 | grep -c .)" 1 'it was restored'
expect_status 0 'save' safexl save g1 $image
kill_when after safexl restore $image
holds 'the guest goes on' guest_wait g1 ticks "!^$(guest_says g1 ticks)\$"
xl destroy g1
expect_status 77 'restore, killed when xl has ended, and the guest gone since: refused' \
	safexl restore $image
rm -f $image

# xl killed as well, half-way.
expect_status 0 'create' safexl create $config
wait_guest g1
expect_status 0 'save' safexl save g1 $image
kill_when half-restore safexl restore $image
xl_ended
expect_status 75 'both killed while they restore: half a guest is there, paused' safexl recover
expect_status 77 'in its place no other is started' safexl create $config
xl destroy g1
run_x safexl recover
like "$err" "withdrew an interrupted restore: $image is unchanged" 'it is destroyed'
expect_status 0 'the image can be restored' safexl restore $image

kill_when half-save safexl save g1 $image.2
xl_ended
run_x safexl recover
like "$err" 'withdrew an interrupted save to .*: the guest is still there, suspended' \
	'both killed while they save'
is "$(temps; ls $image.2 2>/dev/null)" '' 'nothing of it is left'
xl destroy g1

# --discard-marker, killed: the saved state is lost only if the guest had its disks.
expect_status 0 'create' safexl create $config
wait_guest g1
expect_status 0 'save' safexl save g1 $image
kill_when before safexl --discard-marker create $config
expect_status 77 'create --discard-marker, killed before xl begins: restore is refused' \
	safexl restore $image
like "$err" 'it is being discarded right now' 'because xl is at work'
kill -KILL "$(cat /srv/xl.pid)"
xl_ended
expect_status 0 'xl was killed as well: the saved state is as before' safexl restore $image
like "$err" "the command failed; the saved state in $image is unchanged" 'and that is said'
expect_status 0 'save' safexl save g1 $image
kill_when after safexl --discard-marker create $config
wait_guest g1
xl destroy g1
expect_status 77 'killed when xl had started the guest: the saved state is lost' \
	safexl restore $image

done_testing
