#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# network-attach and network-detach: the MAC address and the number an interface keeps.
. tests/flow/lib.sh

# vifs NAME ID: the interfaces of the running domain
vifs() { sed -n 's/^vif=//p' "$SAFEXL_FAKE/$1.dom"; }
# vif_line NAME: the list in the file
vif_line() { grep '^vif' "$etc/$1.cfg"; }

config web1
printf "vif = [ 'mac=00:16:3e:00:00:01,bridge=br0', 'bridge=br1', 'mac=00:16:3e:00:00:03' ]\t# three\n" >>"$etc/web1.cfg"
domain 14 web1
cat >>"$SAFEXL_FAKE/14.dom" <<'EOT'
vif=0 connected mac=00:16:3e:00:00:01,bridge=br0,type=vif
vif=1 connected mac=00:16:3e:00:00:02,bridge=br1,type=vif
vif=2 connected mac=00:16:3e:00:00:03,bridge=xenbr0,type=vif
EOT
cp "$etc/web1.cfg" "$work/before"

sx -m 'a second uplink' network-attach web1 bridge=br7
status 0 "attach"
mac=$(sed -n "s/.*'bridge=br7,mac=\(00:16:3e:[0-9a-f:]*\)'.*/\1/p" "$etc/web1.cfg")
like "$mac" '^00:16:3e:[0-7][0-9a-f]:[0-9a-f]{2}:[0-9a-f]{2}$' "the MAC address is in the file"
is "$(vif_line web1)" "vif = [ 'mac=00:16:3e:00:00:01,bridge=br0', 'bridge=br1', 'mac=00:16:3e:00:00:03', 'bridge=br7,mac=$mac' ]	# three" \
	"behind its neighbours, the rest of the line as it was"
is "$(vifs 14 | tail -n 1)" "3 connected bridge=br7,mac=$mac,type=vif" "the running domain has the same one"
is "$(xl_calls)" "network-attach web1 bridge=br7 mac=$mac devid=3" "xl was given it behind the words as typed"
is "$(subjects | head -n 1)" "web1: attach network interface $mac (br7)" "subject"
like "$(git_ log -1 --format=%B)" '^Command: safexl network-attach web1 bridge=br7$' "the command as typed is in the history"
sx network-detach web1 "$mac"
status 0 "detach by address"
check "attach then detach gives back the same bytes" cmp "$work/before" "$etc/web1.cfg"

# Numbers stay.
sx network-detach web1 0
status 0 "detach the first one"
is "$(vif_line web1)" "vif = [ 'bridge=br1,devid=1', 'mac=00:16:3e:00:00:03,devid=2' ]	# three" \
	"the others keep their numbers"
is "$(subjects | head -n 1)" "web1: detach network interface 00:16:3e:00:00:01 (br0)" "told by its address"
sx network-attach web1 mac=00:16:3E:0:0:A ip=10.0.0.7
status 0 "another one"
is "$(vif_line web1)" "vif = [ 'bridge=br1,devid=1', 'mac=00:16:3e:00:00:03,devid=2', 'mac=00:16:3E:0:0:A,ip=10.0.0.7,devid=3' ]	# three" \
	"gets a number that nobody has, and keeps the words as typed"
is "$(xl_calls | tail -n 1)" "network-attach web1 mac=00:16:3E:0:0:A ip=10.0.0.7 devid=3" "which xl is given"
sx network-detach web1 00:16:3e:00:00:02
status 0 "an interface that has an address only in the guest"
is "$(vif_line web1)" "vif = [ 'mac=00:16:3e:00:00:03,devid=2', 'mac=00:16:3E:0:0:A,ip=10.0.0.7,devid=3' ]	# three" \
	"is found in the file by its number"
is "$(subjects | head -n 1)" "web1: detach network interface 00:16:3e:00:00:02 (br1)" "and told by its address"
sx network-detach web1 3
status 0 "one with devid= by its number"
sx network-detach web1 2
status 0 "the last one"
is "$(vif_line web1)" "vif = [ ]	# three" "the list is empty"
sx network-attach web1
status 0 "no words at all"
like "$(vif_line web1)" "'mac=00:16:3e:[0-9a-f:]+'" "the address alone is written"

