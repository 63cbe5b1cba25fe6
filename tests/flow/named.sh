#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A guest's name where a file is meant: create takes its configuration, restore its saved image.
. tests/flow/lib.sh
# A guest whose disk is a file. guest FILE NAME
guest() {
	head -c 65536 /dev/zero >"$work/$2.img"
	printf 'name = "%s"\nmemory = 256\ndisk = [ "%s/%s.img,raw,xvda,w" ]\n' "$2" "$work" "$2" >"$etc/$1"
}
# xl was not run by the last command.
calls=0
not_run() { is "$(xl_calls | wc -l)" "$calls" "${1:-xl was not run}"; }
guest g1.cfg g1
guest other-name.cfg g2
guest g3.cfg renamed
here=$work/here
mkdir -p "$here/g2"
cd "$here" || exit 2

# ---- create ----
sx create g2
status 0 "create of a guest by its name; a directory of that name is no file"
is "$(xl_calls | tail -n 1)" "create $etc/other-name.cfg" "xl is given its configuration"
like "$err" "^safexl: 'g2' is no file here: taken for the guest: $etc/other-name.cfg$" "which is told"
sx mem-set g2 128
like "$(cat "$etc/other-name.cfg")" '^memory = 128' "and remembered: a change is recorded there"
for words in '-f g1' '-fg1' '--defconfig=g1' '-q g1 memory=300' 'g1 -e'; do
	# shellcheck disable=SC2086
	sx create $words
	is "$(xl_calls | tail -n 1)" "create ${words/g1/$etc/g1.cfg}" "create $words"
	sx destroy g1
done
sx --live create g1
is "$(xl_calls | tail -n 1)" "create $etc/g1.cfg" "--live create"
sx destroy g1
sx -N create g1
is "$(xl_calls | tail -n 1)" "create $etc/g1.cfg" "-N create"
sx destroy g1
cp "$etc/g3.cfg" g1
sx create g1
is "$(xl_calls | tail -n 1)" "create g1" "a file here goes first"
sx destroy renamed
rm g1
calls=$(xl_calls | wc -l)
sx create nosuch
status 78 "no guest of that name"
is "$err" "safexl: 'nosuch' is no file here, and no configuration in $etc has this domain's name
hint: a file elsewhere is named by its path, with a '/'" "says so"
for word in g3 g3.cfg; do
	sx create $word
	status 78 "$word: a file of that name that makes another guest"
	like "$err" "^hint: there is $etc/g3.cfg: name it by its path$" "is named"
done
guest a.cfg twin
guest b.cfg twin
sx create twin
status 78 "two of that name"
like "$err" "^safexl: 2 configurations have this domain's name: $etc/[ab].cfg, $etc/[ab].cfg$" "both are named"
like "$err" "^hint: name the one that is meant by its path$" "with the way out"
printf 'name = "broken"\nmemory = [\n' >"$etc/broken.cfg"
sx create broken
status 78 "a configuration that xl cannot read"
like "$err" "^safexl: $etc/broken.cfg:[0-9]*: " "says where"
not_run
rm "$etc/broken.cfg"
sx create ./g1
is "$(xl_calls | tail -n 1)" "create ./g1" "a path is a path"

