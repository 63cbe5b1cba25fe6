#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What xl is given as its words: exactly what was typed, and nothing for what is safexl's.
. tests/flow/proxy_lib.sh
config web1 256
domain 1 web1 262144

same "a plain command" list
same "options behind it" list -l --long -v
same "options after positionals" shutdown web1 -w -F -- -x
same "an empty word" list ''
same "blanks, quotes, backslashes" qemu-monitor-command web1 "a b'c\"d\\e\$f\`g"
same "newlines and tabs" sysrq web1 $'a\nb\tc\n'
same "bytes that are no UTF-8" domid $'\xff\xfe\x80\xc3'
same "control characters" domid $'\e[31m\a\r\x7f\x01'
same "words that look like our options, behind the command" list --live --config -m x -q --json -N
mapfile -t many < <(seq 1 1000)
same "1000 words" vcpu-list "${many[@]}"
same "a word of 120 KB" trigger "$(head -c 120000 /dev/zero | tr '\0' x)"
mapfile -t many < <(yes 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' |
	head -n 12000)
same "a megabyte of words" vcpu-list "${many[@]}"

same "xl's options before the command" -v -t -T -f list
same "clustered" -vvvtT list web1
same "-N" -N cpupool-create web1 bridge=xenbr0
same "-N among xl's" -vNt cpupool-create web1 hdc /x.iso
same "the end of options" -v -- list
same "a word behind it that looks like an option" -- -z
same "an unknown word" frobnicate --live
same "an unknown word that has no meaning for anyone" $'\x01'
same "an empty command" ''
same "an abbreviation" li -l
same "one of a longer name" pci-assignable-l
same "one of several names: xl refuses it" mem web1 1
same "one that depends on the version" su web1
same "a command that only a newer xl has" suspend web1

gives "-q is taken out" -q list a == list a
gives "out of a cluster" -vqt list a == -vt list a
gives "--quiet with -N" -N --quiet list == -N list
gives "--dry-run is xl's -N" --dry-run cpupool-create web1 == -N cpupool-create web1
gives "--live is taken out" --live -v list a == -v list a
gives "--live before a recorded command" --live block-attach web1 /x,,xvdb == block-attach web1 /x,,xvdb
gives "as an abbreviation" -v --live -q block-at web1 /x,,xvdb == -v block-at web1 /x,,xvdb
config web1
gives "before create" --live -N create "$etc/web1.cfg" a=1 == -N create "$etc/web1.cfg" a=1
gives "the end of options stays" -q -- -z == -- -z
gives "bytes stay" --live mem-set $'\xff\n' 1 == mem-set $'\xff\n' 1

sx res image
status 1 "an abbreviation that an unknown version of xl may take for a guarded command"
is "$out" "" "xl does not run"
like "$err" "'res' is 'restore' or 'resume'" "both are named"

sx --live -N mem-set 'my guest' 512
status 0 "--live -N on a recorded command"
is "$out" "would run: $SAFEXL_XL mem-set 'my guest' 512" "shows xl's command line"
is "$err" '' "and nothing else"

for option in --config '-m why' --message=why --json --discard-marker; do
	# shellcheck disable=SC2086 # an option and its value
	sx $option list
	status 2 "$option before a command of xl's is refused"
	is "$(grep -v '^[{} ]' <<<"$out")" "" "xl does not run"
	like "$err" '^safexl: list: --.* does not apply' "with the reason"
done
sx --config frobnicate
status 2 "--config before an unknown word"
like "$err" '^hint: ' "has a hint"

(exec -a "" "$safexl") >"$work/out" 2>&1 </dev/null
is "$?" 1 "an empty argv[0] and no command"
(exec -a "" "$safexl" list x) >"$work/out" 2>&1 </dev/null
is "$(sed -n "2,\$p" "$work/out")" "4:list
1:x" "an empty argv[0] and a command"
sx
status 1 "no command"
is "$out" '' "nothing on standard output"
like "$err" '^usage: safexl' "the help on standard error"
finish
