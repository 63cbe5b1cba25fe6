#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# pci-attach and pci-detach: one device by its address, whatever the spelling.
. tests/flow/lib.sh

pci_line() { grep '^pci ' "$etc/$1.cfg"; }
config web1
echo "pci = [ '0000:03:00.0', '04:00.*' ] # both" >>"$etc/web1.cfg"
domain 14 web1
cat >>"$SAFEXL_FAKE/14.dom" <<'EOT'
pci=- connected bdf=0000:03:00.0
pci=- connected bdf=0000:04:00.0
pci=- connected bdf=0000:04:00.1
EOT
cp "$etc/web1.cfg" "$work/before"

sx pci-attach web1 5:0.0,permissive=1
status 0 "attach"
is "$(pci_line web1)" "pci = [ '0000:03:00.0', '04:00.*', '5:0.0,permissive=1' ] # both" "as it was typed"
is "$(xl_calls | tail -n 1)" "pci-attach web1 5:0.0,permissive=1" "xl gets what was typed"
is "$(subjects | head -n 1)" "web1: attach PCI device 0000:05:00.0" "subject"
unlike_e820=$(printf '%s\n' "$err" | grep e820)
is "$unlike_e820" "" "with others there it is no news to the guest"
sx pci-attach web1 0000:05:00.0
status 78 "the same again"
like "$err" "already" "is refused"
sx pci-attach web1 04:00.1
status 78 "one that the file passes with all functions"
sx pci-detach web1 0000:05:0.0
status 0 "detach, in another spelling"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"
sx pci-detach web1 04:00.1
status 78 "one function of those passed as a whole"
like "$err" "web1.cfg:[0-9]+ passes all functions as 0000:04:00\.\*$" "cannot be taken out of it"
sx pci-detach -f web1 03:00.0
status 0 "detach by force"
is "$(pci_line web1)" "pci = [ '04:00.*' ] # both" "takes the element out"
sx pci-detach web1 07:00.0
status 78 "a device that it does not have"
like "$err" "^hint: .*--config pci-detach web1 07:00.0" "with a way out"
for word in 03:00 eth0 03:00.8 03:00.0@20 '03:00.0, permissive=1' ''; do
	sx pci-attach web1 "$word"
	status 2 "'$word' is no PCI device"
	sx pci-detach web1 "$word"
	status 2 "nor for a detach"
done
sx pci-attach web1 03:00.0 permissive=1
status 2 "a word too many"

config p1
domain 15 p1
sx pci-attach p1 04:00.0
status 0 "a PV guest's first device"
like "$err" "host's memory map at its next create \(e820_host\)" "it is said what that does"
like "$err" "another configuration has this PCI device too: .*web1.cfg:[0-9]+$" "and that another file has it"
like "$err" "the running domain web1 has this PCI device too" "and another domain"
sx pci-attach p1 name=nic0
status 0 "by name"
is "$(grep '^pci' "$etc/p1.cfg")" "pci += [ '04:00.0', 'name=nic0' ]" "is written so"
sx pci-detach p1 name=nic0
status 0 "and detached"

cat >"$etc/h1.cfg" <<'EOT'
name = 'h1'
type = "hvm"
memory = 512
maxmem = 1024
pci_permissive = 1
EOT
domain 16 h1
sx pci-attach h1 06:00.0
status 78 "memory below maxmem"
like "$err" "h1.cfg:4: with memory \(512\) below maxmem \(1024\)" "is no file for an HVM guest with a device"
is "$(grep -c 'pci-attach h1' "$SAFEXL_FAKE/log")" 0 "xl was not run"
sed -i '/maxmem/d' "$etc/h1.cfg"
sx pci-attach h1 06:00.0
status 0 "with one size"
is "$(grep '^pci +' "$etc/h1.cfg")" "pci += [ '06:00.0,permissive=0' ]" "a flag of the file that pci-attach does not give is written out"
check_clean "at the end"
finish
