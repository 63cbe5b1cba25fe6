#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# diff and record: file, running domain and last commit; what is taken in and what is not.
. tests/flow/lib.sh

plain() { "$SAFEXL_XL" "$@" || echo "plain xl $*: $?"; }
# rows: what differs, with its state, of the last `sx --json diff`
rows() {
	printf '%s\n' "$out" | sed -n 's/^ *"what": "\(.*\)",$/\1/p; s/^ \{8,\}"state": "\(.*\)",$/= \1/p' |
		sed -z 's/\n=/ =/g'
}
# differ DOMAIN WANT DESCRIPTION
differ() {
	sx --json diff "$1"
	is "$(rows)" "$2" "$3"
}
live() { sed -i "$2" "$SAFEXL_FAKE/$1.dom"; }

config web1
domain 14 web1
cp "$etc/web1.cfg" "$work/before"
sx diff web1
status 0 "a domain that is as its file says"
is "$out" "" "shows nothing"
like "$err" "web1: no difference" "and says so on stderr"
sx diff
status 0 "all domains"
is "$out$err" "" "are silent then"

sx --json diff
like "$(tr -d ' \n' <<<"$out")" '"differences":\[\]' "as JSON, lists are there when they are empty"

# ---- what plain xl changed ----
plain mem-set web1 128
plain block-attach web1 /srv/b.img,qcow2,xvdb,r
sx diff web1
status 1 "what plain xl changed is a difference"
like "$out" "^web1: .*/etc/xen/web1.cfg, running \(domid 14\)$" "the domain and its file are named"
like "$out" "^  memory +256 MiB +128 MiB +not recorded \(line 3\)$" "a value on each side, with its line"
like "$out" "^  disk xvdb +- +/srv/b.img,qcow2,xvdb,r +not recorded$" "a device that the file does not have"
is "$(printf '%s\n' "$out" | wc -l)" 4 "and nothing else"
is "$(grep -c ' $' <<<"$out")" 0 "no line ends in blanks"
like "$err" "is not in the history yet" "that there is no commit is said"
sx diff
status 1 "all domains: the same"
sx -N record web1
status 0 "record --dry-run"
like "$out" "^    \+memory  = 128$" "shows the edit"
like "$out" "^    web1: record memory, disk xvdb$" "and the message"
check "and writes nothing" cmp "$work/before" "$etc/web1.cfg"
calls=$(xl_calls | wc -l)
sx -m 'Bert did it on Sunday' record web1 memory
status 0 "one key is recorded"
like "$err" "web1: record memory 128 MiB \(was 256 MiB\): recorded in .*web1.cfg \([0-9a-f]{7,}\)" "and told"
is "$(git_ log -1 --format=%B)" "web1: record memory 128 MiB (was 256 MiB)

Reason: Bert did it on Sunday

Taken from the running domain:
  memory 128 MiB (was 256 MiB)

Command: safexl record web1 memory
Domain: web1 (uuid 572baf85-0000-4000-8000-000000000014, domid 14)" "the message is whole"
like "$(cat "$etc/web1.cfg")" '^maxmem = 256$' "the implicit maximum is kept"
differ web1 "disk xvdb = unrecorded" "the other is still there"
sx record web1 51728
status 0 "a disk by another of its names"
like "$(cat "$etc/web1.cfg")" "^	'/srv/b.img,qcow2,xvdb,r',$" "is written as its neighbours are"
differ web1 "" "no difference is left"
is "$(xl_calls | wc -l)" "$calls" "xl was never run"
sx record web1
status 0 "nothing to record is no error"
like "$err" "web1: nothing to record: the file has what the running domain has" "and said"
sx record web1 vcpus
status 0 "nor is a key that is the same"
plain block-detach web1 xvdb
differ web1 "disk xvdb = unrecorded" "a disk that is gone"
sx record web1
like "$(subjects | head -1)" "^web1: record no disk xvdb$" "is taken out"
is "$(grep -c xvdb "$etc/web1.cfg")" 0 "of the file"
check_clean "after that"

