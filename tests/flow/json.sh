#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# --json is valid UTF-8 and valid JSON for everyone who reads it, whatever bytes the names, the texts and
# the history hold; it is one document of the schema, whatever xl prints; and no command is without.
. tests/flow/lib.sh

schema=share/json-schema.json
o=$'\xf6' # an o with two dots in Latin-1, which is no UTF-8
csi=$'\xc2\x9b' # a control character of eight bits, in UTF-8
sx help
known=$(printf '%s\n' "$out" | awk '/^Passed to xl/ { exit } /^  [a-z]/ { print $1 }')
documents=" " commands=" " # what was seen

# json DOCUMENT DESCRIPTION PYTHON WORDS...: standard output is that document of the schema, and the
# expression on it, j, is true
json() {
	local document=$1 what=$2 expression=$3 said word
	shift 3
	documents+="$document "
	for word; do
		if [[ $'\n'$known$'\n' == *$'\n'"$word"$'\n'* ]]; then
			commands+="$word "
			break
		fi
	done
	"$BUILD/safexl" --json "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	if said=$(python3 tests/json/validate.py "$schema" "$document" "$work/out" "$status" "$expression" 2>&1); then
		ok "$what"
	else
		not_ok "$what"
		sed 's/^/# /' <<<"$said" | tail -n 40
		sed 's/^/# stderr: /' "$work/err"
	fi
}
# change COMMAND PYTHON WORDS...: of the configuration of c1
change() {
	local command=$1 expression=$2
	shift 2
	json change "$command" "j['changed'] and j['commit'] and j['config'] == '$etc/c1.cfg' and not j['error'] and $expression" \
		--config "$command" "$@"
}

# What xl prints to standard output is no part of the document.
printf '#!/bin/sh\necho xl has a word to say\n' >"$SAFEXL_FAKE/hook"
chmod +x "$SAFEXL_FAKE/hook"

printf '[user]\n\tname = J%srg\n\temail = j%s@example.org\n' "$o" "$o" >"$HOME/.gitconfig"
cat >"$etc/g$o.cfg" <<END
# k${o}nig
name = "g$o"
memory = 256
disk = [ '/srv/k${o}nig.img,raw,xvda,w' ]
nonsense = "$o$csi"
vif = [ "bridge=br$o,what$o" ]
END
printf 'name = "l%s"\nmemory = 64\nkernel = "/boot/%s"\ndisk = [ "/srv/broken%s" ]\n' "$o" "$o" "$o" \
	>"$etc/l$o.cfg"
printf 'name = "%s\n' "$o" >"$etc/unread$o.cfg"
printf 'name=g%s\nuuid=572baf85-0000-4000-8000-000000000001\ntarget=262144\nmax=262144\n' "$o" >"$SAFEXL_FAKE/1.dom"
printf 'disk=xvda connected /srv/k%snig.img\n' "$o" >>"$SAFEXL_FAKE/1.dom"

cat >"$etc/c1.cfg" <<'END'
name = "c1"
type = "hvm"
memory = 256
vcpus = 2
disk = [ '/srv/c1.img,raw,xvda,w', '/srv/c1.iso,raw,hdc,r,devtype=cdrom' ]
END

# ---- changes: what they would do ----
plan="j['plan'] and not j['changed'] and not j['commit']"
json change 'a preview' "$plan and '\ufffd' in j['plan']['diff'] and '\ufffd' in j['plan']['run'] and '\ufffd' in j['config']" \
	-m "f${o}r" -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
json change 'a preview of a live change' "$plan and '\ufffd' in j['plan']['run'] and not j['plan']['diff']" \
	--live -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
json change 'a preview of a change to the file' "$plan and '\ufffd' in j['plan']['diff'] and not j['plan']['run']" \
	--config -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"

# ---- changes ----
json change 'a disk is attached' "j['changed'] and 'attach disk xvdb' in j['subject'] and '\ufffd' in j['domain'] and not j['config_only']" \
	-m "f${o}r$csi" block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
