#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Where a save may put its image: never over a configuration, a disk, or a file that is something else.
. tests/flow/lib.sh

# guest NAME DISK: its configuration
guest() { printf "name = '%s'\nmemory = 64\nkernel = '%s'\ndisk = [ '%s,xvda,w' ]\n" "$1" "$work/vmlinuz" "$2"; }
cd "$work" || exit
echo kernel >vmlinuz
truncate -s 1M g1.img g2.img g3.img g4.img none.img
printf 'QFI\373\0\0\0\2\0\0\0\0\0\0\1\0\0\0\0\10\0\0\0\20' >over.qcow2
truncate -s 256 over.qcow2
printf base.img >>over.qcow2
truncate -s 65536 over.qcow2
head -c 65536 /dev/zero >base.img
guest g1 "$work/g1.img,raw" >"$etc/g1.cfg"
guest g2 "$work/g2.img,raw" >"$etc/g2.cfg"
guest g3 "$work/g3.img,raw" >g3.cfg
guest g4 "$work/g4.img,raw" >g4.cfg
guest g5 "$work/over.qcow2,qcow2" >"$etc/g5.cfg"
for name in "$etc/g1" g3 g4; do sx create "$name.cfg"; done
sx save g4 "$work/g4.save"
rm -r g4.cfg "$state/domains/g4.json"
sx save -c g3 "$work/g3.save"
sx destroy g3
: >"$SAFEXL_FAKE/log"
ln -s g2.img link
ln g2.img hard
ln -s link chain

sums() { find . -path ./root/run -prune -o -type f ! -name out ! -name err -exec cksum {} + | sort; }
before=$(sums)
# refused TARGET REASON: with each way to save
refused() {
	local words
	for words in save '--live save' 'save -c' 'save -p' '--discard-marker save' '-N save'; do
		# shellcheck disable=SC2086
		sx $words g1 "$1"
		status 77 "$words g1 $1"
		like "$err" "^safexl: (g1: not saved: )?$2$" "says why"
	done
}
refused "$etc/g1.cfg" "$etc/g1.cfg is a configuration"
refused "$etc/g2.cfg" "$etc/g2.cfg is a configuration"
refused g3.cfg "$work/g3.cfg is a configuration"
refused g1.img "$work/g1.img is disk xvda of the domain 'g1', which runs"
refused g2.img "$work/g2.img is disk xvda of 'g2' \($etc/g2.cfg\)"
refused link "$work/g2.img is disk xvda of 'g2' \(.*"
refused chain "$work/g2.img is disk xvda of 'g2' \(.*"
refused hard "$work/hard is disk xvda of 'g2' \(.*"
refused "/proc/self/cwd/g2.img" "$work/g2.img is disk xvda of 'g2' \(.*"
refused g3.img "$work/g3.img is disk xvda of 'g3' \($work/g3.cfg\)"
refused g4.img "$work/g4.img is disk xvda of 'g4', which is saved in $work/g4.save"
for name in over.qcow2 base.img vmlinuz none.img; do
	refused "$name" "$work/$name is (neither empty nor a saved image|disk xvda of 'g5' .*)"
done
refused . "$work is a directory"
refused new.cfg "$work/new.cfg is a name for a configuration"
refused "$etc/safexl.conf" "$etc/safexl.conf is a name for a configuration"
cp g4.save .g2.safexl-12
before=$(sums)
for name in .g2.safexl-12 .g1.safexl-7 .g1.safexl-7.1; do
	refused "$name" "$work/$name is a name for an image that is not finished"
done
is "$(xl_calls)" "" "xl does not run"
is "$(sums)" "$before" "every file is as it was"

# ---- what it would do: judged as a save, and nothing is changed ----
sx -N save g1 new.save
is "$status $out" "0 would run: $SAFEXL_XL save g1 new.save
guard: allowed" "-N save shows the command line of xl"
sx -N save g1
is "$status $out" "0 would run: $SAFEXL_XL save g1 $state/images/g1
guard: allowed" "with the place of the image, where none is given"
sx -N save g1 g4.save
status 77 "-N save over the saved state of another guest"
like "$err" "^safexl: g1: not saved: $work/g4.save holds the saved state of 'g4'" "says why"
sx -N --discard-marker save g1 g4.save
status 0 "-N --discard-marker"
like "$err" "^safexl: g1: --discard-marker would discard this: $work/g4.save holds" "says what would be lost"
sx -N save nosuch new.save
status 1 "-N save of no domain"
sx -N migrate g1 there
is "$status $out" "0 would run: $SAFEXL_XL migrate g1 there
guard: allowed" "-N migrate"
sx -N migrate nosuch there
status 1 "-N migrate of no domain"
is "$(xl_calls)" "" "xl does not run"
is "$(sums)" "$before" "every file is as it was"

sx save g1 "$etc/g1.cfg" g1.save
status 77 "the words of restore"
like "$err" "^hint: the image comes before the configuration: safexl save g1 g1.save $etc/g1.cfg$" "are set right"
sx save g1 g2.img
like "$err" "^hint: save it to another file, or where safexl keeps images: safexl save g1$" "the way out"
: >empty
sx save g1 empty
status 0 "an empty file is nobody's"

# a name that an earlier process left: the number behind that of ours stands apart from it
sx restore empty
for n in 1 2; do
	printf '#!/bin/sh\nls -A >"%s"\nrm "%s"\n' "$work/names" "$SAFEXL_FAKE/hook" >"$SAFEXL_FAKE/hook"
	chmod 755 "$SAFEXL_FAKE/hook"
	sh -c 'echo $$ >pid; touch ".h.safexl-$$"; [ $2 = 1 ] || touch ".h.safexl-$$.1"; exec "$1" save g1 h' \
		sh "$BUILD/safexl" $n 2>/dev/null
	check "the temporary file of try $n has a name of its own" grep -qxF ".h.safexl-$(cat pid).$n" names
	sx restore h
done
finish
