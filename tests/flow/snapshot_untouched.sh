#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Disks that are copied, or put back, while somebody else writes to them, holds them or starts their guest without
# safexl: nothing of it is called a snapshot, a backup or restored, and nothing is left of it.
. tests/flow/lib.sh

srv=$SAFEXL_ROOT/srv
disk=$srv/g1.img
to=$SAFEXL_ROOT/backups
snaps=$state/snapshots/g1
mkdir "$srv"
head -c 262144 /dev/zero >"$disk"
cp "$disk" "$srv/g1-b.img" # and a CD that is missing, which matters to nobody
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w', '%s,raw,xvdb,w', '%s/no.iso,raw,xvdc,r' ]\n" "$disk" "$srv/g1-b.img" "$srv" >"$etc/g1.cfg"
write() { printf '%-5s' "$1" | dd of="$disk" conv=notrunc status=none; }
says() { head -c 5 "$disk"; }
# Meanwhile, before the first call on a path that ends so, COMMAND is run: meanwhile PATH COMMAND WORDS...
meanwhile() {
	local path=$1 command=$2
	shift 2
	FAULT_EXE=safexl FAULT_ACTION=run FAULT_AT_PATH=$path FAULT_RUN="unset LD_PRELOAD; $command" \
		LD_PRELOAD=$BUILD/fake/preload_fault.so "$BUILD/safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	err=$(cat "$work/err")
}
nothing() {
	is "$(markers)$(ls -A "$snaps" "$to/g1" "$state/unfinished" 2>/dev/null | grep -v '^$\|:$')" "$1" "and nothing is left"
}
writes="printf other | dd of=$disk conv=notrunc status=none"
mkfifo "$work/held"
holds="exec 3<>$disk 9<>$work/held; sleep 600 & echo \$! >$work/holder"
starts="$SAFEXL_XL create $etc/g1.cfg >/dev/null"

# ---- a guest that is off ----
for words in 'snapshot --copy g1 A' "backup g1 $to"; do
	name=${words%% *}
	for path in /disks/xvda /disks/xvdb; do
		write one
		# shellcheck disable=SC2086
		meanwhile $path "$writes" $words
		status 77 "$name: a disk that is written to before ${path#/disks/} is copied"
		like "$err" "g1: somebody wrote to a disk while safexl copied: disk xvda: " "is told"
		like "$err" "^hint: who else uses its disks: safexl check\$" "with what can be done"
		nothing 0
	done
	# shellcheck disable=SC2086
	meanwhile /disks/xvda "$holds" $words
	status 77 "$name: one that is held open for writing"
	like "$err" "disk xvda: $disk is held open for writing by pid $(cat "$work/holder") " "is told"
	exec 8<"$work/held"
	kill -9 "$(cat "$work/holder")" # it has the signal mask of a safexl that copies
	cat <&8 # until that one has ended
	exec 8<&-
	nothing 0
	# shellcheck disable=SC2086
	meanwhile /disks/xvdb "$starts" $words
	status 77 "$name: a guest that is started by xl"
	like "$err" "g1: it was started while its disks were copied: it runs" "is told"
	nothing 0
	"$SAFEXL_XL" destroy g1
done
for words in 'snapshot --copy g1 A' "backup g1 $to"; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "${words%% *}, when nobody does that"
done
sx snapshots --drop A g1
rm -r "$to"

# ---- one that is saved ----
sx create "$etc/g1.cfg"
sx save g1 "$work/g1.sav"
write one
for words in 'snapshot --no-memory --copy g1 A' "backup --no-memory g1 $to"; do
	# shellcheck disable=SC2086
	meanwhile /disks/xvdb "$writes" $words
	status 77 "${words%% *} --no-memory of one that is saved, whose disk is written to"
	nothing 1
done
sx --discard-marker create "$etc/g1.cfg"
sx destroy g1
rm "$state"/markers/*

# ---- put back ----
write one
sx create "$etc/g1.cfg"
sx backup --copy g1 "$to"
sx destroy g1
write two
dir=$(echo "$to"/g1/2*)
meanwhile /images "$writes" restore --overwrite "$dir"
status 74 "restore: a disk that is written to before the memory is in place"
like "$err" "g1: the restore of $dir is not complete: g1: somebody wrote to a disk while safexl copied: disk xvda: " "is told"
is "$(says)" other "it was"
sx create "$etc/g1.cfg"
status 77 "the guest is not started"
sx start g1
status 77 "nor continued"
sx recover
status 0 "recover"
is "$(says)$(grep -c '"state": *"saved"' "$state"/markers/*.json)" "one  1" "puts it back once more"
sx start g1
status 0 "start"
sx destroy g1
rm "$state/images/g1"
killed() {
	FAULT_EXE=safexl FAULT_ACTION=kill-after LD_PRELOAD=$BUILD/fake/preload_fault.so "$BUILD/safexl" "$@" >"$work/out" 2>&1
	test $? -gt 128
}
# Each part is in place, and nothing is noted yet of the disks that its memory is to meet.
FAULT_AT_PATH=/unfinished/g1.json FAULT_NTH=2
export FAULT_AT_PATH FAULT_NTH
check "killed when each part is in place" killed restore --overwrite "$dir"
unset FAULT_AT_PATH FAULT_NTH
write other
sx recover
status 0 "recover"
is "$(says)$(grep -c '"state": *"saved"' "$state"/markers/*.json)" "one  1" "puts back what was written to in between"
sx start g1
status 0 "start"

# ---- reverted to ----
reverted() {
	is "$(says)$(grep -c 'memory = 256' "$etc/g1.cfg")" "one  1" "$1"
	is "$(grep -l '"state": *"held"' "$state"/markers/*)" "" "and nothing holds it"
}
: >"$srv/no.iso"
sx snapshot --copy g1 A
for memory in '' --no-memory; do
	sx mem-set g1 200
	write two
	# Its configuration is put back after its disks.
	# shellcheck disable=SC2086
	meanwhile /index.lock "$writes" revert --no-keep $memory g1 A
	status 74 "revert $memory: a disk that is written to after it was put back"
	like "$err" "g1: the revert to 'A' is not complete: g1: somebody wrote to a disk while safexl copied: disk xvda: " "is told"
	is "$(says)" other "it was"
	sx start g1
	status 77 "the guest is not started"
	sx recover
	status 0 "recover"
	reverted "puts it back once more"
	[ -z "$memory" ] || sx start g1
done
sx mem-set g1 200
write two
export FAULT_AT_PATH=/index.lock
check "killed after its disks were put back" killed revert --no-keep g1 A
unset FAULT_AT_PATH
write other
sx recover
status 0 "recover"
reverted "puts back what was written to in between"
finish