# ---- fields of a device; several at once; removal does not move others ----
plain block-attach web1 /srv/c.img,raw,xvdc,w
plain block-attach web1 /srv/d.img,raw,xvdd,w
live 14 '$a disk=xvde connected rbd:pool/a,b'
live 14 '$a diskspec=xvde format=raw,vdev=xvde,access=ro,script=block-x,target=rbd:pool/a,b'
sx record web1
status 0 "three disks at once"
is "$(sed -n "s/^	'\(.*\)',$/\1/p" "$etc/web1.cfg")" "/srv/c.img,raw,xvdc,w
/srv/d.img,raw,xvdd,w
vdev=xvde,access=ro,format=raw,script=block-x,target=rbd:pool/a,b" "a target with a comma comes last"
differ web1 "" "and mean what runs"
live 14 's/^diskspec=xvdc .*/diskspec=xvdc \/srv\/c.img,qcow2,xvdc,r/'
differ web1 "disk xvdc format = unrecorded
disk xvdc access = unrecorded
disk xvdc discard = unrecorded" "fields are told apart"
plain block-detach web1 xvda
plain block-detach web1 xvdd
sx record web1
status 0 "one changed, two gone"
is "$(sed -n "s/^	'\(.*\)',.*/\1/p" "$etc/web1.cfg")" "/srv/c.img,qcow2,xvdc,r
vdev=xvde,access=ro,format=raw,script=block-x,target=rbd:pool/a,b" "each in its own line"
differ web1 "" "and nothing is left"

# ---- interfaces and other devices ----
cat >"$etc/net1.cfg" <<'END'
name = "net1"
memory = 64
vif = [ 'mac=00:16:3E:00:00:01,model=e1000', 'bridge=br1', 'mac=00:16:3e:00:00:03,bridge=br0' ] # office
pci = [ '03:00.0' ]
pci_permissive = 1
END
cp "$etc/net1.cfg" "$work/net1"
domain 18 net1 65536
live 18 '/^disk=/d'
cat >>"$SAFEXL_FAKE/18.dom" <<'END'
fact=type pv
vif=0 connected mac=00:16:3e:00:00:01,bridge=br0,type=vif,script=vif-bridge,mtu=1500,backend=Domain-0
vif=1 connected mac=00:16:3e:12:34:56,bridge=br1,type=vif,script=vif-bridge,mtu=1500,backend=Domain-0
vif=2 connected mac=00:16:3e:00:00:03,bridge=br0,type=vif,script=vif-bridge,mtu=1500,backend=Domain-0
pci=- connected bdf=0000:03:00.0,vslot=5,permissive=1,msitranslate=0,power_mgmt=0
END
differ net1 "vif 00:16:3e:00:00:01 bridge = unrecorded" "one that was attached again to another bridge"
printf 'vif.default.bridge="br0"\n' >"$etc/xl.conf"
differ net1 "" "which is what xl.conf may have given it"
rm "$etc/xl.conf"
sx record net1
like "$(cat "$etc/net1.cfg")" "^vif = \[ 'mac=00:16:3E:00:00:01,model=e1000,bridge=br0', 'bridge=br1'," \
	"what the running domain does not tell of it is kept"
# What libxl keeps of it: they were there once.
cp "$SAFEXL_FAKE/18.dom" "$SAFEXL_FAKE/18.stored"
live 18 '/^vif=0/d; /^pci=/d'
echo 'vif=3 connected mac=00:16:3e:00:00:09,bridge=br0,type=vif,script=vif-bridge,mtu=1500,backend=Domain-0' >>"$SAFEXL_FAKE/18.dom"
differ net1 "vif 00:16:3e:00:00:01 = unrecorded
vif 00:16:3e:00:00:09 = unrecorded
pci 0000:03:00.0 = unrecorded" "one came, one went, a PCI device too"
sx -N record net1 00:16:3E:00:00:09
status 0 "a MAC address in any spelling"
sx record net1
like "$(cat "$etc/net1.cfg")" "^vif = \[ 'bridge=br1,devid=1', 'mac=00:16:3e:00:00:03,bridge=br0,devid=2', 'mac=00:16:3e:00:00:09,bridge=br0,devid=3' \] # office$" \
	"the others keep their numbers"