# ---- config-update, save, migrate: the configuration that xl is given ----
sx create g2
for words in 'g2 g2' 'g2 -f g2' 'g2 -fg2' 'g2 -q g2'; do
	# shellcheck disable=SC2086
	sx config-update $words
	is "$(xl_calls | tail -n 1)" "config-update g2 $(sed "s,g2\$,$etc/other-name.cfg," <<<"${words#g2 }")" "config-update $words"
	like "$err" "^safexl: 'g2' is no file here: taken for the guest: $etc/other-name.cfg$" "which is told"
done
sx config-update g2 g2
status 0 "config-update with a name"
sx -N config-update g2 g2
like "$out" "config-update g2 $etc/other-name.cfg" "-N config-update"
sx --live config-update g2 g2
is "$(xl_calls | tail -n 1)" "config-update g2 $etc/other-name.cfg" "--live config-update"
calls=$(xl_calls | wc -l)
sx config-update g2 nosuch
status 78 "config-update with nobody's name"
like "$err" "^safexl: 'nosuch' is no file here, and no configuration" "says so"
not_run
for words in '-C g2' '-Cg2' '-eC g2' '-eCg2' '-p -DeC g2'; do
	# shellcheck disable=SC2086
	sx --live migrate $words g2 elsewhere
	like "$(xl_calls | tail -n 1)" "^migrate ${words/g2/$etc/other-name.cfg} " "migrate $words"
	rm -rf "$state/markers"
	sx create g2
done
sx save g2 "$work/other.save" g2
like "$(xl_calls | tail -n 1)" "^save .* $etc/other-name.cfg$" "save with a configuration by its guest's name"

# ---- adopt, define ----
sx adopt g1 g1
status 0 "adopt of a guest's own configuration by its name"
like "$err" "^safexl: g1: changes are recorded in $etc/g1.cfg from now on$" "takes its file"
sx adopt g2
status 77 "adopt of a saved guest by its name"
like "$err" "^safexl: $work/other.save: not adopted: it is known already" "finds its image, which is known"
sx adopt nosuch
status 1 "adopt of nobody's image"
is "$err" "safexl: 'nosuch' is no file here, and safexl knows no saved image of a guest of that name
hint: an image is named by its path, as in: safexl adopt /var/lib/xen/save/nosuch" "says how an image is named"
sx define nosuch
status 78 "define of nobody"
like "$err" "^safexl: 'nosuch' is no file here, and no configuration" "says so"
sx -N define g1
like "$err$out" "taken for the guest: $etc/g1.cfg" "define of a guest by its name takes its file"
rm -rf "$state/markers" "$work/other.save"
sx create g2
calls=$(xl_calls | wc -l)

# ---- a file's name where a guest's is meant ----
for words in 'edit other-name.cfg' 'diff other-name.cfg' "diff $etc/other-name.cfg" "undefine $etc/other-name.cfg" 'start other-name' '--config mem-set other-name.cfg 200' 'undefine other-name.cfg'; do
	# shellcheck disable=SC2086
	sx $words
	status 78 "$words"
	like "$err" "^hint: if $etc/other-name.cfg is meant, its domain is: g2$" "$words: whose file that is"
done
not_run
sx mem-set other-name 200
is "$err" "safexl: no running domain is called 'other-name'
hint: the guests of this host: safexl list --all" "--config is no way out where there is no configuration"
domain 0 Domain-0
sx diff 0
is "$status $err" "78 safexl: Domain-0: it is the host's own domain, which has no configuration" "the host itself"
rm "$SAFEXL_FAKE/0.dom"

# ---- check ----
sx check --no-host g2 ./../root/nosuch.cfg
like "$out" "^$etc/other-name.cfg: error: neither kernel nor bootloader" "check of a guest by its name"
like "$err" "^safexl: 2 files, " "beside files by their paths"
sx check nosuch
status 78 "check of nobody"
like "$err" "^safexl: 'nosuch' is no file here, and no configuration" "says so"

# ---- restore ----
sx create g1
calls=$(xl_calls | wc -l)
sx restore g1
status 1 "a guest that runs"
is "$err" "safexl: 'g1' is not saved: it runs
hint: for its state: safexl where g1" "is not saved"
sx save g1
image=$(ls "$state"/images/g1*)
calls=$(xl_calls | wc -l)
sx create g1
status 77 "create of a saved guest by its name is guarded"
like "$err" "^hint: .*safexl restore $image$" "as by its file"
sx -N restore g1
status 0 "-N restore"
like "$out" "^would run: .* restore $image$" "shows the image"
not_run
sx restore g1
status 0 "restore of a guest by its name"
is "$(xl_calls | tail -n 1)" "restore $image" "xl is given its image"
like "$err" "^safexl: 'g1' is no file here: taken for the guest: $image$" "which is told"
sx save -c g1 "$work/first"
sx save -c g1 "$work/second"
sx restore g1
status 78 "two images of it, both from before it went on"
like "$err" "^safexl: 2 images hold 'g1': $work/first \(2.*\), $work/second \(2.*\)$" "both are named"
like "$err" "^hint: what can be done with them: safexl images$" "with what tells more"
sx save g1
sx restore -p g1 g1
is "$(xl_calls | tail -n 1)" "restore -p $etc/g1.cfg $image" "the one that holds it goes first; its configuration as well"
calls=$(xl_calls | wc -l)
sx destroy g2
sx restore g2
status 1 "a guest that is off and not saved"
is "$err" "safexl: 'g2' is not saved
hint: to start it from its configuration: safexl create g2" "can be started"
sx restore nosuch
status 1 "nobody's name"
is "$err" "safexl: 'nosuch' is no file here, and no guest of that name is saved
hint: the saved guests: safexl images" "says so"
calls=$((calls + 1))
not_run "xl was not run but for the destroy"
sx create g2
sx migrate g2 elsewhere
sx restore g2
status 1 "a guest on another host"
like "$err" "^safexl: 'g2' does not run here: it was migrated to elsewhere " "says where it is"
finish
