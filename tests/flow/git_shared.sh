#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A repository that a group shares (core.sharedRepository): whatever safexl makes in it has the mode
# that git would give it.
. tests/flow/lib.sh

# The kinds of files and directories below .git, each with the modes that occur.
modes() {
	find "$1" -path "$1/hooks" -prune -o -printf '%y %m %P\n' |
		sed -E 's/ (objects)\/(..)$/ \1\/XX/; s/ (objects)\/..\/.*/ \1\/XX\/ID/' | sort -u
}
# A repository for safexl, and the same for git. make_repo SETTING BRANCH
make_repo() {
	rm -rf "$etc" "$state" "$work/git"
	mkdir -p "$etc"
	config g1
	domain 1 g1
	git_ init -q -b "$2"
	git_ config core.sharedRepository "$1"
	git_ add .
	git_ commit -qm start
	cp -a "$etc" "$work/git"
}
git_changes() (
	umask "$1"
	sed -i 's/256/200/; $amaxmem = 256' "$work/git/g1.cfg"
	git -C "$work/git" commit -qam change
)

for how in group/077 all/077 true/077 1/077 2/077 0660/077 0640/022 0600/022 0666/077 umask/022 false/022 0/077 \
	world/002 group/022; do
	setting=${how%/*} mask=${how#*/}
	make_repo "$setting" team/main
	git_changes "$mask"
	(umask "$mask"; "$BUILD/safexl" mem-set g1 200) >/dev/null 2>"$work/err"
	is "$?$(grep -v recorded "$work/err")" 0 "$how: recorded"
	is "$(modes "$etc/.git")" "$(modes "$work/git/.git")" "$how: everything has the mode that git gives it"
done

# What git packed away, or nobody made yet, is made again: directories of refs and of reflogs.
for setting in group 0640; do
	make_repo $setting team/main
	for repo in "$etc" "$work/git"; do
		git -C "$repo" pack-refs --all
		rm -rf "$repo/.git/logs" "$repo/.git/refs/heads/team"
	done
	git_changes 077
	(umask 077; "$BUILD/safexl" mem-set g1 200) >/dev/null 2>&1
	is "$(modes "$etc/.git")" "$(modes "$work/git/.git")" "$setting: so has what is made anew"
done

# After many changes a member of the group commits.
make_repo group main
chmod -R g+rwX "$etc"
find "$etc/.git" -type d -exec chmod g+s {} +
if [ "$(id -u)" = 0 ]; then
	chgrp -R 4711 "$etc"
	chmod 755 "$work" "$SAFEXL_ROOT" "$SAFEXL_ROOT/etc" "$HOME"
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		"$BUILD/safexl" mem-set g1 $((100 + n)) >/dev/null 2>&1
	done
	check "a member of the group commits afterwards" setpriv --reuid 4712 --regid 4711 --clear-groups \
		git -c safe.directory='*' -C "$etc" -c user.name=m -c user.email=m@example.org commit -q --allow-empty -m theirs
	sx mem-set g1 150
	status 0 "and safexl after that"
	check_clean "shared"
else
	skip "a member of the group commits afterwards" "needs root"
fi

# A repository that is not shared stays as private as it is.
rm -rf "$etc" "$state"
mkdir -p "$etc"
config g1
sx mem-set g1 150
is "$(find "$etc/.git" -maxdepth 0 -printf %m)$(find "$etc/.git" -perm /022)" 700 "safexl's own has nothing for others to write"
finish
