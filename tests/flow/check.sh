#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl check: each mistake is found, with file, line and severity; what is right is not.
. tests/flow/lib.sh
dir=$work/cfg manual=$PWD/man/safexl-checking.7
mkdir -p "$dir" "$SAFEXL_ROOT/sys/class/net/xenbr0/bridge"
touch "$work/vmlinuz" "$work/root.img" "$work/data.img"
unset SAFEXL_FAKE

good="name = 'g'
memory = 512
kernel = '$work/vmlinuz'
"
# finds WHAT TEXT FINDING...: the text behind a good head of three lines has these findings only,
# each "LINE: severity: text"
finds() {
	local what=$1
	printf '%s%b' "$good" "$2" >"$dir/g.cfg"
	shift 2
	sx check "$dir/g.cfg"
	is "$(printf '%s\n' "$out" | sed "s,^$dir/g.cfg: \?,,")" "$(printf '%s\n' "$@")" "$what"
}
# whole WHAT TEXT FINDING...: the same for a text of its own
whole() { good='' finds "$@"; }
disk() { printf "disk = [ '%s' ]\\\\n" "$1"; }
vif_words='mac=, bridge=, type=, ip=, script=, backend=, mtu=, gatewaydev=, vifname=, model=, rate=, trusted, vlan=, accel=, forwarddev='
vif() { printf "vif = [ '%s' ]\\\\n" "$1"; }

finds "blanks in a list, and no bridge named" "vif = [ ' ', 'bridge=' ]\n" ''
finds "a good file" "$(disk "$work/root.img,raw,xvda,w")$(vif 'bridge=xenbr0,mac=00:16:3e:00:00:01')" ''
status 0 "is status 0"
is "$err" "safexl: 1 file, 0 errors, 0 warnings" "and said"

# ---- what xl cannot read ----
finds "a DOS line end" 'vcpus = 1\r\n' "4: error: carriage return (DOS line end?)" \
	"  hint: sed -i 's/\\r\$//' $dir/g.cfg"
status 1 "an error is status 1"
whole "a byte order mark" '\xef\xbb\xbfname = 1\n' "1: error: a byte order mark in front, which xl cannot read" \
	"  hint: sed -i '1s/^\\xef\\xbb\\xbf//' $dir/g.cfg"
finds "a NUL" 'vcpus = "1\x002"\n' "4: error: a NUL byte in the text" \
	"  hint: sed -i 's/\\x00//g' $dir/g.cfg"
finds "Python" 'vcpus = int(4)\n' "4: error: expected a string, a number or a list, found 'int'"
finds "Python from its first line on" 'import os\nNAME = "g"\n' "4: error: expected '=', found 'os'"
finds "an open string" "extra = 'a\n" "4: error: unterminated string"
finds "an unquoted suffix" 'maxmem = 512M\n' "4: error: 'M' outside a string (names are in lower case, text needs quotes)"
finds "a comment without its end" 'vcpus = 1\n# end' "5: error: a comment on the last line needs a newline at its end"
finds "a hexadecimal escape" 'extra = "\\x41"\n' "4: error: '\\x' in a string is not an escape that xl can read"

# ---- what xl overlooks ----
finds "an octal escape" 'extra = "a\\101b"\n' "4: error: a numeric escape in a string, which xl does not support"
finds "a stray end" 'vcpus = 1\n-' "5: warning: a character at the very end that xl happens to overlook"
finds "a key twice" 'vcpus = 1\nvcpus = 2\n' "4: warning: 'vcpus' has no effect here: line 5 sets it again"
finds "a list that was added to" "disk = []\ndisk += []\nvcpus = 1\ndisk = []\n" \
	"4: warning: 'disk' has no effect here: line 7 sets it again" \
	"5: warning: 'disk' has no effect here: line 7 sets it again"
