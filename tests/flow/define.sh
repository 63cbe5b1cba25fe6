#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# define, undefine, autostart and the undo of these: one commit each, and all of it comes back.
. tests/flow/lib.sh

guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<EOF
# the guest $1
name = "$1"
memory = 256
disk = [ '$work/$1.img,raw,xvda,w', ',,hdc,cdrom' ]
EOF
	chmod 640 "$etc/$1.cfg"
}
subjects() { git -C "$etc" log --format=%s; }
clean() { is "$(git -C "$etc" status --porcelain)$(git -C "$etc" fsck --strict 2>&1)" "" "$1: git finds all clean"; }
for name in g1 g2 g3; do guest $name; done
cp -p "$etc/g1.cfg" "$work/g1.before"

# autostart
sx -N autostart g1
status 0 "autostart -N"
is "$(ls -A "$etc")" "g1.cfg
g2.cfg
g3.cfg" "makes nothing"
like "$out" '\+\.\./g1\.cfg' "and shows the link"
sx autostart g1
status 0 "autostart"
is "$(readlink "$etc/auto/g1")" ../g1.cfg "makes the link, called exactly as the domain is"
like "$err" "^safexl: g1: start it with the host: committed \([0-9a-f]{7}\)\$" "says so"
is "$(subjects | head -1)" "g1: start it with the host" "in one commit"
is "$(git -C "$etc" ls-tree HEAD auto/g1 | cut -c1-6)" 120000 "which has it as a link"
clean autostart
sx autostart g1
status 0 "once more"
like "$err" "^safexl: g1: it starts with the host already\$" "there is nothing to do"
is "$(subjects | wc -l)" 2 "and no commit"
sx list --all
like "$out" '^g1 .* yes ' "list --all shows it"
sx autostart --off g1
status 0 "--off"
is "$(ls -A "$etc/auto")" "" "the link is gone"
clean "autostart --off"
sx autostart --off g1
like "$err" "^safexl: g1: it does not start with the host\$" "once more: nothing to do"
sx undo HEAD
status 0 "undo of it"
is "$(readlink "$etc/auto/g1")" ../g1.cfg "brings the link back"
is "$(subjects | head -1)" 'g1: undo "do not start it with the host"' "in a commit of its own"
clean "undo of autostart --off"

# A link of another name: xendomains would start a saved guest afresh.
ln -s ../g2.cfg "$etc/auto/g2.cfg"
git -C "$etc" add auto/g2.cfg
git -C "$etc" commit -qm "by hand"
sx autostart g2
status 0 "a link of another name"
is "$(ls -A "$etc/auto")" "g1
g2" "is replaced"
like "$err" "^safexl: g2: its link has its own name now: " "which is told"
clean "a link of another name"
ln -s /nowhere "$etc/auto/g3"
sx autostart g3
status 78 "a link of that name that leads elsewhere"
like "$err" "^safexl: g3: $etc/auto/g3 is there, and leads nowhere\$" "is not taken away"
like "$err" "^hint: if it is not wanted: rm $etc/auto/g3\$" "the person is asked to"
rm "$etc/auto/g3"
sx autostart nosuch
status 78 "a name that no configuration has"
sx autostart
status 2 "no name"
sx autostart --on g1
status 2 "an option it does not have"
sx --live autostart g1
status 2 "--live"
mv "$etc/g3.cfg" "$etc/auto/g3.cfg"
sx adopt g3 "$etc/auto/g3.cfg"
sx autostart g3
status 78 "a configuration in auto/ itself"
like "$err" "^hint: give it a place of its own first: mv -n $etc/auto/g3.cfg $etc/\$" "has to move first"
mv "$etc/auto/g3.cfg" "$etc/g3.cfg"
sx adopt g3 "$etc/g3.cfg"
echo /auto/ >"$etc/.gitignore"
sx autostart g3
status 0 "git is told to ignore the links"
like "$err" "^safexl: $etc/auto/g3 is not in history: git is told to ignore it\$" "which is told"
is "$(readlink "$etc/auto/g3")" ../g3.cfg "the link is made all the same"
rm "$etc/.gitignore"
rm "$etc/auto/g3"

