# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# dom0's state after boot, kept once for an image: what a run of the lab goes on from in a second instead
# of booting. It is a disk over the image's and QEMU's migration stream. What a run brings along (safexl,
# scenarios, lib.sh, go) comes after it; what is in it already (see lab_state_key) makes another one.
# Sourced by host.sh.
# shellcheck shell=bash

lab_state_key() {
	{
		cat "$here"/{machine.sh,init,guest/init}
		"$lab_emulator" --version
	} | sha256sum | cut -c1-16
}

# Leave the directory of the state in $lab_state: of the one that is there, else of a new one. Empty when
# QEMU cannot keep one, or LAB_COLD is set: dom0 boots each time then.
lab_find_state() {
	local dir fd

	lab_state=
	[ -z "${LAB_COLD:-}" ] || return 0
	dir=$lab_image/state.$(lab_state_key)
	if [ ! -d "$dir" ]; then
		exec {fd}>"$lab_image/lock"
		flock "$fd"
		[ -d "$dir" ] || lab_make_state "$dir"
		exec {fd}>&-
	fi
	[ -d "$dir" ] || return 0
	lab_state=$dir
	exec {lab_state_fd}<"$dir"
	flock --shared "$lab_state_fd"
}

# usage: lab_make_state DIR: boot dom0, keep how it is when it waits for orders.
lab_make_state() {
	local start=$SECONDS stage='booting dom0 once'

	lab_pack hold 1
	lab_new_disk
	lab_order hold cold
	mkfifo "$lab_work/monitor.in" "$lab_work/monitor.out"
	exec 7<>"$lab_work/monitor.in" 8<>"$lab_work/monitor.out"
	lab_start hold -chardev "pipe,id=monitor,path=$lab_work/monitor" -mon chardev=monitor,mode=control \
		</dev/null
	if lab_await 600 held && lab_migrate_out; then
		wait "$lab_qemu_pid"
		mkdir "$lab_work/state"
		mv "$lab_work/disk.qcow2" "$lab_work/ram" "$lab_work/state/"
		chmod -R a+rX "$lab_work/state"
		lab_install_state "$1"
		lab_progress_end
		printf "# lab: dom0's state is kept after %d s\n" $((SECONDS - start)) >&2
	else
		lab_progress_end
		printf "# lab: dom0's state cannot be kept, so it boots each time\n" >&2
		lab_console_tail 10 >&2
	fi
	lab_stop cut
	exec 7>&- 8>&-
}

# In the cache it is there as a whole or not at all; those that it replaces go, unless one is in use.
lab_install_state() {
	rm -rf "$1.new"
	cp -r --sparse=always "$lab_work/state" "$1.new"
	# Wherever the cache is moved to, the image is beside it.
	qemu-img rebase -q -u -F raw -b ../disk.img "$1.new/disk.qcow2"
	rm -rf "$lab_work/state"
	mv "$1.new" "$1"
	find "$lab_image" -mindepth 1 -maxdepth 1 -name 'state.*' ! -path "$1" \
		-exec flock --nonblock {} rm -rf {} \;
}

# QEMU's own migration, to a file; its monitor is at the descriptors 7 and 8.
lab_migrate_out() {
	local line

	printf '{"execute":"%s","arguments":{%s}}\n' qmp_capabilities '' \
		migrate-set-capabilities '"capabilities":[{"capability":"events","state":true}]' \
		migrate-set-parameters '"max-bandwidth":10000000000' \
		migrate "\"uri\":\"exec:cat >$lab_work/ram\"" >&7
	while IFS= read -r -t 120 -u 8 line; do
		case $line in
		*'"error"'* | *'"failed"'*) return 1 ;;
		*MIGRATION*'"completed"'*)
			printf '{"execute":"quit"}\n' >&7
			return 0 ;;
		esac
	done
	return 1
}