finds "a misspelled key" 'vcpsu = 2\n' "4: error: xl does not know the key 'vcpsu' and ignores it; did you mean 'vcpus'?"
finds "one letter too few" 'maxme = 600\n' "4: error: xl does not know the key 'maxme' and ignores it; did you mean 'maxmem'?"
finds "an unknown key" 'monitoring_group = "a"\n' "4: warning: xl does not know the key 'monitoring_group' and ignores it"
status 0 "a warning is status 0"
finds "an old key" "builder = 'generic'\n" "4: warning: 'builder' is obsolete: use 'type'"
finds "a newer key, version unknown" "smbios = []\n" ''
SAFEXL_XL=/usr/lib/xen-4.17/bin/xl finds "a newer key" "smbios = []\n" \
	"4: warning: 'smbios' is for xl of Xen 4.18 or later: this one ignores it"
# ---- types ----
finds "a string for a number" 'vcpus = "two"\n' "4: error: vcpus: 'two' is not a number: xl ignores it"
finds "a number with a unit" 'maxmem = "600m"\n' "4: error: maxmem: '600m' is not a number: xl ignores it"
finds "a number in quotes, octal, hexadecimal" 'vcpus = "2"\nmaxmem = 0x400\nshadow_memory = 010\n' ''
finds "an octal number that is none" 'vcpus = 08\n' "4: error: vcpus: '08' is not a number: xl ignores it"
finds "a word for a flag" 'acpi = "yes"\n' "4: error: acpi: 'yes' is not a number: xl ignores it" \
	"  hint: write acpi = 1 or acpi = 0"
finds "a number that is added to" 'maxmem = 1000\nmaxmem += 24\n' \
	"5: error: maxmem: a number that is added with += is ignored by xl"
finds "a list for a number" 'vcpus = [ 2 ]\n' "4: error: vcpus: a list where xl reads a number: it is ignored"
finds "a list for a string" "extra = [ 'a' ]\n" "4: error: extra: a list where xl reads a string: it is ignored"
finds "a string for a list" "disk = 'phy:/dev/x,xvda,w'\n" \
	"4: error: disk: a single value where xl reads a list: it is ignored" "  hint: put it in brackets: disk = [ '...' ]"
finds "either form" "cpus = '0-1'\nserial = [ 'pty' ]\ncpuid = 'host'\ntsc_mode = 1\n" ''
finds "a list within the list" "disk = [ '$work/root.img,raw,xvda,w',\n [ 'x' ], 'y' ]\n" \
	"5: error: disk: a list within the list: xl reads no further, and drops the rest"
finds "a word that is no choice" "on_crash = 'reboot'\n" \
	"4: error: on_crash: 'reboot' is none of: destroy restart rename-restart preserve coredump-destroy coredump-restart soft-reset"
finds "a mode by name" "tsc_mode = 'native'\nvga = 'none'\n" ''

# ---- the guest ----
whole "no name" "memory = 64\nkernel = '$work/vmlinuz'\n" "error: no name: xl refuses the file"
whole "an empty name" "name = ''\nmemory = 64\nkernel = '$work/vmlinuz'\n" "1: error: the name is empty"
whole "a number for a name" "name = '12'\nmemory = 64\nkernel = '$work/vmlinuz'\n" \
	"1: warning: name: '12' is all digits: commands take it for a number of a domain"
whole "no memory" "name = 'a'\nkernel = '$work/vmlinuz'\n" "warning: neither memory nor maxmem: the guest gets 32 MiB"
whole "nothing to boot" "name = 'a'\nmemory = 64\n" "error: neither kernel nor bootloader: a pv guest has nothing to boot"
whole "an HVM guest boots from its disks" "name = 'a'\nmemory = 64\ntype = 'hvm'\n" ''
whole "no type" "name = 'a'\nmemory = 64\ntype = 'xen'\nbootloader = 'pygrub'\n" "3: error: type: 'xen' is none of: hvm pv pvh"
finds "a type by its first letters" "type = 'pvh'\nuuid = '572BAF85-0000-4000-8000-000000000001'\n" ''
finds "builder against type" "type = 'pv'\nbuilder = 'hvm'\n" "4: error: type = 'pv' and builder = 'hvm' contradict each other" \
	"5: warning: 'builder' is obsolete: use 'type'"
