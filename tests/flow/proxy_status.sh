#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# How safexl ends: as xl ended, for a passed-through command and for one that is recorded.
. tests/flow/proxy_lib.sh
ulimit -c 0
config web1 256
config new1 256
domain 1 web1 262144


bad=
for n in $(seq 0 255); do
	XL_ECHO="exit $n" "$safexl" list >/dev/null 2>&1
	[ $? = "$n" ] || bad="$bad $n"
done
is "$bad" '' "each exit status of a passed-through command"

bad=
for n in $(seq 1 255); do
	XL_ECHO="exit $n" "$safexl" mem-set web1 128 >/dev/null 2>&1
	[ $? = "$n" ] || bad="$bad $n"
done
is "$bad" '' "each status of failure of a recorded command"
is "$(git_ log --format=%s | head -n 1)" "$(git_ log --format=%s | tail -n 1)" "none of them was recorded"
XL_ECHO='exit 3' sx mem-set web1 128
is "$err" '' "and safexl adds no words to xl's"

for sig in HUP INT QUIT ABRT KILL SEGV PIPE ALRM TERM USR1 USR2; do
	n=$(kill -l $sig)
	XL_ECHO="kill $n"
	export XL_ECHO
	is "$("$BUILD/fake/ended" "$safexl" list)" "signal $n" "xl died of SIG$sig: passed through"
	is "$("$BUILD/fake/ended" "$safexl" mem-set web1 128)" "signal $n" "recorded"
	is "$("$BUILD/fake/ended" "$safexl" create "$etc/new1.cfg")" "signal $n" "created"
	unset XL_ECHO
done
finish
