#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# edit: on a copy, judged as xl would read it, one commit; what was typed is never lost.
. tests/flow/lib.sh
export BUILD
unset VISUAL EDITOR

config web1
domain 1 web1
chmod 640 "$etc/web1.cfg"
left() { ls "$state/edit" 2>/dev/null; }

EDITOR=true sx edit web1
status 0 "an editor that changes nothing"
like "$err" "web1.cfg: nothing was changed$" "that is said"
is "$(left)$(ls -d "$etc/.git" 2>/dev/null)" "" "nothing is left, nothing recorded"

EDITOR="sed -i s/256/300/" sx -m 'it swaps' edit web1
status 0 "an edit"
like "$out" "^\+memory  = 300$" "the differences are shown"
like "$err" "web1: edit memory: recorded in .*/web1.cfg \([0-9a-f]{7}\)" "it is recorded"
like "$err" "web1: it is running; at its next cold boot these take effect: memory$" "what waits is told"
is "$(git_ log -1 --format=%B)" "web1: edit memory

Reason: it swaps

Command: safexl edit web1
Domain: web1 (uuid 572baf85-0000-4000-8000-000000000001, domid 1), not changed while it runs" "the commit"
is "$(stat -c %a "$etc/web1.cfg")" 640 "the mode is kept"
is "$(left)" "" "the copy is gone"
is "$(xl_calls)" "" "xl was not run"
check_clean "an edit"

# Which editor, on what.
cat >"$work/spy" <<'S'
#!/bin/sh
stat -c '%a' "$1" "$(dirname "$1")" >"$0.modes"
echo "$1" >"$0.file"
S
chmod +x "$work/spy"
EDITOR=false VISUAL="$work/spy" sx edit web1
status 0 "VISUAL before EDITOR"
is "$(cat "$work/spy.modes")" "600
700" "the copy is private"
like "$(cat "$work/spy.file")" "^$state/edit/web1.cfg\.[^/]*/web1.cfg$" "and where nobody takes it for a configuration"
mkdir "$work/bin"
printf '#!/bin/sh\necho used >"%s/editor.used"\n' "$work" >"$work/bin/editor"
chmod +x "$work/bin/editor"
PATH=$work/bin:$PATH sx edit web1
is "$(cat "$work/editor.used")" used "without either: editor"
EDITOR="sh -c 'exit 3'" sx edit web1
status 1 "an editor that fails"
like "$err" "the editor .* failed with status 3" "is told"
is "$(left)" "" "nothing is left of it"
EDITOR=/no/such/editor sx edit web1
status 1 "an editor that is not there"

# What xl would not read.
cp "$etc/web1.cfg" "$work/before"
EDITOR="sed -i 's/^vcpus.*/vcpus = = 3/'" sx edit web1
status 78 "a syntax error"
like "$err" "web1.cfg:4: config parsing error" "with its line"
like "$err" "hint: nothing was changed; your text is kept: $state/edit/web1.cfg.*/web1.cfg$" "the text is kept"
check "the file is as it was" cmp "$work/before" "$etc/web1.cfg"
kept=$(printf '%s\n' "$err" | sed -n 's/.*is kept: //p')
again=$(printf '%s\n' "$err" | sed -n "s/^hint: once that line is corrected there: safexl edit //p")
sed -i 's/^vcpus.*/vcpus = 3/' "$kept"
EDITOR=true sx edit web1
like "$err" "an earlier edit left a copy; to go on editing: safexl edit --resume $(basename "$(dirname "$kept")")$" \
	"what is left is told"
eval "sx edit $again"
status 0 "the hint works, once the text is mended"
like "$(cat "$etc/web1.cfg")" '^vcpus = 3$' "and takes it"
is "$(left)" "" "the copy is gone"
EDITOR="sed -i s/,xvda,w/,xvdaa-,w/" sx edit web1
status 78 "a disk that xl would not take"
like "$err" "web1.cfg:7: .*xvdaa-" "with its line"
EDITOR="sed -i '\$a pci = [ \"zz\" ]'" sx edit web1
status 78 "a device that xl would not take"
EDITOR="sed -i /name/d" sx edit web1
status 78 "no name"
rm -r "$state/edit"