finds "a bad uuid" "uuid = '572baf85'\n" "4: error: uuid: '572baf85' is not a UUID"
finds "too much memory" 'maxmem = 256\n' "4: error: memory = 512 is more than maxmem = 256"
finds "populate on demand with a device" "type = 'pvh'\nmaxmem = 1024\npci = [ '03:00.0' ]\n" \
	"5: error: memory = 512 below maxmem = 1024 (populate on demand) does not go with pci"
finds "or with one by its path" "type = 'pvh'\nmaxmem = 1024\ndtdev = [ '/soc/uart' ]\n" \
	"5: error: memory = 512 below maxmem = 1024 (populate on demand) does not go with dtdev"
finds "too many processors" 'vcpus = 4\nmaxvcpus = 2\n' "5: error: vcpus = 4 is more than maxvcpus = 2: xl refuses that"

# ---- numbers that no guest can have ----
bound() { whole "$1" "name = 'a'\nkernel = '$work/vmlinuz'\n$2" "${@:3}"; }
bound "hardly any memory" 'memory = 5\n' \
	"3: warning: memory = 5: a guest of at most 5 MiB needs about 8 MiB or more"
bound "little beside the maximum" 'memory = 64\nmaxmem = 16384\n' \
	"3: warning: memory = 64: a guest of at most 16384 MiB needs about 288 MiB or more"
bound "as unikernels have it" 'memory = 16\n' ''
bound "more than Xen has" 'memory = 999999999\n' \
	"3: error: memory = 999999999: Xen gives a domain at most 16777216 MiB"
bound "none" 'memory = 0\n' "3: error: memory = 0: no memory for the guest"
bound "by maxmem alone" 'maxmem = 99999999\n' "3: error: maxmem = 99999999: Xen gives a domain at most 16777216 MiB"
bound "below zero" "memory = '-5'\nvcpus = '-1'\n" "3: error: memory = -5: no memory for the guest" \
	"4: error: vcpus = -1: no processor for the guest"
bound "too many processors" "type = 'pvh'\nmemory = 64\nvcpus = 129\nmaxvcpus = 200\n" \
	"5: error: vcpus = 129: a pvh guest has at most 128 virtual processors" \
	"6: error: maxvcpus = 200: a pvh guest has at most 128 virtual processors"
bound "a weight" 'memory = 64\ncpu_weight = 65536\n' "4: error: cpu_weight = 65536: a weight is 1 to 65535"
bound "a cap" 'memory = 64\nmaxvcpus = 4\ncap = 401\n' "5: error: cap = 401: a cap is 0 to 100 for each of 4 virtual processors"
bound "a period" 'memory = 64\nperiod = 3999\n' \
	"4: warning: period = 3999: with the rtds scheduler create fails below its budget of 4000 us"
bound "a period that libxl cannot hold" 'memory = 64\nperiod = 2147483648\n' \
	"4: error: period = 2147483648: a period is at most 2147483647 us"
bound "what xl cannot hold" "memory = 64\nmax_grant_frames = 4294967295\nmax_event_channels = 4294967296\nshadow_memory = '-2147483649'\n" \
	"5: error: max_event_channels = 4294967296: xl has no room for such a number" \
	"6: error: shadow_memory = -2147483649: xl has no room for such a number"
bound "what nobody can read" 'memory = 64\nmaxmem = 9223372036854775808\n' \
	"4: error: maxmem: '9223372036854775808' is more than xl can read: xl ignores it"
bound "a number of an interface" 'memory = 64\nvif = [ "bridge=xenbr0,devid=2147483646", "bridge=xenbr0,devid=2147483647" ]\n' \
	"4: error: vif: xl does not know 'devid=2147483647' there" \
	"  hint: known are: $vif_words"
