# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Helpers for the lab's scenarios: sourced by each, in dom0. A scenario prints one line a check,
# "ok - text" or "not ok - text", comments with "# ", and ends with `done_testing`.
# `xl` here is the plain xl by its absolute path: never a safexl that is installed under that name.
# shellcheck shell=bash
set -u

lab_complete=
trap '[ -n "$lab_complete" ] || exit 99' EXIT

ok() { printf 'ok - %s\n' "$*"; }
not_ok() { printf 'not ok - %s\n' "$*"; }
note() { printf '%s\n' "$*" | sed 's/^/# /'; }
skip() { printf 'ok - %s # SKIP %s\n' "$1" "$2"; }

# deep_only WHAT: status 1 within `make check`, which leaves that out, as an emulated machine is slow, and says so. Run
# by itself, and within `make check-deep`, a scenario does all.
deep_only() {
	[ -n "${LAB_SHORT:-}" ] || return 0
	note "left to make check-deep: $1"
	return 1
}

# The last line of a scenario: says that it was not cut short.
done_testing() {
	lab_complete=1
	exit 0
}

xl() { /usr/sbin/xl "$@"; }

# Where this Xen has its programs, and its version: 4.17 or 4.20.
xen_dir=$(echo /usr/lib/xen-[0-9]*)
xen_version=${xen_dir##*-}

# is GOT WANT DESC
is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		note "got:  $1"
		note "want: $2"
	fi
}

# like TEXT REGEX DESC (an extended regular expression; the text may have many lines)
like() {
	if [[ $1 =~ $2 ]]; then
		ok "$3"
	else
		not_ok "$3"
		note "text:  $1"
		note "regex: $2"
	fi
}

# unlike TEXT REGEX DESC
unlike() {
	if [[ $1 =~ $2 ]]; then
		not_ok "$3"
		note "text:  $1"
		note "must not match: $2"
	else
		ok "$3"
	fi
}

# same_file GOT WANT DESC: byte for byte; the difference is shown.
same_file() {
	if cmp -s "$1" "$2"; then
		ok "$3"
	else
		not_ok "$3"
		note "$(diff -u "$2" "$1")"
	fi
}

# holds DESC CMD...: the command succeeds; what it says is shown only when it does not.
holds() {
	local desc=$1 said
	shift
	if said=$("$@" 2>&1); then
		ok "$desc"
	else
		not_ok "$desc"
		note "$(printf '%q ' "$@")"
		[ -z "$said" ] || note "$said"
	fi
}

# Run a command; what came of it is left in $status, $out, $err.
# Files, not pipes: what xl leaves running holds its stdout open.
run_x() {
	local dir
	dir=$(mktemp -d /tmp/lab.XXXXXX)
	"$@" >"$dir/out" 2>"$dir/err"
	status=$?
	out=$(cat "$dir/out")
	err=$(cat "$dir/err")
	rm -rf "$dir"
	return 0
}

# expect_status N DESC CMD...: run_x, and its status is N.
expect_status() {
	local want=$1 desc=$2
	shift 2
	run_x "$@"
	if [ "$status" = "$want" ]; then
		ok "$desc"
	else
		not_ok "$desc"
		note "$(printf '%q ' "$@")"
		note "status $status, not $want"
		[ -z "$out" ] || note "stdout: $out"
		[ -z "$err" ] || note "stderr: $err"
	fi
}

# refused STATUS REGEX DESC CMD...: the command ends with that status and says that on stderr, and
# neither the running guest g1 nor a configuration nor the history has changed.
refused() {
	local want=$1 regex=$2 desc=$3 before after
	shift 3
	before=$(config_state; live_state g1)
	run_x "$@"
	after=$(config_state; live_state g1)
	if [ "$status" = "$want" ] && [[ $err =~ $regex ]] && [ "$before" = "$after" ]; then
		ok "$desc"
		return
	fi
	not_ok "$desc"
	note "$(printf '%q ' "$@")"
	note "status $status (want $want), stderr (want $regex):"
	note "$err"
	[ "$before" = "$after" ] || note "$(diff <(echo "$before") <(echo "$after"))"
}

