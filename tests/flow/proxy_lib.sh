# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of the proxy: xl is a program that reports how it was started.
. tests/flow/lib.sh
export SAFEXL_XL=$BUILD/fake/xl_echo
safexl=$BUILD/safexl

# Run safexl and, with the same words, xl itself; both must say and return the same.
# usage: same DESCRIPTION WORDS...
same() {
	local what=$1 want_status got_status
	shift
	"$SAFEXL_XL" "$@" >"$work/want" 2>"$work/want.err" </dev/null
	want_status=$?
	"$safexl" "$@" >"$work/got" 2>"$work/got.err" </dev/null
	got_status=$?
	if [ $want_status = $got_status ] && cmp -s "$work/want" "$work/got" &&
		cmp -s "$work/want.err" "$work/got.err"; then
		ok "$what"
	else
		not_ok "$what"
		echo "# status $got_status, xl's $want_status"
		diff -a "$work/want" "$work/got" | head -n 5 | sed 's/^/# /'
		head -n 5 "$work/got.err" | sed 's/^/# stderr: /'
	fi
}

# What xl is given when safexl is given other words: usage: gives DESCRIPTION WORDS... == WORDS...
gives() {
	local what=$1 words=()
	shift
	while [ "$1" != == ]; do words+=("$1"); shift; done
	shift
	"$SAFEXL_XL" "$@" >"$work/want"
	"$safexl" ${words[@]+"${words[@]}"} >"$work/got" 2>&1 </dev/null
	if cmp -s "$work/want" "$work/got"; then ok "$what"; else
		not_ok "$what"
		diff -a "$work/want" "$work/got" | head -n 8 | sed 's/^/# /'
	fi
}
