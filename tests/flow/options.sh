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
for words in 'undo -x' 'undo -1' 'undo --frobnicate' 'undo -n' 'undo -x HEAD' 'show -p' 'show --stat'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words"
	word=${words#* }
	is "$(head -n 1 <<<"$err")" "safexl: ${words%% *}: unknown option '${word%% *}'" "is no commit"
done
for words in 'undo -' 'show -' 'undo -- -x' 'show -- --stat'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words"
	is "$(head -n 1 <<<"$err")" "safexl: ${words%% *}: '${words##* }' is no commit" "is no commit"
done
is "$(commits)" "$before" "and nothing is undone"

# ---- long options, shortened as getopt_long has it ----
# same WORDS, as they are short for
same() {
	# shellcheck disable=SC2086
	sx $2
	local want="$status:$out:$err"
	# shellcheck disable=SC2086
	sx $1
	is "$status:$out:$err" "$want" "$1 is $2"
}
same 'log --js g1' 'log --json g1'
same 'log --auth=ada g1' 'log --author=ada g1'
same 'log g1 --si yesterday' 'log g1 --since yesterday'
same 'log --after yesterday' 'log --since yesterday'
same 'log -p2 g1' 'log -p -n 2 g1'
same 'log -1' 'log -n 1'
same 'images --pr --dry' 'images --prune --dry-run'
same 'help --comm' 'help --commands'
same 'check --no-h g1' 'check --no-host g1'
same 'edit --lis' 'edit --list'
same '--js where g1' '--json where g1'
same 'where --he' 'help where'
same 'undo -h' 'help undo'
# ambiguous WORDS, what it can be
ambiguous() {
	# shellcheck disable=SC2086
	sx $1
	status 2 "$1: refused"
	like "$err" "^safexl: .*'--[a-z]*' is ambiguous$" "as it can be several"
	is "$(tail -n 1 <<<"$err")" "hint: it can be: $2" "which are told"
}
ambiguous 'edit --l' '--list, --live'
ambiguous 'log --a ada' '--after, --author'
ambiguous 'undo HEAD --d' '--dry-run, --discard-marker'
ambiguous '--d mem-set g1 140' '--dry-run, --discard-marker'
is "$(commits)" "$before" "nothing is undone"
for words in 'log --since' 'log -n' 'edit --take' 'undo HEAD -m'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words: refused"
	like "$err" "^safexl: ${words%% *}: option '${words##* }' needs an argument: " "its value is missing"
done

# ---- help tells what applies, and only that is taken ----
# globals [NUMBER]: those of the first usage, or of that number
globals() {
	awk -v wanted="${1:-1}" '/^Options of safexl/ { n++; inside = 1 } /^$/ { inside = 0 } inside && n == wanted' <<<"$out" |
		sed -n 's/^  \(-., \)\?\(--[a-z-]*\).*/\2/p' | tr '\n' ' '
}
sx help
for command in $(sed -n '/^Recorded in/,/^Passed to/s/^  \([a-z][a-z0-9-]*\).*/\1/p' <<<"$out"); do
	case $command in
	help | migrate-receive) continue ;;
	list) words='list --all' command='list --all --help' ;;
	# Without a domain they list, which is xl's own.
	sched-*) words="$command -d g1 -x" command="help $command" ;;
	*) words=$command command="help $command" ;;
	esac
	# shellcheck disable=SC2086
	sx $command
	listed=$(globals)
	taken=
	for option in --live --config --message=why --dry-run --discard-marker --json; do
		# shellcheck disable=SC2086
		sx $option $words
		grep -q "does not apply" <<<"$err" || taken+="${option%=*} "
	done
	is "$listed" "$taken" "help $words lists what applies"
done
sx help restore
like "$out" '^usage: safexl restore \[--overwrite\] ' "help restore: that of a backup as well"
is "$(globals 2)" '--message --json ' "with what applies to it"
like "$out" '^  --disk <vdev>=<path> ' "and its own options"
is "$(grep -c -- '^  --no-memory' <<<"$out")" 1 "once"
sx help list
like "$out" '^usage: safexl list --all$' "help list: all guests as well"
is "$(globals 2)" '--json ' "with what applies to that"
mkdir "$work/backup"
: >"$work/backup/manifest.json"
for option in --live --config --dry-run --discard-marker; do
	sx "$option" restore "$work/backup"
	is "$status:$(head -n 1 <<<"$err")" "2:safexl: restore: $option does not apply" "restore of a backup: $option"
done
sx log -n x
like "$err" '^hint: usage: safexl log \[-p\] \[-n <number>\] \[--since <date>\]' "a usage has all options, whoever tells it"
sx --live where g1
is "$status:$err" "2:safexl: where: --live does not apply
hint: the options that do: safexl help where" "what does not apply is refused"
sx help destroy
is "$(globals)" "--live --dry-run " "and of a command that is passed"

# ---- a session's options are no hindrance to looking around ----
printf 'where g1\nlog -1\nimages\n' | "$BUILD/safexl" -N -m why >"$work/out" 2>"$work/err"
is "$?:$(cat "$work/err")" "0:" "a session of -N with commands that only look"
printf 'adopt g1 %s/g1.cfg\n' "$etc" | "$BUILD/safexl" -N >"$work/out" 2>"$work/err"
is "$?" 2 "but nothing is done in it that -N does not keep from it"
printf 'log --json -1\n' | "$BUILD/safexl" -N --json >"$work/out"
check "and --json holds" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out"

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
# Of a command that is only passed xl says what it thinks first.
mode fail
sx destroy g1 --dry-run
is "$(tail -n 1 <<<"$err")" "hint: safexl's options stand before xl's command: safexl --dry-run destroy g1" "a command that is passed"
is "$(xl_calls | tail -n 1)" "destroy g1 --dry-run" "xl was asked"
sx list --json
is "$(tail -n 1 <<<"$err")" "hint: --json is an option of safexl's own commands: safexl help list" "one that means nothing to it"
mode ""
sx destroy g1 --json
is "$status:$err" 0: "where xl takes it there is no hint"
sx create -q "$etc/g1.cfg"
is "$(xl_calls | tail -n 1)" "create -q $etc/g1.cfg" "an option that is xl's as well is xl's"
sx --live migrate --live g1 there
is "$(xl_calls | tail -n 1)" "migrate --live g1 there" "in its long form, too"
finish
