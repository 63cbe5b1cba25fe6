#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Where locks lie: what another user can make holds nobody up, and what stands in the place of the
# lock directory or of a lock file is refused with a way out that takes it away.
. tests/flow/lib.sh
run=$SAFEXL_ROOT/run
config g1
config g2
domain 1 g1

# /run/lock belongs to everybody on Debian.
mkdir -m 1777 "$run/lock"
ln -s /nonexistent "$run/lock/safexl"
sx mem-set g1 128
status 0 "a dangling link in /run/lock is no matter"
rm "$run/lock/safexl"
mkdir -m 777 "$run/lock/safexl"
echo 'pid 1, sshd' >"$run/lock/safexl/domain-g1.lock"
exec {held}>>"$run/lock/safexl/domain-g1.lock"
flock "$held"
sx mem-set g1 130
status 0 "nor is a lock that somebody holds there"
sx --live create "$etc/g2.cfg"
status 0 "nor for a start without a record, as xendomains makes it at boot"
is "$(ls -A "$run/lock/safexl")" domain-g1.lock "nothing is put there"
is "$(stat -c %a "$run/safexl")" 700 "the directory of locks is nobody else's"
is "$(stat -c %a "$run/safexl"/* | sort -u)" 600 "and so are the locks"

# refused WHERE DESCRIPTION: and the hint, as it stands, is the way out
refused() {
	local head calls
	head=$(git_ rev-parse HEAD)
	calls=$(xl_calls | wc -l)
	sx mem-set g1 140
	status 73 "$2"
	like "$err" "^safexl: .*lock (directory|file) $1 is not safexl's own" "it is named"
	is "$(git_ rev-parse HEAD)" "$head" "nothing is recorded"
	is "$(xl_calls | wc -l)" "$calls" "xl does not run"
	eval "$(sed -n 's/^hint: .*: \(rm -r .*\)/\1/p' <<<"$err")"
	sx mem-set g1 $((memory += 2))
	status 0 "the hint is the way out"
}
memory=150
rm -r "$run/safexl"
ln -s /nonexistent "$run/safexl"
refused "$run/safexl" "a dangling link in the place of the directory"
mkdir "$work/elsewhere"
rm -r "$run/safexl"
ln -s "$work/elsewhere" "$run/safexl"
refused "$run/safexl" "a link to a directory"
is "$(ls -A "$work/elsewhere")" '' "nothing was put there"
rm -r "$run/safexl"
echo text >"$run/safexl"
refused "$run/safexl" "a file"
chmod 777 "$run/safexl"
refused "$run/safexl" "a directory that others can write to"

lock=$run/safexl/domain-g1.lock
rm "$lock"
ln -s "$work/target" "$lock"
refused "$lock" "a link in the place of a lock file"
check "is not followed" test ! -e "$work/target"
rm "$lock"
mkfifo -m 600 "$lock"
refused "$lock" "a FIFO"
chmod 666 "$lock"
refused "$lock" "a lock file that others can open"
ln "$lock" "$run/safexl/second"
refused "$lock" "one with a second name"
if [ "$(id -u)" = 0 ]; then
	chown 12:34 "$lock"
	refused "$lock" "one of another user"
	chown 12:34 "$run/safexl"
	refused "$run/safexl" "a directory of another user"
	rm -r "$run/safexl" "$state"
	chmod 755 "$work"
	chmod 1777 "$run"
	setpriv --reuid 1234 --regid 1234 --clear-groups "$BUILD/safexl" mem-set g1 100 >"$work/out" 2>&1
	like "$(cat "$work/out")" "create directory $run/safexl: Permission denied" "another user's own command fails"
	check "and leaves no directory" test ! -e "$run/safexl"
	sx mem-set g1 100
	status 0 "so that root's go on"
else
	skip "another user's" "needs root"
fi
finish