# undefine
sx start g1
sx undefine g1
status 77 "undefine of one that runs"
like "$err" "^safexl: g1: not undefined: it is running, its number is [0-9]+\$" "is refused"
like "$err" "^hint: to end it first: safexl shutdown -w g1\$" "with the way out"
sx save g1 "$work/g1.sav"
sx undefine g1
status 77 "of one that is saved"
like "$err" "^safexl: g1: not undefined: it is saved in $work/g1.sav\$" "is refused"
like "$err" "^hint: what can be done with it: safexl where g1\$" "with the way out"
sx restore "$work/g1.sav"
sx destroy g1
sx snapshot --copy g1 kept
status 0 "a snapshot of it"
sx undefine g1
status 77 "of one that has a snapshot"
like "$err" "^safexl: g1: not undefined: it has snapshots: kept\$" "is refused"
like "$err" "^hint: to drop one that is not wanted: safexl snapshots --drop kept g1\$" "with the way out"
sx snapshots --drop kept g1
status 0 "which works"
before=$(subjects | wc -l)
sx undefine -N g1
status 0 "-N"
like "$out" "^would write $etc/g1.cfg:" "shows the change"
check "and makes none" test -e "$etc/g1.cfg" -a "$(subjects | wc -l)" = "$before"
sx -m 'not needed any more' undefine g1
status 0 "undefine"
check "the configuration and its link are gone, the disk is not" \
	test ! -e "$etc/g1.cfg" -a ! -L "$etc/auto/g1" -a -e "$work/g1.img"
like "$err" "^safexl: g1: undefine: committed \([0-9a-f]{7}\)\$" "says so"
like "$err" "^safexl: g1: its disks are left as they are: $work/g1.img\$" "and names the disks"
is "$(subjects | wc -l)" $((before + 1)) "in one commit"
is "$(git -C "$etc" log -1 --format=%b)" "Reason: not needed any more

Mode: 0640
Command: safexl undefine g1
Domain: g1 (not running)" "which says who, why and how"
is "$(git -C "$etc" show --format= --name-status)" "D	auto/g1
D	g1.cfg" "and holds both"
clean undefine
sx list --all
is "$(printf '%s\n' "$out" | grep -c '^g1 ')" 0 "list --all has it no more"
sx undefine g1
status 78 "once more"
sx undo g1
status 0 "undo, by its name"
check "the file is back, byte for byte" cmp "$etc/g1.cfg" "$work/g1.before"
is "$(stat -c %a "$etc/g1.cfg")" 640 "with its mode"
is "$(readlink "$etc/auto/g1")" ../g1.cfg "the link too"
is "$(subjects | head -1)" 'g1: undo "undefine"' "in one commit"
clean "undo of undefine"
commit=$(git -C "$etc" rev-parse --short HEAD)
sx undo "$commit"
status 0 "the undo is undone"
is "$(subjects | head -1)" 'g1: redo "undefine"' "the guest is gone again"
sx undo HEAD
status 0 "and back"
is "$(stat -c %a "$etc/g1.cfg")" 640 "with its mode"
sx start g1
sx undo "$commit"
status 77 "what would take a guest out that runs"
like "$err" "^safexl: g1: its configuration stays: it is running" "is refused"
sx destroy g1

# An edit made by hand is in the history before the file goes.
echo '# by hand' >>"$etc/g2.cfg"
cp "$etc/g2.cfg" "$work/g2.before"
sx undefine g2
status 0 "a file with an edit that is not committed"
is "$(subjects | head -2)" "g2: undefine
g2.cfg: edited by hand" "the edit is committed first"
check "nothing is lost" sh -c "git -C '$etc' show HEAD~1:g2.cfg | cmp - '$work/g2.before'"
echo 'name = "g2"' >"$etc/g2.cfg"
sx undo HEAD
status 78 "undo where there is another file by now"
like "$err" "^safexl: commit [0-9a-f]+ removed $etc/g2.cfg, and now there is another one\$" "is refused"
is "$(cat "$etc/g2.cfg")" 'name = "g2"' "and that one stays"
rm "$etc/g2.cfg"
sx --json undefine g3
status 0 "--json"
is "$(printf %s "$out" | python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["domain"], d["config"], d["changed"], len(d["commit"]))')" "g3 $etc/g3.cfg True 40" "tells the same"

