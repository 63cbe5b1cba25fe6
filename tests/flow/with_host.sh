#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl-domains.service: what its own lines do with the guests as the host goes down and comes up.
. tests/flow/lib.sh

unit=systemd/safexl-domains.service
# up, down: the unit's own command lines
line() { sed -n "s/^$1=@SBINDIR@\/safexl //p" "$unit"; }
# shellcheck disable=SC2046
up() { sx $(line ExecStart); }
# shellcheck disable=SC2046
down() { sx $(line ExecStop); }
calls=0
ran() {
	is "$(xl_calls | tail -n "+$((calls + 1))" | sed "s,$state/images/\.[^ ]*,HIDDEN,")" "$1" "$2"
	calls=$(xl_calls | wc -l)
}
seen() { calls=$(xl_calls | wc -l); }
# state NAME: as list --all has it
state_of() { "$BUILD/safexl" list --all 2>/dev/null | awk -v name="$1" '$1 == name { print $5 }'; }
runs() { [ "$(state_of "$1")" = running ]; }

if command -v systemd-analyze >/dev/null; then
	make_ install >/dev/null
	installed=$work/installed/usr/lib/systemd/system/safexl-domains.service
	is "$(grep -c '^Exec[A-Za-z]*=/usr/sbin/safexl ' "$installed")" 2 "it is installed with the program's path"
	# The program is not where it will be.
	sed 's,=/usr/sbin/safexl,=/bin/true,' "$installed" >"$work/safexl-domains.service"
	is "$(systemd-analyze verify --man=no "$work/safexl-domains.service" 2>&1 | grep safexl-domains)" "" "systemd has nothing to say"
else
	skip "systemd has nothing to say" "systemd-analyze is not here"
fi
is "$(line ExecStart), $(line ExecStop)" "start --with-host, stop --with-host" "the unit's lines"
like "$(cat "$unit")" '^KillMode=process$' "what belongs to the guests is not ended with the unit"

up
status 0 "a host without guests comes up"
is "$err" "safexl: no guest starts with the host" "and that is told"
down
is "$status $err" "0 safexl: no guest runs" "and goes down"

# The first time: those of auto/, in their order.
for name in db web extra hand off; do guest $name; done
mkdir "$etc/auto"
ln -s ../web.cfg "$etc/auto/20-web"
ln -s ../db.cfg "$etc/auto/10-db"
up
status 0 "the host comes up"
ran "create $etc/db.cfg
create $etc/web.cfg" "those of auto/ are created"
sx start extra hand
sx save hand
domain 55 stranger
domain 56 stranger-dm
seen

