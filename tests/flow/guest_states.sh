#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Each state that a guest can be in: list --all has it as text and as JSON, and where and images agree.
. tests/flow/lib.sh

# state_is NAME TEXT STATE [DETAIL]: what the two last lists, as text and as JSON, say of it; both extended regexes
state_is() {
	like "$(sed -n "s/^$1  *[-0-9]*  *[-0-9]*  *[-0-9]*  *//p" "$work/list")" "^$2  +(-|yes) " "$1: the line of list --all"
	like "$(look "$1")" "^$3 / ${4-}" "$1: its JSON"
}
# look NAME: state, detail, problem
look() {
	python3 -c '
import json, sys
for g in json.load(open(sys.argv[1]))["guests"]:
    if g["domain"] == sys.argv[2]:
        print(g["state"], "/", g.get("detail") or g.get("problem") or "")' "$work/list.json" "$1"
}
lists() {
	"$BUILD/safexl" list --all >"$work/list" 2>"$work/list.err" </dev/null
	sx list --all --json
	status 0 "list --all --json"
	cp "$work/out" "$work/list.json"
}
# agreed: of every guest that list --all has, where says the same, and images says the same of its image
agreed() {
	sx images --json
	status 0 "images --json"
	cp "$work/out" "$work/images.json"
	SAFEXL=$BUILD/safexl python3 - "$work/list.json" "$work/images.json" >"$work/differ" 2>&1 <<'PY'
import json, os, subprocess, sys
guests = json.load(open(sys.argv[1]))["guests"]
images = json.load(open(sys.argv[2]))["images"]
waiting = [i for i in images if i["state"] in ("saved", "saving", "restoring", "discarding")]
for g in guests:
    name, state = g["domain"], g["state"]
    r = subprocess.run([os.environ["SAFEXL"], "--json", "where", name], capture_output=True, stdin=subprocess.DEVNULL)
    w = json.loads(r.stdout or "{}")
    # Without one configuration that can be read, where has nothing to show but the reason.
    if state in ("broken", "twice"):
        if r.returncode != 78 or g["detail"].split(", ")[0].split(":")[0].encode() not in r.stderr:
            print(f"{name}: {state}, and where: {r.returncode} {r.stderr}")
        continue
    if w.get("state") != state:
        print(f"{name}: {state}, and where: {w.get('state')} {r.stderr}")
    if (w.get("image") or None) != (g["image"] or None):
        print(f"{name}: image {g['image']}, and where: {w.get('image')}")
    if w.get("config") != g["config"] and not (g["problem"] or "").startswith("broken"):
        print(f"{name}: configuration {g['config']}, and where: {w.get('config')}")
    mine = [i for i in waiting if i["domain"] == name]
    if state in ("saved", "stale", "blocked", "saving", "restoring", "discarding"):
        if len(mine) != 1:
            print(f"{name}: {state}, and images: {mine}")
        elif mine[0]["restorable"] != (state == "saved"):
            print(f"{name}: {state}, and images: {mine[0]}")
        elif state in ("stale", "blocked") and mine[0]["detail"] != g["detail"]:
            print(f"{name}: {g['detail']}, and images: {mine[0]['detail']}")
        elif mine[0]["image"] != g["image"]:
            print(f"{name}: {g['image']}, and images: {mine[0]['image']}")
    elif [i for i in mine if i["restorable"]]:
        print(f"{name}: {state}, and images: {mine}")
for i in waiting:
    if i["domain"] not in [g["domain"] for g in guests]:
        print(f"{i['domain']}: in images alone")
PY
	is "$(cat "$work/differ")" "" "where and images agree about all of them: $1"
}

# What Xen has.
for name in runs idle dead slept down dying; do
	guest $name
	sx start $name
