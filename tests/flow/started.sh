#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Guests that safexl did not start: who moved, the file or the running domain? And devices that
# failed half-way.
. tests/flow/lib.sh

plain() { "$SAFEXL_XL" "$@" || echo "plain xl $*: $?"; }
rows() {
	printf '%s\n' "$out" | sed -n 's/^ *"what": "\(.*\)",$/\1/p; s/^ \{8,\}"state": "\(.*\)",\{0,1\}$/= \1/p' |
		sed -z 's/\n=/ =/g'
}
# differ DOMAIN WANT DESCRIPTION
differ() {
	sx --json diff "$1"
	is "$(rows)" "$2" "$3"
}
# left DOMAIN DESCRIPTION: record takes nothing of it into the file
left() {
	cp "$etc/$1.cfg" "$work/file"
	sx record "$1"
	status 0 "$2: record"
	check "$2: the file is left as it is" cmp "$work/file" "$etc/$1.cfg"
}
# hand NAME SED: an edit that etckeeper commits
hand() {
	sed -i "$2" "$etc/$1.cfg"
	git_ commit -qam "daily autocommit"
}

# ---- started by plain xl: libxl tells what it was made with ----
cat >"$etc/p1.cfg" <<'END'
name = "p1"
memory = 256
disk = [
	'/srv/a.img,raw,xvda,w',
	'/srv/b.img,raw,xvdb,w',
]
vif = [ 'mac=00:16:3e:00:00:01,bridge=br0' ]
END
plain create "$etc/p1.cfg"
differ p1 "" "no difference"
sx --config block-attach p1 /srv/c.img,raw,xvdc,w
status 0 "a disk for the file alone"
differ p1 "disk xvdc = waiting" "waits for its next cold boot"
sx diff p1
is "$(grep -c 'not recorded' <<<"$out$err")" 0 "and is not called unrecorded"
left p1 "it waits"
like "$err" "disk xvdc was changed in the file and waits for a cold boot: left as it is \(to take the running one: safexl record p1 xvdc\)" "and says how to take it out"
sx --config mem-set p1 300
differ p1 "memory = waiting
maxmem = waiting
disk xvdc = waiting" "memory, too"
left p1 "both wait"
sx record p1 xvdc
status 0 "named, it is taken out"
is "$(grep -c xvdc "$etc/p1.cfg")" 0 "of the file"
sx --config block-detach p1 xvdb
differ p1 "memory = waiting
maxmem = waiting
disk xvdb = waiting" "a disk that the file alone lost"
left p1 "that waits as well"
sx undo p1
sx --config mem-set p1 256
sx --config mem-max p1 256
sed -i '/^maxmem/d' "$etc/p1.cfg"
git_ commit -qam plain
differ p1 "" "as it was"
plain mem-set p1 128
plain block-detach p1 xvdb
plain block-attach p1 /srv/d.img,raw,xvdd,w
differ p1 "memory = unrecorded
disk xvdb = unrecorded
disk xvdd = unrecorded" "what plain xl changed"
sx record p1
status 0 "is taken"
is "$(grep -c xvdb "$etc/p1.cfg")" 0 "the disk that is gone as well: libxl tells that it was there"
differ p1 "" "nothing is left"
plain block-detach p1 xvdd
sx adopt p1 "$etc/p1.cfg"
sx --config block-attach p1 /srv/e.img,raw,xvde,w
differ p1 "disk xvdd = unrecorded
disk xvde = waiting" "adopted, it is the same"
sx record p1
is "$(grep -o 'xvd[de]' "$etc/p1.cfg")" xvde "what waits stays"

# ---- edits by hand that etckeeper commits ----
git_ tag start
hand p1 "s/xvde,w',/&\n\t'\/srv\/f.img,raw,xvdf,w',/"
differ p1 "disk xvde = waiting
disk xvdf = waiting" "etckeeper: a disk"
hand p1 's/br0/br1/'
hand p1 '/xvda/d'
hand p1 's/^memory = .*/memory = 400/'
hand p1 's/^maxmem = .*/maxmem = 400/'
differ p1 "memory = waiting
maxmem = waiting
disk xvde = waiting
disk xvdf = waiting
disk xvda = waiting
vif 00:16:3e:00:00:01 bridge = waiting" "an interface, a disk that goes, memory"
left p1 "etckeeper"
EDITOR='sed -i s/br1/br2/' sx edit p1
like "$err" "it is running; at its next cold boot these take effect: vif" "an edit says that it waits"
sx diff p1
like "$out" "^  vif 00:16:3e:00:00:01 bridge +br2 +br0 +br2 +waits for a cold boot \(line [0-9]+\)$" "and diff agrees"
left p1 "an edit"
plain destroy p1

