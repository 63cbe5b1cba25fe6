#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A shallow repository: its history is shown, searched and undone up to where it begins.
. tests/flow/lib.sh

# changed MESSAGE COMMAND...: one change in a repository to be cloned, by a person
changed() {
	local message=$1
	shift
	(cd "$etc" && "$@")
	git_ commit -qam "$message"
}
# The newest N commits only, in the place of all of them.
shallow() {
	git clone -q --depth "$1" "file://$etc" "$work/clone"
	rm -rf "$etc/.git"
	mv "$work/clone/.git" "$etc"
	rm -rf "$work/clone"
	chmod go= "$etc/.git"
}
# Those that safexl lists are those that git lists, each once. A merge has changed no file, unless the
# history begins with it.
as_git() {
	sx log
	status 0 "$1: log"
	is "$(awk '{ print $1 }' <<<"$out" | sort)" \
		"$({ git_ log --format=%h --no-merges; cut -c 1-7 "$etc/.git/shallow" 2>/dev/null; } | sort -u)" \
		"$1: has the commits of git log"
}

config g1
domain 1 g1 131072
git_ init -q -b main
git_ add g1.cfg
git_ commit -qm first
changed second sed -i 's/^vcpus.*/vcpus   = 1/' g1.cfg
changed third sed -i 's/^memory.*/memory  = 128/' g1.cfg
shallow 2
as_git "of one file"
sx log g1
status 0 "log of a domain"
is "$(wc -l <<<"$out")" 2 "has both commits"
second=$(git_ log -1 --format=%h HEAD^) third=$(git_ log -1 --format=%h)
sx log -p
status 0 "log -p"
like "$out" '^\+memory  = 128$' "has the change"
sx blame g1
status 0 "blame"
like "$out" "^$third .* 3 +memory +128" "a line of a commit that is there"
like "$out" "^$second .* 4 +vcpus +1" "all others have the one where the history begins"
sx show "$second"
status 0 "show, of that one too"
sx show "$second^"
status 1 "what is before it is not there"
sx mem-set g1 100
status 0 "a change is recorded"
as_git "with a change of ours"
sx undo HEAD
status 0 "and undone"
sx --config undo "$third"
status 0 "so is one from before"
sx undo "$second"
status 78 "the one where the history begins is not"
like "$err" "the history begins with commit $second, as the repository is shallow" "with the reason"
like "$err" "^hint: .*git -C $etc fetch --unshallow" "and the way out"
check_clean "shallow"

# Where branches met: several commits without parents, each told once.
rm -rf "$etc" "$state"
mkdir -p "$etc"
config g1
config g2
git_ init -q -b main
git_ add .
git_ commit -qm first
for n in 1 2 3; do
	git_ checkout -q -b "side$n"
	changed "side $n" sh -c "echo '# $n' >>g2.cfg"
	git_ checkout -q main
	changed "main $n" sh -c "echo '# $n' >>g1.cfg"
	git_ merge -q --no-edit "side$n"
done
as_git "merges, whole"
for depth in 1 2 3 4; do
	cp -a "$etc/.git" "$work/whole"
	shallow $depth
	as_git "merges, depth $depth"
	rm -rf "$etc/.git"
	mv "$work/whole" "$etc/.git"
done
finish