differ net1 "" "and all is as it runs"
sed -i '/^vif/s/ -.*/ []/' "$etc/net1.cfg"
rm "$SAFEXL_FAKE/18.dom"
git_ checkout -q net1.cfg
# An interface that did not change keeps the words that a person gave it.
cat >"$etc/net2.cfg" <<'END'
name = "net2"
memory = 64
vif = [ 'mac=00:16:3e:00:00:21', '  bridge=br1,  mac=0:16:3E:0:0:22,', "rate=10Mb/s, mac=00:16:3E:00:00:23", '' ]
END
domain 19 net2 65536
live 19 '/^disk=/d'
cat >>"$SAFEXL_FAKE/19.dom" <<'END'
fact=type pv
vif=1 connected mac=00:16:3e:00:00:22,bridge=br1,type=vif
vif=2 connected mac=00:16:3e:00:00:23,bridge=xenbr0,type=vif
vif=3 connected mac=00:16:3e:00:00:24,bridge=xenbr0,type=vif
END
sx record net2 00:16:3e:00:00:21
status 0 "one in front of others goes"
is "$(grep ^vif "$etc/net2.cfg")" \
	"vif = [ '  bridge=br1,  mac=0:16:3E:0:0:22,,devid=1', \"rate=10Mb/s, mac=00:16:3E:00:00:23,devid=2\", 'devid=3' ]" \
	"the others get their numbers behind their own words, no other letter is touched"
differ net2 "" "and all is as it runs"
live 19 's/bridge=br1/bridge=br9/'
sx record net2
status 0 "one gets another bridge"
like "$(grep ^vif "$etc/net2.cfg")" "^vif = \[ '  bridge=br9,  mac=0:16:3E:0:0:22,,devid=1', \"rate=" \
	"the bridge alone is another"
differ net2 "" "and all is as it runs"
rm "$SAFEXL_FAKE/19.dom"

# ---- processors, scheduling, pool ----
cat >"$etc/cpu1.cfg" <<'END'
name = "cpu1"
memory = 64
vcpus = 2
cpus = "0-3,^3"
cpu_weight = 512
END
domain 19 cpu1 65536
live 19 '/^disk=/d'
cat >>"$SAFEXL_FAKE/19.dom" <<'END'
vcpus=2
maxvcpus=2
pin=0 0-2 0-1
pin=1 0,1,2 0-1
fact=cpu_weight 512
END
differ cpu1 "" "the same processors in other words; a soft affinity that automatic placement gave"
cp "$SAFEXL_FAKE/19.dom" "$work/cpu1.dom"
live 19 's/^pin=1 .*/pin=1 3 0-1/; s/^fact=cpu_weight .*/fact=cpu_weight 300\nfact=cap 50\nfact=pool second/'
differ cpu1 "cpus = unrecorded
cpu_weight = unrecorded
cap = unrecorded
pool = unrecorded" "what was changed"
sx record cpu1
like "$(cat "$etc/cpu1.cfg")" "^cpus = \[ ?['\"]0-2['\"], ?['\"]3['\"] ?\]" "an affinity for each becomes a list"
is "$(grep -E '^(cpu_weight|cap|pool)' "$etc/cpu1.cfg")" 'cpu_weight = 300
cap = 50
pool = "second"' "the others are written"
differ cpu1 "" "and mean what runs"
live 19 's/^pin=1 .*/pin=1 0-2 0-1/'
differ cpu1 "cpus = unrecorded" "a list is compared one by one"
sx record cpu1 cpus
differ cpu1 "" "and recorded"
cp "$SAFEXL_FAKE/19.dom" "$work/cpu1.dom"
sed -i "s/^cpus = .*/cpus = [ 'node:0',	# the first\n\t'0-2' ]	# the rest anywhere/" "$etc/cpu1.cfg"
live 19 's/^pin=0 .*/pin=0 0-1 0-1/; s/^pin=1 .*/pin=1 3 0-1/'
sx record cpu1 cpus
is "$(sed -n '/^cpus = /,/]/p' "$etc/cpu1.cfg")" "cpus = [ 'node:0',	# the first
	'3' ]	# the rest anywhere" "an entry is written in its place; what means the same keeps its words"
