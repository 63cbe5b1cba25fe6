# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call of backup and restore that changes the file system (and at fork and wait), and
# given errors at every call. After the next command: no guest stands still; what is called a backup is whole,
# and nothing else is left; a restore is done or was never begun, or its guest cannot be started before it is.
. tests/flow/crash_guest_lib.sh

# ---- one world ----

says() { head -c 5 "$disk"; }
write() { printf '%-5s' "$1" | dd of="$disk" conv=notrunc status=none; }
# The world of a worker, kept for its cases: prepare KIND DIR
prepare() {
	work=$2 status=0
	rm -rf "$work"
	SAFEXL_ROOT=$work/root SAFEXL_FAKE=$work/xen
	etc=$SAFEXL_ROOT/etc/xen state=$SAFEXL_ROOT/var/lib/safexl
	disk=$SAFEXL_ROOT/srv/g1.img
	to=$SAFEXL_ROOT/backups
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_ROOT/srv" "$SAFEXL_FAKE"
	head -c 65536 /dev/zero >"$disk"
	write one
	printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$disk" >"$etc/g1.cfg"
	case $1 in *off) ;; *) sx create "$etc/g1.cfg" ;; esac
	case $1 in
	restore*)
		sx backup --copy g1 "$to"
		[ "$status" = 0 ] || echo "prepare: $err"
		mv "$to"/g1/2* "$to/g1/B"
		runs && sx destroy g1
		sed -i 's/256/512/' "$etc/g1.cfg"
		write two
		;;
	esac
	keep
}
words_of() {
	case $kind in
	backup* ) words=(backup --copy g1 "$to") ;;
	restore*) words=(restore --overwrite "$to/g1/B") ;;
	esac
}

# ---- what must be true after the next command ----

look_backup() {
	local dir
	[ "$(says)" = 'one  ' ] || complain "the disk was changed"
	case $kind in *off) ! runs || complain "it runs" ;; *) runs || complain "it does not run" ;; esac
	! grep -qs '^state=paused' "$SAFEXL_FAKE"/[0-9]*.dom || complain "the guest stands still"
	[ -z "$(ls "$state/markers" 2>/dev/null)$(ls -A "$state/snapshots/g1" 2>/dev/null)" ] || complain "left: a marker or a snapshot"
	[ -z "$(ls -A "$to/g1" 2>/dev/null | grep '^\.')" ] || complain "left: $(ls -A "$to/g1")"
	set -- "$to"/g1/*
	if [ -e "$1" ]; then
		gone=$((gone + 1))
		for dir; do want 0 verify "$dir"; done
	else
		running=$((running + 1))
	fi
}
look_restore() {
	local now saved
	saved=$(grep -ls '"state": *"saved"' "$state"/markers/*.json | wc -l)
	now="$(says) $(grep -o '[0-9]*$' < <(grep memory "$etc/g1.cfg")) $saved"
	case $kind:$now in
	*off:'one   256 0' | restore:'one   256 1') gone=$((gone + 1)) ;;
	*:'two   512 0') running=$((running + 1)) ;;
	*) complain "disk, configuration and memory: $now" ;;
	esac
	! runs || complain "it runs"
	want 0 verify "$to/g1/B"
	[ "$(ls "$state/markers" 2>/dev/null | wc -l)" = "$saved" ] || complain "left: a marker"
	[ -z "$(ls -A "$SAFEXL_ROOT/srv" | grep -v '^g1.img$')" ] || complain "left beside the disk"
}
look() {
	if [ "$next" != recover ]; then
		want 0 snapshots
		case $kind in
		restore*) ls "$state"/unfinished/*.json >/dev/null 2>&1 && [ "$(says)" != 'two  ' ] && want 77 create "$etc/g1.cfg" ;;
		esac
	fi
	want 0 recover
	[ -z "$(ls -A "$state/unfinished" 2>/dev/null)" ] || complain "left: $(ls -A "$state/unfinished")"
	case $kind in restore*) look_restore ;; *) look_backup ;; esac
}
look_error() { look; }
enough() { [ "$running" -gt 2 ]; }
counted() { echo "$gone times done, $running times not"; }

group "backup of one that is off, killed before each call" backup-off kill-before recover
group "backup of one that runs, killed after each call, then another command" backup kill-after snapshots
group "restore, killed before each call, then recover" restore kill-before recover
group "restore without memory, killed after each call, then another command" restore-off kill-after snapshots
group "backup, no room, once" backup-off ENOSPC recover
group "restore, no room, once" restore-off ENOSPC recover
finish