# ---- nothing is known: libxl keeps nothing either ----
# unknown ID NAME
unknown() {
	domain "$1" "$2"
	config "$2"
}
unknown 31 n1
sx --config block-attach n1 /srv/x.img,raw,xvdb,w
differ n1 "disk xvdb = waiting" "the history knows that it is in the file alone"
left n1 "known by the history"
sx --config mem-set n1 512
hand n1 's/^vcpus .*/vcpus = 4/'
sed -i '$a vcpus=2\nmaxvcpus=2' "$SAFEXL_FAKE/31.dom"
differ n1 "memory = waiting
maxmem = waiting
vcpus = waiting
maxvcpus = waiting
disk xvdb = waiting" "and who changed what"
left n1 "all of it"
sx block-attach n1 /srv/y.img,raw,xvdc,w
sed -i '/xvdc/d' "$SAFEXL_FAKE"/31.*
differ n1 "memory = waiting
maxmem = waiting
vcpus = waiting
maxvcpus = waiting
disk xvdb = waiting
disk xvdc = unrecorded" "that both had it once"
rm "$SAFEXL_FAKE"/31.*

unknown 32 n2
sed -i "s/^	# data.*/	'\/srv\/z.img,raw,xvdb,w',/" "$etc/n2.cfg"
differ n2 "disk xvdb = unclear" "no history either"
sx diff n2
like "$out" "^  disk xvdb +/srv/z.img,raw,xvdb,w +- +not recorded, or waits for a cold boot \(line 8\)$" "then both are said"
like "$err" "n2: it was not started through safexl, so what it was started from is not known for certain" "and why"
left n2 "nothing is known"
like "$err" "disk xvdb is in the file alone, and perhaps waits for a cold boot: left as it is \(to take the running one: safexl record n2 xvdb\)" "with the words to take it out"
sx where n2
like "$out" "not recorded, or waits for a cold boot: disk xvdb: /srv/z.img,raw,xvdb,w in the file, nothing running" "where says both"
sx record n2 xvdb
status 0 "named, it is taken"
is "$(grep -c xvdb "$etc/n2.cfg")" 0 "out of the file"

# A commit of before the start says nothing; one since does.
cat >"$etc/n3.cfg" <<'END'
name = "n3"
memory = 64
vif = [ 'mac=00:16:3e:00:00:03,bridge=br0' ]
END
printf 'name=n3\nuuid=572baf85-0000-4000-8000-000000000033\ntarget=65536\nmax=65536\nstarted=%s\n%s\n' \
	$(($(date +%s) + 1000)) 'vif=0 connected mac=00:16:3e:00:00:03,bridge=br0,script=vif-bridge' >"$SAFEXL_FAKE/33.dom"
git_ add n3.cfg
git_ commit -qm added
hand n3 's/br0/br1/'
differ n3 "vif 00:16:3e:00:00:03 bridge = unclear" "started after that, or rebooted, which reads no file"
left n3 "rebooted, perhaps"
sed -i "s/^started=.*/started=$(($(date +%s) - 1000))/" "$SAFEXL_FAKE/33.dom"
differ n3 "vif 00:16:3e:00:00:03 bridge = waiting" "it was started before that"
hand n3 's/br1/br2/'
hand n3 's/br2/br3/'
differ n3 "vif 00:16:3e:00:00:03 bridge = waiting" "several changes since are as one"
sed -i 's/bridge=br0/bridge=br9/' "$SAFEXL_FAKE/33.dom"
differ n3 "vif 00:16:3e:00:00:03 bridge = unclear" "what runs was never in the file: both have moved"
left n3 "unclear"
like "$err" "vif 00:16:3e:00:00:03 bridge was perhaps changed in the file" "which is said"
rm "$SAFEXL_FAKE/33.dom"

