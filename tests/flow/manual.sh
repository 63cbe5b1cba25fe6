#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual against the program: commands and their classes, usage, options, exit statuses, settings.
. tests/flow/lib.sh

page=man/safexl.8
conf=man/safexl.conf.5
recording=man/safexl-recording.7
guard=man/safexl-guard.7
pages=(man/*.[0-9])

if command -v mandoc >/dev/null; then
	# Whether other manuals are installed says nothing about ours. The examples of safexl(8) stand
	# early on purpose, and so does what they need.
	is "$(mandoc -T lint -W style "${pages[@]}" 2>/dev/null |
		grep -v "referenced manual not found\|^mandoc: $page:.*out of conventional order: Sh ENVIRONMENT")" \
		"" "mandoc has nothing to say"
else
	skip "mandoc has nothing to say" "mandoc is not installed"
fi
is "$(make_ install MANDIR=/man)" "" "make install works"
is "$(cd "$work/installed/man" && printf 'man/%s\n' man?/* | sed 's,man/man.,man,')" \
	"$(for n in 1 2 3 4 5 6 7 8 9; do ls man/*."$n" 2>/dev/null; done)" "it installs each page, in its section"
make_ uninstall MANDIR=/man
is "$(find "$work/installed" -type f)" "" "make uninstall leaves none"
# Each page of ours that a page names is there, in the section it names.
is "$(cat "${pages[@]}" | sed -n 's/^\.Xr \(safexl[a-z.-]*\) \([0-9]\).*/\1.\2/p' | sort -u |
	while read -r name; do [ -e "man/$name" ] || echo "$name"; done)" "" "the pages that pages name exist"

# render FILE [WIDTH]: as plain text, by mandoc, else by groff (as man does).
render() {
	if command -v mandoc >/dev/null; then
		mandoc -T ascii -O width="${2:-200}" "$1"
	else
		groff -mandoc -T ascii -P -c -rLL="${2:-200}n" "$1"
	fi | sed 's/.\x08//g'
}
# section NAME FILE...: of the source, without its heading
section() {
	local name=$1 file
	for file in "${@:2}"; do
		{ cat "$file" && echo .Sh; } | sed -n "/^\.Sh $name\$/,/^\.Sh/p" | sed '1d;$d'
	done
}
# listed: every command of xl with its class and the version it needs, as safexl(8) lists them
listed() {
	sed -n '/^\.Ss Commands of xl/,/^\.El/p' "$page" | awk '
		/^\.It/ { class = $2; since = $5; sub(/,/, "", class) }
		/^\.Ic/ && class { for (i = 2; i <= NF; i++) if ($i != ",") print $i, class, since }'
}
without_brackets() { tr -d ' <>'; }

# All commands, as the program's help classes them.
sx help
classes=$(printf '%s\n' "$out" | awk '
	/^Recorded in/ { class = "recorded" }
	/^Guarded/ { class = "guarded" }
	/^safexl.s own/ { class = "own" }
	/^Passed to xl/ { class = "passed" }
	class && /^  [a-z]/ { print $1, class }' | sort)
is "$(printf '%s\n' "$classes" | awk '{ print $1 }' | sort -u)" "$("$BUILD/safexl" help --commands | sort)" \
	"help names every command of the table, in a class"
is "$(listed | cut -d ' ' -f 1,2 | sort)" \
	"$(printf '%s\n' "$classes" | grep -v ' own$')" "the manual has every command of xl, in its class"
is "$(listed | awk '$3 { print $1, $3 }' | sort)" \
	"$(for name in $("$BUILD/safexl" help --commands); do
		"$BUILD/safexl" help "$name" | sed -n "s/^Needs xl of Xen \(.*\) or later.*/$name \1/p"
	done | sort)" "and since when xl has it"

# How the commands that safexl has a part in are used.
if command -v mandoc >/dev/null || command -v groff >/dev/null; then
	text=$(for file in "$page" "$recording" "$guard"; do
		render "$file" | sed -n '/^COMMANDS/,/^[A-BD-Z]/p'
	done)
	# A longer page is searched, not read.
	for file in "${pages[@]}"; do
		is "$(render "$file" 80 | awk 'END { if (NR >= 500) print NR }')" "" "${file##*/} has fewer than 500 lines"
		is "$(render "$file" 80 | awk 'length > 80')" "" "${file##*/} fits 80 columns"
	done
	is "$(render "$conf" | grep -oE '^ +[a-z_]+=.*' | tr -d ' ' | tr '\n' ' ')" \
		'config_dirs=["directory",...] image_dir="directory" backup_dir="directory" lock_timeout=seconds hook_timeout=seconds shutdown_action="save"|"shutdown" shutdown_timeout=seconds verify="normal"|"full" ' \
		"quotes and brackets stand around what belongs in them"
	is "$(render "$page" | sed -n '/^SYNOPSIS/{n;p;}' | without_brackets)" \
		"$(printf '%s\n' "$out" | sed -n 's/^usage: //p' | without_brackets)" "the synopsis is the usage"
	# xl's own usage of list is xl's to tell.
	for name in $(printf '%s\n' "$classes" | sed -n 's/ passed$//;t;s/^list .*//;t;s/ .*//p'); do
		want=$("$BUILD/safexl" help "$name" | sed '/^$/,$d' | tr -d '\n' | sed 's/^usage: safexl //' |
			without_brackets)
		is "$(printf '%s\n' "$text" | without_brackets | grep -Fx -- "$want")" "$want" "usage of $name"
	done
