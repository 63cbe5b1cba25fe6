#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# block-attach and block-detach: the file, the running domain, the history.
. tests/flow/lib.sh

config web1
domain 14 web1
cp "$etc/web1.cfg" "$work/before"

sx -m 'more room for uploads' block-attach web1 phy:/dev/vg0/web1-data,xvdb,w
status 0 "attach succeeds"
like "$err" '^safexl: web1: attach disk xvdb \(/dev/vg0/web1-data\): recorded in .*/etc/xen/web1.cfg \([0-9a-f]{7,}\)$' "one line tells the commit"
is "$out" "" "stdout is xl's"
is "$(diff "$work/before" "$etc/web1.cfg")" "7a8
> 	'phy:/dev/vg0/web1-data,xvdb,w'," "one line was added below its neighbours"
is "$(xl_calls)" "block-attach web1 phy:/dev/vg0/web1-data,xvdb,w" "xl ran once with the words as typed"
is "$(subjects)" "web1: attach disk xvdb (/dev/vg0/web1-data)
Start the history of the configurations" "the history reads like a diary"
is "$(git_ log -1 --format=%B)" "web1: attach disk xvdb (/dev/vg0/web1-data)

Reason: more room for uploads

Command: safexl block-attach web1 phy:/dev/vg0/web1-data,xvdb,w
Domain: web1 (uuid 572baf85-0000-4000-8000-000000000014, domid 14)" "the message is whole"
is "$(git_ log -1 --format='%an <%ae> %cn')" "Ada Admin <ada@example.org> safexl" "author is the person, committer safexl"
is "$(stat -c %a "$etc/.git")" 700 "the repository is private"
check_clean "after attach"

sx block-attach web1 phy:/dev/vg0/other,xvdb,w
status 78 "the same device again is refused"
like "$err" "^safexl: web1: 'xvdb' is already in .*/etc/xen/web1.cfg:8 as 'phy:/dev/vg0/web1-data,xvdb,w'$" "with file and line"
like "$err" '^hint: ' "and a way out"
sx block-attach web1 phy:/dev/vg0/web1-data,xvdb,w
status 78 "the very same disk again is refused"
like "$err" "the running domain has 'xvdb' already" "as the domain has it"
sx block-attach web1 phy:/dev/vg0/other,d1p0,w
status 78 "d1p0 is xvdb"
is "$(xl_calls | wc -l)" 1 "xl was not run for refused ones"

sx block-detach web1 51728
status 0 "detach by number"
check "attach then detach gives back the same bytes" cmp "$work/before" "$etc/web1.cfg"
is "$(subjects | head -1)" "web1: detach disk xvdb (/dev/vg0/web1-data)" "detach is told with its target"
sx block-detach web1 xvdb
status 78 "a disk that is not there cannot be detached"
like "$err" "the running domain has no disk 'xvdb'" "it says so"
sx block-detach web1 nonsense
status 2 "a word that is no device is a usage error"

for words in 'target=/srv/a,b.img vdev=xvdc' '/srv/x.img raw xvdd r' 'format=raw,vdev=xvde,access=rw,target=/srv/e.img' 'phy:/dev/vg0/f xvdf w'; do
	# shellcheck disable=SC2086
	sx block-attach web1 $words
	status 0 "attach $words"
done
is "$(sed -n "s/^	'\(.*\)',.*/\1/p" "$etc/web1.cfg" | tail -n +2)" "vdev=xvdc,target=/srv/a,b.img
/srv/x.img,raw,xvdd,r
format=raw,vdev=xvde,access=rw,target=/srv/e.img
phy:/dev/vg0/f,xvdf,w" "words are joined to items that mean the same"
for vdev in xvdc 0xca30 d4p0 51792; do sx block-detach web1 "$vdev"; status 0 "detach $vdev"; done
check "all detached: the first bytes again" cmp "$work/before" "$etc/web1.cfg"

touch "$work/rel.img"
(cd "$work" && SAFEXL_XL=$SAFEXL_XL "$BUILD/safexl" -q block-attach web1 rel.img,raw,xvdg,w) 2>"$work/err"
like "$(cat "$etc/web1.cfg")" "'$work/rel.img,raw,xvdg,w'," "a relative path is recorded as an absolute one"
is "$(cat "$work/err")" "" "-q is silent"
sx block-detach web1 xvdg

sx block-at web1 /srv/h.img,raw,xvdh,w
status 0 "an abbreviated command is recorded too"
like "$(git_ log -1 --format=%B)" '^Command: safexl block-attach web1' "under its full name"
sx block-detach web1 xvdh
sx -N block-attach web1 /srv/i.img,raw,xvdi,w
status 0 "dry run"
like "$out" "^would run: .*/fake/xl block-attach web1 /srv/i.img,raw,xvdi,w$" "shows the command"
like "$out" "^    \+	'/srv/i.img,raw,xvdi,w',$" "the diff"
like "$out" "^    web1: attach disk xvdi \(/srv/i.img\)$" "the message"
check "and changes nothing" cmp "$work/before" "$etc/web1.cfg"
sx -N --json block-attach web1 /srv/i.img,raw,xvdi,w
like "$out" '"config": ".*/etc/xen/web1.cfg"' "dry run as JSON"

