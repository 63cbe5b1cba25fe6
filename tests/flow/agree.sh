#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# list --all, where, images and start say the same of each guest, in whatever state it is.
. tests/flow/lib.sh

guest() {
	head -c 65536 /dev/zero >"$work/$1.img"
	cat >"$etc/$1.cfg" <<EOF
name = "$1"
memory = 256
kernel = "$work/kernel"
disk = [ '$work/$1.img,raw,xvda,w' ]
EOF
}
# field COMMAND... -- PYTHON: of the JSON that it prints, as `j`
field() {
	local words=()
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	"$BUILD/safexl" --json "${words[@]}" 2>/dev/null | NAME=$name python3 -c "
import json, os, sys
name = os.environ['NAME']
j = json.load(sys.stdin)
print($2)"
}
# agree NAME STATE VERDICT IMAGE START DESCRIPTION: what list --all and where (with a word of its verdict)
# say, whether images calls its image restorable, and what start would end with
agree() {
	name=$1
	local listed reason
	listed=$(field list --all -- "[g for g in j['guests'] if g['domain'] == name][0]['state']")
	reason=$(field list --all -- "[g for g in j['guests'] if g['domain'] == name][0].get('detail') or ''")
	is "$listed" "$2" "$6: list --all"
	is "$(field where "$name" -- "j['state']")" "$2" "$6: where"
	like "$(field where "$name" -- "' / '.join(j['verdicts'])")" "$3" "$6: and its verdict"
	is "$(field images -- "' '.join(str(i['restorable']) for i in j['images'] if i['domain'] == name and i['state'] == 'saved')")" \
		"$4" "$6: images"
	if [ "$4" = False ] && [ "$2" != running ]; then
		is "$(field images -- "[i['detail'] for i in j['images'] if i['domain'] == name][0]")" "$reason" "$6: for the same reason"
		like "$(field where "$name" -- "' / '.join(j['verdicts'])")" \
			"^restoring its image is refused: $(printf '%s' "$reason" | sed 's/[][().*+?|{}\\]/\\&/g')" "$6: in all three"
	fi
	sx -N start "$name"
	is "$status" "$5" "$6: start"
}

touch "$work/kernel"
for name in run idle saved stale held lost gone off beside; do guest $name; done
sx start run
sx start -p idle
echo state=paused >>"$(grep -lx name=idle "$SAFEXL_FAKE"/*.dom)"
for name in saved stale held lost beside; do
	sx start $name
	sx stop --save $name
done
echo more >>"$work/stale.img"
rm "$work/held.img" "$state/images/lost"
sx start gone
sx migrate gone otherhost
"$SAFEXL_XL" create "$etc/beside.cfg"
printf 'name = "broken"\nmemory = [\n' >"$etc/broken.cfg"

agree run running '^it runs' '' 0 "one that runs"
agree idle paused '^it is paused' '' 0 "one that is paused"
agree saved saved '^it can be restored: safexl restore ' True 0 "one that is saved"
agree stale stale '^restoring' False 77 "one whose disk has changed"
agree held blocked '^restoring.*bring that disk back' False 77 "one whose disk is not there"
agree lost blocked '^restoring' False 77 "one whose image is not there"
agree off off '^it can be started: safexl create ' '' 0 "one that is off"
agree gone migrated '^it runs on otherhost' '' 77 "one on another host"
agree beside running '^it runs' False 0 "one that was started beside its image"
sx where broken
is "$status" 78 "one whose file cannot be read: where"
sx start broken
is "$status" 78 "and start"

# In the shell the same commands are there.
# shell LINE...: a line each
shell() { printf '%s\n' "$@" | "$BUILD/safexl" >"$work/out" 2>"$work/err"; }
guest two
shell 'start off two' 'list --all' 'stop --save two off' 'start two' 'exit'
is "$?" 0 "start, list --all and stop in the shell"
is "$(sed -n 's/^\(off\|two\) .* \(running\|off\|saved\) .*/\1 \2/p' "$work/out" | xargs)" "off running two running" "list --all shows what start did"
agree off saved '^it can be restored' True 0 "and what stop did"
agree two running '^it runs' '' 0 "and start"
finish
