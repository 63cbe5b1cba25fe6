#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Whose file is it: one that has become another guest's, streams, one file under several names, files
# that xl cannot read.
. tests/flow/lib.sh

# cfg NAME: a small configuration on stdout
cfg() { printf 'name = "%s"\nmemory = 256\ndisk = [\n\t"phy:/dev/vg0/%s-root,xvda,w",\n]\n' "$1" "$1"; }
# refused DESCRIPTION WORDS...: 78, the guest and the other's file are not touched
refused() {
	local what=$1 calls
	shift
	calls=$(xl_calls | wc -l)
	sx "$@"
	status 78 "$what"
	is "$(xl_calls | wc -l)" "$calls" "$what: xl is not run"
	check "$what: the other's file is as it was" cmp "$work/other" "$other"
}

# ---- a scratch file, one guest's and then another's ----
other=$etc/vm.cfg
cfg g1 >"$other"
sx create "$other"
status 0 "create from a file"
cfg g2 >"$other"
sx create "$other"
status 0 "and another guest from the same file, written anew"
cp "$other" "$work/other"
refused "a disk for the first guest" block-attach g1 /srv/x.img,raw,xvdb,w
like "$err" "no configuration in .*; .*/vm.cfg, the file it was created from, is that of 'g2' now" "it says whose the file is"
like "$err" '^hint: .*safexl adopt g1 FILE' "and how to name another"
refused "a disk that is taken away" block-detach g1 xvda
refused "memory" mem-set g1 128
refused "the configuration only" --config mem-set g1 128
refused "rename" rename g1 g3
refused "rename of the configuration" --config rename g1 g3
refused "record" record g1
refused "record of one thing" record g1 memory
refused "edit" edit g1
refused "diff" diff g1
refused "adopt" adopt g1 "$other"
sx where g1
like "$out" "is that of 'g2' now" "where says it too"
sx diff
like "$err" "g1: no configuration in .* not compared" "diff of all names it"
is "$(printf '%s\n' "$out" | grep -c '^g1')" 0 "and compares it with nothing"
sx mem-set g2 200
status 0 "whose file it is now can be changed"
cp "$other" "$work/other"
cfg g1 >"$etc/g1.cfg"
sx block-attach g1 /srv/x.img,raw,xvdb,w
status 0 "with a file of its own the search finds that"
like "$(cat "$etc/g1.cfg")" 'x.img,raw,xvdb,w' "which has the change"
check "the other's has not" cmp "$work/other" "$other"
sx destroy g1
rm "$etc/g1.cfg"
git_ commit -qam gone
refused "also when it does not run any more" --config mem-set g1 128
sx undo "$(git_ log -1 --format=%h --grep="Command: safexl")"
status 78 "an undo of the other's change"
rm "$etc/vm.cfg"
sx destroy g2

# ---- links numbered for order, pointed elsewhere later ----
mkdir "$etc/auto"
cfg l1 >"$etc/l1.cfg"
cfg l2 >"$etc/l2.cfg"
ln -s ../l1.cfg "$etc/auto/10"
sx create "$etc/auto/10"
ln -sfn ../l2.cfg "$etc/auto/10"
other=$etc/l2.cfg
cp "$other" "$work/other"
sx mem-set l1 128
status 0 "a link in auto/ that was pointed to another file"
like "$(cat "$etc/l1.cfg")" '^memory = 128$' "the domain's own file has the change"
check "not the one behind the link" cmp "$work/other" "$other"
sx destroy l1
rm -r "$etc/auto"

