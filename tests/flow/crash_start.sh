#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call of start (of a guest that is off, of one that is saved) and of stop (which shuts
# down, or saves) that changes the file system, and at fork and wait. After the next command the guest runs once, or
# is off, or is in its image; the same command, said again, then does what it was to do.
. tests/flow/crash_guest_lib.sh

# prepare KIND DIR: the world of a worker, kept for its cases
prepare() {
	work=$2
	rm -rf "$work"
	SAFEXL_ROOT=$work/root SAFEXL_FAKE=$work/xen
	etc=$SAFEXL_ROOT/etc/xen state=$SAFEXL_ROOT/var/lib/safexl image=$SAFEXL_ROOT/var/lib/safexl/images/g1
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_FAKE"
	head -c 65536 /dev/zero >"$work/g1.img"
	printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$work/g1.img" >"$etc/g1.cfg"
	want 0 start g1
	case $1 in
	off) want 0 stop g1 ;;
	saved) want 0 stop --save g1 ;;
	esac
	keep
}
words_of() {
	case $kind in
	off | saved) words=(start g1) ;;
	stop) words=(stop g1) ;;
	save) words=(stop --save g1) ;;
	esac
}
# Markers that say that something of the guest's is under way, or that it is in its image.
states() { grep -lEs "\"state\": *\"($1)\"" "$state"/markers/*.json; }
under_way() {
	local open
	open=$(states 'saving|restoring')
	[ -z "$open" ] || complain "under way: $open"
}
domains() {
	set -- "$SAFEXL_FAKE"/[0-9]*.dom
	[ -e "$1" ] && echo $# || echo 0
}

# Once more, and it is so: what the person wanted.
once_more() {
	want 0 "${words[@]}"
	under_way
	case $kind in
	off | saved)
		[ "$(domains)" = 1 ] || complain "after start $(domains) domains"
		[ ! -e "$image" ] || want 77 restore "$image"
		;;
	stop) [ "$(domains)" = 0 ] || complain "after stop it runs" ;;
	save)
		[ "$(domains)" = 0 ] || complain "after stop --save it runs"
		[ -n "$(states saved)" ] || complain "no marker says that it is saved"
		want 77 create "$etc/g1.cfg"
		want 0 start g1
		[ "$(domains)" = 1 ] || complain "saved and started: $(domains) domains"
		;;
	esac
}
look() {
	[ "$next" != recover ] || want 0 recover
	if runs; then
		running=$((running + 1))
		[ "$next" != recover ] || [ -z "$(states saved)" ] || complain "it runs, and is saved: $(states saved)"
	else
		gone=$((gone + 1))
		[ "$kind" != saved ] && [ "$kind" != save ] || [ "$next" != recover ] || want 77 create "$etc/g1.cfg"
	fi
	once_more
}
enough() { [ $running -gt 0 ] && [ $gone -gt 0 ]; }
counted() { printf '%s run, %s do not' $running $gone; }

for kind_of in 'off start' 'saved start' 'stop stop' 'save stop'; do
	what=${kind_of#* } which=${kind_of% *}
	least=12
	case $which in
	stop) least=4 ;;
	off) what="start of one that is off" ;;
	saved) what="start of one that is saved" ;;
	save) what="stop --save" ;;
	esac
	group "$what, killed before each call, then recover" "$which" kill-before recover
	group "$what, killed after each call, then the same again" "$which" kill-after again
done
finish
