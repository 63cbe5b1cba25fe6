#!/bin/bash
# What `make demo` shows, run in dom0: the main job on a real Xen. Prints a transcript: comments,
# a prompt with each command, and what the command really says. Status 1 when a step failed or when
# the disk and the memory are not there in the end.
. /lab/lib.sh

failed=

if [ -n "${LAB_COLOR:-}" ]; then
	prompt=$'\e[1;32mdom0#\e[0m \e[1m' plain=$'\e[0m' remark=$'\e[36m'
else
	prompt='dom0# ' plain='' remark=''
fi

say() { printf '\n%s# %s%s\n' "$remark" "$1" "$plain"; }

# Show a command and run it; show its status when it is not the expected one, else 0.
run() {
	printf '%s%s%s\n' "$prompt" "$1" "$plain"
	eval "$1" 2>&1
	status=$?
	[ $status = "${2:-0}" ] || { printf '[status %d]\n' $status; failed=1; }
}

# In the end something must be so: say it, or that it is not.
must() {
	if "${@:2}"; then
		printf '%s# yes: %s%s\n' "$remark" "$1" "$plain"
	else
		printf '%s# NO: %s%s\n' "$remark" "$1" "$plain"
		failed=1
	fi
}

make_guest g1 pv 160
make_disk /srv/b.img
cp /etc/xen/g1.cfg /srv/g1.before

say 'A guest as somebody configured it by hand, with comments that matter.'
run 'cat /etc/xen/g1.cfg'

say 'safexl is typed instead of xl. Start the guest; everything works as with xl.'
run 'safexl create /etc/xen/g1.cfg'
wait_guest g1
run 'safexl list'

say 'It needs more room, and less memory. -m keeps the reason.'
run 'safexl -m "uploads need more room" block-attach g1 /srv/b.img,raw,xvdb,w'
run 'safexl mem-set g1 128'

say 'What xl forgets: end the guest, and start it again from its file.'
run 'safexl destroy g1'
run 'safexl create /etc/xen/g1.cfg'
wait_guest g1

say 'The disk and the memory are there, in the eyes of Xen ...'
run 'safexl block-list g1'
run 'safexl list g1'
say '... and in the eyes of the guest (it reports what it sees in xenstore).'
run "xenstore-ls /local/domain/$(domid g1)/data"

say 'Each change is a commit: who, why, by which command.'
run 'git -C /etc/xen --no-pager log'
say 'The changes of the file itself, newest first. The comments were not touched.'
run 'git -C /etc/xen --no-pager log -p --format="%n%h %s" HEAD~2..HEAD'

say 'The other way: take the disk away, and its line is gone from the file again.'
run 'safexl block-detach g1 xvdb'
say 'What is left of it all, against the file as it was in the beginning:'
run 'diff -u /srv/g1.before /etc/xen/g1.cfg' 1

say 'So:'
must 'the guest came back with 128 MiB' test "$(memory_target g1)" = 128
must 'its maximum is what it was, 160 MiB' test "$(memory_max g1)" = 160
must 'the last disk was recorded and removed, the first is as it was' \
	test "$(live_disks g1)" = 51712
must 'the history is sound' git -C /etc/xen fsck --no-progress
echo
[ -z "$failed" ]
lab_complete=1
exit
