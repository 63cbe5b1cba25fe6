#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What surrounds a record: hand edits, repositories in every state, failing xl, files in odd shapes.
. tests/flow/lib.sh

config h1
config other
domain 1 h1
sx -q mem-set h1 200
sed -i 's/as in the monitoring/as in the new monitoring/' "$etc/h1.cfg"
echo '# somebody is at work here' >>"$etc/other.cfg"
sx mem-set h1 180
status 0 "a change on top of a hand edit"
is "$(subjects | head -2)" "h1: set memory to 180 MiB (was 200)
h1.cfg: edited by hand" "the hand edit is a commit of its own"
is "$(git_ show HEAD --format= --unified=0 | grep '^[+-][^+-]')" "-memory  = 200
+memory  = 180" "ours holds one change"
is "$(git_ status --porcelain --untracked-files=no)" " M other.cfg" "another file's edit is left alone"
git_ add other.cfg
git_ diff --cached >"$work/staged"
sx mem-set h1 160
git_ diff --cached >"$work/staged.after"
check "what the user staged is untouched" cmp "$work/staged" "$work/staged.after"
git_ commit -q -m mine
config fresh
domain 2 fresh
sx mem-set fresh 100
is "$(subjects | head -2)" "fresh: set memory to 100 MiB (was 256)
fresh.cfg: added by hand" "a new file is added first"
check_clean "hand edits"

# xl fails, lies, dies
cp "$etc/h1.cfg" "$work/h1"
commits=$(subjects | wc -l)
for how in "fail 1" "lie 1"; do
	mode "${how% *}"
	sx block-attach h1 /srv/x.img,raw,xvdx,w
	status "${how#* }" "xl that does ${how% *}"
	check "the file is as it was" cmp "$work/h1" "$etc/h1.cfg"
done
like "$err" 'xl reported success, but the running domain does not show the change' "a success that is none is told"
mode kill
{ "$BUILD/safexl" block-attach h1 /srv/x.img,raw,xvdx,w; } >/dev/null 2>&1
is "$?" 137 "xl killed by a signal: so are we"
mode half
sx block-attach h1 /srv/x.img,raw,xvdx,w
status 1 "an attach that fails half-way has xl's status"
like "$err" 'the device is still registered.*nothing was recorded.*safexl block-detach h1 xvdx' "what is true and the way out are told"
check "the file is as it was" cmp "$work/h1" "$etc/h1.cfg"
mode ""
sx block-detach h1 xvdx
status 0 "that way out works"
is "$(subjects | wc -l)" "$commits" "none of these is in the history"
check_clean "failures"

# The file changes while xl runs.
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
sed -i 's/^vcpus.*/vcpus   = 4/' $etc/h1.cfg
rm "\$0"
EOF
chmod +x "$SAFEXL_FAKE/hook"
sx block-attach h1 /srv/y.img,raw,xvdy,w
status 0 "the file was edited while xl ran"
check "the edit is kept" grep -q '^vcpus   = 4$' "$etc/h1.cfg"
check "and ours is there" grep -q xvdy "$etc/h1.cfg"
is "$(subjects | head -2)" "h1: attach disk xvdy (/srv/y.img)
h1.cfg: edited by hand" "each as its own commit"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
printf "disk += [ '/srv/mine.img,raw,xvdz,w' ]\n" >>$etc/h1.cfg
rm "\$0"
EOF
chmod +x "$SAFEXL_FAKE/hook"
sx block-attach h1 /srv/z.img,raw,xvdz,w
status 74 "an edit that stands against the change while xl ran"
like "$err" "the running domain is changed, but the record" "is told as what it is"
like "$err" '^hint: .*safexl recover' "with the way out"
sx mem-set h1 150
status 74 "the domain waits until that is settled"
sed -i '/mine.img/d' "$etc/h1.cfg"
sx recover
status 0 "recover finishes it"
check "the change is in the file" grep -q '/srv/z.img,raw,xvdz,w' "$etc/h1.cfg"
is "$(subjects | head -1)" "h1: attach disk xvdz (/srv/z.img)" "and in the history"
sx recover
like "$err" 'nothing to recover' "then there is nothing left"
check_clean "edited while xl ran"

# Locks and states of the repository: refused before the guest is touched.
calls=$(xl_calls | wc -l)
touch "$etc/.git/index.lock"
sx mem-set h1 140
status 75 "index.lock left behind"
like "$err" 'index.lock' "names it"
like "$err" '^hint: .*rm ' "and the way out"
rm "$etc/.git/index.lock"
git_ checkout -q --detach
sx mem-set h1 140
status 73 "a detached HEAD"
git_ switch -q main
cp "$etc/.git/HEAD" "$work/HEAD"
echo garbage >"$etc/.git/HEAD"
sx mem-set h1 140
status 73 "a corrupt HEAD"
cp "$work/HEAD" "$etc/.git/HEAD"
is "$(xl_calls | wc -l)" "$calls" "the guest was touched by none of them"
check "nor the file" cmp "$etc/h1.cfg" <(git_ show HEAD:h1.cfg)
if [ "$(id -u)" = 0 ]; then
	chattr +i "$etc/h1.cfg" 2>/dev/null && immutable=1 || immutable=
	if [ -n "$immutable" ]; then
		sx mem-set h1 140
		status 73 "an immutable file"
		chattr -i "$etc/h1.cfg"
	else
		skip "an immutable file" "this file system has no such attribute"
	fi
	skip "a directory without write permission" "root may write everywhere"
else
	skip "an immutable file" "only root can make one"
	chmod a-w "$etc"
	sx mem-set h1 140
	status 73 "a directory without write permission"
	chmod u+w "$etc"
fi
is "$(xl_calls | wc -l)" "$calls" "the guest was not touched"

# Held locks: the holder is named.
printf 'lock_timeout = 0\n' >"$etc/safexl.conf"
mkfifo "$work/go"
cat >"$SAFEXL_FAKE/hook" <<EOF
#!/bin/sh
rm "\$0"
read line <$work/go
EOF
chmod +x "$SAFEXL_FAKE/hook"
"$BUILD/safexl" -q mem-set h1 130 2>/dev/null &
while [ -e "$SAFEXL_FAKE/hook" ]; do read -rt 0.01 _ <> <(:); done
sx mem-set h1 120
status 75 "a lock that is held"
like "$err" 'pid [0-9]+.*safexl mem-set h1 130' "its holder is named"
sx mem-set fresh 90
status 0 "another domain is not held up"
echo go >"$work/go"
wait
rm "$etc/safexl.conf"
like "$(cat "$etc/h1.cfg")" '^memory  = 130$' "the holder finished"

# Files in odd shapes keep them.
chmod 640 "$etc/h1.cfg"
mv "$etc/h1.cfg" "$SAFEXL_ROOT/etc/h1.real"
ln -s ../h1.real "$etc/h1.cfg"
git -C "$SAFEXL_ROOT/etc" -c init.defaultBranch=main init -q
chmod go= "$SAFEXL_ROOT/etc/.git" # as private as the file
sx mem-set h1 110
status 0 "a symlink to a file in an enclosing repository"
check "is still a symlink" test -L "$etc/h1.cfg"
is "$(stat -c %a "$SAFEXL_ROOT/etc/h1.real")" 640 "the mode is kept"
is "$(git -C "$SAFEXL_ROOT/etc" log -1 --format=%s)" "h1: set memory to 110 MiB (was 130)" "committed where the file is"
finish
