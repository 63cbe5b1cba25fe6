# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the crash tests that look at one guest, g1, in worlds that a worker keeps for its cases. Each test has:
#   prepare KIND DIR   make such a world in $work, with `keep` at the end
#   words_of           the command under test, of $kind, in words
#   look               after a kill: run the command $next, and complain of what is not true; counts in running or gone
#   look_error         the same after an error, whose status is in $status
#   enough             both outcomes were met ($running, $gone) as far as this kind can have them
#   counted            words for $running and $gone
#   $least             how many calls such a command makes at least
. tests/flow/crash_lib.sh
export FAULT_EXE=safexl
preload=$BUILD/fake/preload_fault.so
stride=${CRASH_STRIDE:-1}
least=12

keep() {
	mkdir "$work/base"
	cp -a "$work/root" "$work/xen" "$work/base"
}
back() {
	rm -rf "$work/root" "$work/xen"
	cp -a "$work/base/root" "$work/base/xen" "$work"
}
# The world as it was, for the next case; a test may have its own.
fresh() { back; }
# Does Xen have the guest?
runs() {
	set -- "$SAFEXL_FAKE"/[0-9]*.dom
	[ -e "$1" ]
}
# faulty ACTION N WORDS...: $status; returns when also an xl that was left behind has ended
faulty() {
	local action=$1 at=$2 onward=0
	shift 2
	[ "$action" = "${action%+}" ] || onward=1
	FAULT_ACTION=${action%+} FAULT_AT=$at FAULT_ONWARD=$onward LD_PRELOAD=$preload \
		"$BUILD/fake/reap" "$BUILD/safexl" "$@" >"$work/said" 2>&1 </dev/null
	status=$?
}
complain() {
	printf '%s %s, then %s: %s\n' "$action" "$n" "$next" "$*"
	sed 's/^/    said: /' "$work/said" "$work/err"
}
# want STATUS WORDS...: of safexl with these words
want() {
	local expected=$1
	shift
	"$BUILD/safexl" "$@" >"$work/err" 2>&1 </dev/null
	status=$?
	[ "$status" = "$expected" ] || complain "$*: status $status, wanted $expected"
	err=$(<"$work/err")
	[ "${err#*waiting for}" = "$err" ] || complain "$*: a lock is held"
}

kill_worker() {
	n=$((1 + $1 * stride))
	prepare "$kind" "$2"
	words_of
	while fresh && faulty "$action" $n "${words[@]}" && [ "$status" = 137 ]; do
		look
		n=$((n + 2 * stride))
		cases=$((cases + 1))
	done
}
error_worker() {
	local calls
	n=$((1 + $1 * stride))
	prepare "$kind" "$2"
	words_of
	FAULT_LOG=$work/calls LD_PRELOAD=$preload "$BUILD/safexl" "${words[@]}" >/dev/null 2>&1
	calls=$(grep -c . "$work/calls")
	while [ $n -le "$calls" ]; do
		back
		faulty "$action" $n "${words[@]}"
		look_error
		n=$((n + 2 * stride))
		cases=$((cases + 1))
	done
}

# group DESCRIPTION KIND ACTION NEXT [written]
group() {
	local what=$1 worker=kill_worker top=$work lines cases=0 running=0 gone=0 w
	kind=$2 action=$3 next=$4 written=${5-}
	case $action in kill-*) ;; *) worker=error_worker ;; esac
	for w in 0 1; do
		(
			$worker $w "$top/$w"
			echo "= $cases $running $gone"
		) >"$top/found.$w" 2>&1 &
	done
	wait
	while read -r _ c r g; do
		cases=$((cases + c)) running=$((running + r)) gone=$((gone + g))
	done < <(grep -h '^= ' "$top"/found.[01])
	lines=$(grep -hv '^= ' "$top"/found.[01])
	what="$what ($cases cases: $(counted))"
	# A fault without effect was none.
	if [ -z "$lines" ] && [ $((cases * stride)) -ge $least ] && { [ "$stride" != 1 ] || enough; }; then
		ok "$what"
	else
		not_ok "$what"
		printf '%s\n' "$lines" | head -n 40 | sed 's/^/# /'
	fi
}
