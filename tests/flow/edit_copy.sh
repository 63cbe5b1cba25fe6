#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# edit: what check calls an error is not recorded unasked; copies that were left are listed, taken up, removed.
. tests/flow/lib.sh
unset VISUAL EDITOR

touch "$work/vmlinuz" "$work/root.img"
printf 'memory=8388608\nfree=8388608\n' >"$SAFEXL_FAKE/host"
# fresh: g1 as it was, without copies
fresh() {
	rm -rf "$state/edit"
	cat >"$etc/g1.cfg" <<EOF
name = "g1"
kernel = "$work/vmlinuz"
memory = 256
disk = [ "$work/root.img,raw,xvda,w" ]
EOF
	cp "$etc/g1.cfg" "$work/before"
}
left() { ls "$state/edit" 2>/dev/null; }
# refused WHAT EDITOR REASON: without a terminal
refused() {
	fresh
	EDITOR=$2 sx edit g1
	status 78 "$1: refused"
	like "$err" "$3" "told with its line"
	check "the file is as it was" cmp "$work/before" "$etc/g1.cfg"
	is "$(left | wc -l)" 1 "the text is kept"
}

# ---- what check finds ----
refused "a misspelled key" "sed -i s/memory/memroy/" "g1.cfg:3: error: .*memroy.*memory"
is "$(ls -d "$etc/.git" 2>/dev/null)" "" "nothing is recorded"
refused "a string where a list is read" "sed -i '\$a vif = \"bridge=xenbr0\"'" "g1.cfg:5: error: .*vif"
refused "a disk that is not there" "sed -i '\$a disk += [ \"/nosuch.img,raw,xvdb,w\" ]'" "g1.cfg:5: error: .*nosuch"
refused "a vdev twice" "sed -i '\$a disk += [ \"/dev/null,raw,xvda,r\" ]'" "g1.cfg:5: error: .*xvda"
refused "a number that no guest can have" "sed -i s/256/9000/" "g1.cfg:3: error: memory = 9000"
printf 'name = "g2"\nuuid = "572baf85-0000-4000-8000-000000000001"\n' >"$etc/g2.cfg"
refused "what another configuration has" "sed -i '\$a uuid = \"572baf85-0000-4000-8000-000000000001\"'" "g1.cfg:5: error: .*uuid"
rm "$etc/g2.cfg"

like "$err" "hint: to record it as it is: safexl edit --take $(left)\$" "it can be recorded all the same"
refused "a text that xl cannot read" "sed -i s/=/==/" "g1.cfg:1: config parsing error"
like "$err" "hint: once that line is corrected there: safexl edit --take $(left)\$" "it cannot be recorded as it is"
fresh
EDITOR=true VISUAL=/nosuch/editor sx edit g1
status 1 "an editor that is not there"
like "$err" '^hint: name one that is there: export VISUAL=nano$' "the variable that decides is named"
sed -i '1i memroy = 3' "$etc/g1.cfg"
EDITOR="sed -i -e '1i # by hand' -e s/256/300/" sx edit g1
status 0 "an error that the file had before"
is "$(printf '%s\n' "$err" | grep -c memroy)" 0 "is not told again"
EDITOR="sed -i '\$a on_crash = \"restrat\"'" sx edit g1
status 78 "but a new one beside it"
is "$(printf '%s\n' "$err" | grep -c 'error:')" 1 "is"
fresh
printf 'memory = = 3\nmemroy = 2\n' >>"$etc/g1.cfg"
EDITOR="sed -i '/= =/d'" sx edit "$etc/g1.cfg"
status 0 "a file that xl could not read is mended"
like "$err" "g1.cfg:5: error: .*memroy" "what is wrong with the rest is told"
EDITOR="sed -i '\$a vif = [ \"bridge=xenbr7\" ]'" sx edit g1
status 0 "a warning"
like "$err" "g1.cfg:6: warning: .*xenbr7" "is told"

# ---- copies ----
refused "a misspelled key" "sed -i s/memory/memroy/" memroy
name=$(left)
for option in resume take drop; do
	like "$err" "hint: .*: safexl edit --$option $name$" "--$option is a hint"
done
sx edit --list
status 0 "--list"
like "$out" "^$name  ....-..-.. ..:..  $etc/g1.cfg$" "the copy, when it was changed, and of which file"
is "$("$BUILD/safexl" --json edit --list | python3 -c 'import json, sys
c = json.load(sys.stdin)["copies"][0]; print(c["copy"], c["config"], c["busy"])')" "$name $etc/g1.cfg False" "--json"
printf '#!/bin/sh\n"%s/safexl" edit --list >"$0.list" 2>&1\n"%s/safexl" edit --drop %s 2>"$0.drop"; true\n' "$BUILD" "$BUILD" "$name" >"$work/during"
chmod +x "$work/during"
EDITOR=$work/during sx edit --resume "$name"
status 78 "--resume: still wrong"
like "$(cat "$work/during.list")" "^$name .*\(being edited now\)$" "a copy in an editor is told as such"
like "$(cat "$work/during.drop")" "'$name' is being edited now" "and not removed under it"
is "$(left)" "$name" "it is kept again"
EDITOR="sed -i s/memroy/maxmem/" sx edit --resume "$name"
status 0 "--resume: mended"
like "$(cat "$etc/g1.cfg")" "^maxmem = 256$" "and recorded"
is "$(left)" "" "the copy is gone"

refused "a misspelled key" "sed -i s/memory/memroy/" memroy
name=$(left)
sx -N edit --take "$name"
status 0 "-N --take"
is "$(left)" "$name" "the copy stays"
check "and the file" cmp "$work/before" "$etc/g1.cfg"
sx -m 'it knows better' edit --take "$name"
status 0 "--take"
like "$err" "g1.cfg:3: error: .*memroy" "with what is wrong"
like "$(cat "$etc/g1.cfg")" "^memroy = 256$" "it is recorded all the same"
like "$(git_ log -1 --format=%B)" "^Reason: it knows better$" "with its reason"
is "$(left)" "" "the copy is gone"
check_clean "taken"

