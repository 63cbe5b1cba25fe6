#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What is larger or stranger than a person would write, and what would end a library of xl over it.
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

# ---- what would end libxlutil ----
# bad WHAT REASON DISKS...: a file with these disks in it, on line 3, is told as an error; the others are
# looked at all the same, and no command dies of it. Another disk can be attached unless this one may be it.
bad() {
	local what=$1 reason=$2 why attach=0
	shift 2
	[[ $* != *,xvdb,* ]] || attach=78
	printf 'name = "bad"\nmemory = 64\n%s\nkernel = "/k"\n' "$*" >"$etc/bad.cfg"
	why="bad.cfg:[0-9]+: .*$reason"
	sx check
	status 1 "$what: check"
	like "$out" "$why" "$what: is named, with the line"
	like "$out" "other.cfg:3: error: .*memroy" "$what: so is what is wrong in another file"
	sx --json check
	check "$what: JSON names both" python3 -c '
import json, sys
files = [f["config"] for f in json.load(open(sys.argv[1]))["findings"]]
assert any("bad.cfg" in f for f in files) and any("other.cfg" in f for f in files), files
' "$work/out"
	for command in 'create bad.cfg' '--config block-attach bad /srv/b.img,raw,xvdb,w' \
		'--config mem-set bad 65' 'diff bad' 'where bad' 'log bad' 'blame bad'; do
		# shellcheck disable=SC2086 # words
		sx ${command/bad.cfg/$etc/bad.cfg}
		case $command,$status in
		create*,78 | *block*,$attach | diff*,1 | *mem*,0 | where*,0 | log*,[01] | blame*,0) ok "$what: $command" ;;
		*) not_ok "$what: $command: status $status: $err" ;;
		esac
		case $command in
		*create* | *block* | diff*) like "$err" "$why" "$what: $command names file and line" ;;
		esac
	done
	EDITOR=true sx edit bad
	like "$status" '^(0|78)$' "$what: edit"
	is "$(ls -A "$state/edit" 2>/dev/null)" '' "$what: edit leaves nothing"
}
printf 'name = "other"\nmemory = 64\nmemroy = 65\nkernel = "/k"\n' >"$etc/other.cfg"
bad 'a newline behind =' 'control character' 'disk = [ "/srv/a.img,raw,xvda,w", "=\n,raw,xvdb,w" ]'
bad 'a newline behind = in a word' 'control character' 'disk = [ "/srv/a.img,raw,xvda,w,=\nx" ]'
bad 'an escape' 'control character' 'disk = [ "/srv/a.img,raw,xvda,w,\a" ]'
bad 'a word of 40 KB' 'longer than' "disk = [ '/srv/$(printf '%040000d' 7),raw,xvda,w' ]"
bad 'words of 40 KB together' 'longer than' "disk = [ '/srv/a.img,raw,xvda,w$(printf ',x%.0s' {1..20000})' ]"
for word in $'=\n,raw,xvdb,w' "$(printf '/%040000d' 7),raw,xvdb,w"; do
	rm -f "$etc/bad.cfg"
	sx --config block-attach other "$word"
	status 2 'a disk that is typed: refused'
	like "$err" '^safexl: disk ' 'and told'
done

# ---- += without end ----
{
	printf 'name = "joined"\nmemory = 64\nkernel = "/k"\n'
	for n in $(seq 30000); do printf 'disk += [ "/srv/a,raw,xvda,w" ]\n'; done
} >"$etc/joined.cfg"
(
	# The sanitizer's shadow alone is more.
	case $BUILD in *asan*) ;; *) ulimit -v 4000000 ;; esac
	timeout 20 "$BUILD/safexl" check "$etc/joined.cfg" >"$work/out" 2>&1
	echo "$?" >"$work/status"
)
is "$(cat "$work/status")" 1 'more += than memory: check'
like "$(cat "$work/out")" "joined.cfg:[0-9]+: error: more '[+]=' than xl has memory for" 'is told with the line'
sx create "$etc/joined.cfg"
status 78 'more += than memory: create'
sx diff other
status 0 'another domain is not concerned'
rm "$etc/joined.cfg"