# define
head -c 65536 /dev/zero >"$work/n1.img"
# file NAME [LINE]: a configuration outside
file() {
	printf 'name = "%s"\nkernel = "%s"\nmemory = 128\ndisk = [ "%s/%s.img,raw,xvda,w" ]\n%s\n' \
		"$1" "$work/n1.img" "$work" "$1" "${2-}" >"$work/$1.conf"
	head -c 65536 /dev/zero >"$work/$1.img"
}
file n1 '# with a comment'
chmod 600 "$work/n1.conf"
sx define -N "$work/n1.conf"
status 0 "define -N"
like "$out" '^    \+# with a comment' "shows it"
check "and makes nothing" test ! -e "$etc/n1.cfg"
sx define "$work/n1.conf"
status 0 "define"
check "every byte is there" cmp "$work/n1.conf" "$etc/n1.cfg"
is "$(stat -c %a "$etc/n1.cfg")" 600 "with its mode"
is "$(subjects | head -1)" "n1: define" "in one commit"
like "$err" "^safexl: n1: its configuration is $etc/n1.cfg from now on; $work/n1.conf is no longer needed\$" "says where"
clean define
sx define "$work/n1.conf"
status 78 "a name that is taken"
like "$err" "^safexl: n1: not defined: its name 'n1' is taken by $etc/n1.cfg\$" "names who has it"
sx undo HEAD
status 0 "undo of define"
check "takes it out" test ! -e "$etc/n1.cfg"
clean "undo of define"
sx define "$work/n1.conf"
echo '# more' >>"$etc/n1.cfg"
sx undo HEAD
status 78 "undo of define, and the file was changed since"
like "$err" "^hint: to take it out as it is: safexl undefine n1\$" "has another way"
sx define "$etc/n1.cfg"
status 78 "a file that lies there already"
file n2 'uuid = "11111111-2222-3333-4444-555555555555"'
sx define "$work/n2.conf"
file n3 'uuid = "11111111-2222-3333-4444-555555555555"'
sx define "$work/n3.conf"
status 78 "a uuid that is taken"
like "$err" "n3: not defined: its uuid '11111111-2222-3333-4444-555555555555' is taken by $etc/n2.cfg|n3.conf:5: uuid: .* not defined" "names who has it"
file n4 'vif = [ "mac=00:16:3e:00:00:01" ]'
sx define "$work/n4.conf"
file n5 'vif = [ "mac=00:16:3E:00:00:01" ]'
sx define "$work/n5.conf"
status 78 "a MAC that is taken"
like "$err" "^safexl: $work/n5.conf:5: .*; not defined\$" "names file and line"
like "$err" "^hint: all that is wrong with it: safexl check $work/n5.conf\$" "and the way to see all"
file n6 'disk += [ "/dev/null,raw,xvda,w" ]'
sx define "$work/n6.conf"
status 78 "one vdev twice"
echo 'memory = 1' >"$work/n7.conf"
sx define "$work/n7.conf"
status 78 "no name"
file n8 'memory = ['
sx define "$work/n8.conf"
status 78 "a file that xl cannot read"
sx define "$work/nosuch.conf"
status 78 "no file"
check "nothing of these was taken in" test ! -e "$etc/n3.cfg" -a ! -e "$etc/n5.cfg" -a ! -e "$etc/n6.cfg"
git -C "$etc" checkout -q n1.cfg
clean "define, refused"
file n9
sx create "$work/n9.conf"
sx define "$work/n9.conf"
status 0 "one that runs, started from that file"
sx mem-set n9 100
like "$(cat "$etc/n9.cfg")" '^memory = 100$' "is recorded in the new one from then on"
sx undo "$(git -C "$etc" log --format=%h --grep='n9: define' -1)"
status 78 "undo of that, changed since"
file n10
domain 50 n10
sx define "$work/n10.conf"
status 77 "a name that a running domain has"
like "$err" "its name 'n10' is taken by the running domain n10 \(50\)\$" "is told"
is "$(sed -n 's/^hint: if it was started from that file: //p' <<<"$err")" "safexl --config define $work/n10.conf" \
	"with the command that takes the file all the same"
