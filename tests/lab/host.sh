# The host's side of the lab, shared by `run`, `demo` and `shell`: find the image, pack what a boot
# brings along, start QEMU, follow what dom0 tells. Sourced; uses $here (this directory).
# shellcheck shell=bash

lab_top=$(readlink -f "$here/../..")
lab_work=
lab_qemu_pid=
lab_peer_pid=
lab_progress_open=

lab_die() {
	lab_progress_end
	printf 'lab: %s\n' "$1" >&2
	exit 1
}

# On a terminal a progress line is overwritten by the next; elsewhere each stage prints one line.
lab_progress() {
	if [ -t 2 ]; then
		printf '\r\033[K# %s ... %d s' "$1" "$2" >&2
		lab_progress_open=1
	elif [ "$1" != "$lab_progress_open" ]; then
		printf '# %s ...\n' "$1" >&2
		lab_progress_open=$1
	fi
}

lab_progress_end() {
	if [ -t 2 ] && [ -n "$lab_progress_open" ]; then
		printf '\r\033[K' >&2
		lab_progress_open=
	fi
}

lab_cleanup() {
	[ -z "$lab_qemu_pid" ] || kill -KILL "$lab_qemu_pid" 2>/dev/null
	[ -z "$lab_peer_pid" ] || kill -KILL "$lab_peer_pid" 2>/dev/null
	wait 2>/dev/null
	[ -z "$lab_work" ] || [ -n "${lab_keep:-}" ] || rm -rf "$lab_work"
	lab_progress_end
}

# Make the work directory, find (or build) the image, have safexl installed into a tree.
# usage: lab_prepare [TREE made by `make install DESTDIR=TREE`]
lab_prepare() {
	lab_image=$("$here/image") || exit 1
	# Whatever descriptors we were given stay as they are: they may be somebody's locks.
	exec {lab_image_fd}<"$lab_image"
	flock --shared "$lab_image_fd"
	lab_work=$(mktemp -d "${TMPDIR:-/tmp}/safexl-lab.XXXXXX")
	trap lab_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	lab_tree=${1:-}
	if [ -z "$lab_tree" ]; then
		lab_tree=$lab_work/tree
		mkdir "$lab_tree"
		make -C "$lab_top" --no-print-directory install DESTDIR="$lab_tree" \
			PREFIX=/usr/local >"$lab_work/make.log" 2>&1 ||
			{ cat "$lab_work/make.log" >&2; lab_die 'make install failed'; }
	fi
}

