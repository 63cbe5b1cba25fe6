#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Programs in safexl.d: which are run, when and how; the recipes of the manual.
. tests/flow/lib.sh

hooks=$etc/safexl.d
ran=$work/ran
export ran
mkdir "$hooks"
# hook NAME BODY: a program in safexl.d, in sh
hook() {
	printf '#!/bin/sh\n%s\n' "$2" >"$hooks/$1"
	chmod 755 "$hooks/$1"
}
# said WORDS...: sx, and what the hooks wrote to $ran
said() {
	rm -f "$ran"
	sx "$@"
	ran_text=$(cat "$ran" 2>/dev/null)
}
config web1
domain 3 web1

# ---- what they are given ----
# shellcheck disable=SC2016
hook 10-all 'env | grep "^SAFEXL_[A-Z]*=" | grep -v "^SAFEXL_\(ROOT\|FAKE\|CORE\|XL\)=" | LC_ALL=C sort >>"$ran"
echo "in $(pwd), stdin $(readlink /proc/self/fd/0), $# words" >>"$ran"
echo "on stdout"; echo "on stderr" >&2'
export SAFEXL_REASON=stale SAFEXL_IMAGE=stale
said -m 'more cache' mem-set web1 200
unset SAFEXL_REASON SAFEXL_IMAGE
status 0 "a change"
is "$ran_text" "SAFEXL_AUTHOR=Ada Admin <ada@example.org>
SAFEXL_COMMAND=safexl mem-set web1 200
SAFEXL_COMMIT=$(git_ rev-parse HEAD)
SAFEXL_CONFIG=$etc/web1.cfg
SAFEXL_DOMAIN=web1
SAFEXL_EVENT=recorded
SAFEXL_HOOK=10-all
SAFEXL_REASON=more cache
SAFEXL_REPOSITORY=$etc
SAFEXL_SUBJECT=$(git_ log -1 --format=%s)
SAFEXL_UUID=572baf85-0000-4000-8000-000000000003
in /, stdin /dev/null, 0 words" "its hook knows all about it, and nothing of another"
is "$out" "" "what a hook prints is not on stdout"
like "$err" "^on stdout" "but on stderr"
like "$err" "^on stderr" "as is what it says there"
is "$(printf '%s\n' "$err" | grep -n 'web1: \|^on stdout' | tail -1 | cut -d: -f2)" "on stdout" "after what safexl says"
said --config mem-set web1 210
like "$ran_text" "^SAFEXL_COMMAND=safexl --config mem-set" "--config too"
echo '# by hand' >>"$etc/web1.cfg"
said --config mem-set web1 220
is "$(printf '%s\n' "$ran_text" | grep SUBJECT)" "SAFEXL_SUBJECT=web1.cfg: edited by hand
SAFEXL_SUBJECT=$(git_ log -1 --format=%s)" "an edit by hand that was found is a record too, and the older one"
said undo HEAD
like "$ran_text" "^SAFEXL_COMMAND=safexl undo" "undo"
said autostart web1
is "$(grep -E '_(CONFIG|UUID)=' <<<"$ran_text")" "SAFEXL_CONFIG=$etc/web1.cfg
SAFEXL_UUID=572baf85-0000-4000-8000-000000000003" "autostart of a guest that runs: its configuration, not the link"
for words in 'list' 'diff' 'log web1' '-N mem-set web1 180' '-N --config mem-set web1 1' 'mem-set web1' '--live mem-set web1 190' \
	'mem-set web1 99999999' 'check' 'where web1'; do
	# shellcheck disable=SC2086
	said $words
	is "$ran_text" "" "$words: no hook"
done
mode fail
said mem-set web1 205
is "$status:$ran_text" "1:" "nor when xl failed and nothing was recorded"
mode ""

