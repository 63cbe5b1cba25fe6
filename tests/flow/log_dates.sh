#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# log --since, --until, --author and -5: what they show against what git log shows.
. tests/flow/lib.sh

# A commit for each of the last 40 days and one for each month of three years, by three people, at
# seconds that no date below falls on.
now=$(date +%s)
{
	for i in $(seq 1100 -31 41) $(seq 40 -1 0); do
		case $((i % 3)) in
		0) who='Ada Admin <ada@example.org>' ;;
		1) who='Bob Builder <bob@example.net>' ;;
		2) who='Åsa Öst <asa.ost@example.org>' ;;
		esac
		when="$((now - i * 86400 - 1741)) +0000"
		printf 'commit refs/heads/main\nauthor %s %s\ncommitter %s %s\ndata 8\nmemory %d\n' "$who" "$when" "$who" "$when" $((i % 10))
		printf 'M 644 inline web1.cfg\ndata <<X\nname = "web1"\nmemory = %d\nX\n' $((2000 - i))
	done
} >"$work/stream"
git -C "$etc" -c init.defaultBranch=main init -q
git_ fast-import --quiet <"$work/stream"
git_ reset -q --hard main

commits() { printf '%s\n' "$out" | awk '{ print $1 }'; }
# as_git DESCRIPTION OPTIONS...: as git has it, and neither all nor nothing, so that it tells something
as_git() {
	local what=$1 want
	shift
	want=$(git_ log --format=%h "$@")
	sx log "$@"
	is "$status $(commits)" "0 $want" "$what"
	[ -n "$want" ] && [ "$want" != "$(git_ log --format=%h)" ] || not_ok "$what: tells something"
}
for date in '2 weeks ago' 2.weeks.ago '2 weeks' '3 days 2 hours ago' 'one week ago' 'last week' 'last month' \
	'1 year 2 months ago' 'last year' '6 months' '36 hours ago' '4000 minutes ago' '700000 seconds ago' yesterday \
	'yesterday 5pm' 'yesterday at 10:00' '2 days ago 10:00' 'last friday' \
	'last monday' 'last sunday 10:30' '2 tuesdays ago' "$(date -d '-10 days' +%F)" \
	"$(date -d '-10 days' '+%F %T')" "$(date -d '-10 days' +%FT%TZ)" "$(date -d '-10 days' '+%F 10:00 +0900')" \
	"$(date -d '-10 days' +%FT10:00:00-09:30)" "$(date -d '-10 days' +%Y/%m/%d)" "$(date -d '-10 days' +%d.%m.%Y)" \
	"$(date -d '-10 days' '+%d %b %Y')" "$(date -d '-10 days' '+%B %d %Y 9pm')" "$(date -d '-70 days' '+%d %b')" \
	"$(date -d '-300 days' '+%b %d, 12:30')" "$(date -d '-10 days' -R)" "$((now - 900000))" "@$((now - 900000))"; do
	as_git "--since '$date'" --since "$date"
done
as_git '--until' --until '2 weeks ago'
as_git 'both, and a synonym' --since='20 days ago' --before=yesterday
as_git 'the last of two' --since yesterday --since '10 days ago'
as_git '-5' -5
as_git '-12' -12
as_git '-p with a number behind it' -n7
as_git '--author: a part of the name' --author Ada
as_git '--author: a part of the address' --author='example\.org>$'
as_git '--author: a pattern' --author='^B.b '
as_git '--author: letters of another alphabet' --author='Öst'
as_git '--author: any of two' --author=Ada --author=Bob -20
as_git 'all of them at once' -3 --author=Ada --until='3 weeks ago'
sx log -3 --since '30 days ago' web1
is "$(commits)" "$(git_ log --format=%h -3 -- web1.cfg)" 'beside a domain'
sx log --author=nobody web1
is "$status$out$err" 0 'none by that author: nothing, as git has it'
sx --json log --since '5 days ago' --author Bob
is "$(printf '%s' "$out" | python3 -c 'import json, sys; print("\n".join(c["commit"] for c in json.load(sys.stdin)["commits"]))')" \
	"$(git_ log --format=%H --since '5 days ago' --author Bob)" '--json has the same'

# Times of this day, of which some are still to come.
for date in midnight noon 18:30 9am '0:05 UTC'; do
	sx log --since "$date"
	is "$status $(commits)" "0 $(git_ log --format=%h --since "$date")" "--since '$date'"
done
# Before noon, git takes noon yesterday for the day before.
for date in 'noon yesterday' yesterday.noon 'yesterday 12pm'; do
	sx log --since "$date"
	is "$(commits)" "$(git_ log --format=%h --since "$(date -d yesterday '+%F 12:00')")" "$date"
done
# The beginning of the day, which git takes for the present moment.
sx log --since today
is "$(commits)" "$(git_ log --format=%h --since midnight)" 'today begins at midnight'
sx log --since friday
is "$(commits)" "$(git_ log --format=%h --since 'last friday')" 'a day of the week is the last one before today'
# A zone of its own: the day is another one there.
TZ=XYZ-11 sx log --since "$(date -d '-10 days' '+%F') 03:00"
is "$(commits)" "$(TZ=XYZ-11 git_ log --format=%h --since "$(date -d '-10 days' '+%F') 03:00")" 'in local time'

# What git would guess at.
for date in '' ' ' garbage '2 weks ago' 'weeks ago' 5 '5 ago' 2026-13-01 2026-02-30 2026-11-31 25:00 10:61 13pm \
	'3/11/2026' '2026-11-01x' '10:00 10:00' '2026-11-01 2026-11-02' '+0100' -5 '1e9' 'friday monday' \
	'999999999 years ago' '999999 years ago' 2026 \
	'0 fridays ago' '0 friday' 'last friday yesterday' 'today 3 days ago' '3 november yesterday' '2 fridays ago 3 november' \
	"$(date -d '-9 days' +%a), $(date -d '-10 days' '+%d %b %Y')" '0 november' 'friday november' $'\x1b[2J' '2.5 days' "$(printf '%0200d' 1)" "$(printf 'a%.0s' {1..200})"; do
	sx log --since "$date"
	is "$status$out" 2 "no date: '$(printf '%q' "${date:0:30}")'"
	like "$err" "^safexl: log: --since: '.*' is not a date\$" 'is told'
	like "$err" "^hint: .*'2 weeks ago'" 'with some that are'
done
sx log --until 'next year'
like "$status$err" "^2safexl: log: --until: 'next year' is not a date" 'by the option it was behind'
sx log --author '['
like "$status$err" "^2safexl: log: --author: '\\[' is not a pattern: " 'a pattern that is none'
for word in -5x -5p -x5; do
	sx log $word
	is "$status" 2 "$word"
done
sx log --sinc
like "$status$err" "^2safexl: log: option '--sinc' needs an argument" 'without a date'
sx log -n
like "$status$err" "^2safexl: log: option '-n' needs an argument" 'without a number'
sx log --sine yesterday
like "$status$err" "^2safexl: log: unknown option '--sine'" 'an option that is none'
sx log -px
like "$status$err" "^2safexl: log: unknown option '-x'" 'a letter that is none'

completes() { "$BUILD/safexl" __complete $# safexl "$@" 2>/dev/null | tr '\0' '\n'; }
is "$(completes log -- | grep '^--')" $'--author\n--help\n--json\n--since\n--until' 'the options are completed'
is "$(completes log --author '' | grep '^[A-ZÅ]')" $'Ada Admin\nBob Builder\nÅsa Öst' 'an author to those there are'
is "$(completes log --since=ye | grep '^-')" '--since=yesterday' 'a date to some that are'
finish
