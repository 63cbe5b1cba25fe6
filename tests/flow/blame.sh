#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# blame: who brought what, by meaning and not by line; what is gone, too.
. tests/flow/lib.sh

commit() { git_ log -1 --format=%h --grep="$1"; }
# line WHAT: of the last blame, its commit
commit_of() { printf '%s\n' "$out" | grep -E -- "$1" | awk '{ print $1 }'; }

config web1
domain 1 web1
sx blame web1
status 78 "without a history"
sx -q -m 'more room' block-attach web1 phy:/dev/vg0/a,xvdb,w
sx -q block-attach web1 phy:/dev/vg0/b,xvdc,w
sx -q mem-set web1 128
sx -q -m 'it is full' block-detach web1 xvdb
# The same meaning in other lines, and something new.
sed -i "s/^disk = \[/disk = [\n\t# in order/; s/'phy:\(.*\),xvdc,w'/\"phy:\1,xvdc,w\"/; s/^vcpus.*/vcpus=0x2; on_crash='destroy'/" "$etc/web1.cfg"
git_ commit -qam 'tidied'
sed -i 's,vg0/b,vg1/b,' "$etc/web1.cfg"
git_ commit -qam 'moved to vg1'
sed -i "s/^name.*/name='web1'\nvif = [ 'bridge=br0,mac=00:16:3E:00:00:aa' ]/" "$etc/web1.cfg"

sx blame web1
status 0 "blame"
is "$(commit_of ' disk xvda ')" "$(commit '^Start')" "a disk that was there from the start"
is "$(commit_of ' disk xvdc ')" "$(commit 'moved')" "a disk whose target was changed"
is "$(commit_of ' memory ')" "$(commit 'set memory')" "a value that was set"
is "$(commit_of ' maxmem ')" "$(commit 'set memory')" "with what came along"
is "$(commit_of ' name ')" "$(commit '^Start')" "the same meaning in other words is no change"
is "$(commit_of ' on_crash ')" "$(commit 'tidied')" "a key that came by hand"
is "$(commit_of ' vif 00:16:3e:00:00:aa ')" "-" "what is not committed yet"
like "$out" 'not committed +3 +vif 00:16:3e:00:00:aa +bridge=br0,mac=00:16:3E:00:00:aa$' "is said so, with its line"
is "$(commit_of ' gone disk xvdb ')" "$(commit 'detach disk')" "a disk that is gone: who took it away"
is "$(printf '%s\n' "$out" | awk '$5 ~ /^[0-9]+$/ { print $5 }' | sort -nc && echo sorted)" sorted "in the order of the file"
is "$(printf '%s\n' "$out" | awk '/disk xvdc/ { print $6 }')" "$(grep -n xvdc "$etc/web1.cfg" | cut -d: -f1)" "with the line"

sx blame web1 xvdb
is "$(printf '%s\n' "$out" | sed 's/ 20[0-9-]* [0-9:]* / TIME /')" "disk xvdb: not in $etc/web1.cfg any more
  added    $(commit 'attach disk xvdb') TIME Ada Admin    phy:/dev/vg0/a,xvdb,w
           safexl block-attach web1 phy:/dev/vg0/a,xvdb,w
           because: more room
  removed  $(commit 'detach disk') TIME Ada Admin    phy:/dev/vg0/a,xvdb,w
           safexl block-detach web1 xvdb
           because: it is full" "the story of a disk that is gone: when, who, by which command, why"
