#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# undo: guest and file go back together, byte for byte where nothing else changed; what stands in
# the way is named.
. tests/flow/lib.sh

id_of() { git_ log -1 --format=%h --grep="$1"; }
live_disks() { sed -n 's/^disk=//p' "$SAFEXL_FAKE/1.dom" | awk '{ print $1 }' | tr '\n' ' '; }

config web1
domain 1 web1
sx undo
status 78 "without a history there is nothing to undo"
cp "$etc/web1.cfg" "$work/0"
sx -q mem-set web1 200
sx undo nosuch
status 78 "a word that is no commit"
sx -q block-attach web1 phy:/dev/vg0/a,xvdb,w
cp "$etc/web1.cfg" "$work/1"
sx -q -m 'too early' block-detach web1 xvda
cp "$etc/web1.cfg" "$work/2"

# The last change.
cp "$SAFEXL_FAKE/1.dom" "$work/dom"
commits=$(subjects | wc -l)
calls=$(xl_calls | wc -l)
sx -N undo
status 0 "a dry run"
like "$out" "^would run: .* block-attach web1 phy:/dev/vg0/web1-root,xvda,w$" "shows the command"
like "$out" "^    \+.*web1-root,xvda,w" "and the differences"
is "$(subjects | wc -l) $(xl_calls | wc -l)" "$commits $calls" "and does nothing"
sx --json -N undo
is "$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["config"])')" "$etc/web1.cfg" "as JSON as well"
undone=$(git_ rev-parse HEAD)
sx -m 'it was in use' undo web1
status 0 "undo"
like "$err" "^safexl: undoing ${undone:0:7} web1: detach disk xvda" "says which change"
check "the file is as before it, to the byte: the disk is in its old place" cmp "$work/1" "$etc/web1.cfg"
is "$(live_disks)" "xvdb xvda " "the running domain has it again"
like "$(xl_calls | tail -n 1)" "block-attach web1 phy:/dev/vg0/web1-root,xvda,w" "by the reverse command"
is "$(git_ log -1 --format=%B)" "web1: undo \"detach disk xvda (/dev/vg0/web1-root)\"

Reason: it was in use

Undoes: $undone
Command: safexl undo web1
Domain: web1 (uuid 572baf85-0000-4000-8000-000000000001, domid 1)" "the commit says what it undoes"
check_clean "undo"

# Again: an undo.
sx undo web1
status 78 "undo after undo is not guessed"
like "$err" "to have that change again: safexl undo $(git_ log -1 --format=%h)" "redo is offered"
like "$err" "to undo the one before, too \(web1: attach disk xvdb.*\): safexl undo $(id_of 'attach disk xvdb')" "and the change before"
sx undo "${undone:0:7}"
status 78 "what is undone is not undone again"
like "$err" "is undone already, by $(git_ log -1 --format=%h)" "and by which commit is told"
sx --json undo HEAD
status 0 "an undo is undone"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; j=json.load(sys.stdin); print(j["domain"], j["undone"], j["commit"])')" \
	"web1 $(git_ rev-parse HEAD~1) $(git_ rev-parse HEAD)" "--json names the commits"
check "the file is as it was" cmp "$work/2" "$etc/web1.cfg"
is "$(live_disks)" "xvdb " "the domain too"
is "$(git_ log -1 --format=%s)" 'web1: redo "detach disk xvda (/dev/vg0/web1-root)"' "which is a redo"
sx -q undo HEAD
is "$(git_ log -1 --format=%s)" 'web1: undo "detach disk xvda (/dev/vg0/web1-root)"' "and that an undo"

# All of them, from the last to the first.
sx undo "$(id_of 'attach disk xvdb')"
status 0 "the change before"
sx undo "$(id_of 'set memory')"
status 0 "and the one before that"
check "the first file, byte for byte" cmp "$work/0" "$etc/web1.cfg"
is "$(grep target "$SAFEXL_FAKE/1.dom")" target=262144 "and the memory of the domain"
check_clean "all undone"

# One from the middle.
sx -q block-attach web1 phy:/dev/vg0/b,xvdc,w
first=$(git_ log -1 --format=%h)
sx -q block-attach web1 phy:/dev/vg0/c,xvdd,w
sx -q mem-set web1 180
sx undo "$first"
status 0 "a change with others after it"
is "$(grep -c xvdc "$etc/web1.cfg") $(grep -c xvdd "$etc/web1.cfg") $(grep -c '= 180' "$etc/web1.cfg")" "0 1 1" "only it is gone"
is "$(live_disks)" "xvda xvdd " "in the domain as well"
sx -q mem-set web1 170
sx undo "$(git_ log -1 --format=%h --grep='to 180')"
status 78 "a change of the same key stands in the way"
like "$err" "later changes of .*memory.* stand in the way of undoing .*: $(git_ log -1 --format=%h) web1: set memory to 170" "it is named"
like "$err" "hint: undo those first, the newest first: safexl undo $(git_ log -1 --format=%h)$" "with the way out"
is "$(grep target "$SAFEXL_FAKE/1.dom")" target=174080 "the domain was not touched"
sed -i 's/^memory .*/memory = 175/' "$etc/web1.cfg"
sx undo web1
status 78 "an edit that is not committed stands in the way"
like "$err" "edits of .*web1.cfg that are not committed stand in the way" "that is told"
git_ checkout -q web1.cfg
printf '# a note\n' >>"$etc/web1.cfg"
sx undo web1
status 0 "an edit elsewhere does not"
is "$(git_ log -2 --format=%s)" 'web1: undo "set memory to 170 MiB (was 180)"
web1.cfg: edited by hand' "it has a commit of its own"