refused "a misspelled key" "sed -i s/memory/memroy/" memroy
name=$(left)
rm "$etc/g1.cfg"
sx edit --take "$name"
status 78 "the configuration is gone"
like "$err" "hint: the text is kept: $state/edit/$name/g1.cfg$" "the text is told"
sx -N edit --drop "$name"
is "$status $(left)" "0 $name" "-N --drop"
sx edit --drop "$name"
is "$status $(left)" "0 " "--drop"
sx edit --drop "$name"
status 2 "which is not there"
like "$err" "hint: .*: safexl edit --list$" "is told"
sx edit --list
is "$status:$out:$err" "0::safexl: no edit left a copy" "none"
for word in ../edit . /tmp ''; do
	sx edit --drop "$word"
	status 2 "'$word' is the name of no copy"
done
sx edit --resume
like "$status $err" "2 .*'--resume' needs an argument: <copy>" "no name"
sx edit --frob g1
like "$status $err" "2 .*unknown option '--frob'" "an option that there is not"
sx edit --list g1
status 2 "a word too many"
fresh
EDITOR='kill -KILL $PPID; :' sx edit g1 2>/dev/null
is "$(left | wc -l)" 1 "killed in the editor: the copy is there"
sx edit --list
like "$out" "$etc/g1.cfg$" "and listed, not as one that is edited"

# ---- what lies beside the copy in the end ----
fresh
cat >"$work/nano" <<'S'
#!/bin/sh
dir=$(dirname "$1")
for f in "$1~" "$1.~1~" "$1.bak" "$1.save.1" "$dir/.g1.cfg.swp" "$dir/.g1.cfg.un~" "$dir/#g1.cfg#" "$dir/.g1.cfg.safexl-1-x0"; do
	cp "$1" "$f"
done
ln -s nowhere "$dir/.#g1.cfg"
sed -i s/256/300/ "$1"
S
cp "$work/nano" "$work/emacs"
printf '%s\n' 'echo mine >"$dir/g2.cfg"' 'mkdir "$dir/old"' 'echo mine >"$dir/old/g1.cfg"' >>"$work/emacs"
chmod +x "$work/nano" "$work/emacs"
EDITOR=$work/nano sx edit g1
status 0 "an editor that leaves backups and the like"
is "$(left)" "" "nothing is left of them"
unlike "$err" "is kept" "nothing is said of them"
fresh
EDITOR=$work/emacs sx edit g1
status 0 "another file was saved beside the copy"
like "$err" "g1.cfg: what else was saved beside the copy is kept: $state/edit/$(left)$" "that is told, with the place"
is "$(cd "$state/edit/$(left)" && find . -type f | sort | xargs)" "./g2.cfg ./old/g1.cfg" "it is there, and nothing else"
sx edit --list
is "$out" "" "it is no copy"

# ---- at a terminal ----
# at_tty STATUS WHAT STEP...
at_tty() {
	local want=$1 what=$2 got
	shift 2
	"$BUILD/fake/pty" "$@" eof -- "$BUILD/safexl" "${options[@]}" edit g1 >"$work/tty" 2>&1
	got=$?
	is "$got" "$want" "$what"
	[ "$got" = "$want" ] || sed 's/^/# /' "$work/tty"
}
# kept WHAT: nothing is recorded, the text is there
kept() {
	check "$1: the file is as it was" cmp "$work/before" "$etc/g1.cfg"
	is "$(left | wc -l)" 1 "and the text is kept"
}
options=()
question='expect:edit again? [Y]es / [t]ake anyway / [d]rop: '
export EDITOR="sed -i s/memory/memroy/"
fresh
at_tty 1 "an error: [d]rop" "$question" 'send:d\r' 'expect:the new text is dropped'
check "the file is as it was" cmp "$work/before" "$etc/g1.cfg"
is "$(left)" "" "and nothing left"
fresh
at_tty 0 "[t]ake anyway" "$question" 'send:what\r' "$question" 'send:t\r' 'expect:+memroy' 'expect:reason' \
	'send:\r' 'expect:recorded in'
is "$(left) $(grep -c memroy "$etc/g1.cfg")" " 1" "is recorded"
fresh
at_tty 78 "Ctrl-C at that question" "$question" 'send:\x03' 'expect:your text is kept' 'expect:--resume g1.cfg.'
kept "Ctrl-C"
fresh
at_tty 78 "the end of input" "$question" 'send:\x04' 'expect:your text is kept'
kept "the end"
export EDITOR="sed -i s/256/300/"
fresh
at_tty 1 "no to the reason" 'expect:reason' 'send:n\r' 'expect:not recorded' 'expect:your text is kept'
kept "no"
fresh
at_tty 1 "Ctrl-C at the reason" 'expect:reason' 'send:for mo\x03' 'expect:your text is kept'
kept "Ctrl-C"
fresh
at_tty 0 "edit again, from the reason" 'expect:reason' 'send:e\r' 'expect:reason' 'send:more swap\r' 'expect:recorded in'
is "$(git_ log -1 --format=%B | sed -n 3p)" "Reason: more swap" "and then it is one"
options=(-m 'it swaps')
fresh
at_tty 1 "no, where -m gave the reason" 'expect:record it? [Y]es / [e]dit again / [n]o: ' 'send:n\r' 'expect:not recorded'
kept "no"
fresh
at_tty 0 "yes" 'expect:record it?' 'send:\r' 'expect:recorded in'
finish