# Down: all that run are saved, also one that has not given back its memory.
extra=$(grep -l '^name=extra$' "$SAFEXL_FAKE"/*.dom)
echo has=266241 >>"$extra"
down
status 0 "the host goes down"
like "$err" '^safexl: extra: it still has 261 MiB of memory and was set to 256 MiB: it is saved all the same, but xl may not be able to restore it$' \
	"one that has more memory than it was set to: that is told"
is "$(grep -c 'it still has' <<<"$err")" 1 "of no other"
is "$(xl_calls | tail -n "+$((calls + 1))" | cut -d ' ' -f 1,2 | sort | xargs)" \
	"save db save extra save stranger save web" "each that runs is saved, a device model apart"
for name in db web extra stranger; do is "$(state_of $name)" saved "$name is saved"; done
rm "$SAFEXL_FAKE/56.dom"
seen

# Up: the disk of one was written to in between.
echo more >>"$work/db.img"
up
status 0 "it comes up, and one of them cannot be restored"
ran "restore $state/images/web
restore $state/images/extra
restore $state/images/stranger" "the others are, first those of auto/"
like "$err" "^safexl: $state/images/db: not restored: disk xvda: " "it is said why"
like "$err" "^safexl: not started with the host, for the reasons above: db$" "and which"
is "$(state_of db) $(state_of hand) $(state_of off)" "saved, saved off" \
	"it is not created instead, nor is one that was saved by hand restored, nor one that was off started"
up
status 0 "the unit starts again"
ran "" "what runs is left alone"
like "$err" "^safexl: web: it runs already" "and told"
sx restore "$state/images/extra"
status 77 "an image counts once"

# Where one cannot be saved.
echo "keep me" >"$state/images/web"
seen
down
status 0 "one cannot be saved"
is "$(xl_calls | tail -n "+$((calls + 1))" | cut -d ' ' -f 1-3 | grep -v ^save)" "shutdown -F web" "it shuts down instead"
like "$err" "^safexl: web: not saved: .*/images/web is neither empty nor a saved image$" "which is told"
like "$err" "^safexl: web: it could not be saved: it shuts down instead$" "with what comes of it"
is "$(cat "$state/images/web") $(state_of web)" "keep me off" "and nothing is lost by that"
rm "$state/images/web"
seen
up
ran "create $etc/web.cfg
restore $state/images/extra
restore $state/images/stranger" "the next time it starts afresh, as its place in auto/ has it"
up
status 0 "and again"

# With "shutdown", only those of auto/ come back.
printf 'shutdown_action = "shutdown"\nshutdown_timeout = 0\n' >"$etc/safexl.conf"
seen
down
status 0 "shutdown_action"
is "$(xl_calls | tail -n "+$((calls + 1))" | sort | xargs)" \
	"shutdown -F extra shutdown -F stranger shutdown -F web" "has them shut down"
seen
up
ran "create $etc/web.cfg" "and only those of auto/ come back"
mode deaf
down
status 1 "one that does not listen"
like "$err" "^safexl: web: still running 0 s after it was asked to shut down$" "is told when shutdown_timeout is over"
mode ''
sx stop --timeout 5 web
rm "$etc/safexl.conf"
seen

# One that is paused can neither be saved nor shut down: it runs for that, and is paused again afterwards.
sx start extra hand
sx pause extra
seen
sx -N stop --with-host
is "$(state_of extra)" paused "-N lets nothing run"
like "$err" "^safexl: extra: it is paused: it runs until it is saved or off\$" "and tells"
down
status 0 "one that is paused: the host goes down"
is "$(xl_calls | tail -n "+$((calls + 1))" | grep -E ' (extra|[0-9]+)\b' | cut -d ' ' -f 1 | xargs)" "unpause save" "it is let run and saved"
like "$err" "^safexl: extra: it is paused: it runs until it is saved or off\$" "which is told"
seen
up
ran "create $etc/web.cfg
restore -p $state/images/extra
restore $state/images/hand" "it comes back paused, one that ran does not"
is "$(state_of extra) $(state_of hand)" "paused running" "as list --all shows"
like "$err" "^safexl: extra: it was paused when the host went down, and stays paused; to let it run: safexl unpause extra\$" \
	"which is told, with the way"
sx unpause extra
down
up
is "$(state_of extra)" running "unpaused, it is saved and restored as any other"
sx pause extra
down
sx start extra
is "$(state_of extra)" paused "start by hand keeps it so, too"
mode twice
down
mode ''
status 1 "one that was paused twice"
like "$err" "^safexl: extra: it is paused and stays so, and what it has in memory is lost when the host goes down: xl unpause did not" \
	"is told to be lost"
is "$(state_of extra)" paused "and is left as it is"
sx unpause extra
down
"$SAFEXL_XL" restore -p "$state/images/extra" >"$work/said" 2>&1
seen
down
status 77 "one that plain xl has restored paused"
like "$err" "^safexl: extra: it is paused and stays so, .* lost when the host goes down: a saved image of it is there, too\$" \
	"may not run: its image counts"
is "$(xl_calls | tail -n "+$((calls + 1))" | grep -c '^unpause')" 0 "and is not let run"
sx destroy extra
mode killed
sx start extra
mode ''
is "$(state_of extra)" "restoring," "one whose restore was interrupted"
seen
down
status 77 "may be a second one of itself"
like "$err" "^safexl: extra: it is paused and stays so, .*: an interrupted restore of it is not settled yet: " "and may not run"
is "$(xl_calls | tail -n "+$((calls + 1))" | grep -c '^unpause')" 0 "nor does it"
sx destroy extra
printf 'shutdown_action = "shutdown"\n' >"$etc/safexl.conf"
sx --discard-marker create extra
sx pause extra
seen
down
is "$(xl_calls | tail -n "+$((calls + 1))" | grep -E ' (-F )?(extra|[0-9]+)\b' | cut -d ' ' -f 1 | xargs)" "unpause shutdown" \
	"with shutdown_action it runs to shut down"
is "$(state_of extra)" off "and does"
rm "$etc/safexl.conf"

# Beside xendomains.
mkdir -p "$SAFEXL_ROOT/etc/rc3.d" "$SAFEXL_ROOT/etc/rc0.d"
ln -s ../init.d/xendomains "$SAFEXL_ROOT/etc/rc0.d/K01xendomains"
up
status 0 "xendomains is there, and disabled"
sx stop web
ln -s ../init.d/xendomains "$SAFEXL_ROOT/etc/rc3.d/S03xendomains"
seen
up
status 77 "xendomains is enabled"
like "$err" "^safexl: xendomains is enabled \($SAFEXL_ROOT/etc/rc3.d/S03xendomains\): " "is refused"
like "$err" "systemctl disable xendomains$" "with the way out"
ran "" "nothing was started"
rm "$SAFEXL_ROOT/etc/rc3.d/S03xendomains"
mkdir -p "$SAFEXL_ROOT/etc/systemd/system/multi-user.target.wants"
ln -s /nowhere "$SAFEXL_ROOT/etc/systemd/system/multi-user.target.wants/xendomains.service"
up
status 77 "the same for a unit of that name"

for words in 'start --with-host web' 'start --with-host --all-auto' 'start --with-host -c' 'stop --with-host --save' \
	'stop --with-host --timeout 3'; do
	# shellcheck disable=SC2086
	sx $words
	status 2 "$words"
done
finish