sx -q -m 'again' block-attach web1 phy:/dev/vg0/a2,xvdb,w
sx blame web1 51728
is "$(printf '%s\n' "$out" | awk '/^  [a-z]/ { print $1, $2 }')" "added $(commit 'attach disk xvdb (/dev/vg0/a)')
removed $(commit 'detach disk')
added $(git_ log -1 --format=%h)" "a disk that came back, by its number"
sx blame web1 xvdc
like "$out" "^disk xvdc: $etc/web1.cfg:[0-9]+$" "where it is now"
is "$(printf '%s\n' "$out" | awk '/^  [a-z]/ { print $1, $2 }')" "added $(commit 'xvdc (/dev/vg0/b)')
changed $(commit 'moved')" "a change of its target is no coming and going"
sx blame web1 00:16:3E:00:00:AA
status 0 "an interface by its MAC in another spelling"
sx blame web1 vcpus
is "$(printf '%s\n' "$out" | awk '/^  [a-z]/ { print $1, $NF }')" "added 2
changed 0x2" "a key"
sx blame web1 xvdz
status 78 "what never was"
like "$err" "neither the file nor its history has 'xvdz'" "is told as that"

sx --json blame web1 xvdb
is "$(printf '%s' "$out" | python3 -c 'import json,sys
j = json.load(sys.stdin)
for e in j["items"][0]["events"]:
    print(j["items"][0]["device"], e["change"], e["value"], e["command"], e["reason"], sep="|")')" \
	"xvdb|added|phy:/dev/vg0/a,xvdb,w|safexl block-attach web1 phy:/dev/vg0/a,xvdb,w|more room
xvdb|removed|phy:/dev/vg0/a,xvdb,w|safexl block-detach web1 xvdb|it is full
xvdb|added|phy:/dev/vg0/a2,xvdb,w|safexl block-attach web1 phy:/dev/vg0/a2,xvdb,w|again" "--json has every fact"

# A version that nobody can read, and a file that is no more.
printf 'memory = = 3\n' >>"$etc/web1.cfg"
git_ commit -qam 'broken'
sed -i '$d' "$etc/web1.cfg"
echo 'boot = "c"' >>"$etc/web1.cfg"
git_ commit -qam 'mended'
sx blame web1
status 0 "a broken version in between"
is "$(commit_of ' boot ') $(commit_of ' memory ')" "$(commit mended) $(commit 'set memory')" "is passed over"
git_ rm -q web1.cfg
git_ commit -qm 'web1 is gone'
rm "$SAFEXL_FAKE/1.dom"
sx blame web1 memory
status 0 "a domain that is no more"
like "$out" "removed  $(git_ log -1 --format=%h) " "who removed the file"
sx blame
status 2 "without a domain"
sx -N blame web1
status 2 "options of changes are refused"
# ---- parallel branches: what is compared is each commit with its own parent ----
config m1
sx --config mem-set m1 200
# at SECONDS FILE-EDIT SUBJECT: a commit at that time
start=$(date +%s)
at() {
	sed -i "$2" "$etc/m1.cfg"
	GIT_COMMITTER_DATE="$((start + $1)) +0000" git_ commit -qm "$3" m1.cfg
}
branch=$(git_ symbolic-ref --short HEAD)
git_ checkout -qb side
at 10 's/^vcpus.*/vcpus   = 3/' side1
git_ checkout -q "$branch"
at 20 "s|# data disks go below|'phy:/dev/vg0/b,xvdb,w',|" main1
git_ checkout -q side
at 30 's/^memory.*/memory  = 300/' side2
git_ checkout -q "$branch"
GIT_COMMITTER_DATE="$((start + 40)) +0000" git_ merge -qm merged side >"$work/out" 2>&1
sx --json blame m1
is "$(python3 -c 'import json, sys
for i in json.load(sys.stdin)["items"]:
    if i["key"] in ("memory", "vcpus") or i["device"] == "xvdb":
        print(i["key"], *[(e["change"], e["subject"].split(": ")[0], e["value"]) for e in i["events"][-2:]])' <<<"$out")" \
	"memory ('changed', 'm1', '200') ('changed', 'side2', '300')
vcpus ('added', 'm1.cfg', '2') ('changed', 'side1', '3')
disk ('added', 'main1', 'phy:/dev/vg0/b,xvdb,w')" "a merge: each change is the one's who made it, and no other's"
finish