# Lines that merge, and a meaning that does not come back: a later assignment decides.
config late
domain 4 late
sx -q mem-set late 200
printf 'on_crash = "destroy"\nmemory = 300\n' >>"$etc/late.cfg"
git_ commit -qam 'late: more memory, below'
sx undo HEAD~1
status 78 "lines that could be given back, but decide nothing"
like "$err" "later changes of memory.* stand in the way" "are refused"
rm "$SAFEXL_FAKE/4.dom"

# A list on one line: no lines to give back, the edit decides.
cat >"$etc/one.cfg" <<EOF
name = "one"
memory = 256
disk = [ 'phy:/dev/vg0/one-root,xvda,w' ]
EOF
domain 3 one
sx -q block-attach one phy:/dev/vg0/e,xvdb,w
sx -q block-attach one phy:/dev/vg0/f,xvdc,w
sx undo HEAD~1
status 0 "a disk in the middle of a list of one line"
like "$(cat "$etc/one.cfg")" "^disk = \[ 'phy:/dev/vg0/one-root,xvda,w', 'phy:/dev/vg0/f,xvdc,w' \]$" "is taken out of it"

# The file only.
sx --config undo HEAD
status 0 "--config"
like "$(cat "$etc/one.cfg")" "vg0/e,xvdb.*vg0/f,xvdc" "the file has the disk again"
is "$(grep -c xvdb "$SAFEXL_FAKE/3.dom")" 0 "the domain has not"
sx undo HEAD
status 0 "undoing a change that the domain has not got"
like "$err" "one: only its configuration is changed: the running domain does not have that change" "is a change of the file, and told"
rm "$SAFEXL_FAKE/3.dom"
sx undo "$(git_ log -1 --format=%h --grep='attach disk xvdc' -- one.cfg)"
status 1 "a domain that does not run"
like "$err" "no running domain is called 'one'" "is told"
like "$err" "hint: to change its configuration only: safexl --config undo [0-9a-f]{40}$" "with the way out"
sx --config undo "$(git_ log -1 --format=%h --grep='attach disk xvdc' -- one.cfg)"
status 0 "which works"
env -u SAFEXL_FAKE "$BUILD/safexl" undo HEAD 2>"$work/err"
is "$?" 1 "without Xen"
like "$(cat "$work/err")" "safexl --config undo" "--config is offered"
is "$(grep -c -- --live "$work/err")" 0 "and --live is not"

# What has no command.
sed -i 's/^vcpus.*/vcpus = 2\non_crash = "destroy"/' "$etc/web1.cfg"
git_ commit -qam 'on_crash by hand'
sx undo HEAD
status 78 "a key that no running domain can change back"
like "$err" "\(on_crash\) cannot be changed back while it runs" "is told"
like "$err" "hint: .*safexl --config undo $(git_ log -1 --format=%h)$" "with the way out"
sx --config undo HEAD
status 0 "which works"
is "$(git_ log -1 --format=%s)" 'web1: undo "on_crash by hand"' "a commit of plain git is undone as well"
printf '# only a comment\n' >>"$etc/web1.cfg"
git_ commit -qam 'comment by hand'
sx undo HEAD
status 0 "a change of comments"
like "$err" "the running domain is not affected" "is none of the running domain"
sed -i 's/^memory .*/memory = 150/' "$etc/web1.cfg"
sed -i '/xvdd/d' "$etc/web1.cfg"
git_ commit -qam 'two things'
sx undo HEAD
status 78 "two things at once that the domain never got"
like "$err" "in the running domain takes 2 commands" "are told"

# What is no single configuration.
sed -i 's/256/255/' "$etc/one.cfg"
echo '# x' >>"$etc/web1.cfg"
git_ commit -qam 'two files'
sx undo HEAD
status 78 "a commit of two files"
like "$err" "git -C .* revert" "is git's to revert"
config new1
git_ add new1.cfg
git_ commit -qm 'new file'
sx --config undo HEAD
status 78 "a commit that added the file"
sx undo a b c
status 2 "three words"
sx --live undo
status 2 "--live"
check_clean "at the end"

# With maxvcpus alone xl starts a guest on one processor.
printf 'name = "few1"\nmemory = 256\nmaxvcpus = 4\n' >"$etc/few1.cfg"
git_ add few1.cfg
git_ commit -qm 'few1'
domain 9 few1
printf 'vcpus=1\nmaxvcpus=4\n' >>"$SAFEXL_FAKE/9.dom"
sx vcpu-set few1 3
status 0 "more processors"
sx -N undo few1
like "$out" "would run: .* vcpu-set few1 1$" "undone, it has that one again"

# xl fails: nothing is changed.
sx -q block-attach web1 phy:/dev/vg0/z,xvdz,w
mode fail
cp "$etc/web1.cfg" "$work/before"
sx undo web1
status 1 "xl that fails"
check "leaves the file" cmp "$work/before" "$etc/web1.cfg"
mode lie
sx undo web1
status 1 "xl that lies"
check "leaves the file as well" cmp "$work/before" "$etc/web1.cfg"
mode ""
sx undo web1
status 0 "then it works"
check_clean "after failures"
finish
