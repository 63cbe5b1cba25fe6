# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The host's side of the lab, shared by `run`, `demo` and `shell`: find the image, pack what a boot
# brings along, start QEMU, follow what dom0 tells. Sourced; uses $here (this directory).
# shellcheck shell=bash

. "$here/suite.sh"
. "$here/machine.sh"
. "$here/state.sh"

lab_top=$(readlink -f "$here/../..")
lab_work=
lab_qemu_pid=
lab_peer_pid=
lab_tree=
lab_going_on=()
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

# Make the work directory, find (or build) the image, have safexl installed into a tree: the one that was
# built here, or one for the Debian that $SUITE names.
# usage: lab_prepare [TREE made by `make install DESTDIR=TREE`]
lab_prepare() {
	lab_image=$("$here/image") || exit 1
	lab_emulator=$("$here/emulator") || exit 1
	# Whatever descriptors we were given stay as they are: they may be somebody's locks.
	exec {lab_image_fd}<"$lab_image"
	flock --shared "$lab_image_fd"
	lab_work=$(mktemp -d "${TMPDIR:-/tmp}/safexl-lab.XXXXXX")
	trap lab_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	lab_find_state
	lab_tree=${1:-}
	[ -z "$lab_tree" ] || return 0
	lab_tree=$lab_work/tree
	mkdir "$lab_tree"
	if [ "$suite" != "$own_suite" ]; then
		"$here/builder" "$lab_tree" || exit 1
	else
		make -C "$lab_top" --no-print-directory install DESTDIR="$lab_tree" \
			PREFIX=/usr/local >"$lab_work/make.log" 2>&1 ||
			{ cat "$lab_work/make.log" >&2; lab_die 'make install failed'; }
	fi
}

# The tar file that dom0 reads as its second disk: lab/ for what it shall do, root/ to lay over it.
# usage: lab_pack hold|scenario|demo|shell|peer BOOT_NUMBER [SCENARIO LIMIT]
lab_pack() {
	local dir=$lab_work/payload

	rm -rf "$dir"
	mkdir -p "$dir/lab/guest" "$dir/root"
	cp "$here"/{init,go,lib.sh,demo.sh,shellrc,shell-guest.sh} "$dir/lab/"
	cp "$here/guest/init" "$dir/lab/guest/"
	# The other Debian's comes with its tree, see builder.
	if [ -x "$lab_tree/evidence" ]; then
		cp "$lab_tree/evidence" "$dir/lab/"
	else
		cp "${BUILD:-$here/../../build}/fake/evidence" "$dir/lab/" 2>/dev/null
	fi
	cat >"$dir/lab/env" <<-EOF
	LAB_MODE=$1
	export LAB_BOOT=$2
	LAB_LIMIT=${4:-}
	LAB_ROWS=${lab_rows:-24}
	LAB_COLUMNS=${lab_columns:-80}
	LAB_TERM=$(printf %q "${TERM:-vt100}")
	export LAB_COLOR=${lab_color:-}
	export LAB_SHORT=${LAB_SHORT:-}
	LAB_PAIR=${lab_pair:-}
	EOF
	[ -z "${3:-}" ] || cp "$3" "$dir/lab/scenario.sh"
	[ -z "$lab_tree" ] || cp -a "$lab_tree/." "$dir/root/"
	tar -C "$dir" --owner=0 --group=0 --numeric-owner -cf "$lab_work/payload.tar" lab root
	# A disk whose size changes would be another machine.
	[ "$(stat -c %s "$lab_work/payload.tar")" -le $lab_tar_size ] || lab_die 'safexl is too big'
	truncate -s $lab_tar_size "$lab_work/payload.tar"
}

# What is written to it stays in our work directory.
# usage: lab_new_disk [NAME]    disk
lab_new_disk() {
	if [ -n "$lab_state" ]; then
		qemu-img create -q -f qcow2 -F qcow2 -b "$lab_state/disk.qcow2" "$lab_work/${1:-disk}.qcow2"
	else
		qemu-img create -q -f qcow2 -F raw -b "$lab_image/disk.img" "$lab_work/${1:-disk}.qcow2"
	fi
}