is "$(grep -c 'xl has a word to say' "$work/err")" 1 "what xl prints is on stderr"
json change 'memory is set' "j['commit'] and j['config'] and j['status'] == 0 and j['hints'] == []" -m again mem-set "g$o" 200
is "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["commit"])' <"$work/out")" "$(git_ rev-parse HEAD)" "its commit"
json change 'nothing is to be written' "j['changed'] and not j['commit']" mem-set "g$o" 200
json change '--live' "j['changed'] and not j['commit']" --live mem-set "g$o" 190
json change '--config, while it runs' "j['changed'] and j['config_only'] and j['waiting_keys'] == ['vcpus']" \
	--config vcpu-set "g$o" 3
printf 'disk=xvdc connected /srv/behind%s.img\n' "$o" >>"$SAFEXL_FAKE/1.dom"
json change 'what record would do' "$plan and '\ufffd' in j['plan']['diff']" -N record "g$o"
json change 'record' "j['changed'] and j['config_only'] and j['commit']" record "g$o"

# ---- changes that fail ----
json error 'a list of xl' "j['status'] == 2" sched-credit2
json change 'that looks like a change' "'these arguments make none' in j['error'] and j['status'] == 2 and not j['refused']" sched-credit2 --schedparam
mode fail
json change 'xl fails' "j['error'] == 'xl ended with exit status 1' and not j['changed'] and not j['refused']" mem-set "g$o" 201
mode kill
json change 'xl is killed' "'signal' in j['error'] and not j['changed']" mem-set "g$o" 202
mode ''
json change 'no such guest' "j['error'] and j['hints'] and j['domain'] == 'nobody'" mem-set nobody 200
json change 'no configuration' "j['refused'] and j['status'] == 78" --config mem-set nobody 200
json change 'an option in the wrong place' "j['status'] == 2 and j['hints']" mem-set "g$o" 200 -m why
json change 'no words' "j['status'] == 2" mem-set
sx mem-set "g$o" 200 --json
is "$status $(python3 tests/json/validate.py "$schema" change "$work/out" 2>&1)" '2 ' "--json itself in the wrong place"
json error 'an option that is none' "j['error'] and j['status'] == 2" --frobnicate list
json error 'a command of xl' "j['hints'] == ['without that option: safexl list']" list
json error 'a command of xl, dry' "j['status'] == 2" -N console "g$o"
json error 'help' "j['status'] == 2" help
json change 'another host is at standard output' "j['status'] == 2" migrate-receive
SAFEXL_CORE=$work/none.so json error 'without its core' "j['error'] and '\ufffd' in j['hints'][0]" mem-set "g$o" 200
SAFEXL_XL=$work/none json change 'without xl' "j['error']" mem-set "g$o" 200
sx --json mem-set "g$o" 200 >/dev/null
"$BUILD/safexl" --json mem-set "g$o" 203 >/dev/full 2>"$work/err"
is "$?" 1 "a document that cannot be written is a failure"
like "$(cat "$work/err")" "cannot write to standard output: No space left" "which is told"

# ---- what looks ----
json where 'where' "j['domain'] == 'g\ufffd' and j['state'] == 'running' and j['last_change']['commit']" where "g$o"
json where 'where, by number' "'\ufffd' in j['config']" where 1
json error 'where of what is not known' "j['status'] == 78" where nobody
json list 'list --all' "any(g['domain'] == 'g\ufffd' for g in j['guests'])" list --all
json diff 'diff' "j['domains'][0]['domain'] == 'g\ufffd'" diff "g$o"
json diff 'diff of all' "len(j['domains']) == 1" diff
printf '# by hand\n' >>"$etc/g$o.cfg"
# As its header says; a reader that goes by the header may give the letter instead.
git_ -c i18n.commitEncoding=latin1 -c user.name="J${o}rg" -c user.email=j@example.org commit -qam "f${o}r Bj${o}rn" 2>/dev/null
json log 'log' "j['commits'][0]['author'] in ('J\ufffdrg', 'J\xf6rg')" log
json log 'log with what was changed' "'\ufffd' in j['commits'][0]['diff']" log -p "g$o"
json show 'show' "'\ufffd' in j['diff']" show HEAD
json error 'show of no commit' "j['status'] == 1 and j['hints']" show nothing
json blame 'blame' "len(j['items']) > 3" blame "g$o"
printf 'vcpus = 7\n' >>"$etc/g$o.cfg"
json blame 'blame of what is not committed' "any(not e['commit'] for i in j['items'] for e in i['events'])" blame "g$o"
json check 'check' "any('\ufffd' in f['text'] for f in j['findings']) and any('\ufffd' in f['config'] for f in j['findings'])" check
json check 'check of one' "j['files'] == 1" check "$etc/l$o.cfg"
json check 'check of one that is not there' "j['errors'] == 1 and status == 2" check "$etc/nothing$o.cfg"
json error 'check of no file' "j['status'] == 2" check --frobnicate
json change 'adopt' "'\ufffd' in j['config'] and j['changed']" adopt "g$o" "$etc/g$o.cfg"
json change 'adopt of what is not there' "not j['changed'] and j['error']" adopt "g$o" "$etc/none.cfg"
json recover 'recover' "j['pending'] == 0" recover
json error 'recover with a word' "j['status'] == 2" recover now

