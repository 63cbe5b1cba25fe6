#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Repositories that cannot take a commit, for what somebody has begun there or for what safexl cannot
# read: each is refused with words that help, which are pasted.
. tests/flow/lib.sh

start() {
	rm -rf "$etc" "$state"
	mkdir -p "$etc"
	config g1
	domain 1 g1
	git_ init -q -b main "$@"
	chmod go= "$etc/.git"
	git_ add .
	git_ commit -qm start
}
# Run the hint of the last sx that matches; paste REGEX WHAT
paste_hint() {
	local line
	line=$(grep -E "^hint: .*$1" <<<"$err" | head -n 1)
	line=${line#hint: } line=${line#then: }
	case $line in *': git '* | *': mv '*) line=${line#*: } ;; esac
	check "$2: the hint works: ${line:-there is none}" env GIT_EDITOR=true bash -ec "${line:-false}"
}
recorded() {
	sx mem-set g1 200
	status 0 "$1: then the change is recorded"
	check_clean "$1"
}

# A commit of a file that is no configuration. noted TEXT
noted() {
	echo "$1" >"$etc/notes"
	git_ add notes
	git_ commit -qm "$1"
}

# ---- begun by somebody: both ways out
for how in merge cherry-pick revert rebase am; do
	for way in --continue --abort; do
		start
		noted start
		noted one
		git_ checkout -qb side HEAD^
		noted two
		case $how in
		am)
			git_ format-patch -q -1 main --output="$work/patch"
			git_ am -q "$work/patch" ;;
		revert)
			noted three
			git_ revert --no-edit HEAD^ ;;
		*) git_ $how main ;;
		esac >/dev/null 2>&1
		sx mem-set g1 200
		status 73 "$how: refused"
		like "$err" "(a $how|git am or a rebase|git am) is in progress" "$how: with the reason"
		if [ "$way" = --continue ]; then
			echo 'both' >"$etc/notes"
			git_ add notes
		fi
		paste_hint " $way" "$how"
		recorded "$how $way"
	done
done
start
git_ commit -q --allow-empty -m two
git_ bisect start -q >/dev/null 2>&1
sx mem-set g1 200
status 73 "bisect: refused"
paste_hint "bisect reset" "bisect"
recorded "bisect"

# ---- what libgit2 cannot read
start --object-format=sha256
sx mem-set g1 200
status 73 "SHA-256: refused"
like "$err" "its objects have SHA-256 ids, which safexl cannot read" "with the reason"
paste_hint "mv " "SHA-256"
recorded "SHA-256"

start
git_ config core.repositoryFormatVersion 1
git_ config extensions.worktreeConfig true
sx mem-set g1 200
if [ $status = 0 ]; then
	skip "settings of each work tree" "this libgit2 reads them"
else
	status 73 "settings of each work tree: refused"
	paste_hint "extensions.worktreeConfig" "settings of each work tree"
	recorded "settings of each work tree"
fi

start
git_ config core.repositoryFormatVersion 1
git_ config extensions.partialClone origin
git_ config remote.origin.url "$etc/.git"
sx mem-set g1 200
if [ $status = 0 ]; then
	skip "a partial clone" "this libgit2 reads it"
else
	status 73 "a partial clone: refused"
	like "$err" "a part of its objects is on another host" "with the reason"
	paste_hint "fetch --refetch --no-filter" "a partial clone"
	paste_hint "extensions.partialClone" "a partial clone"
	recorded "a partial clone"
fi

for setting in refStorage=reftable somethingNew=true; do
	start
	git_ config core.repositoryFormatVersion 1
	git_ config "extensions.${setting%=*}" "${setting#*=}"
	sx mem-set g1 200
	status 73 "$setting: refused"
	is "$(grep -c fsck <<<"$err")" 0 "$setting: is not called damaged"
	like "$err" "(refs migrate --ref-format=files|mv $etc/.git $etc/.git.aside)" "$setting: has a way out"
done

# ---- a repository that asks for signatures ----
start
config s1
domain 41 s1
git_ config commit.gpgsign true
git_ -c commit.gpgsign=false commit -q --allow-empty -m "by hand"
sx mem-set s1 200
status 0 "commit.gpgsign: a change"
like "$err" "commit.gpgsign is set, and safexl signs no commit; to sign the last one yourself: git -C $etc commit --amend" "that its commit is not signed is said"
sx mem-set s1 210
is "$(grep -c gpgsign <<<"$err")" 0 "once"
git_ -c commit.gpgsign=false commit -q --allow-empty -m "by hand"
sx mem-set s1 220
like "$err" gpgsign "and again behind a commit of a person's"

finish