# What joins the two machines of a pair: a network of their own, which is a pair of sockets in our
# work directory, and a disk that both write to (/dev/vdc), as a volume of a storage network is.
# usage: lab_join OWN_NAME OTHER_NAME
lab_join() {
	lab_wire="dgram,local.type=unix,local.path=$lab_work/$1.net,remote.type=unix,remote.path=$lab_work/$2.net"
	lab_shared="file=$lab_work/shared.img,file.locking=off"
}

# Start the other dom0 of a pair. It has plain xl only, though safexl is on its tar disk.
lab_start_peer() {
	local lab_pair=peer

	lab_pack peer 1
	mv "$lab_work/payload.tar" "$lab_work/peer.tar"
	lab_new_disk peer
	rm -f "$lab_work/shared.img"
	truncate -s 64M "$lab_work/shared.img"
	lab_join peer dom0
	lab_order peer
	(
		lab_qemu peer "$lab_work/peer.qcow2" "$lab_work/peer.tar" \
			"$lab_work/peer.told.log" ${lab_going_on[@]+"${lab_going_on[@]}"} </dev/null
	) >"$lab_work/peer.qemu.log" 2>&1 &
	lab_peer_pid=$!
	lab_join dom0 peer
}

# What is known of the other dom0, for a scenario that failed.
lab_peer_tail() {
	{
		tail -n 20 "$lab_work/peer.told.log"
		tail -n 20 "$lab_work/peer.console.log"
		cat "$lab_work/peer.qemu.log"
	} 2>/dev/null | tr -d '\r' | sed 's/^/#   peer: /'
}

# What makes QEMU go on from the state that was kept, and dom0, which waits for it there, do what it was
# packed for: the time, and bits that nobody else knows, as these stood still. Leaves QEMU's arguments in
# $lab_going_on; none for a boot, which is where there is no such state, or when "cold" is given.
# usage: lab_order NAME [cold]
lab_order() {
	local in=$lab_work/$1.in

	[ -p "$in" ] || mkfifo "$in"
	lab_going_on=()
	[ -n "$lab_state" ] && [ -z "${2:-}" ] || return 0
	lab_going_on=(-incoming "exec:cat $(printf %q "$lab_state/ram")")
	exec {lab_in_fd}<>"$in"
	printf 'go %s %s\n' "$(date +%s)" "$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')" >&"$lab_in_fd"
}

# lab_begin COMMAND...: it starts the machine. Where dom0 does not go on from the state that was kept, say so
# and start it once more, for a boot.
lab_begin() {
	"$@"
	[ ${#lab_going_on[@]} -gt 0 ] && ! lab_await 120 'goes on' || return 0
	lab_progress_end
	printf '# lab: dom0 does not go on from the state that was kept (%s), so it boots\n' "$lab_state"
	lab_console_tail 10
	lab_stop cut
	lab_state=
	"$@"
}

# lab_await SECONDS WORDS: until dom0 tells them; status 1 when it does not, or tells why it cannot.
lab_await() {
	local since=$SECONDS

	while [ $((SECONDS - since)) -lt "$1" ]; do
		lab_read
		case $? in
		2) return 1 ;;
		1) lab_console_dead >/dev/null && return 1 ;;
		0)
			case $lab_line in
			"@lab@ $2") return 0 ;;
			'@lab@ fail '*) return 1 ;;
			esac ;;
		esac
		lab_progress "${stage:-waiting for dom0}" $((SECONDS - since))
	done
	return 1
}

# Start QEMU in the background, with this shell's standard input and output (a shell's terminal).
# What dom0 tells comes through the descriptor 3; its console goes to $lab_console.
# usage: lab_start NAME [QEMU ARGUMENT]...
lab_start() {
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
		lab_qemu "$name" "$lab_work/disk.qcow2" "$lab_work/payload.tar" "$lab_work/out" \
			${lab_going_on[@]+"${lab_going_on[@]}"} "$@" 2>"$lab_work/qemu.log"
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