printf 'memory=4194304\n' >"$work/xen/host"
export SAFEXL_FAKE=$work/xen
bound "no processor that the host has" 'memory = 64\nvcpus = 3\ncpus = [ "0", "4-7", "^1" ]\ncpus_soft = "0-3,^0-3"\n' \
	"5: error: cpus: '4-7' has none of this host's processors, which are 0 to 3" \
	"6: warning: cpus_soft: '0-3,^0-3' has none of this host's processors, which are 0 to 3"
bound "an entry that xl does not read" 'memory = 64\ncpus = [ "0, 1", "x" ]\n' ''
bound "no list of processors" 'memory = 64\ncpus = "one"\n' "4: error: cpus: 'one' is not a list of processors"
bound "more than the host has" 'memory = 4097\n' "3: error: memory = 4097: this host has 4096 MiB in all"
bound "a maximum above the host" 'memory = 512\nmaxmem = 8192\n' \
	"4: warning: maxmem = 8192: this host has 4096 MiB in all"
sx check --no-host "$dir/g.cfg"
is "$status:$out" 0: "--no-host: of another host nothing is known"
unset SAFEXL_FAKE

# ---- files of the host ----
whole "no kernel there" "name = 'a'\nmemory = 64\nkernel = '$work/nosuch'\n" \
	"3: error: kernel: $work/nosuch: No such file or directory"
finds "no ramdisk there" "ramdisk = '$work/nosuch'\n" "4: error: ramdisk: $work/nosuch: No such file or directory"
finds "behind a boot loader they are the guest's" "bootloader = 'pygrub'\nkernel = '/boot/x'\nramdisk = '/boot/y'\n" \
	"3: warning: 'kernel' has no effect here: line 5 sets it again"
whole "a relative path" "name = 'a'\nmemory = 64\nkernel = 'vmlinuz'\n" \
	"3: warning: kernel: 'vmlinuz' is looked for where xl is started"
finds "no disk there" "$(disk "phy:/dev/nosuch,xvda,w")" "4: error: disk: /dev/nosuch: No such file or directory"
finds "a directory for a disk" "$(disk "$work,raw,xvda,w")" "4: error: disk: $work is a directory"
finds "a disk behind a script" "disk = [ 'script=block-x,vdev=xvda,target=a:b' ]\n" ''
finds "no bridge there" "$(vif 'bridge=xenbr9')" "4: warning: vif: this host has no bridge 'xenbr9' now"
finds "but in a driver domain" "$(vif 'bridge=xenbr9,backend=net')" ''
printf '%sdisk = [ "phy:/dev/nosuch,xvda,w" ]\nvif = [ "bridge=xenbr9" ]\nramdisk = "/nosuch"\n' "$good" >"$dir/g.cfg"
sx check --no-host "$dir/g.cfg"
is "$status:$out" 0: "--no-host: none of that"

# ---- keys that xl does not read for the type ----
hvm="name = 'h'\nmemory = 512\ntype = 'hvm'\n"
whole "hvmloader is no kernel" "${hvm}kernel = '/nosuch/boot/hvmloader'\n" ''
whole "nor without a path, with builder" "name = 'h'\nmemory = 512\nbuilder = 'hvm'\nkernel = 'hvmloader'\n" \
	"3: warning: 'builder' is obsolete: use 'type'"
whole "in a PV guest it is" "name = 'h'\nmemory = 512\nkernel = '/nosuch/hvmloader'\n" \
	"3: error: kernel: /nosuch/hvmloader: No such file or directory"
whole "an own kernel of an HVM guest" "${hvm}kernel = '/nosuch/vmlinuz'\nbootloader = 'pygrub'\n" \
	"4: error: kernel: /nosuch/vmlinuz: No such file or directory"
whole "a boot loader of an HVM guest" "${hvm}bootloader = '/nosuch/pygrub'\n" ''
whole "a ramdisk without a kernel" "${hvm}ramdisk = '/nosuch/initrd'\n" \
	"4: error: ramdisk: xl refuses it in an HVM guest without a kernel of the host"
