# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# While much is copied a terminal shows how far it is; without one each step is a line, and with -q nothing is said.
. tests/flow/lib.sh

to=$work/backups
snaps=$state/snapshots
guest g1
head -c 3145728 /dev/urandom >"$work/g1.img"
# At a terminal the line that shows it is gone again before the next word.
gone=$'\r\e[K'
begun() { printf 'expect:%s: 0 of 3 MiB, 0 MiB/s, 0:00 left' "$1"; }
program=("$BUILD/safexl")
# shown DESCRIPTION STEP... -- WORDS
shown() {
	local what=$1 steps=()
	shift
	while [ "$1" != -- ]; do steps+=("$1"); shift; done
	shift
	check "$what" "$BUILD/fake/pty" "${steps[@]}" eof -- "${program[@]}" "$@"
}

# ---- without a terminal ----
sx snapshot --copy g1 A
status 0 "a snapshot"
is "$(grep -c '^safexl: disk xvda' <<<"$err"):$(grep -x 'safexl: disk xvda\(, read back\)\?: 3 MiB' <<<"$err" | xargs)" \
	"2:safexl: disk xvda: 3 MiB safexl: disk xvda, read back: 3 MiB" "each step is one line"
sx revert --no-keep g1 A
status 0 "a revert"
is "$(grep -x 'safexl: disk xvda.*' <<<"$err")" "safexl: disk xvda, put back: 3 MiB" "says which disk it puts back"
sx -q snapshot --copy g1 B
is "$status:$err" "0:" "with -q nothing is said"
sx -q revert --no-keep g1 B
is "$status:$err" "0:" "of a revert neither"
is "$(tr -d '\n\r' <<<"$err" | grep -c "$(printf '\033')")" 0 "nothing of a terminal is written elsewhere"

# ---- at a terminal ----
shown "a snapshot shows its copy, then what it reads back" "$(begun 'disk xvda')" "expect:$gone" \
	"$(begun 'disk xvda, read back')" "expect:$gone" 'expect:safexl: g1: snapshot C' -- snapshot --copy g1 C
shown "a revert what it puts back" "$(begun 'disk xvda, put back')" "expect:$gone" 'expect:safexl: g1: ' -- revert --no-keep g1 C
# narrow COLUMNS DESCRIPTION STEP... -- WORDS
narrow() {
	local program=(sh -c "stty cols $1; exec \"\$0\" \"\$@\"" "$BUILD/safexl")
	shown "${@:2}"
}
narrow 40 "a narrow one only what can be erased, one line" "expect:${gone}0 of 3 MiB$gone" 'expect:safexl: g1: snapshot E' 'never:left' \
	-- snapshot --copy g1 E
narrow 10 "or nothing" 'expect:safexl: g1: snapshot F' 'never:of 3' -- snapshot --copy g1 F
shown "with -q nothing" 'never:MiB' -- -q snapshot --copy g1 D
shown "a backup the same" "$(begun 'disk xvda')" "expect:$gone" "$(begun 'disk xvda, read back')" "expect:$gone" \
	'expect:safexl: g1: backup in ' -- backup g1 "$to"
dir=$(echo "$to"/g1/*)
shown "verify" "$(begun disks/xvda)" "expect:$gone" "expect:$dir: whole" -- verify "$dir"
rm "$work/g1.img"
shown "and restore" "$(begun disks/xvda)" "expect:$gone" "$(begun 'disk xvda, put back')" "expect:$gone" \
	"$(begun 'disk xvda, read back')" "expect:$gone" 'expect:safexl: g1: ' -- restore --overwrite "$dir"
check "which puts back what was" cmp "$work/g1.img" "$snaps/g1/A/disks/xvda"
finish
