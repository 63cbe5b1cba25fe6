#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# adopt IMAGE: one that plain xl saved is taken in at a person's word, with its disks as they are.
. tests/flow/lib.sh

image=$work/old.save
plain() { "$SAFEXL_XL" "$@" || echo "plain xl $*: $?"; }
# fresh: g1 runs and was saved by plain xl a while ago; nothing is known of it
fresh() {
	rm -rf "$state/markers" "$image" "$SAFEXL_FAKE"/*.dom
	head -c 65536 /dev/zero >"$work/g1.img"
	touch -d '-2 hours' "$work/g1.img"
	plain create "$etc/g1.cfg"
	plain save g1 "$image"
	touch -d '-1 hour' "$image"
}
# refused WORDS REGEX HINT-REGEX: adopt is, with status 77, and nothing is kept
refused() {
	local before
	before=$(markers)
	sx adopt "${@:4}" "$image"
	status 77 "$1"
	like "$err" "not adopted: .*$2" "$1: why"
	like "$err" "^hint: .*$3" "$1: what can be done"
	is "$(markers)" "$before" "$1: nothing is kept"
}
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/g1.img" >"$etc/g1.cfg"

# ---- the refusal before, in one sentence ----
fresh
sx restore "$image"
status 77 "restore of an image that plain xl saved"
like "$err" "safexl on this host did not save it and has no record of its 1 disk; it holds 'g1' \(uuid .*\), saved by Xen 4.17; nothing seems to have written" \
	"with what can be checked"
like "$err" "^hint: if nothing has written to its disks since: safexl adopt $image && safexl restore $image\$" "and the way out"
like "$err" "^hint: to do it anyway: safexl --discard-marker restore" "and the other"

# ---- -N, adopt, and what holds then ----
sx -N adopt "$image"
status 0 "-N adopt"
like "$err" "^safexl: g1: would adopt its saved image $image: complete; the state of 1 of 1 disks is recorded" "tells what it would do"
is "$(markers)" 0 "and keeps nothing"
sx -N --json adopt "$image"
like "$out" '"changed": false' "nor says that something changed"
sx --config mem-set g1 255
commits=$(git_ rev-list --all --count)
mkdir -p "$SAFEXL_ROOT/run/systemd/journal"
tests/fake/journal "$SAFEXL_ROOT/run/systemd/journal/socket" "$work/lines" "$BUILD/safexl" adopt "$image" 2>"$work/err" </dev/null
is "$?" 0 "adopt"
is "$(cat "$work/err")" "safexl: g1: adopted its saved image $image: complete; the state of 1 of 1 disks is recorded as it is now; to go on: safexl restore $image" \
	"is told, with how to go on"
is "$(python3 -c 'import json, sys
j = [json.loads(l) for l in open(sys.argv[1])]
print(len(j), *(j[0][k] for k in ("SAFEXL_EVENT", "SAFEXL_DOMAIN", "SAFEXL_IMAGE", "SAFEXL_AUTHOR", "PRIORITY")))' "$work/lines")" \
	"1 adopted g1 $image Ada Admin <ada@example.org> 5" "the journal has it"
like "$(cat "$state"/markers/*.json)" '"adopted": "2[0-9: +-]* by Ada Admin <ada@example.org>"' "and the marker who did it"
sx where g1
like "$out" "saved in $image \($(date -d "@$(stat -c %Y "$image")" '+%Y-%m-%d %H:%M:%S')" "where shows it, as of the image's time"
word="its image was adopted on 2[0-9: +-]* by Ada Admin <ada@example.org>; for the time before, safexl relies on that person's word"
like "$(printf '%s' "$out" | tr -s ' \n' ' ')" "$word" "and at whose word"
is "${commits:-none}" "$(git_ rev-list --all --count)" "history holds configurations alone: there is no commit of it"
sx create "$etc/g1.cfg"
status 77 "its guest is not started afresh any more"
refused "a second adopt" "known already, as the saved state of 'g1'" "to continue from it: safexl restore $image"
cp "$image" "$work/copy.save"
sx adopt "$work/copy.save"
status 77 "nor is a copy of it taken in"
sx restore "$image"
status 0 "restore goes on"
like "$err" "^safexl: $image: $word\$" "and tells at whose word"
refused "its guest runs" "its guest is there, as domain [0-9]+ \('g1'\)" "safexl where g1"
sx destroy g1
refused "it was restored" "restored already, on" "safexl where g1"

# ---- a disk that is touched afterwards ----
fresh
sx adopt "$image"
echo more >>"$work/g1.img"
sx restore "$image"
status 77 "a disk that was touched after adopt"
like "$err" "not restored: disk xvda: .*g1.img" "is told"
sx --json images
is "$(printf '%s' "$out" | python3 -c 'import json, sys; print([i["restorable"] for i in json.load(sys.stdin)["images"]])')" \
	"[False]" "images knows it too"

# ---- what speaks against it ----
fresh
echo more >>"$work/g1.img"
refused "a disk that was written to since" "disk xvda \($work/g1.img\) was written to \(2.*\) after the image was \(2" \
	"to do it anyway: safexl --discard-marker restore $image"
sx restore "$image"
like "$err" "disk xvda .* was written to" "restore tells it as well"
is "$(printf '%s\n' "$err" | grep -c 'safexl adopt')" 0 "and does not offer adopt"
fresh
touch -d "$(date -d "@$(($(stat -c %Y "$image") + 5))")" "$work/g1.img"
sx adopt "$image"
status 0 "what QEMU had left to write is no such thing"
fresh
mv "$work/g1.img" "$work/away.img"
refused "a disk that is not there" "disk xvda: $work/g1.img: No such file" "bring that disk back first.*safexl adopt $image"
mv "$work/away.img" "$work/g1.img"
exec 8<>"$work/g1.img"
refused "a disk that somebody has open" "g1.img is held open for writing by pid" "nobody uses it any more: safexl adopt $image"
exec 8>&-
sed 's/g1/thief/' "$etc/g1.cfg" | sed "s,$work/thief.img,$work/g1.img," >"$work/thief.cfg"
plain create "$work/thief.cfg"
domain 77 stranger
refused "a disk that another guest has" "in use by the domain 'thief'" "safexl adopt $image"
plain destroy thief
rm "$SAFEXL_FAKE/77.dom"
plain create "$etc/g1.cfg"
refused "a guest of its name" "its guest is there" "safexl where g1"
sed -i 's/^name=.*/name=other/' "$SAFEXL_FAKE"/*.dom
uuid=$(grep -ao '"uuid": *"[0-9a-f-]*"' "$image" | head -1 | cut -d'"' -f4)
sed -i "s/^uuid=.*/uuid=$uuid/" "$SAFEXL_FAKE"/*.dom
refused "one of its uuid" "its guest is there, as domain [0-9]+ \('other'\)" "safexl where other"
rm "$SAFEXL_FAKE"/*.dom
head -c -8 "$image" >"$work/short" && mv "$work/short" "$image"
sx adopt "$image"
is "$status:$(markers)" "77:0" "an image that is not whole"
like "$err" "cut short" "why"
sx adopt "$etc/g1.cfg"
is "$status:$(markers)" "77:0" "a file that is no image"
sx adopt "$work/nosuch"
is "$status:$(markers)" "1:0" "nor is there one"

# ---- another saved state of the guest ----
fresh
plain create "$etc/g1.cfg"
touch -d '-2 hours' "$work/g1.img"
sx save g1 "$work/new.save"
touch -d '-1 hour' "$image"
refused "its guest is saved elsewhere" "'g1' is saved in $work/new.save .* has one state only" "safexl where g1"
refused "so is a dry run" "'g1' is saved in" "safexl where g1"
sx -N adopt "$image"
status 77 "with -N as well"
printf 'nonsense' >"$(find "$state/markers" -name '*.json')"
sx adopt "$image"
status 77 "a marker that cannot be read stands against it"

# ---- Xen cannot be asked ----
fresh
SAFEXL_FAKE=/nonexistent sx adopt "$image"
is "$status:$(markers)" "1:0" "without Xen nothing is taken in"
like "$err" "not adopted: safexl cannot tell whether its guest runs" "why"

# ---- a relative path ----
fresh
rm -f "$image"
printf "name = 'g1'\nmemory = 256\ndisk = [ 'g1.img,raw,xvda,w' ]\n" >"$etc/g1.cfg"
(cd "$work" && plain create "$etc/g1.cfg" && plain save g1 "$image")
(cd "$work" && "$BUILD/safexl" adopt old.save 2>"$work/err")
is "$?:$(grep -c "cd $work && safexl restore $image" "$work/err")" "0:1" "a relative path is that of the directory it is adopted in"
like "$(cat "$state"/markers/*.json)" "\"object\": \"$work/g1.img\"" "and known from then on"

# ---- words ----
sx adopt
status 2 "no word"
sx adopt a b c
status 2 "three"
sx -N adopt g1 "$etc/g1.cfg"
status 2 "-N of the other adopt"
finish