whole "a firmware of Xen's own" "${hvm}firmware_override = 'hvmloader-debug'\n" ''
finds "firmware of a PV guest" "firmware_override = '/nosuch'\nbios_path_override = '/nosuch'\n\
acpi_firmware = '/nosuch'\nsmbios_firmware = '/nosuch'\nstubdomain_kernel = '/nosuch'\npvshim_path = '/nosuch'\n" ''
finds "values that only an HVM guest has" "vga = 'mga'\nbios = 'award'\nusbdevice = 1\nspiceport = 'any'\n" ''
whole "which it has" "${hvm}vga = 'mga'\n" "4: error: vga: 'mga' is none of: stdvga cirrus none qxl"
finds "the old device_model" "device_model = '/nosuch/qemu-dm'\n" \
	"4: warning: 'device_model' is obsolete: use 'device_model_override'"
whole "a kernel of Xen's own" "name = 'a'\nmemory = 64\nfirmware = 'pvgrub64'\n" ''

# ---- targets that are no files of this host ----
for url in nbd:localhost:10809 nbd://host/disk nbd+unix:///disk?socket=/run/x rbd:pool/disk:conf=/etc/ceph/ceph.conf \
	iscsi://10.0.0.1/iqn.x/0 ssh://root@host/srv/x.img https://host/x.iso 'json:{"driver":"nbd"}' gluster+tcp://h/v/x; do
	finds "QEMU opens $url" "disk = [ 'vdev=xvda,backendtype=qdisk,target=$url' ]\n" ''
done
finds "without qdisk xl looks for a file" "disk = [ 'vdev=xvda,target=nbd:localhost:10809' ]\n" \
	"4: error: disk: 'nbd:localhost:10809' is taken for a path: only with backendtype=qdisk does QEMU open it as a URL"
finds "qdisk and a path" "disk = [ 'vdev=xvda,backendtype=qdisk,target=$work/nosuch.img' ]\n" \
	"4: error: disk: $work/nosuch.img: No such file or directory"
finds "a script's words" "disk = [ 'vdev=xvda,script=block-drbd,target=r0', 'drbd:r1,xvdb,w', 'iscsi:r2,xvdc,w' ]\n" ''
finds "libxl's own script" "disk = [ 'vdev=xvda,script=block,target=$work/nosuch.img' ]\n" \
	"4: error: disk: $work/nosuch.img: No such file or directory"
finds "a disk of a driver domain" "disk = [ 'vdev=xvda,backend=store,target=lun1' ]\n" ''
finds "a name by order of discovery" "$(disk "/dev/nbd77,raw,xvda,w")" \
	"4: warning: disk: /dev/nbd77 can be another disk after a reboot" \
	"4: error: disk: /dev/nbd77: No such file or directory"

# ---- bridges ----
mkdir -p "$SAFEXL_ROOT/sys/class/net/ovsbr0"
ovs() { vif "script=vif-openvswitch,bridge=$1"; }
for word in ovsbr0 ovsbr0.100 ovsbr0:1:2:300 ovsbr0.5:1; do
	finds "vif-openvswitch reads $word" "$(ovs $word)" ''
done
finds "by its path" "$(vif 'bridge=ovsbr0.7,script=/etc/xen/scripts/vif-openvswitch')" ''
finds "no such bridge" "$(ovs ovsbr1.100)" "4: warning: vif: this host has no bridge 'ovsbr1' now"
for word in ovsbr0. .100 ovsbr0.x ovsbr0: ovsbr0:1:x ovsbr0.1.2; do
	finds "vif-openvswitch cannot read $word" "$(ovs $word)" \
		"4: error: vif: vif-openvswitch cannot read 'bridge=$word'" \
		"  hint: the form is bridge=BRIDGE[.VLAN][:TRUNK...]"
done
finds "a VLAN is no part of a Linux bridge" "$(vif bridge=xenbr0.100)" \
	"4: warning: vif: this host has no bridge 'xenbr0.100' now"
for script in vif-route vif-nat /usr/local/bin/my-vif; do
	finds "$script reads it its own way" "$(vif "script=$script,bridge=anything")" ''
