#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Configurations that lie elsewhere: below a configuration directory, in a git work tree of their
# own, behind a link. Where they are recorded, and that every command of the history finds that.
. tests/flow/lib.sh
apart=$SAFEXL_ROOT/srv/apart
# usage: move NAME DIR: its configuration lies there instead
move() {
	config "$1"
	mkdir -p "$2"
	mv "$etc/$1.cfg" "$2/$1.cfg"
}
init() { git -c init.defaultBranch=main init -q "$1"; }
# ---- below a configuration directory ----
move s1 "$etc/vms"
domain 1 s1
sx adopt s1 "$etc/vms/s1.cfg"
status 0 "adopt of a file in a subdirectory"
sx mem-set s1 128
status 0 "what was promised is done: the first change of all"
check "the repository is that of the configuration directory" test -d "$etc/.git"
check "there is none in the subdirectory" test ! -e "$etc/vms/.git"
is "$(git_ log --format=%s -- vms/s1.cfg | head -n 1)" "s1: set memory to 128 MiB (was 256)" "it has the change"
sx log
like "$out" 's1 +set memory to 128' "log shows it"
sx -q undo s1
status 0 "undo undoes it"
is "$(cat "$SAFEXL_FAKE/1.dom" | grep ^target)" target=262144 "in the domain as well"
check_clean "a subdirectory"

rm -rf "$etc/.git" "$state"
move d1 "$etc/vms/deep"
mkdir "$etc/auto"
ln -s ../vms/deep/d1.cfg "$etc/auto/d1.cfg"
domain 2 d1
sx mem-set d1 128
status 0 "a link in auto/ to a file deeper down, as the first change"
check "is recorded in the configuration directory" test -d "$etc/.git"
is "$(find "$etc" -name .git)" "$etc/.git" "and nowhere else"
check "auto/ still has the link" test -L "$etc/auto/d1.cfg"
sx show HEAD
like "$out" 'vms/deep/d1.cfg' "show shows it"

# Two configuration directories in one another: the inner one is the file's.
mkdir -p "$SAFEXL_ROOT/srv/outer/inner"
printf 'config_dirs = ["/etc/xen", "/srv/outer", "/srv/outer/inner"]\n' >"$etc/safexl.conf"
move i1 "$SAFEXL_ROOT/srv/outer/inner"
domain 3 i1
sx mem-set i1 128
status 0 "directories in one another"
check "the inner one has the history" test -d "$SAFEXL_ROOT/srv/outer/inner/.git"
check "the outer one none" test ! -e "$SAFEXL_ROOT/srv/outer/.git"
rm "$etc/safexl.conf"

# ---- in a work tree of its own ----
rm -rf "$etc/.git" "$state"
move a1 "$apart"
domain 4 a1
sx adopt a1 "$apart/a1.cfg"
status 78 "adopt of a file that nothing is recorded of"
like "$err" '^safexl: adopt: .*/a1.cfg is in no configuration directory and in no git work tree' "says so"
sx mem-set a1 128
status 78 "and is not remembered"
init "$apart"
mkdir "$apart/.git/rebase-merge"
sx adopt a1 "$apart/a1.cfg"
status 73 "adopt in a work tree where no change could be recorded now"
like "$err" "^safexl: adopt: git repository $apart: .*rebase" "says why"
rmdir "$apart/.git/rebase-merge"
echo private >"$apart/notes"
git -C "$apart" add -A
git -C "$apart" commit -qm 'by hand'
echo more >"$apart/notes"
git -C "$apart" commit -qam 'of no concern'
sx adopt a1 "$apart/a1.cfg"
status 0 "adopt of one in a work tree"
sx log
status 0 "has a history at once"
is "$(awk '{ print $5, $6, $7, $8 }' <<<"$out" | xargs)" "Admin a1 by hand" "that of the file alone"
sx mem-set a1 128
status 0 "a change"
apart_head=$(git -C "$apart" rev-parse --short HEAD)
is "$(git -C "$apart" log -1 --format=%s)" "a1: set memory to 128 MiB (was 256)" "is recorded there"
check "and no repository made elsewhere" test ! -e "$etc/.git"

