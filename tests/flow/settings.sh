#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl.conf: a mistake in it stops what needs it before anything is changed, and check tells them all.
. tests/flow/lib.sh
conf=$etc/safexl.conf
printf 'name = "web1"\nmemory = 256\nkernel = "/etc/passwd"\n' >"$etc/web1.cfg"
domain 1 web1

# refuses WHAT TEXT LINE MESSAGE: by each command that reads it, which changes nothing, and by check
refuses() {
	local what=$1 command calls
	printf '%b' "$2" >"$conf"
	calls=$(xl_calls | wc -l)
	for command in 'mem-set web1 128' 'where web1' log 'edit web1' 'save web1' 'restore x'; do
		# shellcheck disable=SC2086
		sx $command
		is "$status $(head -n 1 <<<"$err")" "78 safexl: $conf:$3: $4" "$what: $command"
	done
	like "$err" "^hint: all that is wrong with it: safexl check $conf\$" "and the hint"
	is "$(xl_calls | wc -l)" "$calls" "nothing was changed"
	for command in check "check $conf" "check $etc/web1.cfg" 'check web1'; do
		# shellcheck disable=SC2086
		sx $command --no-host
		is "$status $(head -n 1 <<<"$out")" "1 $conf:$3: error: $4" "$what: $command"
	done
}
refuses 'a slip' '# mine\nlock_timout = 10\n' 2 "unknown key 'lock_timout'; did you mean 'lock_timeout'?"
refuses 'letters swapped' 'verfiy = "full"\n' 1 "unknown key 'verfiy'; did you mean 'verify'?"
refuses 'one too many' 'config_dirss = [ "/etc/xen" ]\n' 1 "unknown key 'config_dirss'; did you mean 'config_dirs'?"
refuses 'a key of xl.conf' 'autoballoon = "off"\n' 1 "unknown key 'autoballoon'"
refuses 'the case' 'imagedir = "/srv"\n' 1 "unknown key 'imagedir'; did you mean 'image_dir'?"
refuses 'a value' 'lock_timeout = "soon"\n' 1 'lock_timeout is not a number of seconds from 0 to 86400'
refuses 'another' 'shutdown_timeout = 86401\n' 1 'shutdown_timeout is not a number of seconds from 0 to 86400'
refuses 'a word' 'shutdown_action = "suspend"\n' 1 'shutdown_action is neither "save" nor "shutdown"'
refuses 'a syntax error' 'verify = full\n' 1 "expected a string, a number or a list, found 'full'"
sx list
is "$(xl_calls | tail -n 1)" list "a command that is passed to xl does not read it"
sx help log
status 0 "nor does help"

# All of them at once, each with its line, before and behind those of configurations.
printf 'lock_timout = 10\nverify = "maybe"\nconfig_dirs = [ "relative" ]\nimage_dir = "x"\nlock_timeout = 86401\n' >"$conf"
printf 'name = "bad"\nmemory = 64\nkernel = "/k"\nvcpsu = 1\n' >"$etc/bad.cfg"
sx check --no-host
is "$status $(grep -c "^$conf:[1-5]: error: " <<<"$out") $(grep -c "^$etc/bad.cfg:4: error: " <<<"$out")" '1 5 1' "all mistakes"
is "$(grep -c '^  hint: what it may say: man safexl.conf$' <<<"$out")" 5 "with what to do"
like "$err" '3 files, 6 errors, 0 warnings$' "are counted"
sx --json check "$conf"
is "$(python3 -c 'import json, sys; print([(f["line"], f["code"]) for f in json.load(sys.stdin)["findings"]])' <<<"$out")" \
	"[(1, 'settings'), (2, 'settings'), (3, 'settings'), (4, 'settings'), (5, 'settings')]" "as JSON"
rm "$etc/bad.cfg"

# A good one is no finding, and the example is one.
sed 's/^#\([a-z_]* =\)/\1/' man/examples/safexl.conf >"$conf"
is "$(grep -c '^[a-z_]* = ' "$conf")" 8 "the example's settings"
for word in '' "$conf"; do
	# shellcheck disable=SC2086
	sx check --no-host $word
	is "$status$out" 0 "hold: check $word"
done
mkdir -p "$SAFEXL_ROOT/etc/xen"
sx --config mem-set web1 128
status 0 "and are taken"
is "$(git_ log --format=%s -1)" 'web1: set memory to 128 MiB (was 256)' "as they are meant"
cp man/examples/safexl.conf "$conf"
sx check
is "$status$out" 0 "as it is installed it changes nothing"
rm "$conf"
sx check "$conf"
like "$status$out" "^2$conf: error: .*No such file" "one that is not there is told when asked for"
sx check
is "$status$out" 0 "and missed by nobody else"

finish
