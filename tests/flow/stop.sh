#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# stop: a guest is shut down or saved, and what is said afterwards is so.
. tests/flow/lib.sh

calls=0
# ran WORDS DESCRIPTION: what xl was run with since the last time, in any order
ran() {
	is "$(xl_calls | tail -n "+$((calls + 1))" | sort)" "$1" "$2"
	calls=$(xl_calls | wc -l)
}
seen() { calls=$(xl_calls | wc -l); }
# of NAME: the file of its running domain
of() { grep -lx "name=$1" "$SAFEXL_FAKE"/*.dom; }
for name in g1 g2 g3; do
	guest $name
	sx start $name
done
seen

sx -N stop g1
status 0 "-N"
is "$out" "would run: $SAFEXL_XL shutdown -F g1" "shows what it would do"
ran "" "and does nothing"
sx stop g1
status 0 "one that runs"
ran "shutdown -F g1" "is asked to shut down"
like "$err" '^safexl: g1: it was asked to shut down, and has 300 s for that$' "which is told"
like "$err" '^safexl: g1: it is off, after [0-9]+ s$' "and that it did"
sx stop g1
status 0 "one that is off"
is "$err" "safexl: g1: it does not run: it is off" "is said to be off"
ran "" "and left alone"

# One that takes its time.
mkfifo "$work/told"
mode deaf
"$BUILD/safexl" stop --timeout 60 g2 2>"$work/told" </dev/null &
stopping=$!
exec 3<"$work/told"
read -r line <&3
is "$line" "safexl: g2: it was asked to shut down, and has 60 s for that" "while it waits"
kill -0 $stopping && rm "$(of g2)"
said=$(cat <&3)
exec 3<&-
wait $stopping
is "$?" 0 "it ends when the guest does"
like "$said" '^safexl: g2: it is off, after [0-9]+ s$' "and says so"
sx stop --timeout 0 g3
status 1 "one that does not listen"
like "$err" '^safexl: g3: still running 0 s after it was asked to shut down$' "still runs, which is said"
like "$err" '^hint: .*safexl stop --timeout 600 g3$' "with the ways out: to wait,"
like "$err" '^hint: .*safexl stop --save g3$' "to save it,"
like "$err" '^hint: .*safexl destroy g3$' "to cut its power"
mode again
sx stop g3
status 1 "one that starts again"
like "$err" '^safexl: g3: it has shut down, and was started again at once$' "is not called off"
mode fail
sx stop g3
status 1 "xl fails"
like "$err" '^safexl: g3: it could not be asked to shut down$' "which is told"
mode kept
sx stop g3
status 0 "one that is kept when it has shut down"
like "$err" '^safexl: g3: it has shut down, and is kept as it was; to clear it: safexl destroy g3$' "is told, with the way"
sx stop g3
status 1 "and then"
like "$err" '^safexl: g3: not stopped: it has shut down and is kept as it was' "there is nothing to stop"
mode ''
sx destroy g3

# --save.
sx start g1
sx -N stop --save g1
is "$status $out" "0 would run: safexl save g1" "-N --save"
sx stop --save g1
status 0 "--save"
like "$(xl_calls | tail -n 1)" "^save g1 $state/images/\." "saves it where images lie"
like "$err" "$state/images/g1" "which is told"
sx stop g1
status 0 "one that is saved"
like "$err" "^safexl: g1: it does not run: it is saved in $state/images/g1 " "is said to be saved"
sx start g1
status 0 "start goes on with it"
is "$(xl_calls | tail -n 1)" "restore $state/images/g1" "from that image"

# Several.
sx start g2
sx start g3
seen
sx stop g1 nosuch g2 g3
status 1 "several: the failure of one"
ran "shutdown -F g1
shutdown -F g2
shutdown -F g3" "keeps none of the others"
like "$err" "^safexl: .*'nosuch'" "and is told"
for name in g1 g2 g3; do
	like "$err" "^safexl: $name: it is off" "$name is off"
done
sx start g1 g2 g3
seen
sx --quiet stop --timeout=7 g1 g2 g1
is "$status $err" "0 " "--quiet goes on to each"
ran "shutdown -F g1
shutdown -F g2" "and each is stopped once"
sx start g1
sx stop --save g1 g3
status 0 "--save of several"
sx list --all --json
is "$(printf '%s' "$out" | grep -c '"state": *"saved"')" 2 "saves each"
sx start g1

# What cannot be asked.
domain 0 Domain-0
sx stop Domain-0
status 1 "the host itself"
like "$err" '^safexl: Domain-0: not stopped: it is this host itself$' "is not shut down so"
rm "$SAFEXL_FAKE/0.dom"
echo state=paused >>"$(of g1)"
seen
sx stop g1
status 1 "one that is paused"
like "$err" '^safexl: g1: not stopped: it is paused: safexl unpause g1$' "could not hear it"
ran "" "nothing was run"
sx destroy g1
sx start g1
sx migrate g1 otherhost
sx stop g1
status 0 "one that went to another host"
like "$err" '^safexl: g1: it does not run: it was migrated to otherhost ' "is there"
domain 55 stranger
sx stop 55
status 0 "by its number, and without a configuration"
like "$err" '^safexl: stranger: it is off' "by its name"

# Words.
for words in '' '-x g1' '--timeout' '--timeout x g1' '--timeout 86401 g1' '--save --timeout 5 g1'; do
	# shellcheck disable=SC2086
	sx stop $words
	status 2 "stop $words"
	like "$err" "^hint: " "with a hint"
done
for option in --live --config --discard-marker; do
	sx $option stop g1
	status 2 "$option does not apply"
done
mv "$SAFEXL_FAKE" "$work/away"
sx stop g1
status 1 "without Xen"
like "$err" "no Xen" "says so"
finish