# ---- which, in which order ----
rm "$hooks"/*
for name in 20-b 10-a 9_c Z; do hook "$name" 'echo "${0##*/}" >>"$ran"'; done
for name in a.sh b~ .c 10-a.dpkg-dist '#d#'; do hook "$name" 'echo "${0##*/}" >>"$ran"'; done
hook off 'echo off >>"$ran"'
chmod -x "$hooks/off"
mkdir "$hooks/directory"
ln -s "$hooks/10-a" "$hooks/link"
said mem-set web1 200
is "$ran_text" "10-a
20-b
9_c
Z
link" "in the order of their names, as run-parts chooses them"
is "$(printf '%s\n' "$err" | grep -c hook)" 0 "and nothing is said of the others"

# ---- they hold nothing of ours, and we hold no lock ----
rm -r "${hooks:?}"/*
hook 10-fds 'ls -l /proc/self/fd | sed -n "s/.* \([0-9]*\) -> .*/\1/p" | tr "\n" " " >>"$ran"'
exec 7</dev/null
said mem-set web1 205
exec 7<&-
is "$ran_text" "0 1 2 3 " "three descriptors, and that of the directory which ls reads"
# shellcheck disable=SC2016
hook 10-fds 'echo "$SAFEXL_SUBJECT" >>"$ran"
echo "lock_timeout = 1" >"$SAFEXL_ROOT/etc/xen/safexl.conf"
"'"$BUILD"'/safexl" --config mem-max web1 3000 || echo failed >>"$ran"'
said mem-set web1 210
is "$ran_text" "$(git_ log -1 --skip=1 --format=%s)" "one that changes the same domain gets its lock, and is not run for that once more"
like "$(subjects | head -1)" "web1: .*3000 MiB" "which is recorded"
rm "$etc/safexl.conf"

# ---- failures ----
hook 10-fds 'exit 3'
# shellcheck disable=SC2016
hook 20-killed 'kill -9 $$'
printf 'no interpreter\n' >"$hooks/30-text"
printf '#!/nonexistent/sh\n' >"$hooks/40-none"
chmod 755 "$hooks"/*
hook 50-last 'echo last >>"$ran"'
said -q mem-set web1 215
status 0 "hooks that fail do not matter"
is "$(printf '%s\n' "$err" | sed 's/ (Killed)//')" "safexl: hook 10-fds failed with status 3
safexl: hook 20-killed was ended by signal 9
safexl: hook 30-text: cannot run $hooks/30-text: Exec format error
safexl: hook 40-none: cannot run $hooks/40-none: No such file or directory" "each is told in a line, also with -q"
is "$ran_text" last "and the next one is run"
like "$(cat "$etc/web1.cfg")" "^memory *= 215" "the change is there"
rm "$hooks"/*
echo 'hook_timeout = 1' >"$etc/safexl.conf"
mkfifo "$work/never"
hook 10-slow "trap 'echo asked >>\"\$ran\"; exit 0' TERM; read x <>'$work/never'"
# shellcheck disable=SC2016
hook 20-stuck 'trap "" TERM; while :; do read x <>"'"$work"'/never"; done'
said mem-set web1 200
status 0 "hooks that do not end do not matter"
is "$(printf '%s\n' "$err" | grep hook)" "safexl: hook 10-slow took longer than 1 s, and was ended
safexl: hook 20-stuck took longer than 1 s, and was ended" "they are ended"
is "$ran_text" asked "first by a request"
rm "$etc/safexl.conf" "$hooks"/*
mkfifo "$work/started"
hook 10-slow "echo >'$work/started'; read x <>'$work/never'"
hook 20-next 'echo next >>"$ran"'
rm -f "$ran"
env --default-signal=INT "$BUILD/safexl" mem-set web1 205 2>"$work/err" &
pid=$!
read -r <"$work/started"
kill -INT $pid
wait $pid
is "$?" 0 "Ctrl-C while a hook runs: the change is made, and that is the status"
like "$(cat "$work/err")" "hook 10-slow was ended, and those after it were not run: interrupted" "it ends the hook"
is "$(cat "$ran" 2>/dev/null)" "" "and the others are left out"

# ---- whose they are ----
rm "$hooks"/*
hook 10-x 'echo "${0##*/}" >>"$ran"'
hook 20-y 'echo "${0##*/}" >>"$ran"'
chmod 775 "$hooks/10-x"
said -q mem-set web1 200
is "$status:$ran_text" "0:20-y" "one that a group can write to is not run"
is "$err" "safexl: hooks: not run: $hooks/10-x can be written by others than root (mode 0775); to fix it: chmod go-w $hooks/10-x" \
	"with the reason, and the cure"