# ---- what changes the file ----
cat >"$work/editor" <<'END'
#!/bin/sh
echo the editor has a word to say
printf '# \366\nextra = "new"\n' >>"$1"
END
chmod +x "$work/editor"
EDITOR="$work/editor" json change 'what edit would do' "$plan and j['plan']['diff']" -N edit "g$o"
EDITOR="$work/editor" json change 'edit' "j['changed'] and '\ufffd' in j['config'] and j['config_only']" edit "g$o"
EDITOR=true json change 'edit that changes nothing' "not j['changed'] and not j['error'] and j['config']" edit "g$o"
EDITOR=false json change 'an editor that fails' "not j['changed'] and j['error']" edit "g$o"
printf '#!/bin/sh\necho "memory = [" >>"$1"\n' >"$work/broken"
chmod +x "$work/broken"
EDITOR="$work/broken" json change 'edit that breaks it' "j['refused'] and len(j['hints']) > 2" edit c1
json edit-list 'what is left' "j['copies'][0]['time'] and not j['copies'][0]['busy']" edit --list
json change 'is dropped' "not j['changed'] and j['config']" edit --drop \
	"$(python3 -c 'import json, sys; print(json.load(sys.stdin)["copies"][0]["copy"])' <"$work/out")"
json change 'what undo would do' "$plan and '\ufffd' in j['config'] and j['undone']" --config -N undo
json change 'undo' "'\ufffd' in j['domain'] and j['undone'] and j['commit']" --config undo HEAD
json change 'undo of nothing' "j['error'] and not j['undone']" undo nothing

# ---- every command that changes a configuration ----
change mem-max True c1 512
change mem-max True c1 256
change vcpu-set True c1 1
change vcpu-pin True c1 all 0-3
change sched-credit True -d c1 -w 77 -c 7
change sched-credit2 True -d c1 -w 78
change sched-rtds True -d c1 -v all -p 7000 -b 700 -e 1
change block-attach "not j['waiting_keys']" c1 /srv/z.img,raw,xvdz,w
change block-detach True c1 xvdz
change cd-eject True c1 hdc
change cd-insert True c1 hdc /srv/other.iso
change network-attach True c1 mac=00:16:3e:7f:7f:01 bridge=xenbr7
change network-detach True c1 00:16:3e:7f:7f:01
change pci-attach True c1 0000:7f:1f.6
change pci-detach True c1 0000:7f:1f.6
change usbctrl-attach True c1 version=2 ports=8
change usbdev-attach True c1 hostbus=7 hostaddr=77
change usbdev-detach True c1 0 1
change usbctrl-detach True c1 0
change vtpm-attach True c1 uuid=01234567-89ab-4def-8123-456789abcdef backend=tpm
change vtpm-detach True c1 01234567-89ab-4def-8123-456789abcdef
change vkb-attach True c1 backend-type=qemu
change vkb-detach True c1 0
change vdispl-attach True c1 connectors=7:1920x1080
change vdispl-detach True c1 0
change vsnd-attach True c1 'CARD, short-name=Seven' 'PCM, name=P' 'STREAM, type=p'
change vsnd-detach True c1 0
change cpupool-migrate True c1 Pool-7
change xenstore-quota-set True c1 nodes=777
change mem-set "'123' in j['subject']" c1 123
change rename True c1 c2
json change 'config-update' "j['changed'] and '\ufffd' in j['domain']" config-update "g$o" "$etc/g$o.cfg"

# ---- guests that come and go ----
json images 'no images' "j['images'] == []" images
json change 'what save would do' "$plan and 'save' in j['plan']['run']" -N save "g$o" "$work/g$o.sav"
json change 'save' "j['changed'] and '\ufffd' in j['image'] and '\ufffd' in j['config'] and not j['commit']" \
	save "g$o" "$work/g$o.sav"