sed -i '/^cpus = /,/]/c cpus = "3"	# licence' "$etc/cpu1.cfg"
live 19 's/^pin=\(.\) .*/pin=\1 all 0-1/'
sx record cpu1 cpus
like "$(cat "$etc/cpu1.cfg")" '^cpus = "all"	# licence$' "unpinned: the line stays"
cp "$work/cpu1.dom" "$SAFEXL_FAKE/19.dom"
sx record cpu1 cpus
differ cpu1 "" "as before"
printf 'vm.cpumask="0-2"\n' >"$etc/xl.conf"
live 19 's/^pin=\(.\) 0-2/pin=\1 1/'
differ cpu1 "" "what the masks of xl.conf leave of it is no difference"
rm "$etc/xl.conf" "$SAFEXL_FAKE/19.dom"

# A file that gives neither: libxl stores none (as of Xen 4.17), the domain has one.
printf 'name = "bare"\nmemory = 64\n' >"$etc/bare.cfg"
printf 'name=bare\nuuid=572baf85-0000-4000-8000-000000000020\ntarget=65536\nmax=65536\nfact=maxvcpus 0\nfact=vcpus 0\n' \
	>"$SAFEXL_FAKE/20.dom"
differ bare "" "virtual processors that nobody gave a number"
rm "$SAFEXL_FAKE/20.dom" "$etc/bare.cfg"

# What only the nodes say cannot be compared.
printf "name = 'nodes'\ntype = 'pvh'\nvnuma = [ [ 'pnode=0', 'size=512', 'vcpus=0-1', 'vdistances=10' ] ]\n" >"$etc/nodes.cfg"
printf 'name=nodes\nuuid=572baf85-0000-4000-8000-000000000023\ntarget=524288\nmax=524288\nfact=type pvh\nfact=vcpus 2\nfact=maxvcpus 2\n' \
	>"$SAFEXL_FAKE/23.dom"
differ nodes "" "memory and processors of virtual NUMA nodes"
rm "$SAFEXL_FAKE/23.dom" "$etc/nodes.cfg"

# What would make the next create fail is not recorded: memory below maxmem with nodes.
printf "name = 'numa'\ntype = 'pvh'\nmemory = 512\nvnuma = [ [ 'pnode=0', 'size=512', 'vcpus=0', 'vdistances=10' ] ]\n" >"$etc/numa.cfg"
cp "$etc/numa.cfg" "$work/numa.cfg"
printf 'name=numa\nuuid=572baf85-0000-4000-8000-000000000022\ntarget=262144\nmax=524288\nfact=type pvh\n' \
	>"$SAFEXL_FAKE/22.dom"
sx record numa memory
like "$status:$err" "^78:safexl: numa: .*numa.cfg:4: the sizes of the vnuma nodes fix the memory" "vnuma: refused"
sx record numa
like "$err" "not recorded: .*numa.cfg:4: the sizes of the vnuma nodes fix the memory" "left out of all that differs"
check "the file stays" cmp "$work/numa.cfg" "$etc/numa.cfg"
rm "$SAFEXL_FAKE/22.dom" "$etc/numa.cfg"

# ---- edits of the file ----
cp "$etc/web1.cfg" "$work/recorded"
sed -i 's/^vcpus .*/vcpus = 4/; $a on_crash = "preserve"\ncpuid = "host"' "$etc/web1.cfg"
printf "vsnd = [ [ 'CARD, short-name=one', 'PCM, name=two' ] ]\n" >>"$etc/web1.cfg"
live 14 '$a vcpus=2\nmaxvcpus=2\nfact=on_crash destroy'
sx diff
status 1 "an edit of the file is a difference"
like "$out" "^  vcpus +4 +2 +2 +waits for a cold boot, not committed \(line 4\)$" "that waits"
like "$out" "^  on_crash +preserve +destroy +destroy +waits for a cold boot, not committed" "for a cold boot"
like "$out" "^  cpuid +host +\? +- +not committed" "or is not known to Xen"
like "$out" "^  vsnd +\[CARD, short-name=one \| PCM, name=two\] +\? +- +not committed" "lists within lists"
plain mem-set web1 96
sx record web1
status 0 "record takes in what the domain changed"
like "$err" "vcpus was changed in the file and waits for a cold boot: left as it is \(to take the running one: safexl record web1 vcpus\)" \
	"not what the person edited"
