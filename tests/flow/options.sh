#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Where safexl's options stand: before every command, behind safexl's own as well; behind one of
# xl's a hint says where they go.
. tests/flow/lib.sh
config g1
domain 1 g1
sx mem-set g1 200
sx mem-set g1 210
commits() { git_ rev-list --count HEAD; }

# ---- behind a command of safexl's own ----
before=$(commits)
for words in 'undo -N' 'undo --dry-run' 'undo HEAD -N' 'undo -N HEAD'; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "$words"
	like "$out" '^would run: .* mem-set g1 200' "shows what would be done"
done
is "$(commits)" "$before" "and does nothing"
for words in 'log --json' 'log g1 --json' 'where --json g1' 'where g1 --json' 'images --json' 'diff --json' \
	'diff g1 --json' 'check --json' 'recover --json' 'undo -N --json' 'show HEAD --json' 'blame g1 --json'; do
	# shellcheck disable=SC2086
	sx $words
	check "$words: JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out"
done
for words in '-m why' '-mwhy' '--message why' '--message=why'; do
	# shellcheck disable=SC2086
	sx undo HEAD $words
	like "$(git_ log -1 --format=%B)" '^Reason: why$' "undo HEAD $words: the reason is kept"
	is "$(git_ log -1 --format=%B | sed -n 's/^Command: //p')" "safexl undo HEAD" "and is no word of the command"
done
sx undo HEAD -q
is "$status:$err" "0:" "-q"
sx undo --config HEAD
like "$(xl_calls | tail -n 1)" "mem-set" "--config"
calls=$(xl_calls | wc -l)
sx undo HEAD --config
is "$(xl_calls | wc -l)" "$calls" "xl is not run"
for words in 'undo --live' 'log -m why' 'where g1 --live --config' 'undo -m' 'undo --message' 'log --json=yes'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words: wrong as before the command"
done
sx check -- --json
status 2 "no further than --"
like "$out" "^--json: error: .*No such file" "where a word is a file"

# ---- no commit is called so ----
before=$(commits)
for words in 'undo -x' 'undo --' 'undo -1' 'undo -' 'undo --frobnicate' 'undo -n' 'undo -x HEAD' 'show -p' 'show --stat' 'show -'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words"
	word=${words#* }
	is "$(head -n 1 <<<"$err")" "safexl: ${words%% *}: unknown option '${word%% *}'" "is no commit"
done
is "$(commits)" "$before" "and nothing is undone"

# ---- behind a command of xl ----
# hinted WORDS, as they are meant
hinted() {
	calls=$(xl_calls | wc -l)
	# shellcheck disable=SC2086
	sx $1
	status 2 "$1"
	is "$(tail -n 1 <<<"$err")" "hint: safexl's options stand before xl's command: safexl $2" "is told where its option goes"
	is "$(grep -c '^hint' <<<"$err")" 1 "and nothing else"
	is "$(xl_calls | wc -l)" "$calls" "xl was not run"
}
hinted 'mem-set g1 140 -N' '-N mem-set g1 140'
hinted 'mem-set g1 -N' '-N mem-set g1'
hinted '-m why mem-set g1 --dry-run 140' '-m why --dry-run mem-set g1 140'
hinted 'mem-set --live g1 140' '--live mem-set g1 140'
hinted 'block-attach g1 /x,raw,xvdb,w -m why' '-m why block-attach g1 /x,raw,xvdb,w'
hinted 'vcpu-set g1 2 --message=why' '--message=why vcpu-set g1 2'
hinted 'rename g1 b --config' '--config rename g1 b'
hinted 'create g1 --discard-marker' '--discard-marker create g1'
hinted 'restore --discard-marker g1' '--discard-marker restore g1'
hinted 'save g1 --json' '--json save g1'
hinted 'migrate --dry-run g1 there' '--dry-run migrate g1 there'
sx create -q "$etc/g1.cfg"
is "$(xl_calls | tail -n 1)" "create -q $etc/g1.cfg" "an option that is xl's as well is xl's"
sx --live migrate --live g1 there
is "$(xl_calls | tail -n 1)" "migrate --live g1 there" "in its long form, too"
finish
