#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# undo of a guest, or of one of its devices or keys: its last change, whatever came to others since. Without
# a word, the last change is shown, and the person at the terminal says.
. tests/flow/lib.sh

last() { git_ log -1 --format=%s; }
head_of() { git_ log -1 --format=%h --grep="$1"; }
commits() { git_ rev-list --count HEAD; }

config web1
config web2
domain 1 web1
domain 2 web2
sx undo web1
status 78 "a guest without a history"
sx -q mem-set web1 200
sx undo web2
status 78 "a guest that nothing was recorded of"
like "$err" "^safexl: safexl has recorded no change of 'web2' yet$" "says so"
sx -q block-attach web1 phy:/dev/vg0/a,xvdb,w
sx -q block-attach web1 phy:/dev/vg0/b,xvdc,w
sx -q mem-set web2 210

# ---- its last change ----
before=$(commits)
sx -N undo web1
status 0 "a dry run"
like "$out" '^would run: .* block-detach web1 xvdc$' "shows what is done"
is "$(commits)" "$before" "and does nothing"
sx undo web1
status 0 "undo of a guest"
is "$(last)" 'web1: undo "attach disk xvdc (/dev/vg0/b)"' "reverses its last change, not the last of all"
is "$(git_ log -1 --format=%B | sed -n 's/^Command: //p')" 'safexl undo web1' "the commit says how it was asked for"
sx undo web1
status 78 "again: what is meant is not guessed"
like "$err" "^hint: to have that change again: safexl undo $(git_ log -1 --format=%h)$" "redo is offered"
like "$err" "^hint: to undo the one before, too \(web1: attach disk xvdb .*\): safexl undo $(head_of 'attach disk xvdb')$" \
	"and its change before, not another guest's"
sx undo 2
status 0 "by its number"
is "$(last)" 'web2: undo "set memory to 210 MiB (was 256)"' "that guest's"
sx -q mem-set web2 220
sx undo "$etc/web2.cfg"
is "$status:$(last)" '0:web2: undo "set memory to 220 MiB (was 256)"' "by its file"

# ---- of a device or key ----
sx undo web1 memory
is "$status:$(last)" '0:web1: undo "set memory to 200 MiB (was 256)"' "of a key, with later changes of others"
sx undo web1 xvdb
is "$status:$(last)" '0:web1: undo "attach disk xvdb (/dev/vg0/a)"' "of a disk"
sx undo web1 xvdb
status 78 "and again"
like "$err" "^hint: to have that change again: safexl undo $(git_ log -1 --format=%h)$" "is not guessed either"
is "$(grep -c 'the one before' <<<"$err")" 0 "with nothing before it"
sx undo web1 xvdq
status 78 "of what it has not, and had not"
like "$err" "neither the file nor its history has 'xvdq'" "is told"
sx -q mem-set web1 180
sed -i 's/^memory .*/memory = 170/' "$etc/web1.cfg"
git_ commit -qam 'memory by hand'
sx --config undo web1 memory
is "$status:$(last)" '0:web1: undo "memory by hand"' "an edit by hand is the last change of its key"
sx -N --config undo web1
like "$out$err" 'the last change is an undo itself' "as of the guest"
sx -q mem-set web2 230
sx -q block-attach web2 phy:/dev/vg0/c,xvdb,w
sx undo web2 disk
is "$(last)" 'web2: undo "attach disk xvdb (/dev/vg0/c)"' "of a key with several things: the last of them"

# ---- nothing is undone in part ----
sed -i 's/^memory .*/memory = 240/' "$etc/web1.cfg" "$etc/web2.cfg"
git_ commit -qam 'both

Command: safexl edit'
before=$(commits)
sx --config undo web1
status 78 "a commit of two guests"
like "$err" 'changed 2 files: safexl undoes one' "is not undone for one of them"
is "$(commits)" "$before" "nothing was done"
like "$err" "^hint: use git: git -C $etc revert" "the hint is the command of git"
git_ revert --no-edit HEAD >/dev/null
sx undo "$(git_ rev-list --max-parents=0 HEAD)"
status 78 "the commit that began the history"
unlike "$err" 'revert' "no hint says to remove all configurations"

