#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# config-update: another file becomes the one that changes are recorded in.
. tests/flow/lib.sh

config g1
domain 3 g1
sx mem-set g1 200
mkdir "$etc/new"
sed 's/^memory .*/memory = 300/' "$etc/g1.cfg" >"$etc/g1-new.cfg"
sx config-update g1 "$etc/g1-new.cfg"
status 0 "config-update"
like "$err" "g1-new.cfg is its configuration now; the guest gets it with its next reboot" "says what it does"
check "xl stored it" cmp "$etc/g1-new.cfg" "$SAFEXL_FAKE/3.update"
sx mem-set g1 210
status 0 "the next change"
like "$(cat "$etc/g1-new.cfg")" '^memory = 210$' "is recorded in the new file"
like "$(cat "$etc/g1.cfg")" '^memory  = 200$' "not in the old one"
(cd "$etc" && "$BUILD/safexl" config-update g1 g1.cfg -q) 2>"$work/err"
sx mem-set g1 220
like "$(cat "$etc/g1.cfg")" '^memory  = 220$' "a relative path, and an option"

sx config-update g1 "$etc/g1-new.cfg" memory=400
status 78 "key=value words"
like "$err" "no file has them" "are refused"
like "$err" "^hint: .*--live" "with the way out"
sx --live config-update g1 "$etc/g1-new.cfg" memory=400
status 0 "--live takes them"
config other
sx config-update g1 "$etc/other.cfg"
status 78 "a file of another name"
like "$err" "other.cfg:2: its name is 'other', not 'g1'" "is refused with its line"
printf 'name = "g1"\noops = = 1\n' >"$etc/bad.cfg"
sx config-update g1 "$etc/bad.cfg"
status 78 "a file that xl cannot read"
rm "$etc/bad.cfg"
sx config-update g1 "$etc/none.cfg"
status 78 "a file that is not there"
for words in '' 'g1' 'g1 a b' 'g1 memory=3' '-q g1'; do
	# shellcheck disable=SC2086
	sx config-update $words
	status 2 "'$words' are not its words"
done
sx config-update '' "$etc/g1.cfg"
status 2 "an empty domain is refused"
printf 'on_crash = "destroy"\n' >>"$etc/g1-new.cfg"
mode lie
sx config-update g1 "$etc/g1-new.cfg"
status 1 "a success that is none is told"
mode ''
sx mem-set g1 230
like "$(cat "$etc/g1.cfg")" '^memory  = 230$' "and the old file stays its configuration"
sx -N config-update g1 "$etc/g1-new.cfg"
status 0 "a dry run"
like "$out" "^would run: .* config-update g1" "shows the command"
sx mem-set g1 231
like "$(cat "$etc/g1.cfg")" '^memory  = 231$' "and changes nothing"
sx --config config-update g1 "$etc/g1-new.cfg"
status 0 "--config"
sx mem-set g1 232
like "$(cat "$etc/g1-new.cfg")" '^memory = 232$' "is what adopt does"

# Killed when xl has stored it.
cat >"$SAFEXL_FAKE/hook" <<'HOOK'
#!/bin/sh
cp "$SAFEXL_ROOT/etc/xen/g1.cfg" "$SAFEXL_FAKE/3.update"
kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')"
HOOK
chmod 755 "$SAFEXL_FAKE/hook"
mode kill
sx config-update g1 "$etc/g1.cfg"
status 137 "safexl is killed while xl runs"
rm "$SAFEXL_FAKE/hook"
mode ''
sx recover
status 0 "recover"
like "$err" "finished an interrupted change \(safexl config-update g1" "finishes it"
sx mem-set g1 242
like "$(cat "$etc/g1.cfg")" '^memory  = 242$' "the file is its configuration"
cat >"$SAFEXL_FAKE/hook" <<'HOOK'
#!/bin/sh
kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')"
HOOK
chmod 755 "$SAFEXL_FAKE/hook"
mode kill
printf 'on_reboot = "destroy"\n' >>"$etc/g1-new.cfg"
sx config-update g1 "$etc/g1-new.cfg"
rm "$SAFEXL_FAKE/hook"
mode ''
sx mem-set g1 243
like "$err" "withdrew an interrupted change" "killed before xl did it: withdrawn"
like "$(cat "$etc/g1.cfg")" '^memory  = 243$' "the file stays the one before"
check_clean "at the end"
finish