sx --live block-attach web1 /srv/j.img,raw,xvdj,w
status 0 "--live"
check "leaves the file alone" cmp "$work/before" "$etc/web1.cfg"
sx block-detach web1 xvdj
status 0 "an unrecorded disk is detached"
like "$err" "nothing to record: .* has no disk xvdj" "and it is said that the file did not have it"
check "the file is untouched" cmp "$work/before" "$etc/web1.cfg"
calls=$(xl_calls | wc -l)
sx --config block-attach web1 /srv/k.img,raw,xvdk,w
status 0 "--config on a running domain"
is "$(xl_calls | wc -l)" "$calls" "does not run xl"
like "$(git_ log -1 --format=%B)" 'Domain: web1 .*not changed while it runs' "and says so in the history"
like "$err" "^safexl: web1: it is running; at its next cold boot these take effect: disk$" "and at once what waits"
sx block-attach web1 /srv/k.img,raw,xvdk,w
status 0 "attaching what the file has already"
like "$err" "nothing to record: .*web1.cfg:8 has 'xvdk' already" "needs no edit"
sx --live block-attach web1 /srv/l.img,raw,xvdl,w
sx --config block-attach web1 /srv/l.img,raw,xvdl,w
like "$err" 'attach disk xvdl' "what the domain has by then"
is "$(grep -c "cold boot" <<<"$err")" 0 "waits for nothing"
sx block-detach web1 xvdl
sx --config block-attach web1 /srv/k.img,raw,xvdk,w
status 78 "with --config that is refused"
sx block-detach web1 xvdk
sx --config block-detach web1 xvdk
status 78 "and so is taking out with --config what the file does not have"
check "and all is as before" cmp "$work/before" "$etc/web1.cfg"
sx block-attach '' /srv/x.img,raw,xvdx,w
status 2 "an empty domain is refused"
sx block-attach web1 /dev/x,xvda,w
status 2 "a specification that xl would not read is a usage error"
like "$err" "^safexl: disk '/dev/x,xvda,w': unknown value for format" "in libxlutil's words"
sx block-attach web1
status 2 "too few words"
sx block-attach --force web1 /srv/x.img,raw,xvdx,w
status 2 "an option that is none"
config sleeping
sx block-attach sleeping /srv/x.img,raw,xvdx,w
status 1 "a domain that does not run"
like "$err" "^hint: .*safexl --config block-attach sleeping /srv/x.img,raw,xvdx,w$" "names --config"
rm "$etc/sleeping.cfg"

# Names that another disk may have after a reboot, and paths that are none elsewhere.
for name in loop2 nbd7 rbd3 zd16 dm-99 nvme9n1; do
	sx -N --config block-attach web1 "phy:/dev/$name,xvdm,w"
	like "$out" "/dev/$name can be another disk after a reboot" "/dev/$name: told"
done
sx -N --config block-attach web1 vdev=xvdm,backendtype=qdisk,target=rbd:pool/x
is "$(printf '%s\n' "$out" | grep -c reboot)" 0 "a URL of QEMU is not"
(cd "$work" && "$BUILD/safexl" -q --config block-attach web1 new.img,raw,xvdm,w)
like "$(cat "$etc/web1.cfg")" "'$work/new.img,raw,xvdm,w'" "a relative path is absolute in the file, there or not"
(cd "$work" && "$BUILD/safexl" -q --config block-attach web1 vdev=xvdn,backendtype=qdisk,target=rbd:pool/x)
like "$(cat "$etc/web1.cfg")" "target=rbd:pool/x'" "a URL is not"
sx --config block-detach web1 xvdm
sx --config block-detach web1 xvdn
calls=$(xl_calls | wc -l)
# removed WORDS...: typed in a directory that was removed since
removed() {
	mkdir "$work/gone"
	(cd "$work/gone" && rmdir "$work/gone" && exec "$BUILD/safexl" "$@") >"$work/out" 2>"$work/err"
	status=$?
	err=$(cat "$work/err")
}
for words in '--config block-attach web1 c.img,raw,xvdm,w' 'block-attach web1 ./c.img,raw,xvdm,w' \
	'--config cd-insert web1 hdc c.iso' 'adopt web1 web1.cfg' 'save web1 web1.image' 'edit ./web1.cfg'; do
	# shellcheck disable=SC2086
	removed $words
	status 2 "in a removed directory: $words"
	like "$err" "is a relative path, and the directory you are in was removed" "the reason is told"
done
removed --config block-attach web1 vdev=xvdn,backendtype=qdisk,target=rbd:pool/x
status 0 "a URL is as good there as anywhere"
sx --config block-detach web1 xvdn
is "$(xl_calls | wc -l)" "$calls" "xl was not run"
check "and all is as before" cmp "$work/before" "$etc/web1.cfg"
check_clean "at the end"
finish
