#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# vcpu-set and vcpu-pin: the number of virtual processors and where they run.
. tests/flow/lib.sh

config g1 # vcpus = 2
domain 3 g1
printf 'vcpus=2\n' >>"$SAFEXL_FAKE/3.dom"
cp "$etc/g1.cfg" "$work/before"

sx vcpu-set g1 1
status 0 "vcpu-set"
is "$(diff "$work/before" "$etc/g1.cfg" | grep '^[<>]')" "< vcpus   = 2
> vcpus   = 1
> maxvcpus = 2" "vcpus is lowered, the implied maximum written"
is "$(subjects | head -1)" "g1: set 1 virtual processor (was 2)" "subject"
like "$(cat "$SAFEXL_FAKE/3.dom")" '^vcpus=1$' "the running domain has it"
sx vcpu-set g1 2
status 0 "up again"
like "$(cat "$etc/g1.cfg")" '^vcpus   = 2$' "is recorded"
sx vcpu-set g1 2
status 0 "the same number"
like "$err" "needs no change" "needs no edit"
sx vcpu-set g1 3
status 78 "more than maxvcpus"
like "$err" "g1.cfg:[0-9]+: maxvcpus is 2, less than 3" "is refused with its line"
for bad in 4x 0 -1 '' 1.5; do
	sx vcpu-set g1 "$bad"
	status 2 "'$bad' is not a number of processors"
done
sx vcpu-set '' 1
status 2 "an empty domain is refused"
mode lie
sx vcpu-set g1 1
status 1 "a success that is none"
like "$err" "the running domain does not show the change" "is told"
mode fail
sx vcpu-set g1 1
status 1 "xl fails"
like "$(cat "$etc/g1.cfg")" '^vcpus   = 2$' "nothing is recorded"
mode ''
sx --live vcpu-set g1 1
status 0 "--live"
like "$(cat "$etc/g1.cfg")" '^vcpus   = 2$' "leaves the file alone"
sx --config -m 'less load' vcpu-set g1 1
status 0 "--config"
like "$(git_ log -1 --format=%B)" 'Reason: less load' "with the reason"
sx -N vcpu-set g1 2
like "$out" '^    \+vcpus   = 2$' "a dry run shows the change"
like "$(cat "$etc/g1.cfg")" '^vcpus   = 1$' "and does not make it"

printf 'name = "m1"\nmaxvcpus = 4\n' >"$etc/m1.cfg"
sx --config vcpu-set m1 2
is "$(cat "$etc/m1.cfg")" 'name = "m1"
maxvcpus = 4
vcpus = 2' "vcpus only implied by its default"
printf 'name = "h1"\ntype = "hvm"\nvcpus = 4\n' >"$etc/h1.cfg"
sx --config vcpu-set h1 2
like "$err" "QEMU keeps the processors" "what does not show with HVM is said"

# ---- where they run ----
config p1
domain 4 p1
printf 'vcpus=4\n' >>"$SAFEXL_FAKE/4.dom"
sed -i 's/^vcpus .*/vcpus = 4/' "$etc/p1.cfg"
cpus() { sed -n 's/^cpus[ a-z_]*= *//p' "$etc/p1.cfg"; }
sx vcpu-pin p1 all 0-1
status 0 "all processors"
is "$(cpus)" '"0-1"' "are a string"
is "$(subjects | head -1)" "p1: pin all virtual processors to 0-1" "subject"
sx vcpu-pin p1 2 3
status 0 "one of them"
is "$(cpus)" '[ "0-1", "0-1", "3", "0-1" ]' "makes it a list"
like "$err" "'cpus' is a list now: with one, xl places the domain on no NUMA node" "that is said"
is "$(grep ^pin "$SAFEXL_FAKE/4.dom" | sort)" "pin=0 0-1 all
pin=1 0-1 all
pin=2 3 all
pin=3 0-1 all" "as it is live"
sx vcpu-pin p1 0 -
status 2 "neither affinity"
sx vcpu-pin p1 0 - 2-3
status 0 "the soft one alone"
is "$(cpus)" '[ "0-1", "0-1", "3", "0-1" ]
[ "2-3", "all", "all", "all" ]' "leaves the hard one"
sx vcpu-pin p1 all all -
status 0 "a list for all again"
is "$(cpus | head -1)" '[ "all", "all", "all", "all" ]' "keeps its form"
sx vcpu-pin p1 1 node:1
status 0 "a NUMA node"
like "$(cpus | head -1)" '"all", "node:1", "all", "all"' "is kept as typed"
sx vcpu-pin p1 1 2,3
status 0 "the same processors"
sx vcpu-pin p1 9 1
status 78 "a processor that there is not"
for bad in 1-x '^all' 3-1 '' abc 1.5; do
	sx vcpu-pin p1 0 "$bad"
	status 2 "'$bad' is not a list of processors"
done
sx vcpu-pin p1 0x 1
status 2 "xl would take 0x for 0"
sx vcpu-pin -f p1 all 1
status 2 "--force and all"
mode lie
sx vcpu-pin p1 0 1
status 1 "a success that is none"
mode ''
# xl reduces it by the masks of xl.conf.
printf '#!/bin/sh\nsed -i "/^pin=0 /d" "$SAFEXL_FAKE/4.dom"; echo "pin=0 2 2-3" >>"$SAFEXL_FAKE/4.dom"\n' >"$SAFEXL_FAKE/hook"
chmod 755 "$SAFEXL_FAKE/hook"
mode lie
sx vcpu-pin p1 0 2-3
status 0 "less than was wanted, as masks are"
like "$(cpus | head -1)" '\[ "2-3"' "is recorded as wanted"
sx vcpu-pin -i p1 0 1-2
status 1 "but not when the masks are to be ignored"
mode ''
rm "$SAFEXL_FAKE/hook"