# denied REGEX DESC CMD...: refused by the guard, which says that on stderr; the guest g1 does not run after.
denied() {
	local regex=$1 desc=$2
	shift 2
	run_x "$@"
	if [ "$status" = 77 ] && [[ $err =~ $regex ]] && [ -z "$(domid g1)" ]; then
		ok "$desc"
	else
		not_ok "$desc"
		note "$(printf '%q ' "$@")"
		note "status $status (want 77), g1 is domain '$(domid g1)', stderr (want $regex):"
		note "$err"
	fi
}

domid() { xl domid "$1" 2>/dev/null; }

# xs_wait PATH REGEX [SECONDS]: wait until a xenstore node's value matches ("!REGEX": does not).
xs_wait() {
	local path=$1 regex=${2#!} want=0 end=$((SECONDS + ${3:-60})) fd pid value result=1

	exec {fd}< <(exec xenstore-watch "$path" 2>/dev/null)
	pid=$!
	[ "$regex" = "$2" ] || want=1
	while read -r -t $((end > SECONDS ? end - SECONDS : 1)) -u "$fd" _; do
		value=$(xenstore-read "$path" 2>/dev/null)
		[[ $value =~ $regex ]]
		if [ $? = $want ]; then
			result=0
			break
		fi
		[ $SECONDS -lt $end ] || break
	done
	exec {fd}<&-
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	return $result
}

# guest_wait NAME KEY REGEX [SECONDS]: wait for what a guest reports (keys: see guest/init).
guest_wait() {
	local id
	id=$(domid "$1") && xs_wait "/local/domain/$id/data/$2" "$3" "${4:-60}"
}

# guest_says NAME KEY: what a guest reported last.
guest_says() { xenstore-read "/local/domain/$(domid "$1")/data/$2" 2>/dev/null; }

# wait_guest NAME [SECONDS]: wait until it runs.
wait_guest() {
	guest_wait "$1" up '^1$' "${2:-120}" && return
	note "$1 did not come up; the end of its console:"
	note "$(tail -n 20 "/var/log/xen/console/guest-$1.log" 2>&1)"
	return 1
}

# guest_goes_on NAME: wait until it has written to its disk once more.
guest_goes_on() { guest_wait "$1" ticks "!^$(guest_says "$1" ticks)\$"; }

# in_guest NAME COMMAND: typed at its console, and waited for.
in_guest() {
	local log=/var/log/xen/console/guest-$1.log behind
	behind=$(($(wc -c <"$log") + 1))
	printf '%s; echo all "done"\n' "$2" >"$(xenstore-read "/local/domain/$(domid "$1")/console/tty")"
	timeout 60 grep -qm 1 '^all done' < <(exec tail -c "+$behind" -f "$log") ||
		{ note "$1: '$2' did not end: $(tail -n 40 "$log")"; return 1; }
}

# counts NAME AT-LEAST: it has counted that far
counts() {
	until [ "$(guest_says "$1" ticks)" -ge "$2" ] 2>/dev/null; do guest_goes_on "$1" || return; done
}
# log_is_whole DISK AT-LEAST: the log on a guest's disk, which its memory counts: each line once, none is missing. It is
# looked at in a copy, as the disk of a guest that was cut off wants its journal to be replayed.
log_is_whole() {
	local lines result
	cp --sparse=always "$1" /srv/look.img && fsck.ext4 -p -E journal_only /srv/look.img >/tmp/fsck 2>&1
	fsck.ext4 -n -f /srv/look.img >/tmp/fsck 2>&1 || { cat /tmp/fsck; return 1; }
	mount -o loop /srv/look.img /mnt || return
	lines=$(wc -l </mnt/log)
	awk '$1 != NR { print "line " NR ": " $0; exit 1 }' /mnt/log && [ "$lines" -ge "$2" ]
	result=$?
	umount /mnt
	rm /srv/look.img
	[ $result = 0 ] || echo "lines: $lines, wanted $2 at least"
	return $result
}

# killed_while_paused NAME WORDS...: safexl is killed as soon as that guest stands still by its hand
killed_while_paused() {
	local name=$1 pid
	shift
	safexl "$@" >/tmp/killed 2>&1 &
	pid=$!
	until xl list "$name" | awk 'NR == 2 { exit $5 !~ /p/ }'; do
		kill -0 $pid 2>/dev/null || { cat /tmp/killed; return 1; }
	done
	kill -KILL $pid
	wait $pid 2>/dev/null
	return 0
}

guest_sees_disk() { guest_wait "$1" disks "(^| )$2=" "${3:-30}"; }
guest_lost_disk() { guest_wait "$1" disks "!(^| )$2=" "${3:-30}"; }

# guest_has_memory NAME MIB [SECONDS]: wait until it has come within 2 MiB of that size.
guest_has_memory() {
	guest_wait "$1" mem "^($(($2 - 2))|$(($2 - 1))|$2|$(($2 + 1))|$(($2 + 2)))$" "${3:-30}"
}

# The memory target that the host has set, in MiB.
memory_target() { echo $(($(xenstore-read "/local/domain/$(domid "$1")/memory/target") / 1024)); }
# The most it may have, in MiB.
memory_max() { echo $(($(xenstore-read "/local/domain/$(domid "$1")/memory/static-max") / 1024)); }

# The numbers of the disks the host has given a guest, in order, on one line: "51712 51728".
live_disks() { xl block-list "$1" | awk 'NR > 1 { print $1 }' | sort -n | xargs; }

# What is live of a guest, as far as these scenarios change it.
live_state() {
	echo "live: disks $(live_disks "$1") target $(memory_target "$1") max $(memory_max "$1")"
}

# make_disk FILE [MIB]: an empty ext4 for a guest.
make_disk() {
	truncate -s "${2:-16}M" "$1"
	mkfs.ext4 -q -F "$1"
}

# qcow2 make RAW FILE: a qcow2 of what is in a raw file of at most 512 MiB; what is zero is not in it.
# qcow2 raw FILE RAW: what a guest reads from one. It fails when a cluster is used twice, or not counted as used.
qcow2() {
	python3 - "$@" <<-'END'
	import struct, sys
	CLUSTER, MASK = 65536, (1 << 56) - 512
	def make(raw, path):
	    data, used, table = open(raw, 'rb').read(), [], [0] * 8192
	    for i in range(0, len(data), CLUSTER):
	        if data[i:i + CLUSTER].strip(b'\0'):
	            table[i // CLUSTER] = (5 + len(used)) * CLUSTER | 1 << 63
	            used.append(data[i:i + CLUSTER])
	    header = struct.pack('>4sIQIIQIIQQIIQQQQII', b'QFI\xfb', 3, 0, 0, 16, len(data), 0, 1, 3 * CLUSTER,
	                         CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104)
	    parts = [header, struct.pack('>Q', 2 * CLUSTER), struct.pack('>H', 1) * (5 + len(used)),
	             struct.pack('>Q', 4 * CLUSTER | 1 << 63), struct.pack('>8192Q', *table)] + used
	    with open(path, 'wb') as f:
	        for part in parts:
	            f.write(part.ljust(CLUSTER, b'\0'))
	def raw(path, to):
	    data, seen = open(path, 'rb').read() + bytes(CLUSTER), set()
	    number = lambda at: struct.unpack_from('>Q', data, at)[0]
	    size, first, counts = number(24), number(40), number(48)
	    def use(at):
	        block = number(counts + 8 * (at // CLUSTER // 32768))
	        count = struct.unpack_from('>H', data, block + 2 * (at // CLUSTER % 32768))[0] if block else 0
	        if at in seen or count != 1:
	            sys.exit(f'{path}: the cluster at {at} is counted {count} times')
	        seen.add(at)
	    with open(to, 'wb') as f:
	        for i in range((size - 1) // CLUSTER + 1):
	            second = number(first + 8 * (i // 8192)) & MASK
	            entry = number(second + 8 * (i % 8192)) if second else 0
	            if entry & MASK and not entry & 1:
	                use(entry & MASK)
	                f.seek(i * CLUSTER)
	                f.write(data[entry & MASK:(entry & MASK) + CLUSTER])
	        f.truncate(size)
	{'make': make, 'raw': raw}[sys.argv[1]](*sys.argv[2:])
	END
}

# make_qcow2 FILE MIB: an empty one, for which dom0 has no qemu-img.
make_qcow2() { truncate -s "$2M" "$1.raw" && qcow2 make "$1.raw" "$1" && rm "$1.raw"; }

# make_volume [MIB] [MKFS OPTION]...: /dev/lab/data, a volume of LVM with an ext4; the device it lies on is left in $pv.
make_volume() {
	local mib=${1:-64}
	[ $# = 0 ] || shift
	truncate -s $((mib + 36))M /srv/pv.img
	pv=$(losetup -f --show /srv/pv.img)
	vgcreate -q lab "$pv" && lvcreate -q -y -n data -L "${mib}M" lab >/dev/null && udevadm settle &&
		mkfs.ext4 -q "$@" /dev/lab/data
}

# make_iso FILE [TEXT]: what a CD drive takes; an HVM guest's drive must not be empty at create.
make_iso() {
	printf '%s\n' "${2:-$1}" >"$1"
	truncate -s 1M "$1"
}

# Without what Linux does for real machines and emulation makes long.
fast='mitigations=off cryptomgr.notests init_on_alloc=0'

# make_guest NAME [pv|pvh|hvm] [MIB]: /etc/xen/NAME.cfg as a person writes one, and its disk. An HVM
# guest takes a minute to come up and wants 200 MiB.
make_guest() {
	local name=$1 type=${2:-pv} mib=${3:-160} more='' console=hvc0 kernel=vmlinux mac

	mac=$(printf '%s' "$name" | md5sum | sed 's/^\(..\)\(..\).*/00:16:3e:77:\1:\2/')
	make_disk "/srv/$name.img" 32
	if [ "$type" = hvm ]; then
		console=ttyS0
		kernel=vmlinuz	# qemu takes no other
		more=$'serial  = "pty"\nvga     = "none"\nvnc     = 0'
	fi
	cat >"/etc/xen/$name.cfg" <<-EOF
	# $name -- the shop's database
	# Moved here from the old host in spring; ask Anna before you touch the disks.

	name    = "$name"
	type    = "$type"
	kernel  = "/boot/guest-$kernel"
	ramdisk = "/boot/guest-initrd.img"
	extra   = "console=$console quiet${fast:+ $fast}"

	vcpus   = 1
	memory  = $mib      # MiB; enough until Christmas
	$more
	disk = [
	    # the system
	    '/srv/$name.img,raw,xvda,w',
	]

	vif = [ 'mac=$mac,bridge=xenbr0' ]   # office network

	on_poweroff = "destroy"
	on_crash    = "destroy"     # look at the console log first
	EOF
}

# The bytes and the history of the configurations, to see whether anything changed.
config_state() {
	(cd /etc/xen && sha256sum -- *.cfg 2>/dev/null
		git -C /etc/xen rev-parse HEAD 2>/dev/null
		git -C /etc/xen status --porcelain --untracked-files=no 2>/dev/null)
}

# The subjects in the history, newest first.
subjects() { git -C /etc/xen log --format=%s; }

# need_bridge NAME: a bridge beside xenbr0, which is always there.
need_bridge() { ip link add "$1" type bridge && ip link set "$1" up; }

# pci_device 1|2: one of two idle PCI devices (1234:11e8), made assignable; prints its address. A PV
# guest must be created with `passthrough = "enabled"` (or a device), else none can be attached later.
pci_device() {
	local bdf=0000:00:1$(($1 - 1)).0
	modprobe xen-pciback
	xl pci-assignable-list | grep -q "$bdf" || xl pci-assignable-add "$bdf" >/dev/null 2>&1 || return
	echo "$bdf"
}

# usb_device stick|tablet: prints hostbus and hostaddr of a USB device: "2 2".
usb_device() {
	local id=46f4:0001 dir fd pid line end=$((SECONDS + 30))
	[ "$1" = stick ] || id=0627:0001
	exec {fd}< <(exec stdbuf -oL udevadm monitor --kernel --subsystem-match=usb 2>/dev/null)
	pid=$!
	# It says so when it listens: what comes later is not missed.
	while read -r -t 10 -u "$fd" line; do [[ $line != KERNEL* ]] || break; done
	modprobe xhci_pci
	while [ $SECONDS -lt $end ]; do
		for dir in /sys/bus/usb/devices/*-*; do
			[ "$(cat "$dir/idVendor" "$dir/idProduct" 2>/dev/null | paste -sd:)" = $id ] || continue
			echo "$(cat "$dir/busnum") $(cat "$dir/devnum")"
			end=found
			break 2
		done
		read -r -t 10 -u "$fd" line || break
	done
	exec {fd}<&-
	kill "$pid" 2>/dev/null
	[ "$end" = found ]
}

# need_backends: something that answers for the backends this dom0 has not (vtpm, vdispl, vsnd, vinput,
# qusb): each device is ready at once, and closed when it is to be. Without it xl waits in vain and fails.
need_backends() {
	local path to
	xenstore-watch /local/domain/0/backend | while read -r path; do
		[[ $path =~ /backend/(vtpm|vdispl|vsnd|vinput|vkbd|qusb)/[0-9]+/[0-9]+/state$ ]] || continue
		case $(xenstore-read "$path" 2>/dev/null) in
		1) to=2 ;;
		5) to=6 ;;
		*) continue ;;
		esac
		xenstore-write "$path" $to
	done &
}

# need_cpupool NAME [credit|credit2]: a second cpupool, with CPU 1; dom0 goes on with CPU 0.
need_cpupool() {
	xl cpupool-cpu-remove Pool-0 1 &&
		xl cpupool-create name="\"$1\"" sched="\"${2:-credit2}\"" 'cpus=["1"]' >/dev/null
}

# A person at a terminal: coproc terminal { exec script -qfc COMMAND /dev/null 2>&1; }, and then
# appears TEXT: wait until it shows that, behind what was awaited before; all up to there is in $passed.
screen=
passed=
appears() {
	local c
	until [[ $screen == *"$1"* ]]; do
		IFS= read -r -t 60 -N 1 -u "${terminal[0]}" c || { note "the terminal shows: $screen"; return 1; }
		screen+=$c
	done
	passed=${screen%%"$1"*}$1
	screen=${screen#*"$1"}
}
# types TEXT: \t, \r and the like as printf has them.
types() { printf '%b' "$1" >&"${terminal[1]}"; }

# The other dom0 of a scenario with the header "# lab: pair": its name is "peer", ours "dom0", there as
# here; /dev/vdc is one disk that both have. It has plain xl until peer_installs_safexl.
# on_peer CMD...: run there, with the words as they are here; all over one connection.
on_peer() {
	local line
	printf -v line '%q ' "$@"
	ssh -o ControlMaster=auto -o ControlPath=/run/peer.ssh -o ControlPersist=yes peer "$line"
}
# peer_does HELPER ARGUMENT...: one of these helpers, there.
# shellcheck disable=SC2016 # expands there
peer_does() { on_peer bash -c '. /lab/lib.sh; lab_complete=1; "$@"' lib "$@"; }
# wait_peer [SECONDS]: wait until it is up and answers.
wait_peer() {
	local end=$((SECONDS + ${1:-240}))
	until on_peer true 2>/dev/null; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}
# safexl from the disk that it was booted with, also under the name xl.
peer_installs_safexl() {
	on_peer tar -xf /dev/vdb -C / --strip-components=1 --no-overwrite-dir root &&
		on_peer ln -sf safexl /usr/local/sbin/xl && on_peer ldconfig
}

# Cut the machine's power here and now; the scenario runs again with LAB_BOOT one higher. For
# scenarios with the header "# lab: reboot".
power_cut() {
	lab_complete=1
	echo '@lab@ cut'
	exec sleep infinity
}