# What xl would make something of.
calls=$(xl_calls | wc -l)
for word in eth0 '' 0x0 ' 0' -1 1x vif1.0; do
	sx network-detach web1 "$word"
	status 2 "detach '$word' is refused"
	sx --live network-detach web1 "$word"
	status 2 "with --live as well"
done
like "$err" "^safexl: 'vif1.0' is not a network interface of a domain: its number or its MAC address is needed$" "it says what it is not"
sx network-detach web1 00:16:3e:00:00
status 2 "half an address"
for command in network-attach network-detach; do
	sx "$command" '' 0
	status 2 "$command: an empty domain is refused"
done
for word in mac=1:2 bogus=1 type=IOEMU mtu=x devid=x mac=00:16:3e:0:0:1,bridge=br0,rate=x; do
	sx network-attach web1 "$word"
	status 2 "attach $word is refused"
done
sx network-attach web1 bridge=a,b
status 78 "a value with a comma"
like "$err" "no way to write this one" "cannot be recorded"
like "$err" "^hint: .*--live network-attach web1" "but done"
sx network-attach nobody
status 1 "a domain that does not run"
is "$(xl_calls | wc -l)" "$calls" "xl was not run for any of them"

# Conflicts.
config db1
echo "vif = [ 'mac=00:16:3e:00:00:21', 'mac=00:16:3e:00:00:22,model=e1000' ]" >>"$etc/db1.cfg"
domain 15 db1
echo 'vif=0 connected mac=00:16:3e:00:00:21,bridge=xenbr0' >>"$SAFEXL_FAKE/15.dom"
sx network-attach db1 mac=00:16:3e:00:00:21
status 78 "an address that the running domain has"
like "$err" "^hint: see: safexl network-list db1$" "is refused"
sx network-attach db1 devid=0
status 78 "so is a number that it has"
sx network-attach db1 mac=00:16:3e:00:00:22 model=rtl8139
status 78 "an address that the file has for another interface"
like "$err" "is already in .*db1.cfg:[0-9]+$" "is refused with the place"
like "$err" "^hint: remove that one first: safexl --config network-detach db1 00:16:3e:00:00:22$" "and the way out"
sx network-attach db1 mac=00:16:3e:00:00:22 model=e1000
status 0 "the very interface that the file has"
like "$err" "nothing to record: .*has network interface 00:16:3e:00:00:22 already" "is attached, and nothing to record"
is "$(xl_calls | tail -n 1)" "network-attach db1 mac=00:16:3e:00:00:22 model=e1000 devid=1" "under the number it has there"
sx network-attach web1 mac=00:16:3e:00:00:22
status 0 "an address that another configuration has"
like "$err" "another configuration has this network interface too: .*/db1.cfg:[0-9]+$" "is said"
sx network-detach web1 00:16:3e:00:00:22
sed -i.bak 's/00:16:3e:00:00:22/00-16-3E-0-0-22/' "$etc/db1.cfg"
sx network-attach web1 mac=00:16:3e:00:00:22
like "$err" "another configuration has this network interface too: .*/db1.cfg:[0-9]+$" "also in another spelling of xl's"
mv "$etc/db1.cfg.bak" "$etc/db1.cfg"
like "$err" "the running domain db1 has this network interface too" "and so is another domain"
sx network-detach web1 00:16:3e:00:00:22

