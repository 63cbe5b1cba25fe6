#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# vtpm, vkb, vdispl and vsnd, attached and detached: lists without a word for the number.
. tests/flow/lib.sh

config web1
domain 14 web1
cp "$etc/web1.cfg" "$work/before"
lines() { sed -n "s/^$1=//p" "$SAFEXL_FAKE/14.dom"; }
uuid=abcdef00-0000-4000-8000-000000000001

# attach CLASS WORDS... : and what the file has then
attach() {
	local class=$1
	shift
	sx "$class-attach" web1 "$@"
	status 0 "$class-attach $*"
	grep "^$class" "$etc/web1.cfg"
}

sx vtpm-attach web1
status 0 "vtpm-attach"
drawn=$(sed -n "s/^vtpm += \[ 'uuid=\([0-9a-f-]*\),backend=Domain-0' \]$/\1/p" "$etc/web1.cfg")
like "$drawn" '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' "its uuid and backend are written"
is "$(lines vtpm)" "0 connected uuid=$drawn" "the running domain has that uuid"
is "$(subjects | head -n 1)" "web1: attach virtual TPM $drawn" "subject"
sx vtpm-attach web1 uuid=$uuid backend=tpmdom
status 0 "another one"
sx vtpm-attach web1 uuid=${uuid^^}
status 78 "the same once more"
like "$err" "already" "is refused"
sx vtpm-detach web1 "$drawn"
status 0 "detach by uuid"
like "$err" "at the next create those after it are renumbered: xl.cfg cannot fix the number of a virtual TPM" "it is said that the other moves"
is "$(grep ^vtpm "$etc/web1.cfg")" "vtpm += [ 'uuid=$uuid,backend=tpmdom' ]" "the other is left"
sx vtpm-detach web1 1
status 0 "detach by the number in the running domain"
check "found by its uuid: the first bytes again" cmp "$work/before" "$etc/web1.cfg"

sx vkb-attach web1 backend-type=linux unique-id=k multi-touch-width=100
status 0 "vkb-attach"
like "$(cat "$etc/web1.cfg")" "^vkb \+= \[ 'backend-type=linux,unique-id=k,multi-touch-width=100' \]$" "is written"
sx vkb-attach web1 unique-id=x
status 2 "without a backend-type"
like "$err" "backend-type= missing" "it says so"
sx vkb-attach web1
status 2 "without words"
sx vkb-detach web1 k
status 2 "a word that is no number"
sx vkb-detach web1 0
status 0 "vkb-detach"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"

sx vdispl-attach web1 be-alloc=1 'connectors=a:1920x1080;b:800x600'
status 0 "vdispl-attach"
is "$(grep ^vdispl "$etc/web1.cfg")" "vdispl += [ 'be-alloc=1,connectors=a:1920x1080;b:800x600' ]" "is written"
sx vdispl-attach web1 backend=x
status 2 "without connectors"
sx vdispl-detach web1 1
status 78 "a number that is not there"
sx vdispl-detach web1 0
status 0 "vdispl-detach"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"

sx vsnd-attach web1 'CARD, short-name=Main' 'PCM, name=dev' 'STREAM, unique-id=0, type=p'
status 0 "vsnd-attach"
is "$(grep ^vsnd "$etc/web1.cfg")" "vsnd += [ [ 'CARD, short-name=Main', 'PCM, name=dev', 'STREAM, unique-id=0, type=p' ] ]" \
	"is a list of its own"
is "$(subjects | head -n 1)" "web1: attach virtual sound card 0 (Main)" "subject"
sx vsnd-attach web1 'CARD,short-name=Other'
status 0 "a second card"
is "$(grep ^vsnd "$etc/web1.cfg")" "vsnd += [ [ 'CARD, short-name=Main', 'PCM, name=dev', 'STREAM, unique-id=0, type=p' ], [ 'CARD,short-name=Other' ] ]" \
	"stands beside it"
sx vsnd-attach web1 DISK,x=1
status 2 "a part that is none"
sx vsnd-detach web1 0
status 0 "the first one goes"
is "$(grep ^vsnd "$etc/web1.cfg")" "vsnd += [ [ 'CARD,short-name=Other' ] ]" "the other stays"
sx vsnd-detach web1 1
status 0 "and goes by the number it still has"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"
printf 'name = "x1"\nvsnd = [ "CARD" ]\n' >"$etc/x1.cfg"
sx --config vsnd-attach x1 CARD,short-name=x
status 78 "a card that is not a list"
like "$err" "x1.cfg:2: each virtual sound card is a list of its own" "is told"

printf 'name = "h1"\ntype = "hvm"\nmemory = 512\n' >"$etc/h1.cfg"
sx --config vkb-attach h1 backend-type=qemu
status 0 "an HVM guest"
like "$err" "xl ignores vkb when it creates an HVM guest" "is told that it is of no use"

# The number in the running domain is another than the place in the file.
echo 'vdispl=0 connected connectors=z:1x1' >>"$SAFEXL_FAKE/14.dom"
sx vdispl-attach web1 connectors=a:2x2
like "$err" "is number 1 in the running domain; at the next create it will be 0" "a number that cannot be kept is said"
sx vdispl-detach web1 1
status 0 "and yet it is found in the file"
check "the first bytes again" cmp "$work/before" "$etc/web1.cfg"

# An element that xl cannot read is nobody's.
echo "vkb = [ 'unique-id=a', 'backend-type=linux,unique-id=b' ]" >>"$etc/web1.cfg"
printf 'vkb=%s connected backend-type=linux,unique-id=%s\n' 0 a 1 b >>"$SAFEXL_FAKE/14.dom"
sx vkb-detach web1 0
status 78 "the element at the number's place cannot be read"
like "$err" "web1.cfg:[0-9]+: vkb: backend-type= missing: it may be the device that is meant" "is told"
is "$(lines vkb | wc -l)" 2 "and nothing is detached"
cp "$work/before" "$etc/web1.cfg"
sed -i '/^vkb=/d' "$SAFEXL_FAKE/14.dom"
for command in vtpm-attach vkb-attach vdispl-attach vsnd-attach vtpm-detach vkb-detach; do
	sx "$command" '' 0
	status 2 "$command: an empty domain is refused"
done
check_clean "at the end"
finish
