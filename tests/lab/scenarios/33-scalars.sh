#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What sets a key, on a real Xen: processors, affinity, scheduler, CPU pool, name, CD drive. Each
# change is there after destroy and create.
# lab: timeout=1500
. /lab/lib.sh

# again NAME: destroy and create
again() {
	expect_status 0 "destroy" safexl destroy "$1"
	expect_status 0 "create" safexl create "$config"
}
# What the host lets it have, of all that it was created with: "online offline".
availability() {
	local id dir
	id=$(domid "$1")
	for dir in $(xenstore-list "/local/domain/$id/cpu" | sort -n); do
		xenstore-read "/local/domain/$id/cpu/$dir/availability"
	done | xargs
}
# Hard and soft affinity of each processor.
affinity() { xl vcpu-list "$1" | awk 'NR > 1 { print $7, $8, $9 }' | xargs; }
share() { xl sched-credit2 -d "$1" | awk -v id="$(domid "$1")" '$2 == id { print $3, $4 }'; }
pool() { xl list -c "$1" | awk 'NR > 1 { print $NF }'; }

config=/etc/xen/g1.cfg
make_guest g1 pv 160
sed -i 's/^vcpus .*/vcpus   = 2/' $config
expect_status 0 'create' safexl create $config
holds 'the guest runs' wait_guest g1
is "$(availability g1)" 'online online' 'two processors'

# ---- how many ----
expect_status 0 'vcpu-set' safexl vcpu-set g1 1
is "$(availability g1)" 'online offline' 'one is taken away'
like "$(cat $config)" $'\nvcpus   = 1\n' 'written'
like "$(grep '^maxvcpus' $config)" '= 2$' 'the maximum is kept'
again g1
is "$(availability g1)" 'online offline' 'so after destroy and create'
expect_status 0 'vcpu-set again' safexl vcpu-set g1 2
is "$(availability g1)" 'online online' 'up to the maximum'
expect_status 78 'more than that' safexl vcpu-set g1 3
expect_status 2 'a word that xl would take for 1' safexl vcpu-set g1 1x

# ---- where, and how much ----
expect_status 0 'vcpu-pin' safexl vcpu-pin g1 all 0
is "$(affinity g1)" '0 / all 0 / all' 'all on the first processor'
like "$(grep '^cpus ' $config)" '= "0"$' 'written as a string'
expect_status 0 'vcpu-pin of one' safexl vcpu-pin g1 1 node:0 1
is "$(affinity g1)" '0 / all all / 1' 'the other one anywhere in its node'
like "$(grep '^cpus ' $config)" '\[ "0", "node:0" \]' 'written as a list, as typed'
expect_status 0 'sched-credit2' safexl sched-credit2 -d g1 -w 512 -c 50
is "$(share g1)" '512 50' 'weight and cap'
again g1
is "$(affinity g1)" '0 / all all / 1' 'the affinity after destroy and create'
is "$(share g1)" '512 50' 'weight and cap'
run_x safexl sched-credit -d g1 -w 300
is "$status" 1 'another scheduler than its pool has'
like "$(grep '^cpu_weight' $config)" '= 512$' 'nothing is recorded'
expect_status 0 'a listing' safexl sched-credit2
like "$out" 'g1 +[0-9]+ +512' 'is that of xl'
expect_status 0 'unpinned' safexl vcpu-pin g1 all all all
is "$(affinity g1)" 'all / all all / all' 'anywhere'
run_x safexl vcpu-pin g1 all 7
like "$status $err" "^78 .*'7' has none of this host's processors" 'a processor that the host has not is refused'
unlike "$(cat $config)" '"7"' 'and nothing is recorded'

# ---- pool ----
holds 'a second CPU pool' need_cpupool second
expect_status 0 'cpupool-migrate' safexl cpupool-migrate g1 second
is "$(pool g1)" second 'the domain is in it'
again g1
is "$(pool g1)" second 'so after destroy and create'
expect_status 0 'and back' safexl cpupool-migrate g1 Pool-0
is "$(pool g1)" Pool-0 'in the first'

