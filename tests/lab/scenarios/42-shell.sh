#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell on a real Xen: a script of changes from a pipe, and a person at a terminal who changes a
# guest, visits its console, interrupts and stops commands; check on the configuration it leaves.
# lab: timeout=600
. /lab/lib.sh

make_guest g1 pv 160
make_disk /srv/b.img
expect_status 0 'create' safexl create /etc/xen/g1.cfg
holds 'the guest runs' wait_guest g1

# ---- a script ----
printf '%s\n' '# two changes, one mistake' 'mem-set g1 140' 'block-attach g1 nonsense' \
	'block-attach g1 /srv/b.img,raw,xvdb,w' >/tmp/script
expect_status 2 'a script' sh -c 'safexl </tmp/script'
like "$err" 'safexl: line 3: block-attach: status 2' 'the mistake is told with its line'
is "$(subjects | head -n 2 | xargs -d '\n' -n 1)" "g1: attach disk xvdb (/srv/b.img)
g1: set memory to 140 MiB (was 160)" 'what stands before and behind it is recorded'
is "$(live_disks g1)" '51712 51728' 'and done'
expect_status 0 'check' safexl check
is "$out" '' 'finds nothing wrong in what it wrote'
sed -i 's/^memory/memroy/' /etc/xen/g1.cfg
expect_status 1 'check of a slip of the fingers' safexl check
like "$out" "^/etc/xen/g1.cfg:[0-9]+: error: .*'memroy' .*did you mean 'memory'" 'says what was meant'
git -C /etc/xen checkout -q g1.cfg

# ---- a person ----
coproc terminal { TERM=dumb exec script -qfc safexl /dev/null 2>&1; }
here() { if "${@:2}"; then ok "$1"; else not_ok "$1"; fi; }
runs() {
	local i
	for ((i = 0; i < 600; i++)); do
		! pgrep -x "$1" >/dev/null || return 0
		read -r -t 0.1 <> <(:)
	done
	return 1
}
prompt="safexl $(hostname | cut -d. -f1)> "

here 'it opens' appears "$prompt"
types 'block-detach g1 xvdb\r'
here 'a change' appears 'detach disk xvdb'
here 'and the prompt again' appears "$prompt"
types 'console g1\r'
here 'the console of the guest' runs xenconsole
types '\x1d'
here 'is left by its own key' appears "$prompt"
types '!stty -a\r'
here 'the terminal is as before' appears ' icanon'
appears "$prompt"
types 'shutdown -w nosuch\r'
here 'an error of xl' appears 'nosuch is an invalid domain identifier'
appears "$prompt"
types '!sleep 1000\r'
here 'a command that takes long' runs sleep
types '\x03'
here 'Ctrl-C ends it, and it alone' appears "$prompt"
types '!sleep 1000\r'
runs sleep
types '\x1a'
here 'Ctrl-Z stops it' appears '[1 stopped]> '
types 'fg\r'
here 'fg goes on' appears 'sleep 1000'
types '\x03'
here 'to its end' appears "$prompt"
types '\x04'
here 'Ctrl-D leaves' wait "$terminal_PID"
is "$(live_disks g1)" 51712 'the disk is gone'
is "$(stat -c %a /root/.local/state/safexl/history)" 600 'the history is for its owner only'
done_testing
