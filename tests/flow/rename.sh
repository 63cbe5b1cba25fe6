#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# rename: the name in the file, and what is remembered under it.
. tests/flow/lib.sh

# By its name alone: nothing is remembered.
config g1
domain 3 g1
mkdir "$etc/auto"
ln -s ../g1.cfg "$etc/auto/g1.cfg"
sx -m 'new naming scheme' rename g1 shop
status 0 "rename"
is "$(sed -n 's/^name *= //p' "$etc/g1.cfg")" '"shop"		# as in the monitoring' "the name is written"
like "$err" "the file keeps its name, .*/etc/xen/g1.cfg$" "the file is not renamed, and that is said"
is "$(subjects | head -1)" "g1: rename to shop" "subject"
is "$(readlink "$etc/auto/g1.cfg")" ../g1.cfg "the link in auto/ stays"
is "$(sed -n 's/^name=//p' "$SAFEXL_FAKE/3.dom")" shop "the domain has it"
sx mem-set shop 200
status 0 "the next change"
like "$(cat "$etc/g1.cfg")" '^memory  = 200$' "finds the file"
check "no record of the old name is left" [ ! -e "$state/domains/g1.json" ]

# Remembered: a file that another directory holds.
config adopted
sed -i 's/"adopted"/"a1"/' "$etc/adopted.cfg"
domain 4 a1
config twin
sed -i 's/"twin"/"a1"/' "$etc/twin.cfg"
sx adopt a1 "$etc/adopted.cfg"
sx rename a1 a2
status 0 "rename of an adopted domain"
sx mem-set a2 210
status 0 "the record goes with it"
like "$(cat "$etc/adopted.cfg")" '^memory  = 210$' "to the same file"
rm "$etc/twin.cfg"

sx rename shop a2
status 78 "the name of another configuration"
like "$err" "adopted.cfg has the name 'a2' already" "is refused, naming it"
domain 9 loose
sx rename shop loose
status 78 "the name of another running domain"
like "$err" "another running domain is called 'loose' \(domid 9\)" "is refused"
sx rename shop ''
status 2 "an empty name"
sx rename shop 77
status 2 "a name of digits"
sx rename '' x
status 2 "an empty domain"
sx rename shop shop
status 78 "its own name"
sx rename shop a b
status 2 "a word too many"
like "$err" "rename: unexpected argument 'b'" "is refused, naming it"
for words in 'mem-set shop 200 300' 'mem-max shop 300 400' 'vcpu-set shop 1 7' 'vcpu-pin shop all 1 2 3' \
	'cd-insert shop hdc /a /b' 'cd-eject shop hdc /a' 'block-detach shop xvda xvdb' 'cpupool-migrate shop p q' \
	'sched-credit -d shop -w 2 3' 'network-detach shop 0 1' '--config mem-set shop 200 300' \
	'--live mem-set shop 200 300'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words"
	like "$err" "unexpected argument '${words##* }'" "is refused as well"
done
mode lie
sx rename shop other
status 1 "a success that is none is told"
mode ''
is "$(sed -n 's/^name *= //p' "$etc/g1.cfg")" '"shop"		# as in the monitoring' "nothing is recorded"
sx rename shop "odd name \"q\" \$x"
status 0 "a name with blanks and quotes"
sx mem-set "odd name \"q\" \$x" 220
status 0 "works"
sx rename "odd name \"q\" \$x" shop

# A saved guest's name.
truncate -s 1M "$work/d.img"
printf "name = 's1'\nmemory = 64\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/d.img" >"$etc/s1.cfg"
sx create "$etc/s1.cfg"
sx save s1 "$work/s1.save"
status 0 "save a guest"
rm "$etc/s1.cfg"
sx rename shop s1
status 77 "the name of a saved guest"
like "$err" "'s1' is the name of a guest that is saved" "is refused"

# The configuration only.
sx --config rename shop market
status 0 "--config, while it runs"
is "$(sed -n 's/^name=//p' "$SAFEXL_FAKE/3.dom")" shop "leaves the domain's name"
sx mem-set shop 230
status 0 "a change of the running domain"
like "$(cat "$etc/g1.cfg")" '^memory  = 230$' "still finds its file"
sx rename shop market
status 0 "the domain follows"
like "$err" "needs no change" "nothing to edit"
sx mem-set market 240
status 0 "under its new name"
check "no record of the old name is left" [ ! -e "$state/domains/shop.json" ]
sx --config rename market bazaar
rm "$SAFEXL_FAKE/3.dom"
config off
sx --config rename off on
status 0 "--config, not running"
like "$(cat "$etc/off.cfg")" '^name    = "on"' "is written"
# Killed when xl has done it: what is remembered goes with the name.
config k1
sed -i 's/"k1"/"kilo"/' "$etc/k1.cfg"
config k2
sed -i 's/"k2"/"kilo"/' "$etc/k2.cfg"
domain 6 kilo
sx adopt kilo "$etc/k1.cfg"
cat >"$SAFEXL_FAKE/hook" <<'HOOK'
#!/bin/sh
sed -i 's/^name=.*/name=lima/' "$SAFEXL_FAKE/6.dom"
kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')"
HOOK
chmod 755 "$SAFEXL_FAKE/hook"
mode kill
sx rename kilo lima
status 137 "safexl is killed while xl runs"
rm "$SAFEXL_FAKE/hook"
mode ''
sx mem-set lima 222
status 0 "a change under the new name"
like "$err" "kilo: finished an interrupted change \(safexl rename kilo lima\)" "finishes it first"
like "$(cat "$etc/k1.cfg")" '^name    = "lima"' "the name is written"
like "$(cat "$etc/k1.cfg")" '^memory  = 222$' "and the record was the new name's"
check "no record of the old name is left" [ ! -e "$state/domains/kilo.json" ]
check_clean "at the end"
finish