done
finds "a backend by its number" "$(vif 'bridge=xenbr9,backend=0')" "4: warning: vif: this host has no bridge 'xenbr9' now"
echo 'vif.default.script = "vif-openvswitch"' >"$etc/xl.conf"
finds "the script of xl.conf" "$(vif bridge=ovsbr0.100)" ''
rm "$etc/xl.conf"

# ---- devices ----
finds "no disk specification" "$(disk "$work/root.img,xvda,w")" \
	"4: error: disk '$work/root.img,xvda,w': unknown value for format: near \`xvda' in \`$work/root.img,xvda,w'" \
	"  hint: see xl-disk-configuration(5); an example: /srv/data.img,raw,xvdb,w"
finds "no name for a disk" "$(disk "$work/root.img,raw,vda,w")" \
	"4: error: disk '$work/root.img,raw,vda,w': 'vda' is not a virtual device" \
	"  hint: xvda to xvdp, hda to hdd, sda to sdp, or a device number"
finds "a word that xl skips" "$(vif 'brdige=xenbr0')" \
	"4: error: vif: xl does not know 'brdige=xenbr0' there and ignores it"
finds "a slip that leaves VNC without a password" "vfb = [ 'vnc=1, vncpaswd=x' ]\n" \
	"4: error: vfb: xl does not know 'vncpaswd' there and ignores it; did you mean 'vncpasswd'?"
finds "a word of xm's" "vfb = [ 'type=vnc,vnclisten=::1' ]\n" \
	"4: warning: vfb: xl does not know 'type' there and ignores it"
finds "a word that ends xl's reading" "vfb = [ 'vnc=1,vncunused,vncpasswd=x' ]\n" \
	"4: error: vfb: xl reads no further than 'vncunused', which has no '='"
finds "a group address" "$(vif 'mac=01:16:3e:00:00:01')" \
	"4: error: vif: 01:16:3e:00:00:01 is the address of a group, no interface can have it"
finds "the second of two lines" "vif = [\n 'mac=00:16:3e:00:00:01',\n 'mca=1' ]\n" \
	"6: error: vif: xl does not know 'mca=1' there and ignores it"
printf '%s%s' "$good" "pci = [ '3:00' ]
vtpm = [ 'uuid=1' ]
usbdev = [ 'hostbus=x,foo=1' ]
vkb = [ 'a' ]
vdispl = [ 'a' ]
usbctrl = [ 'type=x' ]
vsnd = [ [ 'a' ] ]
" >"$dir/g.cfg"
sx check "$dir/g.cfg"
is "$(printf '%s\n' "$out" | sed -n "s,^$dir/g.cfg:\([0-9]*\): error: \([a-z]*\)[: ].*,\1 \2,p")" "4 pci
5 vtpm
6 usbdev
7 vkb
8 vdispl
9 usbctrl
10 vsnd" "every other kind of device"

# ---- twice in one file ----
finds "a disk name twice" "disk = [ '$work/root.img,raw,xvda,w',\n '$work/data.img,raw,51712,w' ]\n" \
	"5: error: disk: '51712' is also in line 4"
ln -s root.img "$work/link.img"
finds "a disk twice" "disk = [ '$work/root.img,raw,xvda,w',\n '$work/link.img,raw,xvdb,r' ]\n" \
	"5: warning: disk: '$work/link.img' is also in line 4, and one of them can write to it"
finds "read only, twice" "disk = [ '$work/root.img,raw,xvda,r', '$work/root.img,raw,xvdb,r' ]\n" ''
finds "an address twice" "vif = [ 'mac=00:16:3E:0:0:1',\n 'mac=00:16:3e:00:00:01' ]\n" \
	"5: error: vif: '00:16:3e:00:00:01' is also in line 4"
finds "a PCI device twice" "pci = [ '03:00.0',\n '0000:03:00.0' ]\n" "5: error: pci: '0000:03:00.0' is also in line 4"