# ---- name ----
expect_status 0 'rename' safexl rename g1 shop
holds 'the domain has the name' xl domid shop
like "$(cat $config)" $'\nname    = "shop"\n' 'written'
expect_status 0 'the next change' safexl mem-set shop 150
like "$(cat $config)" $'\nmemory  = 150 ' 'finds the file'
again shop
is "$(memory_target shop)" 150 'after destroy and create'
expect_status 2 'an empty name' safexl rename shop ''

sed 's/^memory .*/memory  = 155/' $config >/etc/xen/shop-new.cfg
expect_status 0 'config-update' safexl config-update shop /etc/xen/shop-new.cfg
uuid=$(xl vm-list | awk '$3 == "shop" { print $1 }')
same_file "/var/lib/xen/userdata-d.$(domid shop).$uuid.xl" /etc/xen/shop-new.cfg \
	'the text for the next reboot'
expect_status 0 'the next change' safexl mem-set shop 145
like "$(grep '^memory' /etc/xen/shop-new.cfg)" '= 145$' 'is recorded in the new file'
expect_status 0 destroy safexl destroy shop

holds 'git fsck finds nothing' git -C /etc/xen fsck --strict --no-progress
is "$(git -C /etc/xen status --porcelain --untracked-files=no)" '' 'what is committed is on disk'

# ---- HVM ----
deep_only 'an HVM guest' || done_testing
config=/etc/xen/h1.cfg
make_guest h1 hvm 200
make_iso /srv/a.iso
make_iso /srv/b.iso
sed -i "s|^vcpus .*|vcpus   = 2|; s|^    '/srv/h1.img.*|&\n    '/srv/a.iso,raw,hdc,ro,cdrom',   # the installer|" $config
cp $config /srv/first.cfg
expect_status 0 'HVM: create' safexl create $config
# All of this is between xl and QEMU: the guest may still boot.
medium() { xl list -l h1 | grep -B 3 -A 8 '"vdev": "hdc"' | sed -n 's/.*"pdev_path": "\(.*\)".*/\1/p'; }
is "$(medium)" /srv/a.iso 'HVM: the medium'
expect_status 0 'HVM: cd-insert' safexl cd-insert h1 hdc /srv/b.iso
is "$(medium)" /srv/b.iso 'HVM: another medium'
is "$(diff /srv/first.cfg $config | grep '^[<>]')" "<     '/srv/a.iso,raw,hdc,ro,cdrom',   # the installer
>     '/srv/b.iso,raw,hdc,ro,cdrom',   # the installer" 'HVM: only the path is another'
run_x safexl cd-insert h1 hdc /srv/none.iso
is "$status $(medium)" '1 /srv/b.iso' 'HVM: a medium that is not there'
expect_status 78 'HVM: another spelling' safexl cd-insert h1 5632 /srv/a.iso
expect_status 0 'HVM: fewer processors' safexl vcpu-set h1 1
is "$(availability h1)" 'online offline' 'HVM: as far as the host can say'
like "$err" 'QEMU keeps the processors' 'HVM: and that is said'
again h1
is "$(medium)" /srv/b.iso 'HVM: the medium after destroy and create'
is "$(availability h1)" 'online offline' 'HVM: the processors'
expect_status 0 'HVM: one more' safexl vcpu-set h1 2
is "$(availability h1)" 'online online' 'HVM: plugged in'
expect_status 0 'HVM: cd-eject' safexl cd-eject h1 hdc
is "$(medium)" '' 'HVM: the drive is empty'
like "$(grep hdc $config)" "^    ',raw,hdc,ro,cdrom',   # the installer$" 'HVM: in the file as well'
expect_status 0 'HVM: cd-insert into the empty drive' safexl cd-insert h1 hdc /srv/a.iso
is "$(medium)" /srv/a.iso 'HVM: the first medium'
sed '/^maxvcpus/d' $config >/srv/now.cfg
same_file /srv/now.cfg /srv/first.cfg 'HVM: the file is what it was, but for the maximum'
expect_status 0 'HVM: destroy' safexl destroy h1
done_testing
