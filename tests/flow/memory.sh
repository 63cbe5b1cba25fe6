#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# mem-set and mem-max: sizes, and the maximum that a file only implies.
. tests/flow/lib.sh

config g1 256
domain 3 g1 262144
sx mem-set g1 128
status 0 "mem-set"
is "$(sed -n 's/^memory  = //p;s/^maxmem.*= //p' "$etc/g1.cfg")" "128
256" "memory is lowered, the implied maximum is written"
is "$(subjects | head -1)" "g1: set memory to 128 MiB (was 256)" "subject"
like "$(cat "$etc/g1.cfg")" '^name    = "g1"		# as in the monitoring$' "comments and blanks stay"
sx mem-set g1 131072k
status 0 "the same size in KiB"
like "$err" "needs no change" "needs no edit"
sx mem-set g1 100000k
status 0 "a size that is not a whole MiB"
like "$err" "100000 KiB is not a whole MiB: the file says 98 MiB" "is rounded up, and said"
like "$(cat "$etc/g1.cfg")" '^memory  = 98$' "in the file"
sx mem-max g1 1g
status 0 "mem-max"
like "$(cat "$etc/g1.cfg")" '^maxmem = 1024$' "writes maxmem"
sx mem-set g1 2048
status 78 "more than maxmem"
like "$err" 'maxmem is 1024 MiB' "is refused"
like "$err" '^hint: .*mem-max' "with the way out"
sx mem-max g1 64
status 78 "a maximum below memory is refused"
for bad in 512MB 1.5 abc '' -5 0 99999999999999999999; do
	sx mem-set g1 "$bad"
	status 2 "'$bad' is no size"
done
cat >"$etc/h1.cfg" <<'EOF'
name = 'h1'
type = "hvm"
memory = 512
pci = [ '0000:03:00.0' ]
EOF
sx --config mem-set h1 256
status 0 "a guest with passed-through devices"
is "$(sed -n 's/^memory = //p;s/^maxmem = //p' "$etc/h1.cfg")" "256
256" "gets both keys"
like "$err" "cannot be created with memory below maxmem" "and is told why"
cat >"$etc/v1.cfg" <<'EOF'
name = 'v1'
type = "pvh"
memory = 512
vnuma = [ [ "pnode=0","size=512","vcpus=0","vdistances=10" ] ]
EOF
sx --config mem-set v1 256
status 78 "vnuma fixes the memory"
printf 'name = "m1"\nmaxmem = 400\n' >"$etc/m1.cfg"
sx --config mem-set m1 100
status 0 "memory only implied by maxmem"
is "$(cat "$etc/m1.cfg")" 'name = "m1"
maxmem = 400
memory = 100' "is written at the end"
printf 'name = "m2"\nmaxmem = 400' >"$etc/m2.cfg"
sx --config mem-max m2 500
is "$(cat "$etc/m2.cfg")" 'name = "m2"
maxmem = 500
memory = 400' "mem-max keeps the implied memory"
printf 'name = "m3"\n' >"$etc/m3.cfg"
sx --config mem-max m3 16
like "$status:$err" "^78:.*m3.cfg: memory is 32 MiB, more than 16 MiB$" "a value that no line has: no line is named"
printf 'name = "q1"; memory = "512" # quoted\n' >"$etc/q1.cfg"
sx --config mem-set q1 256
is "$(cat "$etc/q1.cfg")" 'name = "q1"; memory = "256" # quoted
maxmem = 512' "quotes and the rest of the line stay"

printf 'name = "e1"\nmemory = 256\t# \033]0;title\007\n' >"$etc/e1.cfg"
sx --config -N mem-set e1 128
is "$(sed -n 's/^ *[-+]memory = //p' <<<"$out")" $'256\t# \\x1b]0;title\\x07
128\t# \\x1b]0;title\\x07' "a dry run shows control characters, but tabs, as escapes"

# Values that no guest can be started with, or hardly live with: refused before xl runs.
config b1 256
domain 7 b1 262144
cp "$etc/b1.cfg" "$work/b1"
printf 'memory=8388608\nfree=4194304\n' >"$SAFEXL_FAKE/host"
calls=$(xl_calls | wc -l)
# refuses REASON WORDS...
refuses() {
	local why=$1
	shift
	sx "$@"
	status 78 "$*: refused"
	like "$err" "^safexl: b1: $why" "with the reason"
	like "$err" "^hint: to write it into the file all the same: safexl edit $etc/b1.cfg" "and the way out"
	sx -N "$@"
	status 78 "also a dry run"
}
for size in 5 5m 5120k 1 20; do
	refuses 'memory = [0-9]+: a guest of at most 256 MiB needs about 36 MiB or more' mem-set b1 $size
done
like "$err" "safexl --live mem-set b1 20" "the running domain alone is another way"
refuses 'memory = 5: ' --config mem-set b1 5
refuses 'maxmem = 9999999: this host has 8192 MiB in all' mem-max b1 9999999
refuses 'memory = 9000: this host has 8192 MiB in all' mem-set b1 9000
refuses 'memory = 999999999: Xen gives a domain at most 16777216 MiB' --config mem-set b1 999999999
is "$(xl_calls | wc -l)" "$calls" "xl was not run"
check "and the file is as it was" cmp "$work/b1" "$etc/b1.cfg"
sx --live mem-set b1 20
status 0 "--live lets it through"
sx mem-set b1 40
status 0 "a little more than the least"
sx mem-max b1 8192
status 0 "all that the host has"
SAFEXL_FAKE='' sx --config mem-max b1 9000
status 0 "without Xen nothing is known of the host"
SAFEXL_FAKE='' sx --config mem-max b1 999999999
status 78 "but of Xen"
printf 'name = "uni"\nmemory = 16\n' >"$etc/uni.cfg"
sx --config mem-set uni 8
status 0 "a guest that is made for little memory"
printf 'name = "hv"\ntype = "hvm"\nvga = "stdvga"\nmemory = 64\n' >"$etc/hv.cfg"
sx --config mem-set hv 16
like "$status:$err" '^78:.*memory = 16: 16 MiB of it are the graphics card' "the video memory of an HVM guest"
EDITOR="sed -i s/^memory.*/memory=10/" sx edit "$etc/uni.cfg"
status 0 "edit takes what a person writes"
check_clean "at the end"

# The configuration of one that runs, and of one that does not.
config r1 256
domain 77 r1
sx --config mem-set r1 128
like "$err" '^safexl: r1: it is running; at its next cold boot these take effect: memory, maxmem$' "--config on a running domain: what waits is told"
is "$(grep -c "cold boot" <<<"$err")" 1 "once"
rm "$SAFEXL_FAKE/77.dom"
sx --config mem-set r1 192
status 0 "a domain that does not run"
is "$(grep -c "cold boot" <<<"$err")" 0 "nothing waits there"
finish
