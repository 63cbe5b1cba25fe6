# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Many safexls at once, on one file and on many, also while some of them are killed.
. tests/flow/crash_lib.sh

disk='format=raw,vdev=d1%p0,access=w,target=/dev/vg0/m%'

linear() {
	[ "$(git_ rev-list --count --min-parents=2 HEAD)" = 0 ] &&
		[ "$(git_ rev-list --count --max-parents=0 HEAD)" = 1 ]
}
# The disks of web1 as its file and as the running domain have them, sorted.
in_file() { grep -o 'vdev=d[0-9]*p0' "$etc/web1.cfg" | sort; }
in_domain() { sed -n 's/^disk=\(d[0-9]*p0\) .*/vdev=\1/p' "$SAFEXL_FAKE/1.dom" | sort; }

# start WORDS...: fifty at once, % replaced by the number; their ids in $pids
start() {
	local i word words
	pids=
	for i in $(seq 50); do
		words=()
		for word in "$@"; do words+=("${word//%/$i}"); done
		"$BUILD/safexl" "${words[@]}" >"$work/many.$i" 2>&1 </dev/null &
		pids="$pids $!"
	done
}
# Wait for them; $failed counts those that did not end with 0.
finished() {
	local pid
	failed=0
	for pid in $pids; do wait "$pid" 2>/dev/null || failed=$((failed + 1)); done
}
# all DESCRIPTION: each of the fifty ended well
all() {
	finished
	is "$failed" 0 "$1"
	[ "$failed" = 0 ] || cat "$work"/many.* | sort | uniq -c | sed 's/^/# /' | head -n 20
}

world
start block-attach web1 "$disk"
all "50 disks at once to one domain"
is "$(in_file | wc -l)" 50 "all are in its file"
is "$(in_file)" "$(in_domain)" "the same that the domain has"
is "$(subjects | grep -c 'attach disk d1')" 50 "each with a commit"
check "the history is linear" linear
check_clean "one domain"

world
start --config block-attach web1 "$disk"
all "50 changes at once of one configuration"
is "$(in_file | wc -l)" 50 "all are in the file"
is "$(xl_calls)" "" "xl was not called"
is "$(subjects | grep -c 'attach disk d1')" 50 "each with a commit"
check "the history is linear" linear
check_clean "one configuration"

world new
for i in $(seq 50); do
	config "many$i"
	domain $((100 + i)) "many$i"
done
start block-attach many% "$disk"
all "50 domains at once, and no repository before"
is "$(grep -l 'vdev=d1[0-9]*p0' "$etc"/many*.cfg | wc -l)" 50 "each file has its disk"
is "$(subjects | grep -c 'attach disk d1')" 50 "each with a commit"
check "the history is linear" linear
check_clean "many domains"

# Some are killed at whatever they are doing: each time one has ended, the next but one.
world
start block-attach web1 "$disk"
set -- $pids
while [ $# -gt 2 ]; do
	wait "$1" 2>/dev/null
	kill -KILL "$3" 2>/dev/null
	shift 3
done
finished
sx recover
status 0 "50 at once, some of them killed: recover"
printf '# %s did not end well\n' "$failed"
is "$(in_file)" "$(in_domain)" "the file has what the domain has"
check "the history is linear" linear
check_clean "killed ones"
finish