like "$(cat "$etc/web1.cfg")" '^vcpus = 4$' "which stays"
is "$(subjects | head -2)" "web1: record memory 96 MiB (was 128 MiB)
web1.cfg: edited by hand" "the edit got a commit of its own"
sx record web1 vcpus
status 0 "unless it is named"
like "$(cat "$etc/web1.cfg")" '^vcpus = 2$' "then the running one is taken"
sx record web1 on_crash
differ web1 "" "strings as well"
check_clean "after edits"

# ---- what cannot be recorded, words ----
live 14 '$a fact=type hvm'
differ web1 "type = waiting" "what no running domain changes waits"
sx record web1 type
status 78 "and is refused"
live 14 '/fact=type/d'
sx record web1 nosuch
status 2 "a word that is neither key nor device"
like "$err" "'nosuch' is neither a key that can be recorded nor a device here" "is a usage error"
for words in '' 'web1 memory more' '-x web1'; do
	# shellcheck disable=SC2086
	sx record $words
	status 2 "record $words: usage"
done
sx diff web1 more
status 2 "diff of two words: usage"
sx diff ''
status 2 "an empty word"
sx diff --nosuch
status 2 "an unknown option"
for option in --live --config; do
	sx $option record web1
	status 2 "record $option"
	sx $option diff web1
	status 2 "diff $option"
done
sx record nobody
status 1 "a domain that does not run cannot be recorded"
sx diff nobody
status 78 "a domain that nobody knows"
like "$err" "no running domain is called 'nobody'|no configuration in .* has this domain's name" "is said"

# ---- more than one domain ----
config db1
domain 15 db1 131072
domain 16 lonely
printf 'memory = \n' >>"$etc/web1.cfg"
sx diff
status 78 "a file that xl cannot read is an error"
like "$err" "web1.cfg:[0-9]+: " "with its line"
like "$out" "^db1: " "the others are compared all the same"
like "$err" "lonely: no configuration in .* has this domain's name: not compared" \
	"a domain without a file is named"
sed -i '$d' "$etc/web1.cfg"
sx record db1
sx diff
status 78 "and is no silence: its changes would be in no file"
like "$err" "^hint: name its file: safexl adopt lonely FILE$" "with the way out"
sx -q diff
like "$err" "not compared" "-q does not hide that"
rm "$SAFEXL_FAKE/16.dom"
config spare
sx diff
status 1 "a file that was never committed"
is "$out" "spare: $etc/spare.cfg, not in the history yet" "is named"
sx --json diff
is "$(printf '%s' "$out" | python3 -c 'import json, sys
print([(d["domain"], d["in_history"], d["deleted"]) for d in json.load(sys.stdin)["domains"] if not d["in_history"]])')" \
	"[('spare', False, False)]" "as JSON, too"
sx diff spare
status 1 "asked for by its name: the same"
is "$out" "spare: $etc/spare.cfg, not in the history yet" "in the same words"
echo /spare.cfg >>"$etc/.git/info/exclude"
sx diff
is "$status:$out" "0:" "one that git is told to ignore is to have none"
sed -i '$d' "$etc/.git/info/exclude"
domain 18 spare
sx diff
status 1 "a guest that runs"
like "$out" "^spare: $etc/spare.cfg, running \(domid 18\), not in the history yet$" "the same"
rm "$SAFEXL_FAKE/18.dom"
sx --config mem-set spare 100
sed -i 's/^memory .*/memory = 101/' "$etc/spare.cfg"
printf '# a remark\n' >>"$etc/db1.cfg"
sx diff
status 1 "files that are not committed are compared without a domain"
like "$out" "^spare: .*spare.cfg$" "by name"
git_ checkout -q spare.cfg
sx diff
status 0 "a remark is no difference"
for gone in 'rm spare.cfg' 'git -c safe.directory=* rm -q --cached spare.cfg; rm spare.cfg'; do
	(cd "$etc" && eval "$gone")
	sx diff
	status 1 "a file that was deleted ($gone)"
	is "$out" "spare: $etc/spare.cfg, deleted: the last commit has it" "is named"
	sx diff spare
	is "$status:$out" "1:spare: $etc/spare.cfg, deleted: the last commit has it" "also when it is asked for by its name"
	back=$(sed -n 's/.*to have it back: git //p' <<<"$err")
	eval "git -c safe.directory='*' $back"
	check "what is said brings it back" test -e "$etc/spare.cfg"
	sx diff
	is "$status:$out" "0:" "then nothing differs"
