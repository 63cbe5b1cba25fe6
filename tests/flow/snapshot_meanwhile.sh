#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What happens to a guest and its snapshots while safexl waits for a lock, or after it was killed: another
# administrator, or plain xl, starts, renames and reverts. No guest stands still, no disk is written under one.
. tests/flow/lib.sh

srv=$SAFEXL_ROOT/srv
disk=$srv/g1.img
snap=$state/snapshots/g1/A
mkdir -p "$srv"
head -c 1048576 /dev/zero >"$disk"
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$disk" >"$etc/g1.cfg"
write() { printf '%-5s' "$1" | dd of="$disk" conv=notrunc status=none; }
says() { head -c 3 "$disk"; }
paused() { grep -qs '^state=paused' "$SAFEXL_FAKE"/[0-9]*.dom; }
runs() { ls "$SAFEXL_FAKE"/[0-9]*.dom >/dev/null 2>&1 && ! paused; }
# Hold the lock of the guest's snapshots (lock=: another one) while COMMAND... waits: waiting COMMAND...; then go_on
waiting() {
	rm -f "$work/said"
	mkfifo "$work/said"
	exec {go}> >(exec python3 -c 'import fcntl, sys
lock = open(sys.argv[1], "a")
fcntl.lockf(lock, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
sys.stdin.read()' "$SAFEXL_ROOT/run/safexl/${lock:-snapshot-g1}.lock" "$work/said")
	cat "$work/said" # until the lock is held
	"$BUILD/safexl" "$@" >"$work/out" 2>"$work/said" {go}>&- &
	waiter=$!
	exec {said}<"$work/said"
	while IFS= read -r err <&"$said"; do
		case $err in *'waiting for '*) return ;; esac
	done
	not_ok "it waits for the lock: $*"
}
go_on() {
	exec {go}>&-
	err=$(cat <&"$said")
	exec {said}<&-
	wait "$waiter"
	status=$?
}
# Killed before (kill=kill-after: after) the first call on a path that ends so: killed PATH COMMAND...
killed() {
	local path=$1
	shift
	FAULT_EXE=safexl FAULT_ACTION=${kill:-kill-before} FAULT_AT_PATH=$path LD_PRELOAD=$BUILD/fake/preload_fault.so \
		"$BUILD/safexl" "$@" >"$work/out" 2>&1
	is "$?" 137 "$1 is killed"
}

write one
sx create "$etc/g1.cfg"
sx snapshot --copy g1 A
status 0 "a snapshot"

# ---- while it waits for a lock ----
write two
waiting revert --no-keep g1 A
"$SAFEXL_XL" destroy g1
printf "name = 'g2'\nmemory = 256\n" >"$work/g2.cfg"
"$SAFEXL_XL" create "$work/g2.cfg" >"$work/out"
"$SAFEXL_XL" create "$etc/g1.cfg" >"$work/out"
go_on
status 0 "a guest that was started again while revert waited"
is "$(says)" one "is as in the snapshot"
check "and runs" runs
check "the one that has its number now is left alone" grep -qs '^name=g2' "$SAFEXL_FAKE"/[0-9]*.dom
"$SAFEXL_XL" destroy g2
waiting snapshots --drop A g1
cp "$snap/manifest.json" "$work/manifest.json"
sed -i 's/"complete"/"reverting"/; s/"step":\( *\)"keep"/"step":\1"disks"/' "$snap/manifest.json"
go_on
status 77 "a snapshot to which a revert was begun while --drop waited"
check "stays" test -e "$snap/disks/xvda" -a -e "$snap/memory"
cp "$work/manifest.json" "$snap/manifest.json"

head -c 4096 /dev/zero >"$srv/more.img"
lock=domain-g1 waiting snapshot --copy g1 more
"$SAFEXL_XL" block-attach g1 "$srv/more.img,raw,xvdb,w"
go_on
status 0 "a guest that got a disk while snapshot waited"
is "$(ls "$state/snapshots/g1/more/disks" | xargs)" "xvda xvdb" "is kept with it"
"$SAFEXL_XL" block-detach g1 xvdb
sx snapshots --drop more g1

# ---- guests called by digits ----
for name in 25 db1; do
	head -c 65536 /dev/zero >"$srv/$name.img"
	printf "name = '%s'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" $name "$srv/$name.img" >"$etc/$name.cfg"
	sx create "$etc/$name.cfg"
done
number() { basename "$(grep -l "^name=$1\$" "$SAFEXL_FAKE"/[0-9]*.dom)" .dom; }
n=$(number db1)
for end in dom stored; do mv "$SAFEXL_FAKE/$n.$end" "$SAFEXL_FAKE/25.$end"; done
n=$(number 25)
sx snapshot --copy db1 A
sx snapshot --copy "$n" A
status 0 "a snapshot of a guest whose name is the number of another"
like "$(cat "$state/snapshots/25/A/manifest.json")" "$srv/25.img" "has its disk"
sx -N snapshot --copy "$n" B
like "$out" "^would keep 25 as the snapshot B" "so is a dry run"
sx backup --copy "$n" "$work/backups"
status 0 "a backup of it"
like "$(cat "$work"/backups/25/*/config)" "^name = '25'" "has its configuration"
like "$(cat "$work"/backups/25/*/manifest.json)" "$srv/25.img" "and its disk"
printf 'new' | tee "$srv/25.img" >"$srv/db1.img"
sx revert --no-keep --no-memory "$n" A
status 0 "revert of it"
is "$(head -c 3 "$srv/25.img" | tr -d '\0')$(head -c 3 "$srv/db1.img")" new "puts its disk back, not that of the other"
"$SAFEXL_XL" destroy 25
rm -r "$state/snapshots/25" "$state/snapshots/db1"
rm "$etc/25.cfg" "$etc/db1.cfg" "$srv/25.img" "$srv/db1.img" "$srv/more.img"

# ---- after it was killed ----
killed /disks/xvda snapshot --copy g1 B
check "it stands still" paused
"$SAFEXL_XL" rename g1 g1-new
sx recover
status 0 "recover, when its guest has another name now"
check "it runs" runs
"$SAFEXL_XL" rename g1-new g1
write two
killed /g1.img revert --no-keep g1 A
"$SAFEXL_XL" create "$etc/g1.cfg" >"$work/out"
write new
sx recover
check "recover, when the guest was started by xl" test "$status" != 0
like "$err" "g1: the revert to 'A' is not complete: it runs" "says why it does not go on"
is "$(says)" new "the disk is not written under it"
sx revert g1 A
like "$err" "^hint: to give up its present state: safexl destroy g1 && safexl recover\$" "there is a way"
"$BUILD/safexl" destroy g1 >"$work/out" 2>&1 && sx recover
status 0 "which leads on"
is "$(says)" one "it is as in the snapshot"
check "and runs" runs

# ---- after it was killed in the last step: no domain but the one that its xl made is taken for the reverted guest ----
own() { grep -l '^name=g1$' "$SAFEXL_FAKE"/[0-9]*.dom; }
calls() { grep -c "^$1" < <(xl_calls); }
uuid=$(sed -n 's/^uuid=//p' "$(own)")
# The notes of a revert: keep, destroy, its xl, disks, config, memory, its xl, end.
killed_at() { # NOTE STEP
	write two
	FAULT_NTH=$1 killed /manifest.json revert --no-keep g1 A
	like "$(cat "$snap/manifest.json")" "\"step\": *\"$2\"" "in the step $2"
	unpaused=$(calls unpause)
}
foreign() { # plain xl starts it, with the uuid that it had
	local new
	"$SAFEXL_XL" create "$etc/g1.cfg" >"$work/out"
	new=$(own)
	sed -i "s/^uuid=.*/uuid=$uuid/" "$new" "${new%dom}stored"
	write new
}
refused() { # WHAT
	sx snapshots
	status 0 "$1: another command"
	sx recover
	status 75 "$1: recover does not go on"
	like "$err" "the revert to 'A' is not complete: disks and configuration are put back, but the domain of its name that is there \\([0-9]+\\) was not made from its memory" "says what is there"
	is "$(calls unpause) $(says)" "$unpaused new" "and does nothing to it, nor to its disk"
}

kill=kill-after killed_at 6 memory
foreign
refused "one that xl started before its memory was put back"
sx revert g1 A
like "$err" '^hint: to give it up .*: safexl destroy g1 && safexl recover$' "there is a way"
like "$err" '^hint: to do without that memory: safexl revert --no-memory g1 A$' "and another"
"$BUILD/safexl" destroy g1 >"$work/out" 2>&1 && sx recover
status 0 "the one leads on"
like "$err" ', and goes on from there$' "with the snapshot's memory"
is "$(says)" one "and its disk"

kill=kill-after killed_at 6 memory
foreign
"$SAFEXL_XL" pause g1
refused "one that stands still"
sx revert --no-memory g1 A
status 0 "without the memory"
like "$err" '; the domain that is there was not made from it$' "which is told"
check "it stands still" paused
"$SAFEXL_XL" unpause g1

killed_at 8 memory
check "its memory is put back, which is not noted" paused
stored=$(own)
mv "${stored%dom}stored" "$work/stored" # libxl stores that at the end
write new
refused "one that xl has not made whole"
mv "$work/stored" "${stored%dom}stored"
sx snapshots
like "$err" ', and goes on from there$' "one that is whole is gone on with by the next command"
check "and runs" runs
is "$(calls unpause)" "$((unpaused + 1))" "which lets it run"

kill=kill-after killed_at 8 end
check "its memory is put back, which is noted" paused
"$SAFEXL_XL" destroy g1
"$SAFEXL_XL" create "$work/g2.cfg" >"$work/out" # its number, which Xen gives again after all others only
foreign
"$SAFEXL_XL" pause g1
sx recover
status 0 "one that has ended since, and was started again"
like "$err" '; the domain that was made from its memory has ended since$' "is told"
is "$(calls unpause) $(says)" "$unpaused new" "nothing is done to the other, nor to its disk"
"$SAFEXL_XL" unpause g1
"$SAFEXL_XL" destroy g2
write one

# ---- while the image is laid out that it is to be saved in again ----
sx save g1 "$srv/g1.sav"
sx snapshot --copy g1 S
sx start g1
write two
# The first call removes what is not there; the second makes it; the others write.
for nth in 1 2 3 4; do
	kill=kill-after FAULT_NTH=$nth killed /.g1.sav.safexl-revert-new revert --no-keep g1 S
	[ $nth = 1 ] || check "a part of it is there" test -e "$srv/.g1.sav.safexl-revert-new"
	sx snapshots
	check "it does not stand still after the next command" runs
	is "$(ls -A "$srv" | xargs) $(says)" "g1.img g1.sav two" "nothing is left of the image, and the disk is as it was"
	is "$(grep -l '"state": *"held"' "$state"/markers/*)" "" "nor does anything hold the guest"
done
sx revert --no-keep g1 S
status 0 "and it is reverted to"
is "$(says)$(ls -A "$srv" | xargs)" "oneg1.img g1.sav" "disk and image are as they were"
like "$("$BUILD/safexl" list --all)" '^g1 .* saved ' "and it is saved"
finish
