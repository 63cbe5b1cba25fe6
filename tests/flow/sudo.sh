#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What the environment of somebody counts who calls through sudo, and what a pager and an editor
# are given. With root's rights and real files: tests/root/sudo.sh.
. tests/flow/lib.sh
pty=$BUILD/fake/pty
config g1
domain 1 g1
sx mem-set g1 128
other=$(($(id -u) + 1))

# ---- somebody else's words ----
printf '#!/bin/sh\necho "$@" >>%s/xl-ran\n' "$work" >"$work/xl"
chmod 755 "$work/xl"
lent() { SUDO_UID=$other SUDO_USER=nobody "$@"; }
for words in list '-v list' 'mem-set g1 130' '--live mem-set g1 130' 'help list' --version 'nosuch'; do
	# shellcheck disable=SC2086
	SAFEXL_XL=$work/xl lent sx $words
	like "$err" '^safexl: SAFEXL_XL is ignored' "SAFEXL_XL: $words: said"
	SAFEXL_CORE=$BUILD/fake/preload_core.so CORE_OUT=$work/core-ran lent sx $words
	like "$err" '^safexl: SAFEXL_CORE is ignored' "SAFEXL_CORE: said"
	like "$err" '^safexl: SAFEXL_ROOT is ignored' "SAFEXL_ROOT: said"
done
CORE_OUT=$work/core-ran SAFEXL_CORE=$BUILD/fake/preload_core.so lent "$BUILD/safexl" - <<<log >/dev/null 2>&1
CORE_OUT=$work/core-ran SAFEXL_CORE=$BUILD/fake/preload_core.so lent "$BUILD/safexl" __complete 2 safexl log '' >/dev/null 2>&1
check "such an xl never runs" test ! -e "$work/xl-ran"
check "nor such a core" test ! -e "$work/core-ran"
lent sx log g1
is "$(grep -c 'set memory' <<<"$out")" 0 "a root of another's choice is not looked into"
is "$(SAFEXL_XL=$work/xl lent "$BUILD/safexl" __complete 1 safexl zzz 2>&1)" '' "completion is silent all the same"
SAFEXL_XL=$work/xl PKEXEC_UID=$other sx list
SAFEXL_XL=$work/xl DOAS_USER="no such user" sx list
check "pkexec and doas are as sudo" test ! -e "$work/xl-ran"
for uid in 0 "$(id -u)"; do
	SAFEXL_XL=$work/xl SUDO_UID=$uid sx list
	is "$(cat "$work/xl-ran"; rm -f "$work/xl-ran")" list "uid $uid: one's own words count"
	SUDO_UID=$uid sx log g1
	like "$out" 'set memory to 128' "and so do the core and the root"
done

# ---- who a commit is by ----
# by WANT WHAT: the author of the next one
memory=200
by() {
	memory=$((memory + 1))
	sx mem-set g1 $memory
	is "$(git_ log -1 --format='%an <%ae>')" "$1" "$2"
}
export GIT_AUTHOR_NAME='Grace Root' GIT_AUTHOR_EMAIL=grace@example.org
by 'Grace Root <grace@example.org>' "git's variables name the author, as for git"
GIT_AUTHOR_EMAIL='' by 'Grace Root <ada@example.org>' "one of them is enough, an empty one is none"
GIT_AUTHOR_NAME=$'Eve\n<evil>\e[1m' by 'Eve\nevil\x1b[1m <grace@example.org>' "one line, without escapes"
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
by 'Ada Admin <ada@example.org>' "without them git's configuration does"

# ---- the pager ----
page() { env "$@" "$pty" eof -- "$BUILD/safexl" log >/dev/null; }
LESSSECURE_ALLOW=shell page PAGER="env >$work/env; cat"
is "$(grep '^LESSSECURE' "$work/env")" LESSSECURE=1 "less starts nothing"
page SAFEXL_PAGER="echo 1 >$work/which" GIT_PAGER="echo 2 >$work/which" PAGER="echo 3 >$work/which"
is "$(cat "$work/which")" 1 "the pager that is meant for safexl"
page GIT_PAGER="echo 2 >$work/which" PAGER="echo 3 >$work/which"
is "$(cat "$work/which")" 2 "then git's"
if command -v less >/dev/null; then
	check "no command is run from less" "$pty" expect:END 'send:!' 'expect:not available' send:q eof -- \
		env PAGER='less -+F' TERM=vt100 "$BUILD/safexl" log
else
	skip "no command is run from less" "needs less"
fi

# ---- the editor ----
for name in EDITOR VISUAL SUDO_EDITOR; do
	printf '#!/bin/sh\necho %s >%s/which\n' "$name" "$work" >"$work/$name"
	chmod 755 "$work/$name"
	export "$name=$work/$name"
	sx edit g1
	is "$(cat "$work/which")" "$name" "$name is the editor"
done
finish
