#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# start: a saved guest is restored, any other is created, and one never instead of the other.
. tests/flow/lib.sh

calls=0
# ran WORDS DESCRIPTION: what xl was run with since the last time
ran() {
	is "$(xl_calls | tail -n "+$((calls + 1))")" "$1" "$2"
	calls=$(xl_calls | wc -l)
}
for name in g1 g2 g3; do guest $name; done

sx start g1
status 0 "one that is off"
ran "create $etc/g1.cfg" "is created from its configuration"
is "$err" "safexl: g1: starting it from $etc/g1.cfg" "which is told"
sx start g1
status 0 "one that runs"
like "$err" "^safexl: g1: it runs already, its number is [0-9]+\$" "is said to run"
ran "" "and left alone"
sx mem-set g1 200
like "$(cat "$etc/g1.cfg")" '^memory = 200' "its file was remembered, as create does"
calls=$(xl_calls | wc -l)
sx save g1 "$work/g1.sav"
calls=$(xl_calls | wc -l)
sx start -N g1
status 0 "-N"
ran "" "restores nothing"
sx start -p g1
status 0 "one that is saved"
ran "restore -p $work/g1.sav" "is restored from its image"
like "$err" "^safexl: g1: it was saved on 2.*: restoring it from $work/g1.sav\$" "which is told"
sx where g1
sx start g1
status 0 "one that is there, paused"
sx unpause g1
sx save g1
calls=$(xl_calls | wc -l)
sx start g1
ran "restore $state/images/g1" "from the place where images lie, too"

# Saved, and it cannot be restored: never from the configuration.
sx save g1 "$work/g1.sav2"
calls=$(xl_calls | wc -l)
echo more >>"$work/g1.img"
sx start g1
status 77 "saved, and its disk has changed"
like "$err" "^safexl: $work/g1.sav2: not restored: " "says so"
like "$err" "^hint: .*safexl --discard-marker " "and the way past it"
ran "" "nothing was run"
sx start g1 memory=300
status 2 "a saved one takes no keys"
sx --discard-marker start g1
status 2 "--discard-marker does not say whether to go on with the image"
like "$err" "^hint: to discard the saved state: safexl --discard-marker create g1\$" "asks which is meant"
rm "$work/g1.sav2"
sx start g1
status 77 "saved, and its image is gone"
like "$err" "^safexl: g1: not started: it was saved in $work/g1.sav2, which is not there\$" "says so"
like "$err" "^hint: what can be done: safexl where g1\$" "where the ways out are"
ran "" "it is not created from its configuration"
sx --discard-marker create "$etc/g1.cfg"
sx destroy g1

# Migrated.
sx start g1
calls=$(xl_calls | wc -l)
sx migrate g1 otherhost
status 0 "migrated"
calls=$(xl_calls | wc -l)
sx start g1
status 77 "one that runs on another host"
like "$err" "^safexl: g1: not started: it was migrated to otherhost" "is there"
like "$err" "^hint: if it is gone there for good: safexl --discard-marker start g1\$" "with the way past it"
ran "" "nothing was run"
sx --discard-marker start g1
status 0 "at a person's word"
ran "create $etc/g1.cfg" "it is created here"
sx destroy g1

# Words.
sx start -c g1 'memory=300'
calls=$(xl_calls | wc -l)
is "$(xl_calls | tail -n 1)" "create -c $etc/g1.cfg memory=300" "a console, and a key for this start"
sx mem-set g1 128
status 78 "which is known later: the key is not written to the file"
sx destroy g1
for words in '' '-x g1' 'g1 g2 memory=3' '-c g1 g2' '--all-auto g1' './g1' "$etc/g1.cfg"; do
	# shellcheck disable=SC2086
	sx start $words
	status 2 "start $words"
	like "$err" "^hint: " "with a hint"
done
for option in --live --config; do
	sx $option start g1
	status 2 "$option does not apply"
done
calls=$(xl_calls | wc -l)
sx start nosuch
status 78 "nobody"
like "$err" "^safexl: nosuch: not started: no configuration in $etc" "is not known"
printf 'name = "broken"\nmemory = [\n' >"$etc/broken.cfg"
sx start broken
status 78 "a file that xl cannot read"
like "$err" "$etc/broken.cfg:[0-9]+" "and where"
rm "$etc/broken.cfg"
sed 's/"g3"/"g2"/' "$etc/g3.cfg" >"$etc/g2b.cfg"
sx start g2
status 78 "one name in two files"
like "$err" "^hint: to choose one: safexl adopt g2 " "asks which"
rm "$etc/g2b.cfg"
ran "" "nothing was run"

# Several.
sx start g1
calls=$(xl_calls | wc -l)
sx start g1 nosuch g2 g3
status 78 "several: the first failure"
ran "create $etc/g2.cfg
create $etc/g3.cfg" "keeps none of the others"
sx start --all-auto
status 78 "none starts with the host"
like "$err" "^hint: to have a guest start with the host: safexl autostart DOMAIN" "and how one would"
for name in g1 g2 g3; do sx destroy $name; done
# xl_dies SIGNAL WORDS: xl dies by it at g2
xl_dies() {
	printf '#!/bin/sh\ncase $* in */g2.cfg) kill -%s $$ ;; esac\nexec "%s" "$@"\n' "$1" "$SAFEXL_XL" >"$work/xl_dies"
	chmod +x "$work/xl_dies"
	calls=$(xl_calls | wc -l)
	SAFEXL_XL=$work/xl_dies sx "${@:2}"
}
xl_dies SEGV start g1 g2 g3
status 139 "xl crashes with one of several"
ran "create $etc/g1.cfg
create $etc/g3.cfg" "which keeps none of the others"
for name in g1 g3; do sx destroy $name; done
xl_dies TERM start nosuch g1 g2 g3
status 143 "it is asked to end"
ran "create $etc/g1.cfg" "and goes no further"
sx destroy g1
mkdir "$etc/auto"
ln -s ../g3.cfg "$etc/auto/10-first"
ln -s ../g1.cfg "$etc/auto/g1"
ln -s "$etc/nothing.cfg" "$etc/auto/lost"
calls=$(xl_calls | wc -l)
sx start --all-auto
status 0 "those that start with the host"
ran "create $etc/g3.cfg
create $etc/g1.cfg" "in their order"
like "$err" "^safexl: not started with the host: $etc/auto/lost leads nowhere\$" "a link that leads nowhere is told"
# Stopped on the way: what is left of it is no free name.
echo state=crashed >>"$(grep -l '^name=g1$' "$SAFEXL_FAKE"/*.dom)"
sx start g1
status 1 "one that crashed and is kept"
like "$err" "^safexl: g1: not started: it has crashed" "is not started beside that"
mv "$SAFEXL_FAKE" "$work/away"
sx start g2
status 1 "without Xen"
like "$err" "no Xen" "says so"
finish
