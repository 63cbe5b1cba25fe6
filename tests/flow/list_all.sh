#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# list --all: every guest, whether it runs or not, in one true line.
. tests/flow/lib.sh

# A guest whose disk is a file here. guest NAME
guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<EOF
name = "$1"
memory = 256
vcpus = 2
disk = [ '$work/$1.img,raw,xvda,w' ]
EOF
}
# line NAME: that of the last list, blanks made one
line() { printf '%s\n' "$out" | sed -n "s/^\($1 .*\)/\1/p" | tr -s ' '; }
# json NAME FIELD: of the guest in the last --json list
json() {
	printf '%s' "$out" | python3 -c '
import json, sys
for guest in json.load(sys.stdin)["guests"]:
    if guest["domain"] == sys.argv[1]:
        value = guest
        for key in sys.argv[2].split("."):
            value = value.get(key) if value else None
        print(value)' "$@"
}
list() { sx list --all; status 0 "list --all"; }

list
is "$(printf '%s\n' "$out" | tr -s ' ')" "Name ID Mem VCPUs State Auto Pending Last change" "a host without guests"
for name in run saved off stale held gone; do guest $name; done
sx start run
sx create "$etc/saved.cfg"
sx create "$etc/stale.cfg"
sx create "$etc/held.cfg"
sx save saved "$work/saved.sav"
sx save stale "$work/stale.sav"
sx save held "$work/held.sav"
echo more >>"$work/stale.img"
rm "$work/held.img"
domain 77 stranger 131072
sx --config mem-set off 200
"$SAFEXL_XL" mem-set run 200
list
like "$(line run)" "^run [0-9]+ 200 1 running - 1 not recorded 2[0-9-]+ [0-9:]+ Ada Admin\$" "one that runs, with what differs in it"
is "$(line saved | cut -d ' ' -f 2-7)" "- 256 2 saved - -" "one that is saved"
like "$(line off)" "^off - 200 2 off - - 2" "one that is off, with the memory that it would get"
like "$(line stale)" "^stale - 256 2 saved, stale: " "one whose disk has changed since the save"
like "$(line held)" "^held - 256 2 saved, blocked: .*held.img" "one whose disk is not there"
is "$(line stranger)" "stranger 77 128 1 running, not configured - - -" "one that no file is for"
is "$(printf '%s\n' "$out" | sed 1d | cut -d ' ' -f 1 | tr '\n' ' ')" \
	"gone held off run saved stale stranger " "all of them, by name, and Domain-0 is none"

# What images, where and start say is the same.
for name in stale held; do
	sx where $name
	like "$out" "restoring its image is refused" "where agrees about $name"
	sx start $name
	status 77 "and so does start"
done

sx list --all --json
status 0 "--json"
is "$(json run state) $(json run memory_mib) $(json run unrecorded) $(json run config)" \
	"running 200 1 $etc/run.cfg" "a running one"
is "$(json saved state) $(json saved image) $(json saved domid)" "saved $work/saved.sav None" "a saved one"
is "$(json stale state) $(json held state) $(json off state)" "stale blocked off" "and the others"
is "$(json stranger problem) $(json stranger config)" "not configured None" "one without a file"
is "$(json off last_change.commit) $(json off last_change.subject)" "$(git_ log -1 --format='%H %s')" "the last change"
like "$(json off last_change.time)" '^2[0-9-]+T[0-9:]+[+]00:00$' "its time as RFC 3339"

# Files that are nobody's, or two guests'.
printf 'name = "broken"\nmemory = 128\ndisk = [\n' >"$etc/broken.cfg"
sed 's/"off"/"twin"/' "$etc/off.cfg" >"$etc/a.cfg"
cp "$etc/a.cfg" "$etc/b.cfg"
list
like "$(line broken)" "^broken - - - broken: $etc/broken.cfg:[0-9]+ - - " "a file that xl cannot read, and where"
like "$(line twin)" "^twin - - - twice: $etc/a.cfg, $etc/b.cfg - - -" "one name in two files"
sx adopt twin "$etc/b.cfg"
list
like "$(line twin)" "^twin - 200 2 off " "until it is said which is meant"
rm "$etc/a.cfg" "$etc/b.cfg"
domain 78 broken
list
like "$(line broken)" "^broken 78 256 1 running, broken: $etc/broken.cfg:[0-9]+ - - " "one that runs, of a broken file"
rm "$SAFEXL_FAKE/78.dom" "$etc/broken.cfg"

# A file elsewhere that a guest was created from.
mkdir "$work/elsewhere"
sed 's/"off"/"far"/' "$etc/off.cfg" >"$work/elsewhere/far.cfg"
sx create "$work/elsewhere/far.cfg"
sx destroy far
list
like "$(line far)" "^far - 200 2 off - - -" "a guest whose file is elsewhere"

# What is pending, and who changed it.
sed -i 's/^vcpus.*/vcpus = 3/; s/^memory.*/memory = 300/' "$etc/run.cfg"
list
like "$(line run)" " 1 not recorded, 1 waiting 2" "changes of the file that wait for a cold boot"
mkdir "$etc/auto"
ln -s ../off.cfg "$etc/auto/off"
ln -s ../nothing.cfg "$etc/auto/nothing"
list
like "$(line off)" "^off - 200 2 off yes - " "one that starts with the host"
now=$(date +%s)
GIT_COMMITTER_DATE="@$((now + 100))" git_ -c user.name='Bob Builder' commit -qam 'run: by hand'
git_ -c user.name='Bob Builder' commit -q --allow-empty -m 'nothing'
list
like "$(line run)" "Bob Builder\$" "a commit that was made with git"
like "$(line off)" "Ada Admin\$" "the others keep theirs"
# On a side line, older than what is known, and merged.
first=$(git_ rev-list HEAD | tail -n 1)
git_ checkout -q -b side "$first"
echo '# by the way' >>"$etc/gone.cfg"
GIT_COMMITTER_DATE="@$((now + 50))" git_ -c user.name='Carl Coder' commit -qam 'gone: on a branch'
git_ checkout -q main
git_ -c user.name='Bob Builder' merge -q -m 'merge it' side
list
like "$(line gone)" "Carl Coder\$" "a change that came in by a merge"
like "$(line run)" "Bob Builder\$" "and the rest is as it was"
before=$out
printf 'rubbish' >"$state/changes.cache"
list
is "$out" "$before" "what was kept is damaged: the same"
rm "$state/changes.cache"
list
is "$out" "$before" "it is gone: the same"
git_ reset -q --hard "$first"
list
like "$(line run)" "Ada Admin\$" "a history that was rewritten"

# Its words.
sx list --all nosuch
status 2 "a word more"
like "$err" "^safexl: list: unexpected argument 'nosuch'$" "is refused"
for option in -N --config --live '-m why'; do
	# shellcheck disable=SC2086
	sx $option list --all
	status 2 "$option does not apply"
done
calls=$(xl_calls | wc -l)
sx list -l
is "$(xl_calls | tail -n "+$((calls + 1))")" "list -l" "list without it is xl's own"
sx list off --all
is "$(xl_calls | tail -n 1)" "list off --all" "and so is --all elsewhere"
mv "$SAFEXL_FAKE" "$work/away"
sx list --all
status 0 "without Xen"
like "$err" "^safexl: what runs is not known: " "that is told"
like "$(line off)" "off, unless it runs" "and what is off is not vouched for"
finish