# Only one of the two has it.
cp "$etc/db1.cfg" "$work/db1"
sx --live network-attach db1 mac=00:16:3e:00:00:29
sx network-detach db1 00:16:3e:00:00:29
status 0 "an interface that only the guest has"
like "$err" "nothing to record: .*db1.cfg has no network interface 00:16:3e:00:00:29" "is detached, and that is said"
sx --live network-detach db1 00:16:3e:00:00:22
sx network-detach db1 00:16:3e:00:00:22
status 78 "one that only the file has"
like "$err" "^hint: if only the file still has it: safexl --config network-detach db1 00:16:3e:00:00:22$" "with the way out"
check "the file is as it was" cmp "$work/db1" "$etc/db1.cfg"
sx --config network-detach db1 00:16:3e:00:00:22
status 0 "which works"
sx --config network-detach db1 1
status 78 "but not twice"
sx --config network-attach db1 bridge=br9
status 0 "--config attach"
like "$(vif_line db1)" "'bridge=br9,mac=00:16:3e:[0-9a-f:]+'" "writes an address, too"
sx network-detach db1 1
status 78 "which the guest does not have"

# An HVM guest: what is attached while it runs is no emulated interface.
printf 'name = "h1"\ntype = "hvm"\nmemory = 512\nvif = [ "mac=00:16:3e:00:00:31" ]\n' >"$etc/h1.cfg"
domain 16 h1
echo 'vif=0 connected mac=00:16:3e:00:00:31,bridge=xenbr0,type=ioemu' >>"$SAFEXL_FAKE/16.dom"
sx network-attach h1 mac=00:16:3e:00:00:32
status 0 "HVM"
is "$(vif_line h1)" 'vif = [ "mac=00:16:3e:00:00:31", "mac=00:16:3e:00:00:32,type=vif" ]' "type=vif is recorded"
sx network-attach h1 mac=00:16:3e:00:00:33 type=ioemu
like "$(vif_line h1)" '"mac=00:16:3e:00:00:33,type=ioemu"' "unless the words say otherwise"

# Failures.
mode half
cp "$etc/h1.cfg" "$work/h1"
sx network-attach h1 mac=00:16:3e:00:00:34
status 1 "xl fails half-way"
like "$err" "still registered .*to clear it: safexl network-detach h1 00:16:3e:00:00:34$" "the way out is told"
mode lie
sx network-detach h1 00:16:3e:00:00:33
status 1 "xl says that it succeeded"
like "$err" "does not show the change; nothing was recorded" "it is not believed"
sx network-attach h1
status 1 "nor for an attach"
mode fail
sx network-attach h1
status 1 "xl fails"
mode ''
check "nothing was written" cmp "$work/h1" "$etc/h1.cfg"
sx -N network-attach h1
status 0 "dry run"
like "$out" '^would run: .*/fake/xl network-attach h1 mac=00:16:3e:[0-9a-f:]+ devid=4$' "shows all that xl would be given"
like "$out" '^note: the MAC address is drawn anew when the command really runs$' "and that the address is not that one"
check "and writes nothing" cmp "$work/h1" "$etc/h1.cfg"
sx network-attach 16 mac=00:16:3e:00:00:35
status 0 "a domid"
sx xl-no-such-command 2>/dev/null
sx network-att h1 mac=00:16:3e:00:00:36
status 0 "an abbreviated command is recorded too"

# A list that xl stops reading, one that it overlooks, an item it trips over.
printf 'name = "x1"\nvif = "mac=00:16:3e:00:00:41"\n' >"$etc/x1.cfg"
sx --config network-attach x1
status 78 "a string where a list is wanted"
like "$err" "x1.cfg:2: vif is not a list" "is told"
printf 'name = "x1"\nvif = [ "devid=none" ]\n' >"$etc/x1.cfg"
sx --config network-attach x1
status 0 "an element that ends xl keeps no other from being added"
like "$err" "x1.cfg:2: vif: xl does not know 'devid=none'" "is told"
printf 'name = "x1"\nvif = [ "bogus,bridge=br0" ]\n' >"$etc/x1.cfg"
sx --config network-attach x1 mac=00:16:3e:00:00:42
status 0 "words that xl overlooks are no matter"

sx create "$etc/db1.cfg" name=\"db2\"
sx network-attach db2
status 78 "a file that another domain was created from with another name"
check_clean "at the end"
finish
