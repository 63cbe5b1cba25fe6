#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Domains called by digits; domains that crashed, shut down, are paused, suspended or dying.
. tests/flow/lib.sh

# ---- digits are a domid first, then a name ----
config 25
domain 3 25
config web1
domain 7 web1
sx where 25
status 0 "where of a domain called 25"
like "$out" "^memory +running \(domid 3, " "finds it running under its own number"
sx mem-set 25 128
status 0 "a change of it"
is "$(xl_calls | tail -1)" "mem-set 3 128" "xl is given the number, as it takes digits for one"
like "$(cat "$etc/25.cfg")" '^memory  = 128$' "recorded in its file"
is "$(git_ log -1 --format=%s)" "25: set memory to 128 MiB (was 256)" "under its name"
sx vcpu-pin 25 0 0,25
is "$(xl_calls | tail -1)" "vcpu-pin 3 0 0,25" "only the domain's word is replaced"
sx sched-credit2 -w 25 -d 25
is "$(xl_calls | tail -1)" "sched-credit2 -w 25 -d 3" "wherever it stands"
"$SAFEXL_XL" mem-set 3 100
sx diff 25
status 1 "diff of it"
like "$out" "^  memory +128 MiB +100 MiB" "compares its file with it"
sx record 25
status 0 "record of it"
sx blame 25
status 0 "blame of it"
sx log 25
like "$out" "record memory" "log of it"
sx undo HEAD
status 0 "undo of that"
is "$(xl_calls | tail -1)" "mem-set 3 128" "acts on it"
EDITOR='sed -i s/128/129/' sx edit 25
status 0 "edit of it"
sx adopt 25 "$etc/25.cfg"
status 0 "adopt of it"
sx --config mem-set 25 130
status 0 "the configuration only"
like "$(cat "$etc/25.cfg")" '^memory  = 130$' "of it"
is "$err" "$(printf '%s\n' "$err" | grep -v 'is read as the number')" "and nothing is said of numbers"

config 3
sx where 25
is "$err" "" "where asks for its number itself: nothing is said of that"
sx where 3
is "$(grep -c "'3' is read as the number of '25'" <<<"$err")" 1 "one that was typed is said once"
rm "$etc/3.cfg"

config db1
domain 25 db1
cp "$etc/25.cfg" "$work/25"
sx mem-set 25 200
status 0 "with a domain of that number"
is "$(xl_calls | tail -1)" "mem-set 25 200" "that is the one which is meant"
like "$(cat "$etc/db1.cfg")" '^memory  = 200$' "it has the change"
check "and the one called so has not" cmp "$work/25" "$etc/25.cfg"
like "$err" "'25' is read as the number of 'db1'; the domain of that name has the number 3" "which is said"
for words in "where 25" "diff 25" "edit 25" "log 25" "record 25" "--config mem-set 25 201" "-N mem-set 25 202"; do
	# shellcheck disable=SC2086
	EDITOR=true sx $words
	like "$err" "'25' is read as the number of 'db1'" "$words says it"
done
check "the one called so is as it was" cmp "$work/25" "$etc/25.cfg"
sx mem-set 3 131
status 0 "by its own number"
like "$(cat "$etc/25.cfg")" '^memory  = 131$' "that one is reached"
sx undo HEAD
status 0 "an undo goes by the name in the file"
is "$(xl_calls | tail -1)" "mem-set 3 130" "not by that number"
"$SAFEXL_XL" destroy 3
sx where 25
like "$err" "'25' is read as the number of 'db1', which runs; the domain of that name in .*/25.cfg does not" \
	"a configuration of that name as well"
like "$out" "^domain +db1$" "the number counts"
rm "$SAFEXL_FAKE/25.dom"
touch "$work/vmlinuz" "$work/root.img"
sed -i "s|phy:/dev/vg0/25-root|$work/root.img,raw|; 1i kernel  = '$work/vmlinuz'" "$etc/25.cfg"
sx where 25
like "$out" "^memory +off" "neither number nor name: the configuration of that name"
like "$out" "it can be started: safexl create .*/25.cfg" "which can be started"
sx where 4294967299
status 78 "more digits than a number has"