config e1
domain 5 e1
sx mem-set e1 128
etc_head=$(git_ rev-parse --short HEAD)
sx log
like "$out" "$apart_head.* a1 +set memory" "log shows what was recorded there"
like "$out" "$etc_head.* e1 +set memory" "beside what was recorded here"
is "$(grep -c 'no concern' <<<"$out")" 0 "but not what is of no concern"
sx log a1
is "$(grep -c . <<<"$out")" 2 "log of the domain"
sx --json log
is "$(python3 -c 'import json, sys; print(sorted({c["domain"] for c in json.load(sys.stdin)["commits"] if c["domain"]}))' <<<"$out")" \
	"['a1', 'e1']" "as JSON"
for head in "$apart_head" "$etc_head"; do
	sx show "$head"
	status 0 "show $head"
	like "$out" 'memory  = 128' "its difference"
	is "$("$BUILD/safexl" __complete 2 safexl show "${head:0:4}" | tr '\0' '\n' | grep -o "^$head")" "$head" "completion has it"
	is "$("$BUILD/safexl" __complete 2 safexl undo "${head:0:4}" | tr '\0' '\n' | grep -o "^$head")" "$head" "for undo as well"
done
sx blame a1 memory
status 0 "blame"
like "$out" "$apart_head .* 128" "names the commit"
sx show nosuch
status 1 "a commit that is nowhere"
like "$err" "no commit is called 'nosuch'" "is said to be none"
sx -q undo "$apart_head"
status 0 "undo of a commit there"
is "$(git -C "$apart" log -1 --format=%s)" 'a1: undo "set memory to 128 MiB (was 256)"' "is recorded there"
sx mem-set a1 130
sx -q undo a1
status 0 "undo of the last change, which was there"
like "$(cat "$apart/a1.cfg")" '^memory  = 256' "the file is as it was"
is "$(git -C "$apart" status --porcelain)" '' "the work tree is clean"

# A history there that cannot be read does not hide the others.
mv "$apart/.git/HEAD" "$work/HEAD"
sx log
status 0 "a damaged history elsewhere"
like "$out" 'e1 +set memory' "the rest is shown"
like "$err" "the history of $apart/a1.cfg cannot be read" "the damaged one is named"
mv "$work/HEAD" "$apart/.git/HEAD"
mv "$apart" "$apart.away"
sx log
is "$status $err" '0 ' "one that is not there is none"
mv "$apart.away" "$apart"

# ---- a link to a file of its own repository ----
linked=$SAFEXL_ROOT/srv/linked
move l1 "$linked"
init "$linked"
git -C "$linked" add -A
git -C "$linked" commit -qm 'as it was'
ln -s "$linked/l1.cfg" "$etc/l1.cfg"
domain 6 l1
sx mem-set l1 128
status 0 "a link in the configuration directory"
is "$(git -C "$linked" log -1 --format=%s)" "l1: set memory to 128 MiB (was 256)" "is recorded where the file is"
for words in 'log' 'log l1' 'show HEAD' 'blame l1'; do
	# shellcheck disable=SC2086
	sx $words
	status 0 "$words"
done
sx log
is "$(grep -c ' l1 ' <<<"$out")" 2 "log has all of it"
sx -q undo l1
status 0 "undo"
is "$(git -C "$linked" log -1 --format=%s)" 'l1: undo "set memory to 128 MiB (was 256)"' "is recorded there"

# A repository of its own below the configuration directory.
move n1 "$etc/nested"
init "$etc/nested"
ln -s nested/n1.cfg "$etc/n1.cfg"
domain 7 n1
sx mem-set n1 128
status 0 "a repository within the directory of another"
sx log
like "$out" ' n1 +set memory' "log shows it"
is "$(git -C "$etc/nested" log --format=%s | wc -l)" 2 "it has the commits"

# What a killed one left beside such a file goes.
touch "$linked/.l1.cfg.safexl-2147483647-x0"
sx recover
is "$(ls -A "$linked" | xargs)" '.git l1.cfg' "recover looks there, too"
finish