# The tar file that a boot reads as its second disk: lab/ for the init, root/ to lay over dom0.
# usage: lab_pack MODE BOOT_NUMBER [SCENARIO LIMIT]...
lab_pack() {
	local dir=$lab_work/payload mode=$1 boot=$2 file
	shift 2

	rm -rf "$dir"
	mkdir -p "$dir/lab/scenarios" "$dir/lab/guest" "$dir/root"
	cp "$here"/{init,lib.sh,demo.sh,shellrc,shell-guest.sh} "$dir/lab/"
	cp "$here/guest/init" "$dir/lab/guest/"
	cp "${BUILD:-$here/../../build}/fake/evidence" "$dir/lab/" 2>/dev/null
	cat >"$dir/lab/env" <<-EOF
	LAB_MODE=$mode
	export LAB_BOOT=$boot
	LAB_ROWS=${lab_rows:-24}
	LAB_COLUMNS=${lab_columns:-80}
	LAB_TERM=$(printf %q "${TERM:-vt100}")
	export LAB_COLOR=${lab_color:-}
	LAB_PAIR=${lab_pair:-}
	EOF
	while [ $# -gt 1 ]; do
		file=$(basename "$1" .sh)
		cp "$1" "$dir/lab/scenarios/$file.sh"
		echo "$file $2"
		shift 2
	done >"$dir/lab/list"
	cp -a "$lab_tree/." "$dir/root/"
	tar -C "$dir" --owner=0 --group=0 --numeric-owner -cf "$lab_work/payload.tar" lab root
}

lab_new_disk() {
	qemu-img create -q -f qcow2 -F raw -b "$lab_image/disk.img" "$lab_work/disk.qcow2"
}

# The machine, in place of this shell.
# -icount: the machine's clock counts its instructions (one a nanosecond) instead of following ours.
# On a busy host it then runs slowly but not late: no timeout of xl's own strikes.
# Xen asks for an IOMMU before it passes a PCI device through, also to a PV guest. QEMU's is Intel's
# while its CPU is AMD's, whose page tables are others: no-sharept. What can be passed through: two
# idle PCI devices and two on USB, see pci_device and usb_device in lib.sh.
# usage: lab_qemu NAME DISK TAR FILE_FOR_WHAT_DOM0_TELLS [QEMU ARGUMENT]...
lab_qemu() {
	local name=$1 disk=$2 tar=$3 out=$4
	shift 4

	exec qemu-system-x86_64 -name "safexl-lab-$name" -nodefaults -no-user-config \
		-display none -no-reboot -machine q35 -device intel-iommu,intremap=off \
		-accel tcg,thread=single -icount shift=0 -cpu qemu64,+svm,+npt,-smap -smp 2 -m 2560 \
		-kernel "$lab_image/xen" -append "dom0_mem=1024M console=com1 \
com1=115200,8n1 loglvl=error guest_loglvl=error noreboot iommu=no-sharept" \
		-initrd "$lab_image/vmlinuz console=hvc0 quiet panic=-1 net.ifnames=0,\
$lab_image/initrd.img" \
		-serial "file:$lab_work/$name.console.log" \
		-drive "file=$disk,format=qcow2,if=virtio,cache=writeback" \
		-drive "file=$tar,format=raw,if=virtio,readonly=on" \
		-device virtio-rng-pci -device virtio-serial \
		-chardev "file,id=out,path=$out" \
		-device virtserialport,chardev=out,name=lab.out \
		-device edu,addr=10 -device edu,addr=11 -device qemu-xhci,id=usb,addr=12 \
		-blockdev driver=null-co,node-name=stick,size=16777216,read-zeroes=on \
		-device usb-storage,bus=usb.0,port=1,drive=stick -device usb-tablet,bus=usb.0,port=2 \
		"$@"
}

# What joins the two machines of a pair: a network of their own, which is a pair of sockets in our
# work directory, and a disk that both write to (/dev/vdc), as a volume of a storage network is.
# Leaves QEMU's arguments for one of them in $lab_joint.
# usage: lab_join OWN_NAME OTHER_NAME LAST_BYTE_OF_MAC
lab_join() {
	lab_joint=(-netdev "dgram,id=pair,local.type=unix,local.path=$lab_work/$1.net,\
remote.type=unix,remote.path=$lab_work/$2.net"
		-device "virtio-net-pci,netdev=pair,mac=52:54:00:77:00:$3"
		-drive "file=$lab_work/shared.img,format=raw,if=virtio,file.locking=off")
}

# Start the other dom0 of a pair. It has plain xl only, though safexl is on its tar disk.
lab_boot_peer() {
	local lab_pair=peer

	lab_pack peer 1
	mv "$lab_work/payload.tar" "$lab_work/peer.tar"
	qemu-img create -q -f qcow2 -F raw -b "$lab_image/disk.img" "$lab_work/peer.qcow2"
	rm -f "$lab_work/shared.img"
	truncate -s 64M "$lab_work/shared.img"
	lab_join peer dom0 02
	(
		lab_qemu peer "$lab_work/peer.qcow2" "$lab_work/peer.tar" \
			"$lab_work/peer.told.log" "${lab_joint[@]}" </dev/null
	) >"$lab_work/peer.qemu.log" 2>&1 &
	lab_peer_pid=$!
	lab_join dom0 peer 01
}

# What is known of the other dom0, for a scenario that failed.
lab_peer_tail() {
	{
		tail -n 20 "$lab_work/peer.told.log"
		tail -n 20 "$lab_work/peer.console.log"
		cat "$lab_work/peer.qemu.log"
	} 2>/dev/null | tr -d '\r' | sed 's/^/#   peer: /'
}

# Start QEMU in the background, with this shell's standard input and output (a shell's terminal).
# What dom0 tells comes through the descriptor 3; its console goes to $lab_console.
# usage: lab_boot NAME [QEMU ARGUMENT]...
lab_boot() {
	local name=$1
	shift

	lab_console=$lab_work/$name.console.log
	lab_told=$lab_work/$name.told.log
	: >"$lab_console"
	rm -f "$lab_work/out"
	mkfifo "$lab_work/out"
	# The fifo stays open until QEMU is gone, and no longer, whether or not it ever started.
	(
		exec 4<>"$lab_work/out"
		lab_qemu "$name" "$lab_work/disk.qcow2" "$lab_work/payload.tar" "$lab_work/out" "$@" \
			2>"$lab_work/qemu.log"
	) <&0 &
	lab_qemu_pid=$!
	exec 3<"$lab_work/out"
}

# Has the machine died? Print Xen's or Linux's last words on the console.
lab_console_dead() {
	tr -d '\r' <"$lab_console" | grep -aE -m 1 'Panic on CPU|Domain 0 crashed|Kernel panic|lab: no root disk'
}

# Print the end of the console, without Xen's lines and CRs.
lab_console_tail() {
	tr -d '\r' <"$lab_console" | tail -n "${1:-40}" | sed 's/^/# /'
	[ ! -s "$lab_work/qemu.log" ] || sed 's/^/# qemu: /' "$lab_work/qemu.log"
}

# Read dom0's next line into $lab_line. Status 0: there is one; 1: one more second has passed
# without; 2: the machine is gone.
lab_part=
lab_read() {
	local status
	IFS= read -r -t 1 -u 3 lab_line
	status=$?
	if [ $status = 0 ]; then
		lab_line=${lab_part}${lab_line//$'\r'/}
		lab_part=
		printf '%s\n' "$lab_line" >>"$lab_told"
		return 0
	fi
	lab_part+=$lab_line
	[ $status -gt 128 ] && kill -0 "$lab_qemu_pid" 2>/dev/null && return 1
	return 2
}

# Wait for QEMU to end, which it does when dom0 powers off; `lab_stop cut` ends it at once.
lab_stop() {
	exec 3<&-
	[ "${1:-}" = cut ] || timeout 20 tail --pid="$lab_qemu_pid" -f /dev/null
	kill -KILL "$lab_qemu_pid" 2>/dev/null
	wait "$lab_qemu_pid" 2>/dev/null
	lab_qemu_pid=
	[ -n "$lab_peer_pid" ] || return 0
	kill -KILL "$lab_peer_pid" 2>/dev/null
	wait "$lab_peer_pid" 2>/dev/null
	lab_peer_pid=
}
