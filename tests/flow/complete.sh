#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion engine by argv: every kind of word, in a world of files; what it must never do.
. tests/flow/lib.sh

# candidates WORDS...: those for the last word, each with what ends it ('/' the word goes on, ','
# a comma), with '|' between
candidates() {
	local answer i all=''
	mapfile -d '' -t answer < <("$BUILD/safexl" __complete $# safexl "$@" 2>"$work/err")
	for ((i = 0; i + 2 < ${#answer[@]}; i += 3)); do
		case ${answer[i + 2]} in *n*) end='+' ;; *,*) end=',' ;; *) end='' ;; esac
		all+="|${answer[i]}$end"
	done
	printf '%s' "${all#|}"
}
# offers WANT DESCRIPTION WORDS...
offers() {
	local want=$1 what=$2
	shift 2
	is "$(candidates "$@")" "$want" "$what"
}
# describes TEXT DESCRIPTION-REGEX WORDS...: that candidate has that description
describes() {
	local text=$1 want=$2 answer i
	shift 2
	mapfile -d '' -t answer < <("$BUILD/safexl" __complete $# safexl "$@")
	for ((i = 0; i + 2 < ${#answer[@]}; i += 3)); do
		[ "${answer[i]}" != "$text" ] || { like "${answer[i + 1]}" "$want" "$text is described"; return; }
	done
	not_ok "$text is described"
}

config web1
config web2
config old
printf "name = 'we b\\\\'s'\nmemory = 64\n" >"$etc/blank.cfg"
printf 'name = "two\\nlines"\nmemory = 64\n' >"$etc/lines.cfg"
touch "$etc/xl.conf" "$etc/web1.cfg.bak"
mkdir -p "$etc/scripts" "$SAFEXL_ROOT/sys/class/net/xenbr0/bridge" "$SAFEXL_ROOT/sys/class/net/br1/bridge" \
	"$SAFEXL_ROOT/sys/class/net/eth0" "$SAFEXL_ROOT/sys/bus/pci/drivers/pciback" \
	"$SAFEXL_ROOT/sys/bus/pci/devices" "$SAFEXL_ROOT/sys/bus/usb/devices/"{1-2,usb1} "$SAFEXL_ROOT/etc"
touch "$etc/scripts/"{vif-bridge,vif-common.sh,vif-route,block-nbd,block}
touch "$SAFEXL_ROOT/sys/bus/pci/drivers/pciback/"{0000:03:00.0,bind,unbind}
touch "$SAFEXL_ROOT/sys/bus/pci/devices/"{0000:03:00.0,0000:04:1f.2}
echo 1 | tee "$SAFEXL_ROOT/sys/bus/usb/devices/"{1-2,usb1}/busnum >"$SAFEXL_ROOT/sys/bus/usb/devices/usb1/devnum"
echo 7 >"$SAFEXL_ROOT/sys/bus/usb/devices/1-2/devnum"
echo Stick >"$SAFEXL_ROOT/sys/bus/usb/devices/1-2/product"
domain 14 web1 262144 'xvdb connected /srv/data.img' 'hdd connected /srv/cd.iso'
domain 15 "we b's" 65536
domain 16 'a$b' 65536
cat >>"$SAFEXL_FAKE/14.dom" <<'END'
vif=0 connected mac=00:16:3e:00:00:01,bridge=xenbr0
vif=2 connected mac=00:16:3e:00:00:02,bridge=br1
pci=- connected bdf=0000:05:00.0
usbdev=- connected hostbus=1,hostaddr=3,controller=0,port=2
usbdev=- connected hostbus=1,hostaddr=4,controller=1,port=5
END
echo pool-west >"$SAFEXL_FAKE/pools"
mkdir "$work/here" && cd "$work/here" || exit 1
mkdir images
touch disk.img disk.qcow2 .hidden images/a.img 'a b.img'

# ---- commands and options ----
offers 'block-attach|block-detach|block-list' 'commands' block-
describes block-attach '^attach a disk' block-
offers '--discard-marker|--dry-run' 'options before the command' --d
offers '' 'no text for -m' -m ''
offers 'block-list' 'a command behind options and a message' -m 'some reason' --config -v block-l
offers 'block-list' 'a command behind --' -- block-l
offers '' 'no options behind --' -- --
offers '--force|--help|-f' 'options of a command, xl'"'"'s own among them' block-detach -
offers '--force' 'behind an abbreviated command and its words' block-det web1 --f
describes -f consent block-detach -
offers '' 'no option behind the -- of a command' block-detach -- -
offers '' 'nothing behind a word that several commands begin with' b w
offers '' 'nothing behind a word that is no command' nosuch w
offers 'create' 'commands behind help' help crea
offers '--commands|--help' 'a word like an option' help --
offers '--dry-run|--help|--json|--prune|-N' 'options of a command of our own, and those of safexl that apply to it' images -
offers '' 'which takes nothing else' images w
mkdir -p "$state/edit/web1.cfg.a7Xx2q"
printf '%s' "$etc/web1.cfg" >"$state/edit/web1.cfg.a7Xx2q/.path"
touch "$state/edit/web1.cfg.a7Xx2q/web1.cfg"
offers 'web1' 'stop: only what runs' stop web
offers 'web1|web2' 'start: also what does not' start web
offers 'web1|web2' 'a second one' start web1 web
offers 'web1|web2' 'undefine, autostart: those, too' undefine web
offers 'web1|web2' 'autostart' autostart --off web
touch "$work/home/fresh.conf"
offers "$work/home/fresh.conf" 'define: files, not what is defined already' define "$work/home/fre"
offers '' 'define: by no name' define web
offers '' 'no seconds' stop --timeout ''
offers 'web1.cfg.a7Xx2q' 'copies that edits left' edit --take w
offers '--config|--drop|--dry-run|--help|--json|--list|--message|--resume|--take' 'options of edit' edit --
offers "$(candidates edit web)" 'a reason is no domain' edit -m why web
offers 'pv|serial|vuart' 'words of an option' console -t ''
offers 'web1' 'and what follows them' console -t pv web
offers 'init|nmi|power|reset|s3resume|sleep' 'words that stand for themselves' trigger web1 ''
offers 'pool-west' 'an option that takes a thing' sched-credit -p pool
SAFEXL_XL=/usr/lib/xen-4.17/bin/xl offers 'restore' 'commands of the xl that is there' res
SAFEXL_XL=/usr/lib/xen-4.20/bin/xl offers 'restore|resume' 'and of a newer one' res

# ---- domains ----
offers "a\$b|we b's|web1" 'running domains for a live command' block-detach ''
offers "we b's|web1" 'that begin so' block-detach we
describes web1 'domid 14' block-detach we
offers 'old' 'configured ones with --config' --config block-detach ol
offers "we b's|web1|web2" 'both for where' where we
offers $'two\nlines' 'a name with a newline' where tw
offers 'web1' 'a second one where several are taken' uptime web1 web
offers '' 'none where one is enough' pause web1 w
offers 'web1' 'behind -d of the schedulers' sched-credit -d web
offers '--domain=web1' 'joined to its option' sched-credit --domain=web
offers '14|15|16' 'numbers for domname' domname 1

# ---- devices of that domain ----
offers 'hdd|xvda|xvdb' "a domain's disks" block-detach web1 ''
offers 'xvdb' 'behind an option of the command' block-detach -f web1 xvdb
describes xvdb '/srv/data.img' block-detach web1 xvd
offers 'xvda' 'of a domain with a blank in its name' block-detach "we b's" ''
offers 'xvda' "those of the configuration with --config" --config block-detach web2 ''
offers '0|00:16:3e:00:00:01|00:16:3e:00:00:02|2' "a domain's network interfaces" network-detach web1 ''
describes 2 '00:16:3e:00:00:02' network-detach web1 2
offers '0000:05:00.0' 'its PCI devices' pci-detach web1 ''
offers '0000:03:00.0' 'those that can be assigned' pci-attach web1 ''
offers '03:00.0' 'without their domain' pci-attach web1 03
offers '0000:03:00.0|0000:04:1f.2' 'those of the host' pci-assignable-add ''
offers '0|1' 'its USB controllers' usbdev-detach web1 ''
offers '5' 'and the port in use of one' usbdev-detach web1 1 ''
offers 'Pool-0|pool-west' 'CPU pools' cpupool-migrate web1 ''

echo vcpus=2 >>"$SAFEXL_FAKE/14.dom"
echo maxvcpus=3 >>"$SAFEXL_FAKE/14.dom"
offers '1|2|3' 'how many virtual processors it can have' vcpu-set web1 ''
offers '0|1|2|all' 'and which' vcpu-pin web1 ''

# ---- disk specifications, part by part ----
offers '/dev/vg0/+|/srv/+|a b.img,|disk.img,|disk.qcow2,|images/+' "targets: where its disks lie, and files" block-attach web1 ''
offers 'disk.img,|disk.qcow2,' 'files that begin so' block-attach web1 dis
offers 'images/a.img,' 'in a directory' block-attach web1 images/
offers 'phy:disk.img,|phy:disk.qcow2,' 'behind a prefix' block-attach web1 phy:dis
offers 'phy:+' 'a prefix itself' block-attach web1 ph
offers 'disk.img,raw,' 'the format' block-attach web1 disk.img,
offers 'disk.qcow2,qcow2,' 'by the name' block-attach web1 disk.qcow2,
offers 'disk.img,qcow,|disk.img,qcow2,|disk.img,qed,' 'another one' block-attach web1 disk.img,q
offers 'disk.img,raw,xvdc,' 'the first vdev that is free: hdd is none in the way' block-attach web1 disk.img,raw,
offers 'phy:/dev/x,xvdc,' 'at once behind a prefix' block-attach web1 phy:/dev/x,
offers 'disk.img,raw,sdc,' 'of another family' block-attach web1 disk.img,raw,s
offers 'disk.img,raw,xvdb,' "without what the configuration has" --config block-attach web2 disk.img,raw,
offers 'disk.img,raw,xvdc,r|disk.img,raw,xvdc,w' 'access' block-attach web1 disk.img,raw,xvdc,
offers 'disk.img,vdev=xvdc,raw,' 'keys in between are skipped' block-attach web1 disk.img,vdev=xvdc,
offers 'target=disk.img,|target=disk.qcow2,' 'behind a key' block-attach web1 target=dis
offers 'format=raw,' 'the value of a key' block-attach web1 format=r
offers 'disk.img,raw,xvdc,w,backend=+|disk.img,raw,xvdc,w,backendtype=+' 'what may follow' block-attach web1 disk.img,raw,xvdc,w,backend
offers 'x,script=block-nbd,' 'scripts' block-attach web1 x,script=
offers 'raw' 'parts that are words' block-attach web1 disk.img ''
offers 'xvdc' 'and so on' block-attach web1 disk.img raw ''
offers 'r|w' 'to the end' block-attach web1 disk.img raw xvdc ''

# ---- keys ----
offers 'mac=+|model=+|mtu=+' 'keys of network-attach' network-attach web1 m
offers 'mtu=+' 'those that are not there yet' network-attach web1 mac=00:16:3e:00:00:03 mt
offers 'bridge=br1|bridge=xenbr0' 'bridges of the host' network-attach web1 bridge=
offers 'script=vif-bridge|script=vif-route' 'scripts of vifs' network-attach web1 script=
offers 'type=ioemu|type=vif' 'types' network-attach web1 type=
offers 'mac=00:16:3e:+' "Xen's own range of addresses" network-attach web1 mac=
offers 'trusted' 'a word that has no value' network-attach web1 tr
offers 'untrusted' 'and its opposite' network-attach web1 un
sx network-attach web1 trusted=1
like "$err" "known are: .*, trusted, vlan=" "and no hint says that it has one"
offers 'hostbus=1' 'USB buses with a device' usbdev-attach web1 hostbus=
offers 'hostaddr=7' 'and its address' usbdev-attach web1 hostbus=1 hostaddr=
offers 'maxmem=+' 'keys of a configuration behind create' create x.cfg maxm
offers 'type="pv"|type="pvh"' 'text in quotes, as xl needs it' create x.cfg 'type="pv'
offers 'on_crash="restart"' 'what on_crash can be' create x.cfg 'on_crash="res'

offers 'nodes=+' 'names of quotas' xenstore-quota-set web1 nodes
offers 'node:+' 'the beginning of a word' cpupool-cpu-add Pool-0 n

# ---- files ----
offers "$etc/web1.cfg|$etc/web2.cfg" 'configurations without the path' create web
offers "$etc/blank.cfg" 'by the name of the domain too, no backups' create 'we b'
offers "$etc/blank.cfg|$etc/lines.cfg|$etc/old.cfg|$etc/web1.cfg|$etc/web2.cfg" 'all of them' create ''
offers "$etc/web1.cfg|$etc/web2.cfg" 'by path' create "$etc/we"
offers 'disk.img|disk.qcow2' 'files that are here' create dis
offers "$etc/web2.cfg" 'behind an option' create -f web2
offers "--defconfig=$etc/web2.cfg" 'joined to it' create --defconfig=web2
offers "$etc/web2.cfg" 'for adopt' adopt web1 web2
offers 'web1|web2' 'domains before configurations, for edit' edit web
offers "$etc/lines.cfg" 'which are there all the same' edit lin
cd "$etc" || exit 1
offers 'web1.cfg|web2.cfg' 'short where the person is among them' create we
cd "$work/here" || exit 1
touch "$HOME/mine.cfg"
offers '~/mine.cfg' 'from home' create '~/mi'
offers '' 'no hidden ones' create ./.
offers 'images/+' 'directories are no configurations' create ima
offers 'a b.img' 'a file with a blank' dump-core web1 a
offers 'disk.img' 'a medium' cd-insert web1 hdd disk.im

# ---- images ----
mkdir -p "$SAFEXL_ROOT/var/lib/xen/save"
echo none >"$SAFEXL_ROOT/var/lib/xen/save/guest7"
offers "$SAFEXL_ROOT/var/lib/xen/save/guest7" 'images that xendomains saved' restore gu
offers 'disk.img|disk.qcow2' 'files that are here' restore dis
sx save "we b's"
image=$(find "$state/images" -type f)
offers "$image" 'images by the name of the domain' restore 'we b'
describes "$image" "^we b's, saved " restore 'we b'
cp "$image" "$work/whole"
truncate -s -8 "$image"
offers "$etc/blank.cfg" 'none that is cut' restore 'we b'
cp "$SAFEXL_ROOT/var/lib/xen/save/guest7" "$image"
offers "$etc/blank.cfg" 'none that was overwritten' restore 'we b'
cp "$work/whole" "$image"
offers "$image" 'the image again' restore 'we b'

# ---- hosts ----
mkdir "$HOME/.ssh" "$SAFEXL_ROOT/etc/ssh"
cat >"$HOME/.ssh/known_hosts" <<'END'
alpha.example,192.0.2.7 ssh-ed25519 AAAA
|1|c2FsdA==|aGFzaA== ssh-ed25519 AAAA
[gamma.example]:2222 ssh-ed25519 AAAA
@revoked delta.example ssh-ed25519 AAAA
END
printf 'Host beta gate*\n\tUser root\n' >"$HOME/.ssh/config"
printf '127.0.0.1 localhost\n192.0.2.9\tzeta.example zeta # spare\n' >"$SAFEXL_ROOT/etc/hosts"
offers '192.0.2.7|alpha.example|beta|delta.example|zeta|zeta.example' 'hosts that can be named' migrate web1 ''
offers 'root@alpha.example' 'behind a user' migrate web1 root@al
offers 'memory=+' 'keys behind a domain to start' start web1 mem
is "$(candidates migrate -eC '')" "$(candidates migrate -C '')" 'the value of an option that stands last in a word of several'
like "$(candidates migrate -eC '')" 'web1\.cfg' 'which is a file'
unlike "$(candidates define --from '')" 'old' 'a configuration is made from a domain that runs'
like "$(candidates define --from '')" 'web1' 'of those that do'

# ---- history ----
sx mem-set web1 128
sx mem-set web1 192
newest=$(git_ log --format=%h -1)
like "$(candidates show '')" "^$newest\\|" 'commits, the newest first'
describes "$newest" 'set memory to 192 MiB' show ''
sed -i 's/^target=.*/target=102400/' "$SAFEXL_FAKE/14.dom"
like "$(candidates record web1 '')" '(^|\|)memory(\||$)' 'what differs, for record'

offers 'maxmem|memory' 'keys of the configuration, for blame' blame web1 m
offers 'xvda' 'and its devices' blame web1 xv

# ---- bash: a line, and what readline is to put there ----
# line LINE: options, then what is put there, with '|' between
line() {
	"$BUILD/safexl" __complete --bash $' \t\n"\'><=;|&(:' "$1" 2>/dev/null | tr '\0\n' '|~' |
		sed 's/  *|/|/; s/|$//; s/^ *//'
}
is "$(line 'safexl where we\ ')" "|we\\ b\\'s" 'a blank and a quote'
is "$(line "safexl where 'we")" "|we b'\\''s|web1|web2" 'behind an open quote'
is "$(line 'safexl where "we ')" "|we b's" 'behind the other one'
is "$(line "safexl where we' b'\\'")" "|we\\ b\\'s" 'quotes that are closed'
is "$(line 'safexl where a')" '|a\$b' 'a dollar'
is "$(line 'safexl where "a$')" '|a\$b' 'a dollar in quotes'
is "$(line 'safexl where tw')" "|two\$'\\n'lines" 'a newline'
is "$(line "safexl where two\$'\\nl")" '|\nlines' 'that was typed, in its quotes'
is "$(line 'safexl block-attach web1 phy:/dev/x,')" 'nospace|/dev/x,xvdc,' 'only what stands behind a colon'
is "$(line 'safexl block-attach web1 target=di')" 'filenames nospace|disk.img|disk.qcow2' 'or behind ='
is "$(line 'safexl block-attach web1 "phy:disk.i')" 'filenames nospace|phy:disk.img,' 'in quotes all of it'
is "$(line "safexl block-attach web1 'a b.img,raw,")" 'nospace|a b.img,raw,xvdc,' 'a file with a blank'
is "$(line 'safexl network-detach web1 00:16:3e:00:00:0')" '|01|02' 'an address full of colons'
is "$(line 'X=1 safexl cre')" '|create' 'behind a variable'
is "$(line 'date; safexl cre')" '|create' 'behind another command'
is "$(line 'safexl list >fi')" 'default' 'a file that output goes to is left to bash'
is "$(line 'safexl block-detach 2>/dev/null web')" '|web1' 'and is no word'
is "$(line 'safexl')" '' 'the program itself is not completed'

# ---- what it must never do ----
for file in "$SAFEXL_ROOT"/run/safexl/*; do
	exec {lock}>>"$file" && flock "$lock"
done
like "$(timeout 10 "$BUILD/safexl" __complete 2 safexl show '' | tr '\0' '|')" "^$newest" 'locks are not waited for'
rm -rf "$state/names.cache"
before=$(find "$SAFEXL_ROOT" "$SAFEXL_FAKE" "$HOME" -printf '%p %T@ %C@\n' | sort)
for words in 'where w' 'create w' 'block-attach web1 x,raw,' 'show x' 'record web1 m' 'restore w'; do
	# shellcheck disable=SC2086 # words
	candidates $words >"$work/once"
done
is "$(find "$SAFEXL_ROOT" "$SAFEXL_FAKE" "$HOME" -printf '%p %T@ %C@\n' | sort)" "$before" 'nothing is written'
quiet() {
	"$BUILD/safexl" __complete "$@" >"$work/out" 2>"$work/err" </dev/null
	is "$? $(wc -c <"$work/out") $(wc -c <"$work/err")" '0 0 0' "silent, empty, status 0: $what"
}
what='no words' quiet
what='no number' quiet x safexl li
what='a cursor far behind' quiet 90000 safexl li
what='cursor on the program' quiet 0 safexl
SAFEXL_FAKE=$work/none what='no Xen' quiet 2 safexl pause ''
SAFEXL_CORE=$work/none what='no core' quiet 2 safexl pause ''
SAFEXL_ROOT=$work/none SAFEXL_FAKE=$work/none what='no directories' quiet 3 safexl --config pause ''
echo 'config_dirs = [' >"$etc/safexl.conf"
what='settings that cannot be read' quiet 2 safexl pause ''
rm "$etc/safexl.conf"
SAFEXL_CORE=$work/none offers 'block-list' 'commands need no core' block-l
SAFEXL_CORE=$work/none offers '--force' 'nor do options' block-detach --f
finish