else
	skip "usage" "neither mandoc nor groff is installed"
fi

sx --help
is "$(section OPTIONS "$page" | sed -n 's/^\.It //p' | sed 's/ , /\n/g; s/Fl -/--/g; s/Fl /-/g; s/ Ar / /g' | sort)" \
	"$(printf '%s\n' "$out" | sed -n '/^Options/,/^$/s/^  \(-.*\)$/\1/p' |
		sed -E 's/ {2,}.*//; s/^(-.), (--[a-z-]+) (.*)/\1 \3\n\2 \3/; s/, /\n/' | sort)" \
	"the options are those of --help"

# Every command that is not xl's, and what each recorded one writes.
is "$(sed -n '/^\.Ss Own commands/,/^\.El/s/^\.It Ic \([a-z]*\).*/\1/p' "$page" | sort)" \
	"$(printf '%s\n' "$classes" | sed -n 's/ own$//p')" "the manual has every command of safexl's own"
is "$(sed -n 's/^\.It Ic \([a-z0-9-]*\) Ta \(.*\)/\1 \2/p' "$recording" | tr -d , |
	awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | grep -v '^config-update' | sort)" \
	"$(sed -n '/^\.Sh COMMANDS/,/^\.El/p' "$recording" | awk '
		/^\.It/ { if (!heading) n = 0; names[n++] = $3 }
		{ heading = /^\.It/ }
		/^\.Va/ { for (i = 0; i < n; i++) print names[i], $2 }' | sort -u)" \
	"the keys in the table of commands are those in the text"

# Statuses: what sx_err_status can return.
statuses=$(sed -n '/^int sx_err_status(/,/^}/p' cmd/message.c |
	sed -n 's/.*return \([0-9]\+\);.*/\1/p; s/.*EXIT_SUCCESS.*/0/p; s/.*EXIT_FAILURE.*/1/p')
is "$(section 'EXIT STATUS' "$page" | sed -n 's/^\.It \([0-9]*\)$/\1/p')" \
	"$(printf '%s\n' "$statuses" | sort -n)" "the exit statuses are those of the program"
is "$(section 'EXIT STATUS' "$page" | grep -A 1 '^\.It 7' | sed -n 's/^\.Dv \(EX_[A-Z]*\).*/\1/p')" \
	"$(for n in $(printf '%s\n' "$statuses" | sort -n); do
		sed -n "s/.*return $n; .* \(EX_[A-Z]*\) .*/\1/p" cmd/message.c
	done)" "under their names of sysexits.h"

is "$(cat "${pages[@]}" | tr '\n' ' ' | grep -oE 'status [0-9]+' | sort -u |
	while read -r _ n; do grep -qx "$n" <<<"$statuses" || echo "$n"; done)" "" "no other status is told anywhere"

is "$(section ENVIRONMENT "${pages[@]}" | sed -n 's/^\.It Ev //p' | grep -o 'SAFEXL_[A-Z]*' | sort)" \
	"$(grep -rhoE 'getenv\("SAFEXL_[A-Z]+"\)' cmd core | grep -oE 'SAFEXL_[A-Z]+' | sort -u)" \
	"the environment is what the program reads"
is "$(sed -n 's/^\.It Va \([a-z_]*\) .*/\1/p' "$conf" | sort)" \
	"$(grep -oE '\{ "[a-z_]+", read_' core/domain/settings.c | cut -d '"' -f 2 | sort)" "the settings are those that are read"
is "$(sed -n 's/^#\([a-z_]*\) = .*/\1/p' man/examples/safexl.conf)" \
	"$(sed -n 's/^\.It Va \([a-z_]*\) .*/\1/p' "$conf")" "the example has them all"
is "$(sed -n 's/^#[a-z_]* = //p' man/examples/safexl.conf | tr -d '"[] ')" \
	"$(grep -A 1 '^Default:' "$conf" | sed 's/^Default:$//; s/^Default: *//; s/^\.Qq //; s/[ .]*$//' | grep -E '^[0-9]|^/|^normal$|^save$')" \
	"with their defaults"
is "$(grep -c "examples/safexl.conf\( \|\$\)" GNUmakefile)" 2 "make installs it, and uninstalls it"
for key in lock_timeout:lock_wait hook_timeout:hook_wait shutdown_timeout:shutdown_timeout; do
	is "$(sed -n "/^\.It Va ${key%:*} /,/^Default/s/^Default: //p" "$conf")" \
		"$(sed -n "s/.*default_${key#*:}_s = \([0-9]*\);/\1/p" core/domain/settings.c)." "the default of ${key%:*}"
done

# What DIAGNOSTICS quotes is in the program: the fixed words of each message.
strings=$(cat core/*/*.c cmd/*.c | tr -d '\n\t' | sed 's/" *"//g')
missing=$(section DIAGNOSTICS "${pages[@]}" | sed -n 's/^\.It //p' |
	sed -E "s/ ?(Ns|No) ?/ /g; s/Ar [a-z]+|,/\n/g; s/P[qo] /\n/g" |
	sed -E "s/^[ ':,.]+//; s/[ ':,.]+\$//" | grep -E '[a-z]+ [a-z]+' | while read -r words; do
	grep -qF -- "$words" <<<"$strings" || echo "$words"
done)
is "$missing" "" "the messages are those of the program"
finish