done
fact() { echo "state=$2" >>"$(grep -lx "name=$1" "$SAFEXL_FAKE"/*.dom)"; }
fact idle paused
fact dead crashed
fact slept suspended
fact down shutdown
fact dying dying
domain 77 stranger
domain 78 bad
printf 'name = "bad"\nmemory = [\n' >"$etc/bad.cfg"
domain 79 both
guest both
cp "$etc/both.cfg" "$etc/both2.cfg"
# What markers have.
for name in saved stale blocked lost gone saving restoring discarding going; do
	guest $name
	sx start $name
done
for name in saved stale blocked lost restoring discarding; do sx save $name; done
echo more >>"$work/stale.img"
rm "$work/blocked.img" "$state/images/lost"
sx migrate gone otherhost
# What has files alone.
guest off
printf 'name = "broken"\nmemory = 1\n\ndisk = [ oh\n' >"$etc/broken.cfg"
guest twin
cp "$etc/twin.cfg" "$etc/twin2.cfg"
mkdir "$etc/auto"
ln -s ../off.cfg "$etc/auto/off"

# What another safexl is doing: its xl waits at a gate, which is told.
mkfifo "$work/told" "$work/gate"
printf '#!/bin/sh\necho >"%s/told"\ncat "%s/gate"\n' "$work" "$work" >"$SAFEXL_FAKE/hook"
chmod 755 "$SAFEXL_FAKE/hook"
exec 3<>"$work/told" 4<>"$work/gate"
begin() {
	"$BUILD/safexl" "$@" </dev/null >"$work/begun" 2>&1 3>&- 4>&- &
	read -r _ <&3
}
begin save saving
begin start restoring
begin --discard-marker create discarding
begin migrate going thathost
lists
state_is runs running running
state_is idle paused paused
state_is dead crashed crashed
state_is slept suspended suspended
state_is down 'shut down' 'shut down'
state_is dying dying dying
state_is stranger 'running, not configured' running 'no configuration in'
state_is bad "running, broken: $etc/bad.cfg:[0-9]+" running "$etc/bad.cfg:[0-9]+"
state_is both 'running, twice' running ".*$etc/both.cfg"
state_is saved saved saved
state_is stale "saved, stale: disk xvda: the size of $work/stale.img .*" stale "disk xvda: the size of $work/stale.img"
state_is blocked "saved, blocked: .*$work/blocked.img.*" blocked ".*$work/blocked.img"
state_is lost "saved, blocked: .*$state/images/lost.*" blocked ".*$state/images/lost"
state_is gone 'migrated to otherhost' migrated otherhost
state_is saving saving saving
state_is restoring restoring restoring
state_is discarding discarding discarding
state_is going 'migrating to thathost' migrating thathost
state_is off off off
state_is broken "broken: $etc/broken.cfg:4" broken "$etc/broken.cfg:4"
state_is twin "twice: $etc/twin.cfg, $etc/twin2.cfg" twice "$etc/twin.cfg, $etc/twin2.cfg"
like "$(grep '^off ' "$work/list")" ' off +yes ' "off: starts with the host"
agreed "while others are at work"
for name in saving going; do
	sx where $name
	like "$out" "^now +it runs" "where $name: it is there"
	like "$out" "^ +'$name' is being (saved|migrated) to .* right now" "and what is done with it"
done

# They end, and one was killed.
rm "$SAFEXL_FAKE/hook"
exec 3>&- 4>&-
wait
sx save restoring
mode killed
sx start restoring
mode ''
lists
state_is saving saved saved
state_is restoring 'restoring, an interrupted restore of it is not settled yet: .*' restoring 'an interrupted'
state_is discarding running running
state_is going 'migrated to thathost' migrated thathost
agreed "when these are at their ends"

# Without Xen.
mv "$SAFEXL_FAKE" "$work/away"
lists
state_is off 'off, unless it runs' unknown
state_is runs 'off, unless it runs' unknown
state_is saved saved saved
state_is gone 'migrated to otherhost' migrated otherhost
agreed "without Xen"
finish
