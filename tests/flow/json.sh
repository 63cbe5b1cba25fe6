#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# --json is valid UTF-8 and valid JSON for everyone who reads it, whatever bytes the names, the texts and
# the history hold.
. tests/flow/lib.sh

schema=share/json-schema.json
covered=" " # the documents of the schema that were seen

o=$'\xf6' # an o with two dots in Latin-1, which is no UTF-8
csi=$'\xc2\x9b' # a control character of eight bits, in UTF-8

# json DOCUMENT DESCRIPTION PYTHON WORDS...: standard output of a command that succeeds (0), differs (1) or
# could not look at everything (2) is that document of the schema, and the expression on it, j, is true
json() {
	local document=$1 what=$2 expression=$3 said
	shift 3
	covered+="$document "
	"$BUILD/safexl" --json "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status -le 2 ] || { not_ok "$what: status $status"; sed 's/^/# /' "$work/err"; return; }
	if said=$(python3 - "$work/out" "$expression" 2>&1 <<'PY'
import json, sys, unicodedata
data = open(sys.argv[1], "rb").read()
text = data.decode("utf-8", "strict")
j = json.loads(text)
raw = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
assert not raw, "would paint a terminal: %r" % raw
assert eval(sys.argv[2]), "%s is not true of %s" % (sys.argv[2], text)
PY
	) && { [ "$document" = - ] || said=$(python3 tests/json/validate.py "$schema" "$document" "$work/out" 2>&1); }; then
		ok "$what"
	else
		not_ok "$what"
		sed 's/^/# /' <<<"$said" | tail -n 5
	fi
}

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

# ---- changes: what they would do ----
json - 'a preview' "'\ufffd' in j['diff'] and '\ufffd' in j['command'] and '\ufffd' in j['path']" \
	-m "f${o}r" -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
json - 'a preview of a live change' "'\ufffd' in j['command']" --live -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
json - 'a preview of a change to the file' "'\ufffd' in j['diff']" --config -N block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
sx -m "f${o}r$csi" block-attach "g$o" "/srv/$o.img,raw,xvdb,w"
status 0 'a disk is attached'
sx -m again mem-set "g$o" 200
status 0 'memory is set'
printf 'disk=xvdc connected /srv/behind%s.img\n' "$o" >>"$SAFEXL_FAKE/1.dom"
json - 'what record would do' "'\ufffd' in j['diff']" -N record "g$o"
sx --json -N sched-credit
status 2 'a list of xl is no JSON: refused'

# ---- what looks ----
json where 'where' "j['domain'] == 'g\ufffd'" where "g$o"
json where 'where, by number' "'\ufffd' in j['config']" where 1
json diff 'diff' "j['domains'][0]['domain'] == 'g\ufffd'" diff "g$o"
json diff 'diff of all' "len(j['domains']) == 1" diff
printf '# by hand\n' >>"$etc/g$o.cfg"
# As its header says; a reader that goes by the header may give the letter instead.
git_ -c i18n.commitEncoding=latin1 -c user.name="J${o}rg" -c user.email=j@example.org commit -qam "f${o}r Bj${o}rn" 2>/dev/null
json log 'log' "j['commits'][0]['author'] in ('J\ufffdrg', 'J\xf6rg')" log
json log 'log with what was changed' "'\ufffd' in j['commits'][0]['diff']" log -p "g$o"
json show 'show' "'\ufffd' in j['diff']" show HEAD
json blame 'blame' "len(j['items']) > 3" blame "g$o"
json check 'check' "any('\ufffd' in f['text'] for f in j['findings']) and any('\ufffd' in f['config'] for f in j['findings'])" check
json check 'check of one' "j['files'] == 1" check "$etc/l$o.cfg"
json check 'check of one that is not there' "j['errors'] == 1" check "$etc/nothing$o.cfg"
json - 'adopt' "'\ufffd' in j['path']" adopt "g$o" "$etc/g$o.cfg"
json recover 'recover' "j['pending'] == 0" recover

# ---- what changes the file ----
cat >"$work/editor" <<'END'
#!/bin/sh
printf '# \366\nvcpus = 2\n' >>"$1"
END
chmod +x "$work/editor"
EDITOR="$work/editor" json - 'edit' "j['changed'] and '\ufffd' in j['path']" edit "g$o"
json - 'what undo would do' "'\ufffd' in j['path']" -N undo
json - 'undo' "'\ufffd' in j['domain']" undo HEAD

# ---- images ----
json images 'no images' "j['images'] == []" images
sx save "g$o" "$work/g$o.sav"
status 0 'saved'
json images 'images' "'\ufffd' in j['images'][0]['image'] and j['images'][0]['domain'] == 'g\ufffd' and j['images'][0]['saved_at']" images
json where 'where, saved' "'\ufffd' in j['image'] and '\ufffd' in j['disks'][0]['target'] and j['saved_at']" where "g$o"
sx --discard-marker create "$etc/g$o.cfg"
json snapshots 'no snapshots' "j['snapshots'] == []" snapshots
head -c 65536 /dev/zero >"$work/s$o.img"
printf 'name = "s%s"\nmemory = 64\ndisk = [ "%s/s%s.img,raw,xvda,w" ]\n' "$o" "$work" "$o" >"$etc/s$o.cfg"
json - 'snapshot' "j['domain'] == 's\ufffd' and j['reason'] is None and j['taken_at']" snapshot --copy "s$o" A
json snapshots 'snapshots' "j['snapshots'][0]['sound'] and '\ufffd' in j['snapshots'][0]['disks'][0]['target']" snapshots
json images-prune 'images, some removed' "j['freed'] > 0" images --prune

finish
