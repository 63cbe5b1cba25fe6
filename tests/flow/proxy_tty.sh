#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# At a terminal, under an interactive shell with job control: what keys and signals do to xl, they
# do to it behind safexl too, whether xl took safexl's place or is its child. Each case is also run
# with xl alone, so that the expectations are xl's own behaviour.
. tests/flow/proxy_lib.sh
config web1 256
config new1 256
domain 1 web1 262144
ulimit -c 0
export TERM=dumb PS1='@> ' PS2= HISTFILE= XL_ECHO_OUT PTY_SECONDS=20
pty=$BUILD/fake/pty

ways=(xl passed recorded created)
command_of() {
	case $1 in
	xl) echo "$SAFEXL_XL list" ;;
	passed) echo "$safexl list" ;;
	recorded) echo "$safexl mem-set web1 128" ;;
	created) echo "$safexl create $etc/new1.cfg" ;;
	esac
}

# A shell in which $W is the command. usage: shell WHAT XL_ECHO STEP...
shell() {
	local what=$1 echo=$2 way
	shift 2
	for way in "${ways[@]}"; do
		W=$(command_of $way) XL_ECHO=$echo check "$what: $way" "$pty" 'expect:@> ' "$@" \
			'send:exit 0\r' -- bash --noprofile --norc -i
	done
}
unset XL_ECHO_OUT

shell "Ctrl-C" hold 'send:$W\r' expect:ready 'send:\x03' 'expect:@> ' \
	'send:echo =$?=\r' expect:=130=
shell "Ctrl-\\" hold 'send:$W\r' expect:ready 'send:\x1c' expect:Quit 'expect:@> ' \
	'send:echo =$?=\r' expect:=131=
shell "Ctrl-Z, fg, Ctrl-C" hold 'send:$W\r' expect:ready 'send:\x1a' expect:Stopped 'expect:@> ' \
	'send:fg\r' expect:continued 'send:\x03' 'expect:@> ' 'send:echo =$?=\r' expect:=130=
shell "twice" hold 'send:$W\r' expect:ready 'send:\x1a' expect:Stopped 'expect:@> ' \
	'send:fg\r' expect:continued 'send:\x1a' expect:Stopped 'expect:@> ' \
	'send:fg\r' expect:continued 'send:\x03' 'expect:@> ' 'send:echo =$?=\r' expect:=130=
shell "Ctrl-Z, bg, fg" hold 'send:$W\r' expect:ready 'send:\x1a' expect:Stopped 'expect:@> ' \
	'send:bg\r' expect:continued 'send:fg\r' job 'send:\x03' 'expect:@> ' \
	'send:echo =$?=\r' expect:=130=
shell "Ctrl-Z, kill" hold 'send:$W\r' expect:ready 'send:\x1a' expect:Stopped 'expect:@> ' \
	'send:kill %1\r' 'send:fg\r' expect:erminated
shell "xl stops itself" stop 'send:$W\r' expect:stops expect:Stopped 'expect:@> ' \
	'send:fg\r' expect:on 'expect:@> ' 'send:echo =$?=\r' expect:=
shell "typed text and Ctrl-D" copy 'send:$W; echo =end=\r' job 'send:for xl\r' \
	'expect:for xl' 'expect:for xl' 'send:\x04' expect:=end=
shell "reading in the background" copy 'send:set -b; $W &\r' expect:Stopped 'send:fg\r' job \
	'send:words\r' expect:words expect:words 'send:\x04' 'expect:@> '
shell "SIGTERM to it alone" hold 'send:$W &\r' expect:ready \
	'send:kill -TERM $!; wait $!; echo =$?=\r' expect:=143=
shell "SIGINT to it alone" hold 'send:$W &\r' expect:ready \
	'send:kill -INT $!; wait $!; echo =$?=\r' expect:=130=
shell "SIGUSR1 to it alone" hold 'send:$W &\r' expect:ready \
	'send:kill -USR1 $!; wait $!; echo =$?=\r' expect:=138=
shell "SIGTSTP and SIGCONT to it alone" hold 'send:set -b; $W &\r' expect:ready \
	'send:kill -TSTP $!\r' expect:Stopped 'send:kill -CONT $!\r' expect:continued \
	'send:kill $!; wait $!; echo =$?=\r' expect:=143=

# Whatever the status, the steps went well.
shown() { "$@"; [ $? != 97 ]; }
ends() { local want=$1; shift; "$@"; [ $? = "$want" ]; }
# Each signal of the terminal comes once. A session of its own, no shell in between.
for way in "${ways[@]}"; do
	XL_ECHO_OUT=$work/signals.$way
	export XL_ECHO_OUT
	# shellcheck disable=SC2046
	XL_ECHO=catch PTY_FILE=$XL_ECHO_OUT check "signals of the terminal: $way" ends 7 "$pty" \
		file:ready size:30x100 file:SIGWINCH 'send:\x03' file:SIGINT 'send:\x1a' file:SIGTSTP \
		'send:\x1c' -- $(command_of $way)
	is "$(sed 1d "$XL_ECHO_OUT")" "$(printf 'SIG%s\n' WINCH INT TSTP QUIT)" "each came once: $way"
done

# The line is cut: xl gets its SIGHUP, and both end.
for way in "${ways[@]}"; do
	XL_ECHO_OUT=$work/hangup.$way
	# shellcheck disable=SC2046
	XL_ECHO=hold PTY_FILE=$XL_ECHO_OUT check "hang-up: $way" "$pty" file:ready hangup -- \
		$(command_of $way)
done
unset XL_ECHO_OUT

# Whom safexl is told about: a process group as the shell made it, the terminal's own.
for way in "${ways[@]}"; do
	# shellcheck disable=SC2046
	XL_ECHO=ids check "in the foreground, in the caller's group: $way" shown "$pty" \
		'expect:same group, foreground' -- $(command_of $way)
done
is "$(ls -A "$state/journal" 2>/dev/null)" '' "no change is left half done"
finish