# ---- started through safexl: its text is known, whatever becomes of the file ----
cp "$etc/n2.cfg" "$work/n2.cfg"
sed -i 's/n2/s1/' "$work/n2.cfg"
cp "$work/n2.cfg" "$etc/s1.cfg"
"$BUILD/safexl" create /dev/stdin <"$work/n2.cfg" >"$work/out" 2>&1
sx --config block-attach s1 /srv/x.img,raw,xvdb,w
differ s1 "disk xvdb = waiting" "from a stream"
sx adopt s1 "$etc/s1.cfg"
plain mem-set s1 100
differ s1 "memory = unrecorded
disk xvdb = waiting" "adopted since"
rm "$SAFEXL_FAKE"/*.dom

# ---- started anew, by its reboot or by plain xl: the text that safexl noted may be an older one ----
# anew SECONDS: as if it had been started then, counted from now
anew() { sed -i "/^started=/d; 1i started=$(($(date +%s) + $1))" "$SAFEXL_FAKE/1.dom" "$SAFEXL_FAKE/1.stored"; }
cat >"$etc/u1.cfg" <<'END'
name = "u1"
uuid = "572baf85-0000-4000-8000-000000000061"
memory = 256
disk = [ '/srv/a.img,raw,xvda,w', '/srv/b.img,raw,xvdb,w' ]
vif = [ 'mac=00:16:3e:00:00:61,bridge=br0' ]
END
git_ add u1.cfg
git_ commit -qm added
sx create "$etc/u1.cfg"
hand u1 's/br0/br1/'
anew 100
differ u1 "vif 00:16:3e:00:00:61 bridge = waiting" "a reboot reads no file"
left u1 "rebooted"
plain destroy u1
hand u1 "s/, '.srv.b.img,raw,xvdb,w'//"
plain create "$etc/u1.cfg"
anew -100
differ u1 "" "plain xl started it, from another text than safexl did"
sx --config block-attach u1 /srv/b.img,raw,xvdb,w
differ u1 "disk xvdb = waiting" "that the older text had this disk is of no matter"
left u1 "started anew"
plain destroy u1
plain create "$etc/u1.cfg"
anew 100
plain block-detach u1 xvdb
differ u1 "disk xvdb = unrecorded" "libxl tells that it had that disk"
plain block-attach u1 /srv/c.img,raw,xvdc,w
sx diff u1
like "$err" "u1: it was started anew since safexl created it, so what it was started from is not known for certain" "what is a guess is said"
sx record u1
is "$(grep ^disk "$etc/u1.cfg")" "disk = [ '/srv/a.img,raw,xvda,w', '/srv/c.img,raw,xvdc,w' ]" "both are taken"
rm "$SAFEXL_FAKE"/*.dom

# The commit came after the start, and the edit before: libxl contradicts it.
cat >"$etc/u2.cfg" <<'END'
name = "u2"
memory = 256
disk = [ '/srv/a.img,raw,xvda,w' ]
END
git_ add u2.cfg
git_ commit -qm added
sed -i "s/,w'/&, '\/srv\/b.img,raw,xvdb,w'/" "$etc/u2.cfg"
plain create "$etc/u2.cfg"
git_ commit -qam "daily autocommit"
plain block-detach u2 xvdb
differ u2 "disk xvdb = unclear" "a commit of later than the edit"
left u2 "either"
rm "$SAFEXL_FAKE"/*.dom

# ---- devices that failed half-way ----
config h1
domain 41 h1
mode half
"$SAFEXL_XL" block-attach h1 /srv/x.img,raw,xvdb,w 2>/dev/null
"$SAFEXL_XL" network-attach h1 mac=00:16:3e:00:00:41 bridge=br0 2>/dev/null
mode ''
differ h1 "disk xvdb = half-attached
vif 00:16:3e:00:00:41 = half-attached" "devices that are not connected"
like "$out" '"clear": "safexl block-detach h1 xvdb"' "with the command, as JSON"
sx diff h1
status 1 "are a difference"
like "$out" "^  disk xvdb +- +/srv/x.img,raw,xvdb,w +half attached; to clear it: safexl block-detach h1 xvdb$" "the disk"
like "$out" "^  vif 00:16:3e:00:00:41 +- +.* +half attached; to clear it: safexl network-detach h1 0$" "the interface"
left h1 "half attached"
like "$err" "not recorded: disk xvdb is half attached, the guest does not use it: nothing to record; to clear it: safexl block-detach h1 xvdb" "told"
sx record h1 xvdb
status 78 "named, it is refused"
like "$err" "disk xvdb is half attached, .*: nothing to record
hint: to clear it: safexl block-detach h1 xvdb" "as that, with the command"
sx where h1
like "$out" "half attached: disk xvdb: nothing in the file" "where"
sx block-detach h1 xvdb
status 0 "the command"
sx network-detach h1 0
status 0 "and the other"
differ h1 "" "clear it"
sx block-attach h1 /srv/x.img,raw,xvdb,w
sed -i 's/^disk=xvdb connected/disk=xvdb waiting/' "$SAFEXL_FAKE/41.dom"
differ h1 "" "one that the file has is its guest's matter"
finish