sx --config define "$work/n10.conf"
status 0 "which it does"
sx undefine n10
(unset SAFEXL_FAKE && "$BUILD/safexl" undefine n10 >/dev/null 2>"$work/err")
is "$(tail -1 "$work/err")" "hint: without asking Xen: safexl --config undefine n10" "no Xen: the command is whole"
sx --config undefine n10
sx undefine n1
file n1
sx define "$work/n1.conf"
sx undefine n1
cp "$work/n1.conf" "$etc/other.cfg"
sx undo HEAD
status 78 "undo of undefine, and another has the name by now"
like "$err" "its name 'n1' is taken by $etc/other.cfg\$" "is refused"

# define --from: a domain that was started without safexl, from a file elsewhere
domain 60 wild
printf 'disk=xvdb half %s\n' "$work/n1.img" >>"$SAFEXL_FAKE/60.dom"
rm "$etc/other.cfg"
sx define --from
status 2 "--from without a domain"
sx define --from wild "$work/n1.conf"
status 2 "--from beside a file"
sx define --from nosuch
status 1 "--from of a domain that does not run"
sx define -N --from wild
status 0 "define --from -N"
check "makes nothing" test ! -e "$etc/wild.cfg"
sx define --from wild
status 0 "define --from"
is "$(cat "$etc/wild.cfg")" "name = \"wild\"
uuid = \"572baf85-0000-4000-8000-000000000060\"
memory = 256
disk = [ '/dev/vg0/wild-root,raw,xvda,w', '$work/n1.img,raw,xvdb,w' ]" "is what a person would write"
is "$(subjects | head -1)" "wild: define it as it runs" "in one commit"
like "$err" "^safexl: wild: disk xvdb is in the file, but it is half attached: the running domain cannot use it$" \
	"a disk that the guest has not come to use is not lost"
is "$(grep -c 'disk xvda' <<<"$err")" 0 "nothing is said of one that it uses"
sx diff wild
status 0 "diff finds nothing"
is "$out" "" "nothing at all"
sx list --all
is "$(printf '%s\n' "$out" | grep '^wild ' | grep -c 'not configured')" 0 "list --all knows its configuration"
sx mem-set wild 150
like "$(cat "$etc/wild.cfg")" '^memory = 150$' "changes are recorded there from then on"
sx define --from wild
status 78 "once more"
is "$err" "safexl: wild: not defined: it has a configuration: $etc/wild.cfg
hint: what differs: safexl diff wild" "it has one"
sx autostart wild
like "$(git_ log -1 --format=%b)" '^Domain: wild \(uuid .*, domid 60\), not changed while it runs$' \
	"the commit of a guest that runs says so"
clean "define --from"

