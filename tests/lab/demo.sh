#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What `make demo` shows, run in dom0: the main job on a real Xen, then the shell, the history, drift
# and the guard. Prints a transcript: comments, a prompt with each command, and what the command
# really says. Status 1 when a step failed or something is not so in the end.
. /lab/lib.sh

failed=

if [ -n "${LAB_COLOR:-}" ]; then
	prompt=$'\e[1;32mdom0#\e[0m \e[1m' plain=$'\e[0m' remark=$'\e[36m'
else
	prompt='dom0# ' plain='' remark=''
fi

say() {
	local line
	echo
	for line; do printf '%s# %s%s\n' "$remark" "$line" "$plain"; done
}

# Show a command and run it; show its status when it is not the expected one, else 0.
run() {
	printf '%s%s%s\n' "$prompt" "$1" "$plain"
	eval "$1" 2>&1
	status=$?
	[ $status = "${2:-0}" ] || { printf '[status %d]\n' $status; failed=1; }
}

# The same without xl's lines of progress: there is no terminal that it could show them on in one.
run_quietly() {
	run "$@" >/tmp/said
	grep -v '^xc: progress' /tmp/said
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

# In the shell: type a line piece by piece, with Tab behind each piece but the last, wait for what it
# becomes, and show it all: line [PIECE RESULT]... PIECE
line() {
	while [ $# -gt 1 ]; do
		types "$1\t"
		shows "$2"
		shift 2
	done
	types "$1\r"
	shows "$shell_prompt"
}
shows() {
	appears "$1" || failed=1
	printf '%s' "${passed//[$'\r\a']/}"
}

fast='' make_guest g1 pv 160
make_disk /srv/b.img
make_disk /srv/c.img
cp /etc/xen/g1.cfg /srv/g1.before

say 'A guest as somebody configured it by hand, with comments that matter.'
run 'cat /etc/xen/g1.cfg'

say 'Type safexl wherever you would type xl. Start the guest.'
run 'safexl create /etc/xen/g1.cfg'
wait_guest g1
run 'safexl list'

say 'It needs more room, and less memory. -m keeps the reason.'
run 'safexl -m "uploads need more room" block-attach g1 /srv/b.img,raw,xvdb,w'
run 'safexl mem-set g1 128'

say 'With plain xl both changes would be lost now: end the guest, and start it again from its file.'
run 'safexl destroy g1'
run 'safexl create /etc/xen/g1.cfg'
wait_guest g1

say 'The disk and the memory are there: this is what Xen says ...'
run 'safexl block-list g1'
run 'safexl list g1'
say '... and what the guest says (it reports to xenstore what it sees).'
run "xenstore-ls /local/domain/$(domid g1)/data"
must 'the guest came back with 128 MiB' test "$(memory_target g1)" = 128
must 'its maximum is what it was, 160 MiB' test "$(memory_max g1)" = 160
must 'it has both disks' test "$(live_disks g1)" = '51712 51728'

say 'Each change is a commit: who, why, by which command. The comments were not touched.'
run 'git -C /etc/xen --no-pager log -2 -p'

say 'Without a command, safexl is a shell. Typed here: block-at<Tab> g<Tab> /srv/c<Tab> <Tab> <Tab> w;' \
	'safexl completes the command, the guest, the image, the format and the first free vdev.'
printf '%s%s%s\n' "$prompt" safexl "$plain"
shell_prompt="safexl $(hostname | cut -d. -f1)> "
coproc terminal { TERM=dumb SAFEXL_PAGER=cat exec script -qfc safexl /dev/null 2>&1; }
shows "$shell_prompt"
line block-at 'block-attach ' g 'g1 ' /srv/c '/srv/c.img,' '' 'raw,' '' 'xvdc,' w
line '# It was the wrong guest: undo it, in the guest and in the file.'
line '-m "wrong guest" undo g1'
line '# Who changed that disk?'
line 'blame g1 xvdc'
line '# And what changed in all guests?'
line 'log'
types '\x04'
wait "$terminal_PID"
printf '\n'
must 'the guest has the two disks it had' test "$(live_disks g1)" = '51712 51728'

say 'A colleague uses plain xl, so the file is not written. safexl detects that, and records it.'
run '/usr/sbin/xl mem-set g1 144'
run 'safexl diff' 1
run 'safexl -m "Bert, on Sunday" record g1'
run 'safexl diff'

say 'Mistakes in a configuration, which xl ignores without a word:'
run "sed 's/^vcpus/vcpu/; s/bridge=/brigde=/' /etc/xen/g1.cfg > /srv/new.cfg"
run 'safexl check /srv/new.cfg' 1

say 'Save the guest. From now on its memory is in that file, and its disks belong to that image.'
run_quietly 'safexl save g1'
say 'safexl refuses to start it from its configuration: the image would no longer fit the disks.'
run 'safexl create /etc/xen/g1.cfg' 77
say 'The image can be restored, once.'
run_quietly 'safexl restore /var/lib/safexl/images/g1'
run 'safexl destroy g1'
run 'safexl restore /var/lib/safexl/images/g1' 77

say 'Saved once more, and now somebody mounts its disk to look at it.'
run 'safexl create /etc/xen/g1.cfg'
wait_guest g1
run_quietly 'safexl save g1'
run 'mount -o loop /srv/g1.img /mnt; umount /mnt'
run 'safexl restore /var/lib/safexl/images/g1' 77
run 'safexl where g1'
say 'The saved state is useless now. Discarding it takes an explicit option.'
run 'safexl --discard-marker create /etc/xen/g1.cfg'
wait_guest g1

say 'At last, detach the disk: its line is removed from the file again.'
run 'safexl block-detach g1 xvdb'
say 'The file now, compared with the file at the beginning:'
run 'diff -u /srv/g1.before /etc/xen/g1.cfg' 1

say 'So:'
must 'the last disk was recorded and removed, the first is as it was' \
	test "$(live_disks g1)" = 51712
must 'the guest and its file agree' safexl -q diff g1
must 'the history is sound' git -C /etc/xen fsck --no-progress
echo
lab_complete=1
[ -z "$failed" ]
exit
