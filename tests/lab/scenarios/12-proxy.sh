#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is xl: same words, output, status, terminal; abbreviations do not slip past the record; what
# xl leaves running holds nothing of ours.
# lab: timeout=600
. /lab/lib.sh

# same_as_xl DESC WORD...: status, stdout and stderr are those of xl.
same_as_xl() {
	local desc=$1 want
	shift
	run_x xl "$@"
	want="$status|$out|$err"
	run_x safexl "$@"
	is "$status|$out|$err" "$want" "$desc"
}

make_guest g1 pv 160
make_disk /srv/b.img
expect_status 0 'create' safexl create /etc/xen/g1.cfg
wait_guest g1

is "$(safexl list | awk '{ print $1, $2, $3, $4 }')" "$(xl list | awk '{ print $1, $2, $3, $4 }')" \
	'list is that of xl'
same_as_xl 'block-list' block-list g1
same_as_xl 'a domain that does not exist' destroy nosuch
same_as_xl 'an option after the domain' list -l g1
same_as_xl 'a command that nobody knows' frobnicate g1
run_x xl block- g1
want="$status|$out|$err
hint: commands that begin so: block-attach, block-detach, block-list"
run_x safexl block- g1
is "$status|$out|$err" "$want" 'an ambiguous prefix, with a hint behind what xl says'
same_as_xl 'a missing word' trigger g1
same_as_xl 'an unknown option' list --frobnicate
same_as_xl 'options of xl itself' -v domid g1
same_as_xl 'create of a file that is not there' create /nonexistent.cfg
xl list >&- 2>/dev/null
want=$?
safexl list >&- 2>/dev/null
is $? $want 'a closed stdout'

expect_status 0 'an abbreviated block-attach' safexl block-at g1 /srv/b.img,raw,xvdb,w
like "$(cat /etc/xen/g1.cfg)" "'/srv/b.img,raw,xvdb,w'," 'is recorded'
expect_status 0 'an abbreviated mem-set with options of xl' safexl -v mem-s g1 150
like "$(grep '^memory' /etc/xen/g1.cfg)" '^memory  = 150 ' 'is recorded'

# The table of commands is that of the installed xl: `xl help` prints each at the start of a line, but for
# dt-overlay, which only xl for ARM has. 'list' and 'restore' are commands of both.
own=" $(safexl help | sed -n "/^safexl's own/,/^\$/s/^  \([a-z-]*\) .*/\1/p" | grep -vxE 'list|restore' | tr '\n' ' ')"
is "$(for name in $(safexl help --commands); do
	since=$(safexl help "$name" | sed -n 's/^Needs xl of Xen 4\.\([0-9]*\) or later\.$/\1/p')
	[[ " dt-overlay $own" == *" $name "* || ${since:-0} -gt ${xen_version#4.} ]] || echo "$name"
done | sort)" \
	"$(xl help 2>&1 | sed -n 's/^ \([a-z][a-z0-9-]*\)\( .*\)\{0,1\}$/\1/p' | sort)" \
	"the commands are those of 'xl help'"

# under_terminal WANT INPUT COMMAND: run it under a terminal; once it shows the regular expression
# WANT, send INPUT and then Ctrl-]. Prints all it showed.
under_terminal() {
	local want=$1 input=$2 seen= part sent= pid
	coproc { exec script -qfec "$3" /dev/null; }
	pid=$COPROC_PID
	exec 4>&"${COPROC[1]}" 5<&"${COPROC[0]}"
	while IFS= read -r -t 60 -n 1 -d '' -u 5 part; do
		seen+=$part
		if [ -z "$sent" ] && [[ $seen =~ $want ]]; then
			sent=1 seen=
			[ -z "$input" ] || printf '%s' "$input" >&4
			[ -n "$input" ] || printf '\035' >&4
		elif [ "$sent" = 1 ] && [ -n "$input" ] && [[ $seen =~ 42:answer ]]; then
			sent=2
			printf '\035' >&4
		fi
	done
	exec 4>&- 5<&-
	wait "$pid"
	printf '%s\n' "$seen" | tr -d '\r'
}
console() { under_terminal . $'\recho $((6 * 7)):answer\r' 'safexl console g1; echo "left: $?"'; }
run_x console
like "$out" '42:answer' 'the console carries both ways'
like "$out" 'left: 0' 'and is left with Ctrl-]'
run_x timeout --foreground --signal=TERM 2 safexl console g1
is "$status" 124 'a signal ends a command that was passed on'

# The daemon that watches the guest lives as long as the guest.
daemon=$(pgrep -f 'xl.* create /etc/xen/g1.cfg' | head -n 1)
like "$daemon" '^[0-9]+$' 'xl left a daemon'
unlike "$(ls -l "/proc/$daemon/fd")" 'safexl|/etc/xen|\.git' 'it holds no file of ours'
is "$(readlink "/proc/$daemon/exe")" "$xen_dir/bin/xl" 'it is xl itself'

is "$(safexl --version | head -n 1 | cut -d' ' -f1)" safexl 'safexl --version'
expect_status 0 'destroy' safexl destroy g1
run_x under_terminal 'guest: up: 1' '' 'safexl create -c /etc/xen/g1.cfg; echo "left: $?"'
like "$out" 'left: 0' 'create -c under a terminal shows the guest as it boots, and is left with Ctrl-]'
is "$(live_disks g1)" '51712 51728' 'with all its disks'

done_testing