# ---- the number of a domain without a file, and a file called as that number ----
config five
mv "$etc/five.cfg" "$etc/5.cfg"
sx --config mem-set five 300
domain 5 lost
for words in 'log 5' 'blame 5'; do
	# shellcheck disable=SC2086
	sx $words
	status 78 "$words: the domain has no history"
	is "$out" "" "and that of the other domain's file is not shown for it"
	like "$err" "^safexl: nothing in the history is about 'lost': no configuration in $etc has this domain's name\$" \
		"which is told by its name, with the reason"
	like "$err" '^hint: name its file: safexl adopt lost FILE$' "and the way out"
done
sx --config undo 5
status 78 "undo of it"
like "$err" "^safexl: safexl has recorded no change of 'lost' yet\$" "has nothing to undo"
like "$err" '^hint: what is in the history: safexl log lost$' "of that domain"
is "$(git_ log -1 --format=%s)" "five: set memory to 300 MiB (was 256)" "and takes back no change of the other"
for words in 'diff 5' 'edit 5' 'record 5' '--config mem-set 5 100'; do
	# shellcheck disable=SC2086
	EDITOR=true sx $words
	status 78 "$words"
	like "$err" "^safexl: lost: no configuration in $etc has this domain's name\$" "names the domain"
	like "$err" '^hint: name its file: safexl adopt lost FILE$' "and the way out"
done
rm "$SAFEXL_FAKE/5.dom"
sx log 5
like "$out" 'five +set memory to 300 MiB' "without such a domain the word is the file"
# Guests that need not run go by their names alone.
for words in 'snapshots 7' 'start 7' 'autostart 7' 'undefine 7'; do
	# shellcheck disable=SC2086
	sx $words
	status 78 "$words"
	like "$err" '^hint: if the running domain of that number is meant, its name is: web1$' "names the domain of that number"
done

# ---- what state it is in ----
# state WORD
state() { sed -i '/^state=/d' "$SAFEXL_FAKE/7.dom"; [ "$1" = runs ] || echo "state=$1" >>"$SAFEXL_FAKE/7.dom"; }
sx mem-set web1 200
"$SAFEXL_XL" mem-set web1 201
for row in 'crashed|crashed|it has crashed and is kept as it was; .*safexl dump-core web1 FILE; .*safexl destroy web1, then: safexl create .*/web1.cfg' \
	'shutdown|shut down|it has shut down and is kept as it was; to clear it: safexl destroy web1, then: safexl create .*/web1.cfg' \
	'dying|dying|it was destroyed, but something still holds it'; do
	IFS='|' read -r word shown account <<<"$row"
	state "$word"
	sx where web1
	like "$out" "^memory +$shown \(domid 7, 201 MiB\)$" "$word: where says so"
	like "$out" "^now +$account" "and what can be done"
	is "$(printf '%s\n' "$out" | grep -c 'it runs')" 0 "not that it runs"
	sx --json where web1
	like "$out" "\"state\": ?\"$shown\"" "as JSON"
	sx diff web1
	status 1 "$word: diff"
	like "$out" "^web1: .*, $shown \(domid 7\)$" "has it in its head"
	like "$err" "^safexl: web1: $account" "and what can be done"
	sx block-attach web1 /srv/x.img,raw,xvdb,w
	status 0 "$word: a change"
	like "$err" "^safexl: web1: $account" "says so first"
	sx block-detach web1 xvdb
	sx -N mem-set web1 150
	like "$err" "web1: $account" "a preview too"
	sx record web1
	like "$err" "web1: $account" "and record"
	"$SAFEXL_XL" mem-set web1 200
	sx record web1
	"$SAFEXL_XL" mem-set web1 201
	sx --config mem-set web1 300
	is "$(printf '%s\n' "$err" | grep -c 'kept as it was\|still holds')" 0 "a change of the file alone does not"
	sx --config mem-set web1 200
done
state paused
sx where web1
like "$out" "^now +it is paused: safexl unpause web1$" "paused"
sx mem-set web1 190
is "$(printf '%s\n' "$err" | grep -c paused)" 0 "which is no matter for a change"
state suspended
sx where web1
like "$out" "^now +it is suspended, stopped for a save or a migration" "suspended"
sx __complete 2 safexl where web
like "$out" "web1.*domid 7, suspended" "completion tells it"
state runs
sx where web1
like "$out" "^now +it runs$" "running"
finish
