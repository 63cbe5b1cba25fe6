#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A word that is not known but nearly one that is: a hint has the line that was probably meant. What
# only looks alike, as web1 and web2, is left alone.
. tests/flow/lib.sh
config guest1
config guest2
domain 1 guest1
sx mem-set guest1 200

# meant WORDS, as they are meant
meant() {
	# shellcheck disable=SC2086
	sx $1
	check "$1: refused" test "$status" -gt 0
	is "$(grep -m 1 '^hint: ' <<<"$err")" "hint: did you mean: safexl $2" "the first hint: $2"
	is "$(grep -c 'did you mean: ' <<<"$err")" 1 "once"
}
# not_meant WORDS
not_meant() {
	# shellcheck disable=SC2086
	sx $1
	check "$1: refused" test "$status" -gt 0
	is "$(grep 'did you mean: ' <<<"$err")" "" "nothing is guessed"
}

# ---- commands ----
meant 'help lsit' 'help list'
meant 'help undoo' 'help undo'
meant '-h memset' '-h mem-set'
meant '--config memset guest1 200' '--config mem-set guest1 200'
not_meant 'help frobnicate'
sx help block
is "$err" "safexl: help: several commands begin with 'block'
hint: they are: block-attach, block-detach, block-list" "help of a beginning lists the commands"
# xl judges the word itself: it may be newer.
mode fail
calls=$(xl_calls | wc -l)
meant 'memset guest1 200' 'mem-set guest1 200'
is "$status" 1 "xl's status"
is "$(xl_calls | wc -l)" $((calls + 1)) "after xl has refused it"
meant '-v -q memset guest1 200' '-v -q mem-set guest1 200'
sx block guest1
is "$(tail -n 1 <<<"$err")" "hint: commands that begin so: block-attach, block-detach, block-list" "a beginning of several"
not_meant 'frobnicate guest1'
mode ""
sx memset guest1 200
is "$status:$err" 0: "where xl knows the word there is no hint"

# ---- options ----
meant '--confg mem-set guest1 200' '--config mem-set guest1 200'
meant '--messge=why mem-set guest1 200' '--message=why mem-set guest1 200'
meant 'images --pune' 'images --prune'
meant 'log --snce 2020' 'log --since 2020'
meant 'check --no-hots guest1' 'check --no-host guest1'
not_meant '--frobnicate list'
not_meant 'images --frobnicate'

# ---- domains ----
for command in 'mem-set % 200' '--config mem-set % 200' 'rename % x' 'where %' 'diff %' 'log %' 'blame %' 'record %' \
	'edit %' 'create %' 'check %' 'autostart %' 'undo %' 'snapshots %' 'save %' 'migrate % there' 'block-detach % xvda'; do
	meant "${command/\%/guset1}" "${command/\%/guest1}"
done
for command in 'mem-set % 200' 'where %' 'create %' 'restore %'; do
	not_meant "${command/\%/guest3}"
	not_meant "${command/\%/mail}"
done
sx save guest1
status 0 "guest1 is saved"
meant 'restore guset1' 'restore guest1'
rm "$SAFEXL_FAKE"/1.*
domain 1 guest1

# ---- devices and keys ----
meant 'block-detach guest1 xdva' 'block-detach guest1 xvda'
not_meant 'block-detach guest1 xvdb'
not_meant 'network-detach guest1 3'
meant 'network-attach guest1 brigde=x' 'network-attach guest1 bridge=x'
meant 'blame guest1 memroy' 'blame guest1 memory'
not_meant 'blame guest1 frobnicate'

# ---- what is refused for another reason ----
config 'my guest'
sx where 'my gusst'
like "$err" "^hint: did you mean: safexl where 'my guest'$" "quoted"
sx where 'my guess'
is "$(grep 'did you mean' <<<"$err")" "" "a last letter that differs"
not_meant 'mem-set guest1 0'
not_meant "adopt guest1 $work/nothing"
finish