# ---- without a word ----
sx -q mem-set web2 201
before=$(commits)
for words in '' '-q'; do
	# shellcheck disable=SC2086
	sx $words undo
	status 2 "undo $words without a terminal"
	id=$(git_ log -1 --format=%h)
	is "$err" "safexl: undo: no change is named, and there is no terminal to ask on; the last one is $id $(last)
hint: to undo that one: safexl undo $id" "is refused, with the line that does it"
	is "$out" "" "and nothing on standard output"
done
sx --json undo
status 2 "undo --json without a terminal"
like "$out" '"changed": false' "tells the same as a document"
like "$out" "to undo that one: safexl undo $id\"" "with the line that does it"
is "$(commits)" "$before" "nothing was done"
# asked DESCRIPTION STATUS STEP...
asked() {
	local what=$1 want=$2
	shift 2
	"$BUILD/fake/pty" 'expect:undo it? [y/N] ' "$@" eof -- "$BUILD/safexl" undo >"$work/tty" 2>&1
	is "$?" "$want" "$what"
}
asked "no is an answer" 1 'send:n\r'
asked "nothing said is no" 1 'send:\r'
asked "Ctrl-C as well" 1 'send:\x03'
is "$(commits):$(grep '^target=' "$SAFEXL_FAKE/2.dom")" "$before:target=205824" "nothing was done"
"$BUILD/fake/pty" "expect:the last change: $(git_ log -1 --format=%h) web2: set memory to 201 MiB" \
	'expect:would run: ' "expect:mem-set web2 2" 'expect:undo it? [y/N] ' 'send:y\r' 'expect:undoing' eof -- \
	"$BUILD/safexl" -m 'too little' undo >"$work/tty" 2>&1
is "$?" 0 "yes, after it was shown"
like "$(last)" '^web2: undo "set memory to 201 MiB' "undoes it"
is "$(git_ log -1 --format=%B | sed -n 's/^Reason: //p')" 'too little' "with its reason"
sx -N undo
status 78 "and an undo is not undone unasked"

# ---- a word that is a guest and a commit ----
sx -q mem-set web2 202
short=$(git_ log -1 --format=%h)
# With a letter: a number would be a domid.
id=$(git_ rev-parse HEAD | grep -oE '^[0-9]*[a-f][0-9a-f]{6}')
config "$id"
domain 7 "$id"
sx -q mem-set "$id" 222
before=$(commits)
sx undo "$id"
status 78 "a guest that is called as a commit begins"
is "$err" "safexl: '$id' is a guest, and the commit $short web2: set memory to 202 MiB ($(git_ log -1 --format=%s "$id" | sed 's/.*(//')
hint: the last change of the guest: safexl undo $etc/$id.cfg
hint: that commit: safexl undo $(git_ rev-parse "$id^{commit}")" "is not guessed"
is "$(commits)" "$before" "nothing was done"
sx undo "$etc/$id.cfg"
is "$status:$(last)" "0:$id: undo \"set memory to 222 MiB (was 256)\"" "the first hint does it"
sx undo "$(git_ rev-parse "$id^{commit}")"
is "$status" 0 "and so does the second"
like "$(last)" '^web2: undo "set memory to 202 MiB' "as it says"
sx undo nosuch
status 78 "a word that is neither: as for every name that no configuration has"
is "$err" "safexl: no commit is called 'nosuch', and no guest is called so
hint: the commits: safexl log" "is told"

# ---- completion ----
candidates() { "$BUILD/safexl" __complete $# safexl "$@" | tr '\0' '\n' | sed -n '1~3p'; }
is "$(candidates undo '' | head -n 4 | tr '\n' ' ')" "$(printf '%s\n' "$id" web1 web2 | LC_ALL=C sort | tr '\n' ' ')$(git_ log -1 --format=%h) " \
	"TAB offers the guests, and then the commits"
is "$(candidates undo web1 me)" memory "then the keys"
is "$(candidates undo web1 xv)" xvda "and the devices"
check_clean "at the end"
finish
