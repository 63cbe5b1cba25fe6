#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Descriptors, streams, signal settings: xl finds what safexl was started with, nothing more.
. tests/flow/proxy_lib.sh
config web1 256
config new1 256
domain 1 web1 262144

# The recorded ways: xl is a child there, with the core and its libraries around it.
recorded=(mem-set web1 128)
created=(create "$etc/new1.cfg")

head -c 1000000 /dev/urandom >"$work/random"
export XL_ECHO=copy
"$safexl" migrate-receive <"$work/random" >"$work/copy"
check "1 MB through both streams" cmp "$work/random" "$work/copy"
"$safexl" "${created[@]}" <"$work/random" >"$work/copy"
check "the same when xl is a child" cmp "$work/random" "$work/copy"
"$safexl" migrate-receive <"$work/random" | "$safexl" migrate-receive >"$work/copy"
check "the same through a pipe" cmp "$work/random" "$work/copy"
{ XL_ECHO="exit 0" "$safexl" list; XL_ECHO="exit 1" "$safexl" "${recorded[@]}"; cat >"$work/copy"; } <"$work/random"
check "a command that reads nothing leaves the input alone" cmp "$work/random" "$work/copy"
rm "$work/random" "$work/copy"

export XL_ECHO=fds XL_ECHO_OUT=$work/fds
# usage: same_fds WHAT NUMBER...: for each way to run xl, with just these descriptors open
same_fds() {
	local what=$1 way words
	shift
	for way in list recorded created; do
		case $way in
		list) words=(list) ;;
		recorded) words=("${recorded[@]}") ;;
		created) words=("${created[@]}") ;;
		esac
		"$BUILD/fake/descriptors" "$@" -- "$SAFEXL_XL" "${words[@]}" >/dev/null 2>&1
		sort -n "$XL_ECHO_OUT" >"$work/want"
		rm "$XL_ECHO_OUT"
		"$BUILD/fake/descriptors" "$@" -- "$safexl" "${words[@]}" >/dev/null 2>&1
		sort -n "$XL_ECHO_OUT" >"$work/got"
		rm "$XL_ECHO_OUT"
		check "$what: $way" diff "$work/want" "$work/got"
	done
}
same_fds "the three standard descriptors" 0 1 2
same_fds "standard input closed" 1 2
same_fds "standard output closed" 0 2
same_fds "standard error closed" 0 1
same_fds "input and output closed" 2
same_fds "all closed"
same_fds "higher ones that the caller passes on" 0 1 2 5 9 200
same_fds "higher ones, the standard ones closed" 7 8
is "$(cat "$etc/web1.cfg" | head -n 1)" "# web1: kept by hand for years" "no message ended up in a file"
unset XL_ECHO_OUT

export XL_ECHO='exit 0'
"$BUILD/fake/descriptors" 0 2 -- "$safexl" help 2>"$work/err"
is "$?" 1 "help with standard output closed"
like "$(cat "$work/err")" 'cannot write to standard output: Bad file descriptor' "says so"
for words in help '--version' 'help create' '-h list'; do
	# shellcheck disable=SC2086
	"$safexl" $words >/dev/full 2>"$work/err"
	is "$?" 1 "$words to a full device"
	like "$(cat "$work/err")" 'cannot write to standard output: No space left' "says so"
done
"$BUILD/fake/descriptors" 0 1 -- "$safexl" --config list >"$work/out"
is "$?" 2 "an error with standard error closed"
is "$(cat "$work/out")" '' "goes nowhere"

# SIGPIPE ends xl, and so safexl.
export XL_ECHO=copy ENDED_OUT=$work/end
"$BUILD/fake/ended" "$SAFEXL_XL" list </dev/zero | head -c 1 >/dev/null
want=$(cat "$work/end")
for words in migrate-receive "mem-set web1 128" "create $etc/new1.cfg"; do
	# shellcheck disable=SC2086
	"$BUILD/fake/ended" "$safexl" $words </dev/zero | head -c 1 >/dev/null
	is "$(cat "$work/end")" "$want" "a reader that goes away: ${words%% *}"
done

# Blocked and ignored signals.
export XL_ECHO=signals
same "signal settings, passed through" list
for words in "mem-set web1 128" "create $etc/new1.cfg"; do
	for ignored in "" HUP "INT QUIT" CHLD PIPE "TSTP TTIN TTOU"; do
		# shellcheck disable=SC2086
		want=$([ -z "$ignored" ] || trap "" $ignored; "$SAFEXL_XL")
		# shellcheck disable=SC2086
		is "$([ -z "$ignored" ] || trap "" $ignored; "$safexl" $words 2>/dev/null)" "$want" "ignored ${ignored:-nothing}: ${words%% *}"
	done
done
finish