# ---- the file contradicts ----
cfg u1 >"$work/u1.cfg"
git -C "$work" init -q
sx create "$work/u1.cfg"
sx mem-set u1 200
status 0 "a file elsewhere that was created from"
echo 'uuid = "00000000-1111-4222-8333-444444444444"' >>"$work/u1.cfg"
other=$work/u1.cfg
cp "$other" "$work/other"
refused "its uuid is not the running domain's" mem-set u1 128
sx destroy u1
sx --config mem-set u1 128
status 0 "when it does not run, the name counts"
cfg o0 >"$etc/o0.cfg"
sx create "$etc/o0.cfg" 'uuid="00000000-1111-4222-8333-555555555555"'
echo 'uuid = "00000000-1111-4222-8333-666666666666"' >>"$etc/o0.cfg"
sx mem-set o0 100
status 0 "a uuid given on the command line of create is no contradiction"
cfg base >"$etc/base.cfg"
sx create "$etc/base.cfg" 'name="o1"'
sx mem-set o1 32
like "$err" "created from .*base.cfg with name given on the command line" "a name given there is none"
cfg different >"$etc/base.cfg"
sx mem-set o1 32
status 78 "until that file is another's"
like "$err" "base.cfg, the file it was created from, is that of 'different' now" "which is said"
sx destroy o1
sx destroy o0

# A record of before the file's own name was kept.
cfg v1 >"$etc/v1.cfg"
sx create "$etc/v1.cfg"
sed -i '/"own_name"/d' "$state/domains/v1.json"
sx mem-set v1 128
status 0 "an older record"
cfg v2 >"$etc/v1.cfg"
sed -i '/"own_name"/d' "$state/domains/v1.json"
sx mem-set v1 100
status 78 "counts by the name it was made under"
sx destroy v1

# ---- the name in the file is changed, by safexl, while the domain runs ----
cfg e1 >"$etc/e1.cfg"
sx create "$etc/e1.cfg"
EDITOR='sed -i 1s/e1/e2/' sx edit e1
status 0 "an edit of the name"
sx mem-set e1 128
status 0 "keeps the file the domain's"
like "$(cat "$etc/e1.cfg")" '^memory = 128$' "for later changes"
sx undo HEAD
status 0 "undo of that"
sx undo "$(git_ log --format=%h --grep='edit name' | head -1)"
status 0 "and of the edit"
sx mem-set e1 129
status 0 "it goes on"
sx destroy e1

# Renamed by plain xl; then its name, and the file, are another's.
cfg p1 >"$etc/p1.cfg"
sx create "$etc/p1.cfg"
"$SAFEXL_XL" rename p1 p1-old
sx diff p1-old
status 1 "a domain that plain xl renamed has its file"
"$SAFEXL_XL" create "$etc/p1.cfg"
other=$etc/p1.cfg
cp "$other" "$work/other"
refused "until another runs under the name in it" record p1-old
"$SAFEXL_XL" destroy p1-old
"$SAFEXL_XL" destroy p1

# While xl runs the file is written anew for another guest.
cfg r1 >"$etc/r1.cfg"
sx create "$etc/r1.cfg"
cfg r2 >"$work/r2.cfg"
printf '#!/bin/sh\ncp "%s" "%s"\nrm "$0"\n' "$work/r2.cfg" "$etc/r1.cfg" >"$SAFEXL_FAKE/hook"
chmod +x "$SAFEXL_FAKE/hook"
sx block-attach r1 /srv/r.img,raw,xvdb,w
status 74 "the file became another's while xl ran"
check "that one is left alone" cmp "$work/r2.cfg" "$etc/r1.cfg"
like "$err" "r1.cfg is another domain's now: its name is 'r2'" "it says why"
sx recover
status 0 "recover"
like "$err" "withdrew an interrupted change .*its file is another domain's now" "gives the record up"
check "and leaves that file alone as well" cmp "$work/r2.cfg" "$etc/r1.cfg"
sx destroy r1

# ---- domains that xl named: no file is theirs ----
cfg c1 >"$etc/c1.cfg"
sx create "$etc/c1.cfg"
cp "$SAFEXL_FAKE/1.dom" "$SAFEXL_FAKE/9.dom"
other=$etc/c1.cfg
cp "$other" "$work/other"
for name in c1-20261127T0235Z c1--incoming c1--migratedaway; do
	sed -i "s/^name=.*/name=$name/" "$SAFEXL_FAKE/9.dom"
	refused "$name: record" record "$name"
	refused "$name: a change" mem-set "$name" 100
	refused "$name: diff" diff "$name"
	"$SAFEXL_XL" destroy c1
	refused "$name, the guest not running: record" record "$name"
	sed 's/^name=.*/name=c1/' "$SAFEXL_FAKE/9.dom" >"$SAFEXL_FAKE/1.dom"