json images 'images' "'\ufffd' in j['images'][0]['image'] and j['images'][0]['domain'] == 'g\ufffd' and j['images'][0]['saved_at']" images
json where 'where, saved' "'\ufffd' in j['image'] and '\ufffd' in j['disks'][0]['target'] and j['saved_at']" where "g$o"
json change 'create is refused' "j['refused'] and j['status'] == 77 and len(j['hints']) > 1 and not j['changed'] and j['domain'] == 'g\ufffd'" \
	create "$etc/g$o.cfg"
json change 'what restore would do' "$plan and 'restore' in j['plan']['run']" -N restore "g$o"
json change 'restore' "j['changed'] and '\ufffd' in j['image'] and j['domain'] == 'g\ufffd'" restore "g$o"
json change 'start of one that runs' "not j['changed'] and not j['error']" start "g$o"
json change 'migrate' "j['changed'] and j['domain'] == 'g\ufffd'" migrate "g$o" there
json where 'where, migrated' "j['host'] == 'there' and j['state'] == 'migrated' and not j['startable']" where "g$o"
for name in one two; do
	printf 'name = "%s"\nmemory = 64\nkernel = "/boot/k"\n' $name >"$etc/$name.cfg"
done
json change 'what create would do' "$plan and 'create' in j['plan']['run']" -N create one
json change 'create' "j['changed'] and j['domain'] == 'one' and j['config'] == '$etc/one.cfg'" create one
json change 'what stop would do' "$plan and 'shutdown' in j['plan']['run']" -N stop one
json change 'stop' "j['changed'] and j['domain'] == 'one'" stop one
json several 'start' "j['changed'] and [g['domain'] for g in j['guests']] == ['one', 'two'] and all(g['config'] for g in j['guests'])" \
	start one two
json several 'start of one that is not there' "j['error'] == '1 of 2 failed' and not j['changed'] and j['guests'][1]['error']" \
	start one nobody