# Meanwhile.
cat >"$work/slow" <<S
#!/bin/sh
printf 'boot = "c"\n' >>"\$1"
sed -i 's/^memory .*/memory  = 333/' "$etc/web1.cfg"
S
chmod +x "$work/slow"
EDITOR=$work/slow sx edit web1
status 0 "the file is changed in another place meanwhile"
is "$(grep -c 'boot = "c"' "$etc/web1.cfg") $(grep -c 333 "$etc/web1.cfg")" "1 1" "both changes are there"
is "$(git_ log -2 --format=%s)" "web1: edit boot
web1.cfg: edited by hand" "each as its own commit"
cat >"$work/slow" <<S
#!/bin/sh
sed -i 's/^memory .*/memory  = 444/' "\$1"
"$BUILD/safexl" -q mem-set web1 222
S
EDITOR=$work/slow sx edit web1
status 78 "the same place, by another safexl, which was not held up"
like "$err" "was changed meanwhile, in the same lines" "is told"
like "$err" "your text is kept" "and the text is kept"
like "$(cat "$etc/web1.cfg")" '^memory  = 222$' "the file has the other change"
check_clean "changed meanwhile"
rm -r "$state/edit"

# Not running, by its file, broken.
rm "$SAFEXL_FAKE/1.dom"
EDITOR="sed -i '\$a # note'" sx edit web1
status 0 "a domain that does not run"
is "$(git_ log -1 --format=%s)" "web1: edit what xl does not read" "a comment"
is "$(printf '%s\n' "$err" | grep -c 'cold boot')" 0 "nothing waits"
EDITOR="sed -i s/222/223/" sx edit "$etc/web1.cfg"
status 0 "by the file"
is "$(git_ log -1 --format=%s)" "web1: edit memory" "of which the domain is known"
printf 'memory = = 3\n' >>"$etc/web1.cfg"
EDITOR="sed -i '\$d'" sx edit web1
status 78 "a file that nobody can read is not found by the name in it"
like "$err" "web1.cfg:13: config parsing error" "but named"
like "$err" "hint: .*: safexl edit $etc/web1.cfg$" "with the way out"
EDITOR="sed -i '\$d'" sx edit "$etc/web1.cfg"
status 0 "by its path it can be mended"
is "$(git_ log -2 --format=%s | head -2 | tail -1)" "web1.cfg: edited by hand" "the broken version is in the history"
check "and is mended" git_ diff --quiet HEAD~2 HEAD -- web1.cfg
check_clean "mended"
sx edit nobody
status 78 "a domain without a file"
sx edit
status 2 "no domain"
cp "$etc/web1.cfg" "$work/before"
EDITOR="sed -i s/223/224/" sx -N edit web1
status 0 "a dry run"
like "$out" "^    \+memory  = 224$" "shows the differences"
check "and changes nothing" cmp "$work/before" "$etc/web1.cfg"
is "$(left)" "" "and leaves nothing"
EDITOR="sed -i s/223/225/" sx --json edit web1
is "$(printf '%s' "$out" | python3 -c 'import json,sys; j=json.load(sys.stdin); print(j["domain"], j["changed"], j["commit"])')" \
	"web1 True $(git_ rev-parse HEAD)" "--json"

# At a terminal it asks.
cat >"$work/twice" <<S
#!/bin/sh
if grep -q 999 "\$1"; then sed -i 's/ = = 999/  = 230/' "\$1"; else sed -i 's/^memory .*/memory = = 999/' "\$1"; fi
S
chmod +x "$work/twice"
export EDITOR=$work/twice
check "an error: edit again, then a reason" "$BUILD/fake/pty" 'expect:edit again?' 'send:\r' \
	'expect:reason' 'send:typed here\r' 'expect:recorded in' eof -- "$BUILD/safexl" edit web1
is "$(git_ log -1 --format=%B | sed -n 3p)" "Reason: typed here" "the reason is in the commit"
check "no more" "$BUILD/fake/pty" 'expect:edit again?' 'send:n\r' 'expect:your text is kept' eof -- \
	sh -c '"$BUILD/safexl" edit web1; :'
finish
