#!/bin/bash
# What is larger than a person would write: many disks, many numbers.
. tests/flow/lib.sh

# ---- a guest of many disks ----
config many
{
	printf 'disk += [ '
	for n in $(seq 700); do printf "'vdev=d%dp0,format=raw,target=/dev/vg0/%s-of-many-disks-of-the-guest', " "$n" "$n"; done
	printf ']\n'
} >>"$etc/many.cfg"
sx create "$etc/many.cfg"
status 0 'many disks: created'
is "$(grep -c '^disk=' "$SAFEXL_FAKE"/*.dom)" 701 'many disks: each is there'
sx save many "$work/many.sav"
status 0 'many disks: saved'
sx restore "$work/many.sav"
status 0 'many disks: restored'
is "$(grep -c '^disk=' "$SAFEXL_FAKE"/*.dom)" 701 'many disks: each is there again'

finish
