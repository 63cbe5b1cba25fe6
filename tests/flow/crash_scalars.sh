# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Commands that set a key are killed at every call, and rename, whose domain has another name then,
# as well: the next command, which only knows the number, finds all of it or makes it so.
. tests/flow/crash_lib.sh

world
printf 'vcpus=2\nfact=type hvm\ndisk=hdc connected \n' >>"$SAFEXL_FAKE/1.dom"
sed -i "s|^	# data disks.*|	',hdc:cdrom,r', # the drive|; s/^vcpus .*/vcpus = 2\ntype = \"hvm\"/" "$etc/web1.cfg"
touch "$work/cd.iso"
sx mem-set web1 250
rm -f "$SAFEXL_FAKE/log"

crash "vcpu-set, killed before each call, then recover" kill-before recover "vcpu-set web1 1"
crash "vcpu-pin, killed after each call, then another change" kill-after "mem-set web1 200" "vcpu-pin web1 1 0-1"
crash "cd-insert, then recover" kill-before recover "cd-insert web1 hdc $work/cd.iso"
crash "cd-insert, killed within each write, then another change" kill-torn "mem-set web1 200" "cd-insert web1 hdc $work/cd.iso"
crash "rename, then recover" kill-before recover "rename web1 shop"
crash "rename, killed after each call, then a change by its number" kill-after "mem-set 1 200" "rename web1 shop"
crash "rename, killed within each write, then a change by its number" kill-torn "mem-set 1 200" "rename web1 shop"
crash "rename of the configuration, then a change by its number" kill-before "mem-set 1 200" "--config rename web1 shop"
crash "recover itself is killed after a rename that xl has done" -k /web1.cfg kill-before recover "rename web1 shop"
crash "rename, and each call fails once" EIO recover "rename web1 shop"
crash "rename, and the disk is full from some call on" ENOSPC+ recover "rename web1 shop"
finish