# What diff does not compare is what libxl keeps of its creation.
# stored DOMID: its JSON, from standard input
stored() { sed "s/UUID/572baf85-0000-4000-8000-0000000000$1/" >"$SAFEXL_FAKE/$1.json"; }
# lines NAME: of its configuration, those that not every guest has
lines() { grep -v '^\(name\|uuid\|memory\|disk\) ' "$etc/$1.cfg"; }
domain 61 screen
printf 'fact=type hvm\n' >>"$SAFEXL_FAKE/61.dom"
stored 61 <<'EOF'
{"c_info": {"type": "hvm", "name": "screen", "uuid": "UUID", "hap": "True", "passthrough": "disabled"},
 "b_info": {"max_vcpus": 1, "video_memkb": 16384, "shadow_memkb": 12288, "acpi": "False", "localtime": "True", "extra": ["-k", "de"],
  "timer_mode": "one_missed_tick_pending", "tsc_mode": "native", "nested_hvm": "False", "max_grant_frames": 32,
  "max_maptrack_frames": 512, "device_model_version": "qemu_xen", "altp2m": "external", "vpmu": "False",
  "arch_x86": {"msr_relaxed": "False"},
  "type.hvm": {"firmware": null, "bios": "ovmf", "boot": "dc", "hpet": "<default>", "viridian_enable": [1, 2],
   "rdm": {}, "ms_vm_genid": [1, 2, 3],
   "vga": {"kind": "std"}, "keymap": "de", "usb": true, "usbdevice_list": ["tablet", "mouse"], "serial": "pty",
   "vnc": {"enable": "True", "listen": "0.0.0.0", "passwd": "secret", "display": 7, "findunused": "False"},
   "sdl": {"opengl": "<default>"},
   "spice": {"enable": "True", "port": 5930, "host": "127.0.0.1", "disable_ticketing": "True"}}},
 "channels": [{"devid": 0, "name": "org.x", "connection.pty": {}}, {"devid": 1, "connection.socket": {"path": "/run/a b"}}, {"devid": 2}],
 "p9s": [{"tag": "share", "path": "/srv", "security_model": "none"}]}
EOF
sx define --from screen
status 0 "define --from of an HVM guest"
is "$(lines screen)" 'type = "hvm"
hap = 1
passthrough = "disabled"
acpi = 0
nestedhvm = 0
localtime = 1
timer_mode = "one_missed_tick_pending"
tsc_mode = "native"
videoram = 16
shadow_memory = 12
max_grant_frames = 32
max_maptrack_frames = 512
altp2m = "external"
vpmu = 0
device_model_version = "qemu-xen"
device_model_args = [ "-k", "de" ]
boot = "dc"
bios = "ovmf"
vga = "stdvga"
vnc = 1
vnclisten = "0.0.0.0"
vncdisplay = 7
vncunused = 0
spice = 1
spiceport = 5930
spicehost = "127.0.0.1"
spicedisable_ticketing = 1
keymap = "de"
usb = 1
usbdevice = [ "tablet", "mouse" ]
serial = "pty"
channel = [ "name=org.x,connection=pty", "connection=socket,path=/run/a b" ]
p9 = [ "tag=share,path=/srv,security_model=none" ]' "writes firmware, graphics and what else its configuration said, no more"
for key in vncpasswd viridian channel ms_vm_genid; do
	like "$err" "^safexl: screen: $key of the running domain is not in the file\$" "$key is left out, and told"
done
is "$(grep -c secret "$etc/screen.cfg")" 0 "a password does not come into history"
sx diff screen
status 0 "diff finds nothing"
sx check --no-host "$etc/screen.cfg"
is "$(printf '%s\n' "$out" | grep -c 'xl ignores')" 0 "and check nothing that xl would not read"
domain 62 vfbs
stored 62 <<'EOF'
{"c_info": {"type": "pv", "name": "vfbs", "uuid": "UUID"}, "b_info": {"max_vcpus": 1},
 "vfbs": [{"devid": 0, "vnc": {"enable": "True", "listen": "10.0.0.1"}, "keymap": "fr"},
  {"devid": 1, "vnc": {"enable": "False", "passwd": "secret"}, "sdl": {"enable": "True", "display": ":0,1"}}, {"devid": 2}],
 "vkbs": [{"devid": 0}, {"devid": 3, "backend_type": "linux"}]}
EOF
sx define --from vfbs
status 0 "define --from of a PV guest with displays"
is "$(lines vfbs)" "vfb = [ \"vnc=1,vnclisten=10.0.0.1,keymap=fr\", \"vnc=0,sdl=1\", \"vnc=1\" ]" "writes each as an element of vfb"
for key in vncpasswd display vkb; do
	like "$err" "^safexl: vfbs: $key of the running domain is not in the file\$" "$key cannot be, and is told"
done
clean "define --from, displays"
finish