sx check
status 1 "check finds it"
like "$out" "$hooks/10-x: error: not run after a record: .*mode 0775" "and tells it"
like "$out" "chmod go-w $hooks/10-x" "with the cure"
sx check "$etc/web1.cfg"
is "$(printf '%s' "$out" | grep -c 10-x)" 0 "not where a file is asked for"
chmod 755 "$hooks/10-x"
sx check
is "$(printf '%s' "$out" | grep -c safexl.d)" 0 "mended"
chmod 777 "$hooks"
said -q mem-set web1 205
is "$ran_text" "" "nothing is run from a directory that all can write to"
is "$err" "safexl: hooks: not run: $hooks can be written by others than root (mode 0777); to fix it: chmod go-w $hooks" "as is said"
sx check
like "$out" "safexl.d: error: not run after a record: .*mode 0777" "check tells it too"
chmod 755 "$hooks"
mkdir -m 777 "$work/open"
mv "$hooks/20-y" "$work/open/"
ln -s "$work/open/20-y" "$hooks/20-y"
ln -s "$work/gone" "$hooks/30-gone"
said -q mem-set web1 200
is "$ran_text" "10-x" "nor a link into such a directory"
is "$(printf '%s\n' "$err" | sed 's/;.*//')" "safexl: hooks: not run: $work/open can be written by others than root (mode 0777)
safexl: hooks: not run: $hooks/30-gone: No such file or directory" "as is said, also of one that leads nowhere"
mkdir "$work/closed" "$work/open/below"
mv "$work/open/20-y" "$work/closed/"
for way in open/link open/below/link; do
	ln -s "$work/closed/20-y" "$work/$way"
	ln -sf "$work/$way" "$hooks/20-y"
	said -q mem-set web1 205
	is "$ran_text" "10-x" "nor a link by way of $way"
	like "$err" "not run: $work/open can be written by others than root" "as is said"
	said -q mem-set web1 210
done
ln -sf ../../../../../../../../../../"$work/closed/20-y" "$hooks/20-y"
said -q mem-set web1 200
is "$ran_text" "10-x
20-y" "but one that nobody else can turn"
rm "$hooks"/*
hook 10-x 'echo "${0##*/}" >>"$ran"'
if [ "$(id -u)" = 0 ]; then
	chown nobody "$hooks/10-x"
	said -q mem-set web1 205
	is "$ran_text:$err" ":safexl: hooks: not run: $hooks/10-x does not belong to root; to fix it: chown root $hooks/10-x" \
		"one of another user is not run"
	chown root "$hooks/10-x"
	chown nobody "$hooks"
	said -q mem-set web1 210
	is "$ran_text:$err" ":safexl: hooks: not run: $hooks does not belong to root; to fix it: chown root $hooks" \
		"nor one in another user's directory"
	chown root "$hooks"
else
	skip "one of another user is not run" "needs root"
fi