done
sed -i "s/^name=.*/name=c1-20261127T0235Z/" "$SAFEXL_FAKE/9.dom"
sx where c1-20261127T0235Z
like "$out" "what a restart of 'c1' left behind \(rename-restart\): it has no configuration of its own" "it says what it is"
echo 'uuid = "00000000-1111-4222-8333-777777777777"' >>"$etc/c1.cfg"
sed -i 's/^uuid=.*/uuid=00000000-1111-4222-8333-777777777777/' "$SAFEXL_FAKE"/*.dom
cp "$other" "$work/other"
refused "with a uuid in the file, too" record c1-20261127T0235Z
cfg c1-20261127T0235Z >"$etc/odd.cfg"
sx mem-set c1-20261127T0235Z 99
status 0 "unless a file has that very name"
rm "$SAFEXL_FAKE"/*.dom "$etc/odd.cfg" "$etc/c1.cfg"

# ---- streams are nobody's file ----
cfg s1 >"$etc/s1.cfg"
cfg s2 >"$etc/s2.cfg"
ln -s /dev/stdin "$etc/stream"
ln -s /proc/self/fd/3 "$work/three"
for stream in /dev/stdin /dev/fd/0 /proc/self/fd/0 "$etc/stream"; do
	"$BUILD/safexl" create "$stream" <"$etc/s1.cfg" >"$work/out" 2>&1
	is "$?" 0 "create $stream"
	"$BUILD/safexl" mem-set s1 128 <"$etc/s2.cfg" >"$work/out" 2>&1
	is "$?" 0 "a change, and another file on standard input"
	like "$(cat "$etc/s1.cfg")" '^memory = 128$' "goes to the file that has the name"
	is "$(cat "$etc/s2.cfg")" "$(cfg s2)" "and not to that on standard input"
	sx destroy s1
	cfg s1 >"$etc/s1.cfg"
done
"$BUILD/safexl" create "$work/three" 3<"$etc/s1.cfg" >"$work/out" 2>&1
like "$(cat "$state/domains/s1.json")" '"path": ?""' "another descriptor is not remembered"
# As versions before this remembered it.
sed -i 's|"path": *""|"path": "/dev/stdin"|' "$state/domains/s1.json"
"$BUILD/safexl" mem-set s1 128 <"$etc/s2.cfg" >"$work/out" 2>&1
is "$(cat "$etc/s2.cfg")" "$(cfg s2)" "nor followed where it was"
rm "$etc/s1.cfg"
sx mem-set s1 100
status 78 "no file has the name"
like "$err" '^hint: .*safexl adopt s1 FILE' "the way out is named"
cfg s1 >"$work/s1.cfg"
mkfifo "$work/pipe"
for stream in /dev/stdin /dev/fd/0 /proc/self/fd/0 "$etc/stream"; do
	"$BUILD/safexl" adopt s1 "$stream" <"$work/s1.cfg" >"$work/out" 2>"$work/err"
	is "$?" 78 "adopt $stream"
	like "$(cat "$work/err")" 'is what this command was given to read, not a file that stays' "is refused"
	"$BUILD/safexl" config-update s1 "$stream" <"$work/s1.cfg" >"$work/out" 2>"$work/err"
	is "$?" 78 "config-update $stream"
done
sx adopt s1 "$work/pipe"
status 78 "adopt of a pipe"
sx adopt s1 <(cfg s1)
status 78 "adopt of a process substitution"
rm "$etc/stream" "$etc/s2.cfg"
sx destroy s1

# The guard reads them all the same.
truncate -s 1M "$work/d.img"
printf "name = 'm1'\nmemory = 64\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/d.img" >"$etc/m1.cfg"
sx create "$etc/m1.cfg"
sx save m1 "$work/m1.save"
for stream in /dev/stdin /dev/fd/0; do
	"$BUILD/safexl" create "$stream" <"$etc/m1.cfg" >"$work/out" 2>&1
	is "$?" 77 "create $stream of a saved guest"
done
exec 3<"$etc/m1.cfg"
mv "$etc/m1.cfg" "$work/m1.gone"
cp "$work/m1.gone" "$work/m1.deleted"
exec 4<"$work/m1.deleted"
rm "$work/m1.deleted"
"$BUILD/safexl" create /dev/fd/4 >"$work/out" 2>&1 </dev/null
is "$?" 77 "of a file without a name as well"
exec 3<&- 4<&-

# ---- one file under several names ----
cfg i1 >"$etc/i1.cfg"
domain 21 i1
ln -s "$etc" "$etc/auto"
sx mem-set i1 200
status 0 "auto/ is a link to its directory"
rm "$etc/auto"
ln -s . "$etc/auto"
sx mem-set i1 201
status 0 "to ."
rm "$etc/auto"
ln -s "$etc" "$SAFEXL_ROOT/etc/xen2"
mkdir "$SAFEXL_ROOT/srv"
for dirs in '"/etc/xen", "/etc/xen/"' '"/etc/xen", "/etc/xen"' '"/etc/xen", "/etc/xen2"' '"/srv/../etc/xen", "/etc//xen"'; do
	printf 'config_dirs = [ %s ]\n' "$dirs" >"$etc/safexl.conf"
	sx mem-set i1 202
	status 0 "config_dirs: $dirs"
	sx diff i1
	status 0 "diff with them"
	sx rename i1 i2
	status 0 "rename with them"
	sx rename i2 i1
done
rm "$etc/safexl.conf"
mkdir "$etc/auto"
ln "$etc/i1.cfg" "$etc/auto/i1"
ln "$etc/i1.cfg" "$etc/i0.cfg"
ln "$etc/i1.cfg" "$work/backup"
sx mem-set i1 203
status 0 "hard links"
sx mem-set i1 204
status 0 "once more"
like "$(cat "$etc/auto/i1")" '^memory = 204$' "each name in the directories has it"
check "as names of one file" test "$etc/i0.cfg" -ef "$etc/i1.cfg"
check "all of them" test "$etc/auto/i1" -ef "$etc/i1.cfg"
like "$(cat "$work/backup")" '^memory = 202$' "a name elsewhere keeps what it has"
rm "$etc/auto/i1" "$etc/i0.cfg"

# ---- files that xl cannot read ----
domain 22 web
printf 'name = "a-web2"\nmemory = \n' >"$etc/a-web2.cfg"
sx mem-set web 100
status 78 "a file that cannot be read and has the name within another"
like "$err" "no configuration in .* has this domain's name" "is not taken for the domain's"
like "$err" "^hint: 1 file cannot be read and may be it \(.*/a-web2.cfg\): safexl check" "and named as what it is"
domain 23 ext
printf '# the next one, name = "ext"\nname = "next"\nmemory = \n' >"$etc/next.cfg"
sx mem-set ext 100
like "$err" "2 files cannot be read, one of them may be it" "nor is one with the name in a comment"
for line in 'name = "ext"' "name='ext'" '   name   =   "ext"   # ours' 'memory = 5; name = "ext"' 'name = "ext' \
	'name = "first"
name = "ext"'; do
	printf '%s\nvcpus = \n' "$line" >"$etc/next.cfg"
	sx mem-set ext 100
	status 78 "broken: $line"
	like "$err" "next.cfg:[0-9]+: " "is named with its line"
	like "$err" "^hint: .*safexl edit .*next.cfg" "and can be edited"
done
for line in 'name = "extra"' 'name = "ext "' 'name = "EXT"' 'namex = "ext"' 'bname = "ext"' '#name = "ext"' \
	'name = "ext"
name = "other"' 'disk = [ "name=ext" ]'; do
	printf '%s\nvcpus = \n' "$line" >"$etc/next.cfg"
	sx mem-set ext 100
	like "$err" "2 files cannot be read, one of them may be it" "not its name: $line"
done
printf 'uuid = "572BAF85-0000-4000-8000-000000000023"\nvcpus = \n' >"$etc/next.cfg"
sx mem-set ext 100
like "$err" "next.cfg:[0-9]+: " "its uuid"
finish