done
rm "$etc/spare.cfg"
sx --json diff
is "$(printf '%s' "$out" | python3 -c 'import json, sys
print([d["config"] for d in json.load(sys.stdin)["domains"] if d["deleted"]])')" "['$etc/spare.cfg']" "as JSON, too"
sx diff
eval "git -c safe.directory='*' -c user.name=x -c user.email=x@x $(sed -n 's/.*that it is gone: git //p' <<<"$err")" >/dev/null
sx diff
is "$status:$out" "0:" "nor when that is recorded"

config 'my guest'
domain 17 'my guest'
plain mem-set 'my guest' 200
sx record 'my guest'
status 0 "a name with a blank"
like "$(git_ log -1 --format=%B)" "^Command: safexl record 'my guest'$" "is quoted"

plain block-detach web1 xvde
sx record web1
# ---- create: its words count as part of the file; what it was started from ----
rm "$SAFEXL_FAKE"/*.dom
sx create "$etc/web1.cfg" memory=64 maxmem=300
status 0 "create with other values"
sx diff web1
status 0 "is no difference"
like "$err" "given on the command line of create, counted as part of the file: memory=64 maxmem=300" "and said"
plain mem-set web1 70
differ web1 "memory = unrecorded" "a change of such a key is one"
sx record web1
like "$err" "memory was given on the command line of create: left out" "that cannot be recorded"
sx record web1 memory
status 78 "nor when it is named"
plain destroy web1
sx create "$etc/web1.cfg"
sx --config -m 'for the next start' mem-set web1 50
differ web1 "memory = waiting" "a committed change of the file alone waits too"
sx mem-set web1 80
status 0 "a change of both"
sx --config mem-set web1 50
differ web1 "memory = waiting" "is what the next waits behind"
plain mem-set web1 90
differ web1 "memory = unrecorded" "until plain xl changes it"

# ---- a domain that plain xl renamed: its record is found by its uuid ----
live 1 's/^name=web1/name=shop/'
differ shop "name = unrecorded
memory = unrecorded" "the record of its creation is found by its uuid"
live 1 's/^name=shop/name=web1/'

# ---- where ----
sx where web1
like "$out" "not recorded: memory: 50 MiB in the file, 90 MiB running" "where names it"
sx --json where web1
like "$out" '"drift_notes": \[' "as JSON too"

# ---- a last commit that cannot be read ----
cp "$etc/web1.cfg" "$work/good"
printf 'memory = [\n' >>"$etc/web1.cfg"
git_ -c user.name=x -c user.email=x@x commit -qam 'by hand'
cp "$work/good" "$etc/web1.cfg"
sx -q diff web1
status 2 "a side that cannot be compared is trouble, whatever the others differ in"
like "$err" "^safexl: web1: the last commit cannot be read: " "-q does not hide that"
git_ -c user.name=x -c user.email=x@x commit -qam 'by hand'

# ---- no Xen ----
mv "$SAFEXL_FAKE" "$work/gone"
sx diff web1
status 2 "without Xen not all is compared: trouble"
like "$err" "no Xen hypervisor is running here: only files and last commits are compared" "that is said"
sed -i 's/^memory .*/memory = 51/' "$etc/web1.cfg"
sx -q diff
status 2 "files and last commits are compared"
like "$err" "no Xen hypervisor is running here: only files and last commits are compared" "-q does not hide that"
like "$out" "^  memory +51 MiB +50 MiB +not committed" "without a column for the domain"
sx record web1
status 1 "nothing can be recorded"
like "$err" "no Xen hypervisor" "for want of Xen"
finish
