#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# sched-credit, sched-credit2, sched-rtds, cpupool-migrate, xenstore-quota-set.
. tests/flow/lib.sh

config g1
domain 3 g1
cp "$etc/g1.cfg" "$work/before"
key() { sed -n "s/^$1 *= *//p" "$etc/g1.cfg"; }

for words in '' '-d g1' '-s' '-s -r 100' '-p Pool-0' '-d g1 -p Pool-0 -w 2'; do
	# shellcheck disable=SC2086
	sx sched-credit2 $words
	status 0 "sched-credit2 $words: passed to xl"
	is "$err" "" "without a word"
done
check "and nothing is recorded" cmp "$work/before" "$etc/g1.cfg"
sx sched-credit2 -x
status 2 "an option that xl has not: xl says so"
SAFEXL_CORE=$work/none.so sx sched-credit2
status 0 "also where the core cannot start"
sx --config sched-credit2 -d g1
status 2 "--config, and nothing to set"

sx sched-credit2 -w 512 -d g1
status 0 "the weight"
is "$(key cpu_weight) $(key cap)" "512 " "is written"
is "$(subjects | head -1)" "g1: set processor weight to 512" "subject"
sx sched-credit2 --domain=g1 --cap 50 --weig 128
status 0 "long options, shortened"
is "$(key cpu_weight) $(key cap)" "128 50" "weight and cap"
is "$(subjects | head -1)" "g1: set processor weight to 128, cap to 50%" "subject of both"
sx sched-credit2 -dg1 -c0
status 0 "letters with their values"
is "$(key cpu_weight) $(key cap)" "128 0" "no cap"
is "$(subjects | head -1)" "g1: end the processor cap" "subject of none"
for bad in abc 1x '' -1 0 65536; do
	sx sched-credit2 -d g1 "-w$bad"
	status 2 "'$bad' is no weight"
done
sx sched-credit2 -d '' -w 3
status 2 "an empty domain is refused"
sx sched-credit -d g1 -w 100
status 1 "another scheduler than that of the pool: xl fails"
is "$(key cpu_weight)" 128 "nothing is recorded"
mode lie
sx sched-credit2 -d g1 -w 100
status 1 "a success that is none is told"
mode ''
printf 'name = "d1"\n' >"$etc/d1.cfg"
sx --config sched-credit -d d1 -w 256 -c 0
status 0 "what is so by default"
is "$(cat "$etc/d1.cfg")" 'name = "d1"' "needs no edit"
sx --live sched-credit2 -d g1 -w 300
status 0 "--live"
is "$(key cpu_weight)" 128 "is not recorded"
sx -N sched-credit2 -d g1 -w 400
like "$out" '^    \+cpu_weight = 400$' "a dry run shows it"

sx --config sched-credit2 -d g1 -c 201
like "$status:$err" '^78:safexl: g1: cap = 201: a cap is 0 to 100 for each of 2 virtual processors' "a cap above its processors"
sx --config sched-credit2 -d g1 -c 200
status 0 "all of them"

config r1
domain 4 r1
printf 'sched=rtds\n' >>"$SAFEXL_FAKE/4.dom"
sx sched-rtds -d r1 -v all -p 20000 -b 5000 -e 0
status 0 "sched-rtds for all"
is "$(tail -2 "$etc/r1.cfg")" "period = 20000
extratime = 0" "what has a key is recorded"
like "$err" "no key for the budget: the next create takes Xen's 4000 us" "what has none is said"
sx sched-rtds -d r1 -v all -p 3000 -b 1000 -e 1
status 0 "a period below the budget of the next create"
like "$(cat "$etc/r1.cfg")" "^period = 20000$" "is not recorded"
like "$err" "the next create would fail" "and it is said why"
sx sched-rtds -d r1 -v 0 -p 20000 -b 5000 -e 0
status 0 "for one processor"
like "$err" "nothing to record: xl.cfg has no keys for the parameters of single" "said"
cp "$etc/r1.cfg" "$work/r1.before"
refused() {
	local want=$1
	shift
	sx --config sched-rtds "$@"
	status 2 "--config sched-rtds $*: refused"
	like "$err" "sched-rtds: $want" "with what is missing"
}
refused 'xl needs -p, -b and -e together' -d r1 -v all -p 10000 -b 4000
refused 'xl needs -p, -b and -e together' -d r1 -v all -p 10000 -e 1
refused 'xl needs -p, -b and -e together' -d r1 -v all
refused '-v is missing' -d r1 -p 10000 -b 4000 -e 1
refused '-v all goes with no other -v' -d r1 -v all -v 0 -p 10000 -b 4000 -e 1
refused '-d is missing' -v all -p 10000 -b 4000 -e 1
refused 'the budget is more than the period' -d r1 -v all -p 4000 -b 4001 -e 1
refused 'period: ' -d r1 -v all -p 9 -b 9 -e 1
sx --config sched-credit -d r1
like "$err" "neither -w nor -c is given" "what sched-credit lacks"
check "the file is as it was" cmp "$work/r1.before" "$etc/r1.cfg"
sx help sched-rtds
like "$out" '\[-p <us> -b <us> -e 0\|1\]' "the usage has all three in one pair of brackets"
sx sched-rtds -d r1 -v all
status 0 "sched-rtds that shows"
is "$err" "" "is passed to xl"

sx cpupool-migrate g1 pool1
status 0 "cpupool-migrate"
is "$(key pool)" '"pool1"' "the pool is written"
is "$(subjects | head -1)" "g1: move to CPU pool pool1 (was Pool-0)" "subject"
sx cpupool-migrate g1 1
status 78 "a pool by its number"
like "$err" "^hint: give the pool.s name" "is refused"
mode lie
sx cpupool-migrate g1 pool2
status 1 "a success that is none is told"
mode ''
sx cpupool-migrate g1 Pool-0
is "$(key pool)" '"Pool-0"' "back again"
sx --config cpupool-migrate d1 Pool-0
is "$(cat "$etc/d1.cfg")" 'name = "d1"' "the pool it is in anyway"

# The fake xl takes any quota; which xl has the command is known of the real one only.
sx xenstore-quota-set g1 nodes=2000 watches=0x80
status 0 "xenstore-quota-set"
is "$(key 'xenstore_quota +')" "[ 'nodes=2000', 'watches=0x80' ]" "a list of quotas"
sx xenstore-quota-set g1 nodes=3000
is "$(key 'xenstore_quota +')" "[ 'nodes=3000', 'watches=0x80' ]" "one of them changed"
for bad in nodes nodes= =1 nodes=x nodes=-1 nodes=99999999999; do
	sx xenstore-quota-set g1 "$bad"
	status 2 "'$bad' is not a quota"
done
calls=$(xl_calls | wc -l)
sx xenstore-quota-set -g nodes=5
is "$(xl_calls | tail -1)" "xenstore-quota-set -g nodes=5" "-g is passed to xl"
is "$(xl_calls | wc -l)" $((calls + 1)) "once"
sx xenstore-quota-set '' nodes=5
status 2 "an empty domain is refused"
check_clean "at the end"
finish
