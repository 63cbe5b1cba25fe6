#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl-drift.timer: what its service runs, as systemd would run it, and that systemd knows every word of it.
. tests/flow/lib.sh

mkdir "$work/units"
for unit in systemd/safexl-drift.*; do
	sed "s,@SBINDIR@,$BUILD," "$unit" >"$work/units/${unit##*/}"
done
is "$(grep -h @ "$work"/units/*)" "" "nothing is left to fill in"
# The lines of ExecStart, joined, "$$" as the "$" that it stands for.
line=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$work/units/safexl-drift.service" | sed 's/\\$//' | tr '\n' ' ')
line=${line#ExecStart=}
line=${line//\$\$/\$}
# daily: as the service does it; $status, $out (in the journal both ends are one)
daily() {
	out=$(eval "$line" 2>&1 </dev/null)
	status=$?
}

printf '#!/bin/sh\n' >"$work/boot"
printf 'name = "web1"\nmemory = 256\nvcpus = 2\nkernel = "%s"\ndisk = [ "phy:/dev/null,xvda,w" ]\n' "$work/boot" >"$etc/web1.cfg"
domain 3 web1
sed -i 's,/dev/vg0/web1-root,/dev/null,' "$SAFEXL_FAKE/3.dom"
sx --config mem-set web1 250
sx mem-set web1 256
sx --config vcpu-set web1 2
before=$(git_ rev-parse HEAD)
sx -q diff
is "$status:$out" "0:" "nothing differs"
sx check
checked=$status
daily
is "$status" "$checked" "nothing differs: the status of check"
"$SAFEXL_XL" mem-set web1 200
daily
is "$status" 1 "a change made without safexl: status 1"
like "$out" "memory +256 MiB +200 MiB .*not recorded" "with what differs"
like "$out" "1 file, " "and what check says"
"$SAFEXL_XL" mem-set web1 256
printf 'name = "b"\nmemroy = 256\nkernel = "%s"\n' "$work/boot" >"$etc/b.cfg"
daily
is "$status" 1 "a mistake in a configuration: status 1"
like "$out" "b.cfg:2: .*memroy" "with file and line"
is "$(git_ rev-parse HEAD):$(git_ status --porcelain)" "$before:?? b.cfg" "it only looks"

# With nothing at all to tell.
rm "$etc"/*.cfg "$SAFEXL_FAKE"/*.dom
git_ commit -qam "all gone"
daily
is "$status" 0 "nothing to tell: status 0"

is "$(sed -n '/^\[Install\]/,$p' systemd/safexl-drift.service)" "" "the service is started by its timer alone"
if command -v systemd-analyze >/dev/null; then
	sed "s,@SBINDIR@,/bin," systemd/safexl-drift.service >"$work/units/safexl-drift.service"
	is "$(cd "$work/units" && systemd-analyze verify --man=no ./safexl-drift.timer ./safexl-drift.service 2>&1 |
		grep safexl-drift)" "" "systemd has nothing to say"
	sed -i 's/^Nice=/Niec=/' "$work/units/safexl-drift.service"
	like "$(cd "$work/units" && systemd-analyze verify --man=no ./safexl-drift.service 2>&1)" "Niec" "where it would"
else
	skip "systemd has nothing to say" "systemd-analyze is not here"
fi
finish