# ---- a library that ends the process over a text that nobody suspects ----
printf 'name = "other"\nmemory = 64\nmemroy = 65\ndisk = [ "/srv/o.img,raw,xvda,w" ]\n' >"$etc/other.cfg"
for end in exits aborts; do
	printf 'name = "bad"\nmemory = 64\nkernel = "/k"\ndisk = [ "/srv/%s.img,raw,xvda,w" ]\n' $end >"$etc/bad.cfg"
	LD_PRELOAD=$BUILD/fake/preload_deadly.so sx check
	status 1 "a library $end: check"
	like "$out" "bad.cfg: error: a library of xl aborts every program" "a library $end: the file is named"
	like "$out" "other.cfg:3: error: .*memroy" "a library $end: another is told as well"
	LD_PRELOAD=$BUILD/fake/preload_deadly.so sx --json check
	check "a library $end: JSON" python3 -m json.tool "$work/out"
	LD_PRELOAD=$BUILD/fake/preload_deadly.so sx create "$etc/bad.cfg"
	like "$err" "hint: to finish or withdraw what was begun: safexl recover" "a library $end: create says what to do"
	[ $end = aborts ] || status 74 "a library $end: create is partial at worst"
	[ $end = aborts ] || like "$err" "bad.cfg: safexl create .*: a library of xl ended it [(]exit status 2[)]" \
		"a library $end: create names the file"
	LD_PRELOAD=$BUILD/fake/preload_deadly.so sx check "$etc/other.cfg"
	status 1 "a library $end: a file that was not asked for"
	is "$(grep -c . <<<"$out")" "$(grep -c other.cfg <<<"$out")" "a library $end: only what was asked for is told"
	LD_PRELOAD=$BUILD/fake/preload_deadly.so sx --config block-attach other "/srv/$end.b,raw,xvdb,w"
	like "$err" 'a library of xl (ended|aborted) it' "a library $end: over a disk that is typed"
	like "$(cat "$etc/other.cfg")" '^disk = \[ "/srv/o.img,raw,xvda,w" \]$' "a library $end: nothing is changed"
	EDITOR='sed -i s/64/66/' LD_PRELOAD=$BUILD/fake/preload_deadly.so sx edit bad
	like "$err" 'hint: .*: safexl edit --list' "a library $end: edit tells how its text is found"
	sx edit --list
	like "$out" "bad.cfg" "a library $end: and it is there"
	copy=$(ls "$state/edit")
	is "$(grep -hc 66 "$state/edit/$copy/bad.cfg")" 1 "a library $end: as it was edited"
	sx edit --drop "$copy"
	status 0 "a library $end: and can be removed"
done

# ---- what the caller set: files that may not grow, children that nobody waits for ----
config l1
domain 9 l1
cp "$etc/l1.cfg" "$work/l1.cfg"
calls=$(xl_calls | wc -l)
# limited KIB WORDS...: sx, where no file may be larger; what it says goes through a pipe
limited() {
	out=$(ulimit -f "$1"; shift; EDITOR='sed -i s/256/200/' "$BUILD/safexl" "$@" 2>&1 </dev/null)
	status=$?
}
for kib in 0 40; do
	for words in "mem-set l1 200" "--config mem-set l1 200" "adopt l1 $etc/l1.cfg" "edit l1"; do
		# shellcheck disable=SC2086
		limited "$kib" $words
		is "$((status < 128))" 1 "no file larger than $kib KiB: ${words%% l1*}: is not ended by a signal"
	done
done
limited 0 mem-set l1 200
is "$status" 73 "where no file may grow, nothing is changed"
like "$out" "^safexl: l1: nothing was changed: .*File too large" "which is said"
is "$(xl_calls | wc -l)" "$calls" "xl does not run"
check "nor is the file" cmp "$work/l1.cfg" "$etc/l1.cfg"
(trap '' CHLD && exec "$BUILD/safexl" mem-set l1 200) >"$work/out" 2>&1
is $? 0 "SIGCHLD ignored by the caller"
is "$(git_ log -1 --format=%an)" "Ada Admin" "the author is found all the same"

# ---- a libgit2 that opens files as it starts, other than certificates ----
START_OUT=$work/start LD_PRELOAD=$BUILD/fake/preload_start.so sx mem-set l1 201
status 0 'a libgit2 that needs files to start has them'
check 'when it does not start without' test -d "$work/start"
like "$(git_ log -1 --format=%s)" "^l1: set memory to 201 MiB" "and the change is recorded"
rmdir "$work/start"
START_OUT=$work/start LD_PRELOAD="$BUILD/fake/preload_start.so libgcrypt.so.20" sx mem-set l1 202
status 0 'one that uses libgcrypt, which would abort'
check 'is not started without files' test ! -e "$work/start"
# ---- a history of large trees: of what was read, only a part is kept ----
rm -rf "$etc"/.git "$etc"/*
git -C "$etc" -c init.defaultBranch=main init -q
python3 - >"$work/stream" <<'END'
def commit(files):
    print("commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx")
    for name, text in files:
        print(f"M 644 inline {name}.cfg\ndata {len(text)}\n{text}")
commit([(f"g{i}", f'name = "g{i}"\n') for i in range(10000)])
for n in range(400):
    commit([("g1", f'name = "g1"\nmemory = {n}\n')])
END
git_ fast-import --quiet <"$work/stream"
git_ reset -q --hard main
most=$(python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$BUILD/safexl" log g2)
case $BUILD in
*asan*) skip "log of a long history takes no more memory than 128 MiB" "the sanitizer has memory of its own" ;;
*) check "log of a long history takes no more memory than 128 MiB ($most KiB)" test "$most" -lt 131072 ;;
esac
finish
