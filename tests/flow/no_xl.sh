#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# An xl that cannot be started, in each way that can be, by each kind of command: it is said, the
# status is 1, and the world is as before.
. tests/flow/lib.sh
config g1
config g2
config s1
domain 1 g1
domain 2 s1
sx mem-set g1 128
sx save s1 "$work/s1.sav"
status 0 "a guest is saved"
images=$("$BUILD/safexl" images)
like "$images" 's1\.sav' "it is listed"
left() { find "$state" "$etc" "$work" -path "$work/root/run" -prune -o -path '*/.git' -prune -o -type f -print | sort; }

mkdir "$work/directory"
printf 'not a program\n' >"$work/text"
chmod 755 "$work/text"
touch "$work/plain"
echo '#!/nonexistent/interpreter' >"$work/script"
chmod 755 "$work/script"
ln -s loop "$work/loop"
words=(
	'list' '-v list' '-N list' 'nosuch' 'sched-credit'
	'mem-set g1 100' '--live mem-set g1 100' 'rename g1 g9' "block-attach g1 $work/x.img,raw,xvdb,w"
	"--discard-marker block-attach g1 $work/x.img,raw,xvdb,w" '-m why mem-set g1 100' 'undo HEAD'
	"create $etc/g2.cfg" "--live create $etc/g2.cfg" "-N create $etc/g2.cfg" "create -n $etc/g2.cfg"
	'create /dev/null name="g7"' 'create' "--discard-marker create $etc/s1.cfg"
	"--live --discard-marker create $etc/s1.cfg"
	'save g1 /dev/null' "save g1 $work/g1.sav" "save -c g1 $work/g1.sav" "--live save g1 $work/g1.sav"
	"--discard-marker save g1 $work/g1.sav"
	"restore $work/s1.sav" "--live restore $work/s1.sav"
	"--discard-marker restore $work/s1.sav"
	'migrate g1 there' '--live migrate g1 there' 'migrate-receive'
)
before=$(left)
head=$(git_ rev-parse HEAD)
for xl in "$work/missing" "$work/plain" "$work/directory" "$work/text" "$work/script" "$work/loop"; do
	export SAFEXL_XL=$xl
	bad=
	for w in "${words[@]}"; do
		# shellcheck disable=SC2086
		sx $w
		if [ "$status" != 1 ] || ! grep -q "cannot run \(xl: \)\?$xl: " <<<"$err"; then
			bad="$bad$w: $status: $err"$'\n'
		fi
	done
	is "$bad" '' "${xl##*/}: each command says so and ends with 1"
	is "$(left)" "$before" "nothing is left"
	is "$(git_ rev-parse HEAD)" "$head" "nothing is recorded"
	is "$("$BUILD/safexl" images)" "$images" "the saved image is as it was"
done

# One that is not even a path, or is safexl: what does not run it still works.
for xl in relative "$BUILD/safexl"; do
	export SAFEXL_XL=$xl
	bad=
	for w in "${words[@]}"; do
		# shellcheck disable=SC2086
		sx $w
		[ "$status" = 1 ] && grep -q "$xl" <<<"$err" || bad="$bad$w: $status: $err"$'\n'
	done
	is "$bad" '' "${xl##*/}: each command says so and ends with 1"
	for w in help 'help list' --version 'log' 'diff g1' 'where g1' images recover '--config mem-set g2 64'; do
		# shellcheck disable=SC2086
		sx $w
		status 0 "$w needs no xl"
	done
	sx --config undo HEAD
	status 0 "undo neither, of what does not run"
done
export SAFEXL_XL=$work/missing
is "$("$BUILD/safexl" - 2>&1 <<<$'list\nmem-set g1 100\npwd' | grep -c 'cannot run')" 2 \
	"the shell says so of each command"
is "$("$BUILD/safexl" __complete 1 safexl rest | tr '\0' '\n' | grep -c '^restore')" 1 "completion goes on"
finish