# ---- between files ----
guest() {
	printf "name = '%s'\nmemory = 512\nkernel = '%s'\n%b" "$2" "$work/vmlinuz" "$3" >"$1.cfg"
}
common="uuid = '572baf85-0000-4000-8000-000000000001'\nvif = [ 'mac=00:16:3e:00:00:01' ]\n\
pci = [ '03:00.0' ]\ndisk = [ '$work/root.img,raw,xvda,w' ]\n"
guest "$dir/a" a "$common"
guest "$dir/b" b "$common"
sx check "$dir/a.cfg" "$dir/b.cfg"
is "$out" "$dir/b.cfg:4: error: uuid: '572baf85-0000-4000-8000-000000000001' is also in $dir/a.cfg:4
$dir/b.cfg:5: error: vif: '00:16:3e:00:00:01' is also in $dir/a.cfg:5
$dir/b.cfg:6: warning: pci: '0000:03:00.0' is also in $dir/a.cfg:6
$dir/b.cfg:7: error: disk: '$work/root.img' is also in $dir/a.cfg:7, and both can write to it" "what two guests cannot both have"
status 1 "is an error"
guest "$dir/b" a "$common"
sx check "$dir/a.cfg" "$dir/b.cfg"
is "$status:$out" "0:$dir/b.cfg:1: warning: name: 'a' is also in $dir/a.cfg:1" "two forms of one guest may"
sx check "$dir/a.cfg" "$dir/../cfg/a.cfg"
is "$status:$out" "0:" "a file is looked at once"
guest "$etc/c" c "$common"
guest "$dir/b" b "$common"
sx check "$dir/b.cfg"
is "$(printf '%s\n' "$out" | grep -c "is also in $etc/c.cfg")" 4 "a single file is held against those of this host"
guest "$etc/d" d ''
sx check
is "$status:$out" 0: "all configurations"
like "$err" '^safexl: 2 files' "both"
guest "$etc/d" d "vcpsu = 1\n"
echo 'no configuration' >"$etc/xl.conf"
cd "$work" || exit 1
sx check
is "$out" "$etc/d.cfg:4: error: xl does not know the key 'vcpsu' and ignores it; did you mean 'vcpus'?" "a mistake in one of them"
ln -s ../d.cfg "$etc/link.cfg"
sx check
is "$(printf '%s\n' "$out" | wc -l)" 1 "a link is no second file"

# ---- what is no file ----
printf 'memroy = 1\n%s' "$good" >"$work/piped.cfg"
want="error: xl does not know the key 'memroy' and ignores it; did you mean 'memory'?"
piped() { "$BUILD/safexl" -q check --no-host "$@" 2>&1; }
is "$(piped - <"$work/piped.cfg")" "-:1: $want" "check -: standard input"
is "$(cat "$work/piped.cfg" | piped -)" "-:1: $want" "a pipe"
is "$(cat "$work/piped.cfg" | piped /dev/stdin)" "/dev/stdin:1: $want" "/dev/stdin"
like "$(piped <(cat "$work/piped.cfg"))" "^/dev/fd/[0-9]*:1: $want" "process substitution"
mkfifo "$work/fifo"
cat "$work/piped.cfg" >"$work/fifo" &
is "$(piped "$work/fifo")" "$work/fifo:1: $want" "a FIFO"
is "$(piped /dev/fd/9 9<<<"$(cat "$work/piped.cfg")")" "/dev/fd/9:1: $want" "a file that has no name any more"
like "$(piped "$work")" "^$work: error: " "a directory is none"
cat "$work/piped.cfg" | piped - >/dev/null
is "${PIPESTATUS[1]}" 1 "the status of a pipe"
sed "s/^name = .*/name = 'c'/; /memroy/d" "$work/piped.cfg" | piped - "$etc/c.cfg" >"$work/out"
is "$(cat "$work/out")" "$etc/c.cfg:1: warning: name: 'c' is also in -:1" "and is held against files"

