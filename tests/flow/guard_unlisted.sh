#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A running guest whose disks libxl cannot list (what is left of one in xenstore is enough for that): xl
# then goes on as if it had none. safexl takes them for neither absent nor unused.
. tests/flow/lib.sh

image=$work/g1.save
for name in g1 g2; do
	truncate -s 1M "$work/$name.img"
	printf "name = '%s'\nmemory = 64\ndisk = [ '%s,raw,xvda,w' ]\n" $name "$work/$name.img" >"$etc/$name.cfg"
	sx create "$etc/$name.cfg"
done
sx save g1 "$image"
status 0 "a guest is saved"
g2=$(grep -l '^name=g2$' "$SAFEXL_FAKE"/*.dom)
echo disks=unreadable >>"$g2"
: >"$SAFEXL_FAKE/log"

why='list the disks of the domain: a reason'
sx save g2 "$work/g2.save"
status 1 "a save of one whose disks cannot be listed"
like "$err" "^safexl: g2: not saved: $why$" "is refused"
sx migrate g2 otherhost
status 1 "its migration"
like "$err" "^safexl: g2: not migrated: $why$" "is refused"
is "$(xl_calls)" "" "before xl runs"
check "it is there" grep -q '^name=g2$' "$g2"
sx restore "$image"
status 77 "restore beside it"
like "$err" "safexl cannot tell whether the domain 'g2' \(domid [0-9]+\) uses its disks: $why" "as it may have that guest's disk"
sx where g1
like "$out" "refused: safexl cannot tell whether the domain 'g2'" "where says it"

# Nobody has an image as his disk.
sed -i '/^disks=/d' "$g2"
sx restore "$image"
status 0 "once they can be listed, it is restored"
echo disks=unreadable >>"$g2"
sx save g1 "$image"
status 0 "another guest is saved over an older image"
finish
