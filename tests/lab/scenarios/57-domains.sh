#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Guests that do not run: `list --all` has one true line for each, and `start` does what that line
# calls for: nothing, a restore, a create, or a refusal; `stop` shuts down or saves.
# lab: deep timeout=900
. /lab/lib.sh

names='runs saved off stale'

# line NAME: the guest's line of the last `list --all`, as "ID MEMORY VCPUS STATE...", blanks made one
line() { sed -n "s/^$1  *//p" <<<"$out" | tr -s ' '; }
# json NAME: the guest's part of the last `list --all --json`, on one line
json() { tr -d ' \n' <<<"$out" | grep -o "{\"domain\":\"$1\"[^}]*"; }
# agree NAME REGEX true|false: where and images say so too
agree() {
	like "$(safexl where "$1")" "$2" "where agrees about $1"
	like "$(safexl images --json | tr -d ' \n')" \
		"\"state\":\"saved\",\"domain\":\"$1\",[^}]*\"restorable\":$3" "images agrees about $1"
}

for name in $names; do make_guest $name pvh 96; done
for name in runs saved stale; do
	expect_status 0 "$name: start creates it" safexl start $name
done
for name in runs saved stale; do holds "$name: it runs" wait_guest $name; done
for name in saved stale; do expect_status 0 "$name: save" safexl save $name; done
expect_status 0 'runs: a change' safexl mem-set runs 90
mount -o loop /srv/stale.img /mnt && touch /mnt/rescue && umount /mnt

expect_status 0 'list --all' safexl list --all
note "$out"
like "$(line runs)" "^$(domid runs) 90 1 running - - 2[0-9]{3}-[0-9-]+ [0-9:]+ root" 'one that runs, and was changed'
# With the first change, what was in /etc/xen is committed, too.
like "$(line saved)" '^- 96 1 saved - - 2[0-9]{3}-[0-9-]+ [0-9:]+ root' 'one that is saved'
like "$(line off)" '^- 96 1 off - - 2[0-9]{3}-' 'one that is off'
like "$(line stale)" '^- 96 1 saved, stale: .*xvda' 'one whose disk was mounted since'
is "$(sed 1d <<<"$out" | wc -l)" 4 'and no other'
expect_status 0 'list --all --json' safexl list --all --json
like "$(json runs)" "\"state\":\"running\".*\"domid\":$(domid runs),.*\"unrecorded\":0" '--json: one that runs'
like "$(json saved)" '"state":"saved".*"image":"/var/lib/safexl/images/saved"' '--json: one that is saved'
like "$(json off)" '"state":"off".*"config":"/etc/xen/off.cfg"' '--json: one that is off'
like "$(json stale)" '"state":"stale","detail":"[^"]*xvda' '--json: one whose disk was mounted since'
agree saved "it can be restored: safexl restore" true
agree stale 'restoring its image is refused: .*xvda' false

before=$(guest_says runs ticks)
expect_status 0 'start of one that runs' safexl start runs
like "$err" "runs: it runs already, its number is $(domid runs)" 'says so'
holds 'and leaves it alone' guest_wait runs ticks "!^$before\$"
expect_status 0 'start of one that is saved' safexl start saved
like "$err" 'saved: .*restoring it from /var/lib/safexl/images/saved' 'restores it'
holds 'it goes on' guest_goes_on saved
expect_status 0 'start of one that is off' safexl start off
like "$err" 'off: starting it from /etc/xen/off.cfg' 'creates it'
holds 'it comes up' wait_guest off
expect_status 77 'start of one whose disk was mounted' safexl start stale
like "$err" 'not restored: .*xvda' 'is refused, with the reason'
like "$err" 'hint: .*--discard-marker' 'and the way out'
is "$(domid stale)" '' 'it was not started afresh'
expect_status 77 'nor does create start it' safexl create stale

expect_status 0 'list --all afterwards' safexl list --all
for name in runs saved off; do
	like "$(line $name)" "^$(domid $name) 9[06] 1 running - - " "$name: runs, as its file says"
done
like "$(line stale)" '^- 96 1 saved, stale: ' 'stale: is what it was'

expect_status 0 'stop' safexl stop runs
like "$err" 'runs: it is off, after [0-9]+ s' 'waits until the guest is off'
is "$(domid runs)" '' 'which it is'
expect_status 0 'stop --save of two' safexl stop --save saved off
expect_status 0 'list --all at the end' safexl list --all
like "$(line runs)" '^- 90 1 off - ' 'runs: off'
for name in saved off; do like "$(line $name)" '^- 96 1 saved - ' "$name: saved"; done
expect_status 0 'start of both' safexl start saved off
for name in saved off; do holds "$name: goes on" guest_goes_on $name; done
done_testing