# ---- no configurations ----
rm -f "$hooks"/*
cp "$etc/web1.cfg" "$hooks/web1"
printf 'name = "inside"\nmemory = 256\n' >"$hooks/inside.cfg"
sx --config mem-set web1 220
status 0 "a file in safexl.d is not taken for a second one of the domain"
sx where inside
like "$err" "no configuration|'inside'" "nor for one of its own"
sx check
is "$(printf '%s' "$out" | grep -c safexl.d)" 0 "check does not read it"
sx list --all
is "$(printf '%s\n' "$out" | grep -c inside)" 0 "list --all does not know it"
is "$(git_ ls-files safexl.d)" "" "and it is not in history"
rm "$hooks"/*

# ---- the recipes of the manual ----
git init -q --bare "$work/backup.git"
git_ remote add backup "$work/backup.git"
cp man/examples/hooks/push "$hooks/50-push"
sx mem-set web1 215
status 0 "push: a change"
is "$(git -C "$work/backup.git" rev-parse main 2>&1)" "$(git_ rev-parse HEAD)" "and the other repository has it"
sx undo HEAD
is "$(git -C "$work/backup.git" rev-parse main)" "$(git_ rev-parse HEAD)" "also the next"
rm -r "$work/backup.git"
sx mem-set web1 205
is "$status:$(printf '%s\n' "$err" | grep -c 'hook 50-push failed')" 0:1 "one that is not there is told, and changes nothing"
rm "$hooks"/*

mkdir "$work/bin"
# shellcheck disable=SC2016
printf '#!/bin/sh\n{ printf "<%%s>" "$@"; echo; cat; } >"%s/mail"\n' "$work" >"$work/bin/mail"
chmod 755 "$work/bin/mail"
cp man/examples/hooks/mail "$hooks/mail"
PATH=$work/bin:$PATH said -m 'for the sale' mem-set web1 210
is "$(head -1 "$work/mail")" "<-s><$(hostname): $(git_ log -1 --format=%s)><root>" "mail: the subject"
like "$(cat "$work/mail")" "^ *Reason: for the sale" "mail: the reason"
like "$(cat "$work/mail")" '^\+memory  = 210' "mail: the lines"
rm "$hooks"/*

if command -v jq >/dev/null && command -v curl >/dev/null; then
	python3 - "$work/port" "$work/post" <<'SERVER' &
import http.server, sys
class Room(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open(sys.argv[2], "wb").write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Room)
open(sys.argv[1], "w").write("%d\n" % server.server_port)
server.handle_request()
SERVER
	server=$!
	until [ -s "$work/port" ]; do kill -0 $server || break; done
	sed "s#^url=.*#url=http://127.0.0.1:$(cat "$work/port")/#" man/examples/hooks/chat >"$hooks/chat"
	chmod 700 "$hooks/chat"
	no_proxy=127.0.0.1 said -m 'with "quotes"' mem-set web1 200
	is "$(jq -r .text "$work/post")" "$(hostname): $(git_ log -1 --format=%s) (Ada Admin <ada@example.org>): with \"quotes\"" \
		"chat: one line, as JSON"
	kill $server 2>/dev/null
	wait $server
	rm "$hooks"/*
else
	skip "chat: one line, as JSON" "needs curl and jq"
fi

sed "s#^file=.*#file=$work/guests.json#" man/examples/hooks/inventory >"$hooks/inventory"
chmod 755 "$hooks/inventory"
PATH=$BUILD:$PATH said mem-set web1 205
is "$(python3 -c 'import json, sys
print(*[g["domain"] for g in json.load(open(sys.argv[1]))["guests"]])' "$work/guests.json")" "web1" "inventory: the table of guests"
is "$(ls "$work"/guests.json*)" "$work/guests.json" "in one piece"
rm "$hooks"/*
check_clean "at the end"

# ---- xl ends with a failure, and what it did is recorded all the same ----
rm -f "$hooks"/*
# shellcheck disable=SC2016
hook 10-subject 'echo "$SAFEXL_SUBJECT" >>"$ran"'
printf '#!/bin/sh\n%s "$@"\nexit 7\n' "$SAFEXL_XL" >"$work/fails"
chmod 755 "$work/fails"
SAFEXL_XL=$work/fails said block-attach web1 phy:/dev/vg0/late,xvdq,w
status 7 "xl ends with a failure, though it attached the disk"
like "$(cat "$etc/web1.cfg")" vg0/late "which is recorded"
like "$ran_text" "attach disk xvdq" "and the hooks are run"
finish
