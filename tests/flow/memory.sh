#!/usr/bin/env bash
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
printf 'name = "q1"; memory = "512" # quoted\n' >"$etc/q1.cfg"
sx --config mem-set q1 256
is "$(cat "$etc/q1.cfg")" 'name = "q1"; memory = "256" # quoted
maxmem = 512' "quotes and the rest of the line stay"
check_clean "at the end"
finish
