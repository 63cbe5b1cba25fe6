# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call that changes the file system while devices come and go; what it
# found out beforehand (an address, a number) is what recovery plans with.
. tests/flow/crash_lib.sh

world
# shellcheck disable=SC2154 # of lib.sh
echo "vif = [ 'mac=00:16:3e:00:00:01', 'bridge=br1' ]" >>"$etc/web1.cfg"
cat >>"$SAFEXL_FAKE/1.dom" <<'EOT'
vif=0 connected mac=00:16:3e:00:00:01,bridge=xenbr0,type=vif
vif=1 connected mac=00:16:3e:00:00:02,bridge=br1,type=vif
EOT
sx mem-set web1 250
rm -f "$SAFEXL_FAKE/log"
attach='network-attach web1 mac=00:16:3e:00:00:05 bridge=br2'
crash "interface attached, killed before each call, then recover" kill-before recover "$attach"
crash "the same, killed within each write, then another change" kill-torn "mem-set web1 200" "$attach"
crash "an interface goes, the others keep their numbers, then recover" kill-before recover \
	"network-detach web1 0"
crash "one goes that has its address only in the guest, then recover" kill-after recover \
	"network-detach web1 00:16:3e:00:00:02"
crash "a USB device with a controller made for it, then another change" kill-before \
	"mem-set web1 200" "usbdev-attach web1 hostbus=1 hostaddr=2"
crash "no room, once" ENOSPC recover "$attach"

# An address that was drawn: the very one that xl was given is recorded, whoever finishes it.
killed() {
	{
		LD_PRELOAD=$BUILD/fake/preload_fault.so FAULT_EXE=safexl FAULT_AT_PATH=/web1.cfg \
			FAULT_ACTION=kill-before "$BUILD/safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
	} 2>/dev/null
}
killed network-attach web1 bridge=br9
mac=$(sed -n 's/^vif=2 .*bridge=br9,mac=\([0-9a-f:]*\).*/\1/p' "$SAFEXL_FAKE/1.dom")
like "$mac" '^00:16:3e:' "killed after xl, with an address that was drawn"
is "$(grep -c br9 "$etc/web1.cfg")" 0 "the file does not have it yet"
sx recover
status 0 "recover"
like "$(cat "$etc/web1.cfg")" "'bridge=br9,mac=$mac'" "writes that address"
is "$(subjects | head -n 1)" "web1: attach network interface $mac (br9)" "and the history has it"
killed vtpm-attach web1
uuid=$(sed -n 's/^vtpm=0 .*uuid=\([0-9a-f-]*\).*/\1/p' "$SAFEXL_FAKE/1.dom")
sx recover
like "$(cat "$etc/web1.cfg")" "^vtpm \+= \[ 'uuid=$uuid,backend=Domain-0' \]$" "the same with a uuid"
check_clean "at the end"
finish