json several 'stop' "j['changed'] and not j['error']" stop one two
json change 'what autostart would do' "$plan and j['plan']['diff']" -N autostart two
json change 'autostart' "j['config'] == '$etc/two.cfg' and j['changed'] and j['commit'] and j['domain'] == 'two' and j['subject'].startswith('two: ')" autostart two
json change 'autostart, once more' "not j['changed'] and not j['commit']" autostart two
json change 'undefine' "j['changed'] and j['commit'] and j['config'] == '$etc/two.cfg'" undefine two
json change 'undo of it' "j['changed'] and j['commit'] and j['undone']" undo HEAD
printf 'name = "new"\nmemory = 64\nkernel = "%s"\n' "$work/editor" >"$work/new"
json change 'define' "j['changed'] and j['commit'] and j['domain'] == 'new' and j['config'] == '$etc/new.cfg'" define "$work/new"
json change 'define of nothing' "not j['changed'] and j['error']" define "$work/nothing"
head -c 65536 /dev/zero >"$work/new.img"
printf "disk = [ '%s,raw,xvda,w' ]\n" "$work/new.img" >>"$etc/new.cfg"
json snapshots 'no snapshots' "j['snapshots'] == []" snapshots
json error 'a snapshot that is refused' "j['refused'] and j['status'] == 77" snapshot new
json snapshot 'snapshot' "j['domain'] == 'new' and j['snapshot'] == 'a' and j['taken_at']" snapshot --copy new a
json snapshots 'snapshots' "j['snapshots'][0]['sound']" snapshots
json change 'revert' "j['changed'] and j['domain'] == 'new'" revert --copy --no-keep new a
json change 'revert to nothing' "j['error'] and not j['changed']" revert new b
json snapshot 'a snapshot that is dropped' "j['snapshot'] == 'a'" snapshots --drop a new
json backup 'backup' "j['domain'] == 'new' and j['consistency'] == 'clean' and j['directory']" backup new "$work/backups"
json verify 'verify' "j['backups'][0]['whole'] and j['backups'][0]['domain'] == 'new'" verify "$work"/backups/new/*
json change 'restore of a backup' "j['changed'] and j['commit'] and j['domain'] == 'copy' and j['config'] == '$etc/copy.cfg'" \
	-m 'to try it' restore --as copy --disk "xvda=$work/copy.img" "$work"/backups/new/*
like "$(git_ log -1 --format=%B)" '^Reason: to try it$' "with the reason in its commit"
json change 'restore of a backup that is refused' "not j['changed'] and j['error'] and j['domain'] == 'copy'" restore --as copy "$work"/backups/new/*
json change 'an option that means nothing to it' "j['status'] == 2 and j['hints'] == ['the options that do: safexl help restore']" \
	-N restore --overwrite "$work"/backups/new/*
json change 'discard' "j['changed'] and j['image'] is None" --discard-marker create "$etc/g$o.cfg"
sx save "g$o" "$work/again.sav"
sx --discard-marker create "$etc/g$o.cfg"
json snapshots 'no snapshots' "j['snapshots'] == []" snapshots
head -c 65536 /dev/zero >"$work/s$o.img"
printf 'name = "s%s"\nmemory = 64\ndisk = [ "%s/s%s.img,raw,xvda,w" ]\n' "$o" "$work" "$o" >"$etc/s$o.cfg"
json snapshot 'snapshot' "j['domain'] == 's\ufffd' and j['reason'] is None and j['taken_at']" snapshot --copy "s$o" A
json snapshots 'snapshots' "j['snapshots'][0]['sound'] and '\ufffd' in j['snapshots'][0]['disks'][0]['target']" snapshots
json images-prune 'images, some removed' "j['freed'] > 0" images --prune

# ---- nothing is left out ----
is "$(printf '%s\n' "$known" | while read -r name; do [[ $commands == *" $name "* ]] || echo "$name"; done)" "" \
	"every command that is not xl's alone was asked for JSON"
is "$(python3 -c 'import json, sys
for one in json.load(open(sys.argv[1]))["anyOf"]:
    print(one["$ref"].rsplit("/", 1)[1])' "$schema" | while read -r name; do
	[[ $documents == *" $name "* ]] || echo "$name"
done)" "" "every document of the schema was seen"

# ---- the manual's examples: a line with one quote goes on in the next ----
awk '/^\.Bd -literal/ { n++; inside = 1; next } /^\.Ed/ { inside = 0 } !inside || /^\$ / { next }
	open { sub(/^ +/, " ") }
	{ quotes = gsub(/"/, "\""); if (quotes % 2) open = !open; printf "%s%s", $0, open ? "" : "\n" >"'"$work"'/example" n }' \
	man/safexl-json.5
for example in 1:change 2:change 3:change 4:list 5:diff 6:error; do
	check "example $example is in the schema" python3 tests/json/validate.py "$schema" "${example#*:}" "$work/example${example%:*}"
done
check "a line that was broken is one" grep -q 'since the save corrupts' "$work/example3"
check "there are no others" test ! -e "$work/example7"

# ---- the validator itself ----
# wrong WHAT SED: the last document with that change is not valid
wrong() {
	sed "$2" "$work/good" >"$work/bad"
	if python3 tests/json/validate.py "$schema" "${3:-show}" "$work/bad" >"$work/said" 2>&1; then
		not_ok "refused: $1"
	elif { [ "$2" ] && cmp -s "$work/good" "$work/bad"; } || grep -q Traceback "$work/said"; then
		not_ok "tried: $1"
		sed 's/^/# /' "$work/said"
	else
		ok "refused: $1"
	fi
}
json show 'a good one' True show HEAD
cp "$work/out" "$work/good"
wrong 'another version' 's/"version": 1/"version": 2/'
wrong 'true is no number' 's/"version": 1/"version": true/'
wrong 'a short hash' 's/\("commit": "[0-9a-f]\{10\}\)[0-9a-f]*/\1/'
wrong 'a time without an offset' 's/+00:00"/"/'
wrong 'a date that is none' 's/"time": "[0-9]*-[0-9]*/"time": "2026-13/'
wrong 'a member that is missing' '/"author"/d'
wrong 'a member that is not known' 's/"author"/"writer": 1,&/'
wrong 'a member that is there twice' 's/"author"/"author": null,&/'
wrong 'a string for an array' 's/"configs": \[/"configs": "x", "y": [/'
wrong 'another document' '' where
wrong 'the version is not the first' 's/"version": 1,//; s/"author"/"version": 1, &/'
finish
