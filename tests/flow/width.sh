#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What is shown fits the terminal, of 60 columns, and uses one of 120; without a terminal and without
# COLUMNS, tables are as wide as they are: a line of them is a line for grep.
. tests/flow/lib.sh

# Of lines that could be broken: a word that is longer, and a command to be typed, stay whole.
longest() { awk 'NF > 1 && !/^ *safexl / { if (length > n) n = length } END { print n + 0 }' <<<"$out"; }
# narrow WORDS...: in 60 columns
narrow() { COLUMNS=60 sx "$@"; }
wide() { COLUMNS=120 sx "$@"; }
flat() { tr -s ' \n' ' ' <<<"$1"; }
# fits WORDS...: at both widths, and all that is said is said at each
fits() {
	sx "$@"
	local all status_=$status
	all=$(flat "$out")
	narrow "$@"
	check "$*: fits 60 columns" test "$(longest)" -le 60
	is "$(flat "$out")" "$all" "with all that it says"
	is "$status" "$status_" "and the same status"
	wide "$@"
	check "$*: fits 120" test "$(longest)" -le 120
	is "$(flat "$out")" "$all" "with all of it"
}

config web1
config web2
domain 1 web1
domain 2 web2
sx -m 'the old one was too small for the uploads of December, and for the mail of January' mem-set web1 200
sx -m 'more room' block-attach web1 phy:/dev/vg0/data,xvdb,w
sx mem-set web2 210
printf '# a note\n' >>"$etc/web1.cfg"
sed -i 's/^vcpus.*/vcpus = 3/' "$etc/web2.cfg"
mkdir -p "$etc/auto"
ln -s ../web1.cfg "$etc/auto/web1.cfg"

# ---- help ----
fits help
narrow_lines=$(COLUMNS=60 "$BUILD/safexl" help | wc -l)
wide_lines=$(COLUMNS=120 "$BUILD/safexl" help | wc -l)
check "120 columns are used" test "$wide_lines" -lt "$narrow_lines"
sx help
is "$(longest)" "$(COLUMNS=80 "$BUILD/safexl" help | awk '{ if (length > n) n = length } END { print n }')" "help is 80 wide without a screen"
for command in $("$BUILD/safexl" help --commands); do
	fits help "$command"
done
narrow help stop
like "$out" '^usage: safexl stop \[--save\] \[--timeout <seconds>\]$' "an option stays with its value, not with what follows"
narrow help log
like "$out" '^ {14}.*\[--author <author>\]' "an option and its value stay together"
is "$(COLUMNS=60 "$BUILD/safexl" 2>&1 </dev/null | awk 'length > 60')" "" "what is shown without a command as well"
sx help
is "$(sed -n '/^Typed most:/{n;s/^  \([a-z]*\) .*/\1/p;}' <<<"$out")" list "help begins with what is typed most"
check "before the options" test "$(grep -n '^Typed most' <<<"$out" | cut -d: -f1)" -lt "$(grep -n '^Options' <<<"$out" | cut -d: -f1)"

# ---- log ----
fits log
fits log web1
narrow log
like "$out" '^        \[?[a-z]' "where there is little room, the text has lines of its own"
is "$(grep -c '^[0-9a-f]\{7\} ' <<<"$out")" "$(git_ rev-list --count HEAD)" "and each change begins one"
wide log
like "$out" '^ {30,}[a-z]' "where there is room, its lines stand below one another"
sx log
is "$(wc -l <<<"$out")" "$(git_ rev-list --count HEAD)" "without a screen a change is a line"

# ---- where, images, blame, list --all, snapshots ----
# A world whose own paths are short enough for a narrow screen.
short=${TMPDIR:-/tmp}/w$$
ln -s "$work/root" "$short" && trap 'rm -rf "$work" "$short"' EXIT
export SAFEXL_ROOT=$short
fits where web1
sx save web2
fits where web2
narrow where web2
like "$out" "^ +safexl --discard-marker create $short/etc/xen/web2.cfg\$" "a command to be typed stays on its line"
fits images
fits blame web1
fits blame web1 memory
narrow blame web1
like "$out" '^[0-9a-f]{7} 20.* memory +[0-9]+$' "what has room stays behind its columns"
like "$out" '^        phy:/dev/vg0/data,xvdb,w$' "what has none has a line of its own"
wide list --all
is "$(wc -l <<<"$out")" 3 "list --all at 120: a line for each"
full=$out
narrow list --all
check "list --all fits 60 columns" test "$(longest)" -le 60
for word in $(sed 1d <<<"$full" | tr -s ' ' '\n' | grep -v '^-$' | sort -u); do
	grep -qF -- "$word" <<<"$out" || lost+=" $word"
done
is "${lost-}" "" "with all that it says"
like "$out" '^web1 +1 +200 +.* yes +[a-z]' "the short ones first"
like "$out" '^ {20,}changed 20' "and the last change below"
sx list --all
is "$out" "$full" "without a screen as at 120"
sed -i 's/^target=.*/target=200704/; $a disk=xvdd connected /dev/vg0/long-name-of-a-disk' "$SAFEXL_FAKE/1.dom"
wide diff
status 1 "diff at 120"
full=$out
like "$full" '^  +file +running +last commit$' "diff at 120: the sides beside one another"
narrow diff
check "diff fits 60 columns" test "$(longest)" -le 60
lost=
for word in $(tr -s ' ' '\n' <<<"$full" | sort -u); do
	grep -qF -- "$word" <<<"$out" || lost+=" $word"
done
is "$lost" "" "with all that it says"
like "$(flat "$out")" ' memory: not recorded \(line [0-9]+\) file 200 MiB running 196 MiB last commit 200 MiB ' "the sides below one another"
sx diff
is "$out" "$full" "without a screen as at 120"
guest shot
sx -m 'before the upgrade of the database, which went wrong the last time' snapshot --copy shot
fits snapshots

# ---- a terminal is asked first ----
for columns in 60 120; do
	# shellcheck disable=SC2016
	COLUMNS=77 TERM=dumb SAFEXL_PAGER="tee $work/seen" "$BUILD/fake/pty" eof -- \
		bash -c 'stty cols "$1"; exec "$2" help' sh "$columns" "$BUILD/safexl" >/dev/null 2>&1
	is "$(tr -d '\r' <"$work/seen")" "$(COLUMNS=$columns "$BUILD/safexl" help)" "help on a terminal of $columns columns, through the pager"
	COLUMNS=77 TERM=dumb SAFEXL_PAGER="tee $work/seen" "$BUILD/fake/pty" eof -- \
		bash -c 'stty cols "$1"; exec "$2" log' sh "$columns" "$BUILD/safexl" >/dev/null 2>&1
	is "$(tr -d '\r' <"$work/seen")" "$(COLUMNS=$columns "$BUILD/safexl" log)" "and log"
done
is "$(COLUMNS=nonsense "$BUILD/safexl" help)" "$("$BUILD/safexl" help)" "COLUMNS that is no number is none"
is "$(COLUMNS=0 "$BUILD/safexl" help)" "$("$BUILD/safexl" help)" "nor is 0"
is "$(COLUMNS=10 "$BUILD/safexl" help >/dev/null; echo $?)" 0 "a screen that is far too narrow"
finish
