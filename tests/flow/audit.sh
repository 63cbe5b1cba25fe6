#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What was recorded, refused and discarded is in the system's journal, with its fields.
. tests/flow/lib.sh

lines=$work/lines
socket=$SAFEXL_ROOT/run/systemd/journal/socket
# heard WORDS...: sx, and what the journal got of it
heard() {
	tests/fake/journal "$socket" "$lines" "$BUILD/safexl" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	err=$(cat "$work/err")
}
# field NAME [LINE]: of the last heard; "" when it is not there
field() {
	python3 -c 'import json, sys
lines = open(sys.argv[1]).read().splitlines()
print(json.loads(lines[int(sys.argv[3]) - 1]).get(sys.argv[2], "") if len(lines) >= int(sys.argv[3]) else "no line")' \
		"$lines" "$1" "${2:-1}"
}
# entry DESCRIPTION NAME WANT...: fields of the only line
entry() {
	local what=$1
	shift
	is "$(wc -l <"$lines")" 1 "$what: one line"
	while [ $# -gt 0 ]; do
		is "$(field "$1")" "$2" "$what: $1"
		shift 2
	done
}

config web1
domain 3 web1
heard -m $'more cache\nfor the sale' mem-set web1 200
status 0 "a change"
entry "a change" SAFEXL_EVENT recorded SAFEXL_DOMAIN web1 SAFEXL_CONFIG "$etc/web1.cfg" \
	SAFEXL_COMMIT "$(git_ rev-parse HEAD)" SAFEXL_SUBJECT "$(git_ log -1 --format=%s)" \
	SAFEXL_COMMAND 'safexl mem-set web1 200' SAFEXL_AUTHOR 'Ada Admin <ada@example.org>' \
	SAFEXL_REASON $'more cache\nfor the sale' SAFEXL_STATUS '' MESSAGE "$(git_ log -1 --format=%s)" \
	PRIORITY 5 SYSLOG_IDENTIFIER safexl SYSLOG_FACILITY 10

heard undo web1
entry "its undo" SAFEXL_EVENT recorded SAFEXL_DOMAIN web1 SAFEXL_COMMAND 'safexl undo web1' SAFEXL_REASON '' \
	SAFEXL_COMMIT "$(git_ rev-parse HEAD)"
echo '# by hand' >>"$etc/web1.cfg"
heard --config mem-set web1 220
is "$(wc -l <"$lines")" 2 "an edit by hand that was found is a commit, and a line, of its own"
is "$(field SAFEXL_SUBJECT):$(field SAFEXL_COMMAND):$(field SAFEXL_DOMAIN)" "web1.cfg: edited by hand::web1" \
	"without a command of safexl's"
is "$(field SAFEXL_COMMIT):$(field SAFEXL_COMMIT 2)" "$(git_ rev-parse HEAD^):$(git_ rev-parse HEAD)" "the older first"

for words in 'list' 'diff' 'log web1' 'log nosuch' 'where nosuch' '-N mem-set web1 180' '-N --config mem-set web1 1' \
	'mem-set web1' '--live mem-set web1 190'; do
	# shellcheck disable=SC2086
	heard $words
	is "$(cat "$lines")" "" "$words: no line"
done

# ---- hooks that fail ----
hooks=$etc/safexl.d
mkdir "$hooks"
printf '#!/bin/sh\nexit 3\n' >"$hooks/10-fails"
# shellcheck disable=SC2016
printf '#!/bin/sh\nkill -9 $$\n' >"$hooks/20-killed"
printf '#!/nonexistent/sh\n' >"$hooks/30-none"
printf '#!/bin/sh\n' >"$hooks/40-good"
chmod 755 "$hooks"/*
cp "$hooks/40-good" "$hooks/50-open"
chmod 777 "$hooks/50-open"
heard -m 'more cache' mem-set web1 201
is "$status:$(wc -l <"$lines")" 0:5 "a change whose hooks fail: its line, and one for each of them"
is "$(field SAFEXL_EVENT)" recorded "its own first"
# The hook that was not run, then those that were, in their order.
n=1
while IFS='|' read -r name want message; do
	n=$((n + 1))
	is "$(field SAFEXL_EVENT $n):$(field SAFEXL_HOOK $n):$(field SAFEXL_STATUS $n):$(field PRIORITY $n)" \
		"hook:$name:$want:4" "$name: its line"
	like "$(field MESSAGE $n)" "$message" "$name: the message"
	is "$(field SAFEXL_DOMAIN $n):$(field SAFEXL_COMMIT $n):$(field SAFEXL_COMMAND $n):$(field SAFEXL_REASON $n)" \
		"web1:$(git_ rev-parse HEAD):safexl mem-set web1 201:more cache" "$name: the fields of its commit"
done <<EOF
50-open||^hooks: not run: $hooks/50-open can be written by others than root
10-fails|3|^hook 10-fails failed with status 3\$
20-killed||^hook 20-killed was ended by signal 9
30-none||^hook 30-none: cannot run
EOF
rm "$hooks"/*
echo 'hook_timeout = 1' >"$etc/safexl.conf"
mkfifo "$work/never"
printf '#!/bin/sh\nread x <>"%s"\n' "$work/never" >"$hooks/10-slow"
chmod 755 "$hooks/10-slow"
echo '# by hand' >>"$etc/web1.cfg"
heard --config mem-set web1 220
is "$(wc -l <"$lines")" 4 "two commits: two lines, and two for the hook that is late at each"
is "$(field SAFEXL_COMMIT 3):$(field SAFEXL_COMMAND 3)" "$(git_ rev-parse HEAD^):" "the first: of the edit by hand, without a command"
is "$(field SAFEXL_COMMIT 4):$(field MESSAGE 4)" "$(git_ rev-parse HEAD):hook 10-slow took longer than 1 s, and was ended" \
	"the second: of the change"
rm -r "$hooks" "$etc/safexl.conf"

# ---- refusals ----
heard -m 'because' mem-set web1 99999999
status 78 "what cannot be"
entry "what cannot be" SAFEXL_EVENT refused SAFEXL_DOMAIN web1 SAFEXL_STATUS 78 SAFEXL_REASON because PRIORITY 4 \
	SAFEXL_COMMAND 'safexl mem-set web1 99999999' MESSAGE "$(sed -n '1s/^safexl: //p' "$work/err")" SAFEXL_COMMIT ''
domain 4 nofile
heard mem-set 4 200
entry "a domain without a file, by its number" SAFEXL_EVENT refused SAFEXL_DOMAIN nofile SAFEXL_STATUS 78

head -c 65536 /dev/zero >"$work/g1.img"
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/g1.img" >"$etc/g1.cfg"
sx create "$etc/g1.cfg"
sx save g1 "$work/g1.save"
heard create "$etc/g1.cfg"
status 77 "create of a saved guest"
entry "create of a saved guest" SAFEXL_EVENT refused SAFEXL_DOMAIN g1 SAFEXL_STATUS 77
like "$(field MESSAGE)" "^g1: it is saved in $work/g1.save" "with the reason"
echo changed >>"$work/g1.img"
heard restore "$work/g1.save"
entry "restore on disks that changed" SAFEXL_EVENT refused SAFEXL_DOMAIN g1 SAFEXL_STATUS 77
heard undefine g1
entry "undefine of a saved guest" SAFEXL_EVENT refused SAFEXL_DOMAIN g1 SAFEXL_STATUS 77
cp "$etc/g1.cfg" "$work/again.cfg"
heard define "$work/again.cfg"
entry "define of a guest that has a file" SAFEXL_EVENT refused SAFEXL_DOMAIN g1 SAFEXL_STATUS 78
heard define --from web1
entry "define --from of one that has a file" SAFEXL_EVENT refused SAFEXL_DOMAIN web1 SAFEXL_STATUS 78
heard -N restore "$work/g1.save"
status 77 "a dry run of it"
is "$(cat "$lines")" "" "is no line"

# ---- --discard-marker ----
heard -N --discard-marker restore "$work/g1.save"
is "$(cat "$lines")" "" "a dry run discards nothing"
heard --discard-marker restore "$work/g1.save"
status 0 "restore with it"
entry "restore with it" SAFEXL_EVENT discarding SAFEXL_DOMAIN g1 SAFEXL_IMAGE "$work/g1.save"
like "$(field MESSAGE)" "going ahead with --discard-marker: .*g1.img" "with what was found"
sx destroy g1
sx create "$etc/g1.cfg"
sx save g1 "$work/g1.save"
mode fail
heard --discard-marker create "$etc/g1.cfg"
entry "--discard-marker, also when nothing came of it" SAFEXL_EVENT discarding SAFEXL_DOMAIN g1 \
	SAFEXL_IMAGE "$work/g1.save" PRIORITY 4 SAFEXL_COMMAND "safexl --discard-marker create $etc/g1.cfg"
mode ""

# ---- what others wrote ----
bad=$etc/b.cfg
printf 'name = "b\\nSAFEXL_COMMIT=forged"\nmemory = 256\n' >"$bad"
heard --config mem-set $'b\nSAFEXL_COMMIT=forged' 200
is "$(field SAFEXL_DOMAIN 2):$(field SAFEXL_COMMIT 2)" $'b\nSAFEXL_COMMIT=forged:'"$(git_ rev-parse HEAD)" \
	"a name with a line break forges no field"
heard -m "$(head -c 60000 /dev/zero | tr '\0' x)" mem-set web1 205
is "$(field SAFEXL_REASON | wc -c)" 8193 "a very long value is cut"

# ---- no journal ----
sx mem-set web1 210
status 0 "without a journal all goes on"
is "$err" "$(sed '/^safexl: web1/!d' "$work/err")" "and nothing is said of it"
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])' "$socket"
sx mem-set web1 215
status 0 "nor does one that nobody reads matter"
check_clean "at the end"
finish