printf 'name = "u1"\nvcpus = 1\n' >"$etc/u1.cfg"
sx --config vcpu-pin u1 0 1
is "$(cat "$etc/u1.cfg")" 'name = "u1"
vcpus = 1
cpus = "1"' "the only processor: a string"
sx --config vcpu-pin u1 all all
is "$(tail -1 "$etc/u1.cfg")" 'cpus = "all"' "unpinned again"
printf 'name = "u2"\nvcpus = 2\n' >"$etc/u2.cfg"
cp "$etc/u2.cfg" "$work/u2"
sx --config vcpu-pin u2 all all
check "unpinned, and was before: no edit" cmp "$work/u2" "$etc/u2.cfg"
sx --config vcpu-pin u2 1 all
check "nor for one of them" cmp "$work/u2" "$etc/u2.cfg"
sx --config vcpu-pin u2 all 0-1
cp "$etc/u2.cfg" "$work/u2"
sx --config vcpu-pin u2 1 0-1
check "nor for one that is pinned as all are" cmp "$work/u2" "$etc/u2.cfg"
printf 'name = "u3"\nvcpus = 4\ncpus = [ "0", # the first\n\t"1" ] # the rest anywhere\n' >"$etc/u3.cfg"
sx --config vcpu-pin u3 3 2
is "$(cat "$etc/u3.cfg")" 'name = "u3"
vcpus = 4
cpus = [ "0", # the first
	"1",
	"all",
	"2" ] # the rest anywhere' "a short list is filled up"

# A number of processors that no guest has: no list of as many entries is made, and no undo counts them.
for count in 8193 1000000 0; do
	for key in vcpus maxvcpus; do
		printf 'name = "u4"\ntype = "pv"\n%s = %s\ncpus = [ "0" ]\n' "$key" "$count" >"$etc/u4.cfg"
		cp "$etc/u4.cfg" "$work/u4"
		timeout 30 "$BUILD/safexl" --config vcpu-pin u4 all 1 2>"$work/err" </dev/null
		is "$?" 78 "$key = $count: all processors of a list are refused"
		sx --config vcpu-pin u4 0 1
		status 78 "$key = $count: one is as well"
		like "$err" "u4.cfg:3: $key = $count: " "with the line"
		check "$key = $count: the file is as it was" cmp "$work/u4" "$etc/u4.cfg"
	done
done
like "$err" "^hint: correct that first: safexl edit $etc/u4.cfg$" "and with the way out"
printf 'name = "u5"\ncpus = [ "0", "1" ]\nmemory = 64\n' >"$etc/u5.cfg"
sx --config mem-set u5 65 # a history
printf 'maxvcpus = 9223372036854775807\n' >>"$etc/u5.cfg"
git_ commit -qam 'by hand: far too many'
sed -i 's/"0", "1"/"2", "3"/' "$etc/u5.cfg"
git_ commit -qam 'by hand: pins'
timeout 30 "$BUILD/safexl" --config undo HEAD 2>"$work/err" </dev/null
is "$?" 0 "an undo does not count to such a number"
like "$(cat "$etc/u5.cfg")" '^cpus = \[ "0", "1" \]$' "and brings the pins back"

# More than Xen gives a guest of the type.
for type in hvm pvh; do
	printf 'name = "x1"\ntype = "%s"\n' $type >"$etc/x1.cfg"
	sx --config vcpu-set x1 129
	like "$status:$err" "^78:safexl: x1: vcpus = 129: a $type guest has at most 128 virtual processors" "$type: too many"
	sx --config vcpu-set x1 128
	status 0 "as many as there can be"
done
printf 'name = "x2"\n' >"$etc/x2.cfg"
sx --config vcpu-set x2 1025
like "$status:$err" '^78:.*a pv guest has at most 1024 virtual processors' "pv: too many"
sx --config vcpu-set x2 1024
status 0 "as many as there can be"
# Processors that the host, of four, does not have.
config x3
domain 33 x3
cp "$etc/x3.cfg" "$work/x3"
: >"$SAFEXL_FAKE/log"
for words in "--config vcpu-pin x3 0 9999" "vcpu-pin x3 1 4-7" "vcpu-pin x3 all all 4" "-N vcpu-pin x3 all ^0"; do
	sx $words
	like "$status:$err" "^78:safexl: x3: cpus(_soft)?: '.*' has none of this host's processors, which are 0 to 3" "$words"
done
is "$(xl_calls)" "" "xl was not run"
check "nothing is recorded" cmp "$work/x3" "$etc/x3.cfg"
sx --config vcpu-pin x3 all 3-7
status 0 "one that it has is enough"
sx --config vcpu-pin x3 all node:7
status 0 "nodes are xl's affair"
printf 'name = "x4"\nvcpus = 2\ncpus = "8-15"\n' >"$etc/x4.cfg"
sx --config vcpu-set x4 1
status 0 "a file made for another host can be changed"
check_clean "at the end"
printf "name = 'p1'\nmemory = 256\n" >"$etc/p1.cfg"
sx --config vcpu-pin p1 99 0
status 78 "a virtual processor that the file does not have, nor says how many"
like "$err" "p1.cfg: there is no virtual processor 99$" "is told without a line"
finish
