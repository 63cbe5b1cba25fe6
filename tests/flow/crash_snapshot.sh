# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call of snapshot, snapshots --drop and revert that changes the file system (and at
# fork and wait), and given errors at every call. After the next command: no guest stands still; a snapshot is
# whole or not there at all; a revert is done or was never begun, or its guest cannot be started before it is.
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
	snaps=$state/snapshots/g1
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_ROOT/srv" "$SAFEXL_FAKE"
	head -c 65536 /dev/zero >"$disk"
	write one
	printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$disk" >"$etc/g1.cfg"
	case $1 in *off) ;; *) sx create "$etc/g1.cfg" ;; esac
	case $1 in revert* | drop) sx snapshot --copy g1 A ;; esac
	[ "$status" = 0 ] || echo "prepare: $err"
	case $1 in
	revert*)
		sed -i 's/256/512/' "$etc/g1.cfg"
		write two
		;;
	esac
	keep
}
words_of() {
	case $kind in
	snapshot | off) words=(snapshot --copy g1 A) ;;
	cut) words=(snapshot --no-memory --copy g1 A) ;;
	drop) words=(snapshots --drop A g1) ;;
	revert | revert-off) words=(revert g1 A) ;;
	revert-no-keep) words=(revert --no-keep g1 A) ;;
	esac
}

# ---- what must be true after the next command ----

is_paused() { grep -qs '^state=paused' "$SAFEXL_FAKE"/[0-9]*.dom; }
holds() { grep -lEs '"state": *"held"' "$state"/markers/*.json; }

# No snapshot but those that are whole, and no marker but those of their memory.
look_files() {
	local dir name images=0
	[ ! -e "$snaps/.begun" ] || complain "left: .begun"
	for dir in "$snaps"/* "$snaps"/.[!.]*; do
		[ -e "$dir" ] || continue
		name=$(basename "$dir")
		grep -qs '"state": *"complete"' "$dir/manifest.json" || complain "$name is not complete"
		[ ! -e "$dir/memory" ] || images=$((images + 1))
		[ -z "$(ls -A "$dir" | grep safexl-)" ] || complain "left in $name: $(ls -A "$dir")"
	done
	"$BUILD/safexl" snapshots >"$work/err" 2>&1 </dev/null
	! grep -q 'not to be reverted' "$work/err" || complain "not sound"
	[ "$(ls "$state/markers" 2>/dev/null | wc -l)" = $images ] ||
		complain "markers: $(grep -hs '"state"\|"image"' "$state"/markers/*.json | xargs)"
	[ -z "$(ls -A "$SAFEXL_ROOT/srv" | grep -v '^g1.img$')" ] || complain "left beside the disk"
}
look_guest() {
	! is_paused || complain "the guest stands still"
	case $kind in
	*off) ! runs || complain "it runs" ;;
	*) runs || complain "it does not run" ;;
	esac
}
# The disk and the configuration are of one time; and nothing is lost.
look_revert() {
	local now
	now="$(says) $(grep -o '[0-9]*$' < <(grep memory "$etc/g1.cfg"))"
	case $now in
	'one   256') gone=$((gone + 1)) ;;
	'two   512') running=$((running + 1)) ;;
	*) complain "disk and configuration: $now" ;;
	esac
	[ -e "$snaps/A/manifest.json" ] || complain "the snapshot is gone"
}
look_snapshot() {
	[ "$(says)" = 'one  ' ] || complain "the disk was changed"
	if [ -e "$snaps/A" ]; then gone=$((gone + 1)); else running=$((running + 1)); fi
}
look() {
	if [ "$next" = recover ]; then
		want 0 recover
	else
		want 0 snapshots
		! is_paused || complain "the guest stands still until recover"
		# What has to go on is guarded until then.
		[ -z "$(holds)" ] || runs || want 77 create "$etc/g1.cfg"
		want 0 recover
	fi
	look_files
	look_guest
	case $kind in revert*) look_revert ;; *) look_snapshot ;; esac
}

look_error() {
	[ "$status" != 0 ] || [ ! -e "$snaps/.begun" ] || complain "status 0, and not done"
	look
}
enough() { [ "$running" -gt 2 ]; }
counted() { echo "$gone times done, $running times not"; }

group "snapshot, killed before each call, then recover" snapshot kill-before recover
group "snapshot, killed after each call, then another command" snapshot kill-after snapshots
group "snapshot --no-memory, killed before each call" cut kill-before snapshots
group "snapshot of one that is off, killed before each call" off kill-before recover
group "snapshot of one that is off, killed after each call" off kill-after snapshots
group "drop, killed before each call" drop kill-before snapshots
group "revert, killed before each call, then recover" revert kill-before recover
group "revert, killed after each call, then another command" revert kill-after snapshots
group "revert --no-keep, killed before each call" revert-no-keep kill-before snapshots
group "revert of one that is off, killed before each call" revert-off kill-before recover
group "snapshot, no room, once" snapshot ENOSPC recover
group "snapshot, input/output errors from then on" snapshot EIO+ recover
group "revert, no room, once" revert ENOSPC recover
group "revert, input/output errors from then on" revert EIO+ recover
finish