is "$(printf 'name = "\0"\n' | piped -; printf '\xef\xbb\xbfname = 1\n' | piped /dev/stdin; printf 'a = 1\r\n' | piped -)" \
	"$(printf '%s\n' '-:1: error: a NUL byte in the text' \
		'/dev/stdin:1: error: a byte order mark in front, which xl cannot read' \
		'-:1: error: carriage return (DOS line end?)')" "no hint to edit what is no file"

# A file that repeats itself does not make the findings long, nor does what libxlutil says of it.
long=$(head -c 100000 /dev/zero | tr '\0' x)
printf '%s\n' "vif = [ '$long' ]" "type = '$long'" "$long = 1" "disk = [ '$long' ]" >"$work/long.cfg"
sx check --no-host "$work/long.cfg"
is "$(wc -L <"$work/out" | awk '{ print ($1 < 2000) }')" 1 "a long word is told shortened"
like "$out" "long.cfg:1: error: vif: xl does not know 'xxx.*xxx\.\.\.xxx.*xxx' there" "with what is wrong"
printf 'name = "g"\nmemory = 5 #%s' "$long" >"$work/long.cfg"
sx adopt web1 "$work/long.cfg"
is "$(wc -L <"$work/err" | awk '{ print ($1 < 2000) }')" 1 "so is a message of libxlutil"

# The hook of the manual.
git init -q "$work/store"
sed -n '/^#!\/bin\/sh$/,/^done$/p' "$manual" >"$work/store/.git/hooks/pre-commit"
chmod +x "$work/store/.git/hooks/pre-commit"
commit() { git -C "$work/store" add . && PATH=$BUILD:$PATH git -C "$work/store" commit -qm x 2>&1; }
cp "$work/piped.cfg" "$work/store/g.cfg"
like "$(commit)" "^-:1: $want" "the pre-commit hook of the manual refuses a bad file"
printf '%s' "$good" >"$work/store/g.cfg"
check "and lets a good one in" commit

# ---- the rest ----
sx --json check "$etc/d.cfg"
if command -v python3 >/dev/null; then
	is "$(printf '%s' "$out" | python3 -c 'import json, sys
j = json.load(sys.stdin)
f = j["findings"][0]
print(j["files"], j["errors"], j["warnings"], f["config"], f["line"], f["severity"], f["code"], f["text"][25:32], *f["hints"])')" \
		"1 1 0 $etc/d.cfg 4 error unknown-key 'vcpsu'" "--json"
else
	skip "--json" "python3 is not installed"
fi
sx --json check "$etc/c.cfg"
is "$(printf '%s' "$out" | tr -d ' \n')" '{"version":1,"files":1,"unread":0,"errors":0,"warnings":0,"findings":[]}' "--json, nothing found"
sx check "$work/nosuch.cfg"
like "$status:$out" "^2:$work/nosuch.cfg: error: .*No such file" "a file that is not there is trouble"
is "$err" "safexl: 1 file, 1 error, 0 warnings
safexl: check: 1 file cannot be read" "which is told"
sx -q check "$etc/c.cfg" "$work/nosuch.cfg" "$work"
is "$status:$err" "2:safexl: check: 2 files cannot be read" "also with -q, beside a file that is right"
"$BUILD/safexl" check "$etc/c.cfg" "$work/nosuch.cfg" >/dev/full 2>"$work/err"
is "$?" 2 "no room for the output is trouble"
sx -q check "$etc/c.cfg"
is "$status:$out$err" 0: "-q: nothing when nothing is wrong"
sx check --foo
like "$status:$err" '^2:.*--foo' "an unknown option"
sx --config check
like "$status:$err" '^2:.*--config' "an option of changes"
printf "name = 'a\\\\nb\\\\x1b'\n" >"$work/odd.cfg"
cp "$work/odd.cfg" "$work/$(printf 'x\033[31m.cfg')"
sx check "$work/$(printf 'x\033[31m.cfg')"
check "names are shown escaped" sh -c "! printf '%s' \"\$1\" | grep -q \"\$(printf '\\033')\"" x "$out"
check "SAFEXL_ROOT: nothing was written there" test ! -e "$state/journal"
finish
