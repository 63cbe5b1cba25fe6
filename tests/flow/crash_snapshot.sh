# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call of snapshot, snapshots --drop and revert that changes the file system (and at
# fork and wait), and given errors at every call. After the next command: no guest stands still; a snapshot is
# whole or not there at all; a revert is done or was never begun, or its guest cannot be started before it is.
. tests/flow/crash_guest_lib.sh

# ---- one world ----

# What is on its disks, which is the same on all of them.
says() { for one in $disks; do head -c 5 "$one"; echo; done | sort -u; }
write() { for one in $disks; do printf '%-5s' "$1" | dd of="$one" conv=notrunc status=none; done; }
# A volume group with a thin disk and a thick one.
make_volumes() {
	mkdir -p "$SAFEXL_ROOT/usr/sbin"
	cp tests/fake/lvm "$SAFEXL_ROOT/usr/sbin/lvm"
	"$SAFEXL_ROOT/usr/sbin/lvm" fake-group vg $((64 << 20))
	"$SAFEXL_ROOT/usr/sbin/lvm" fake-volume vg/pool pool 65536
	"$SAFEXL_ROOT/usr/sbin/lvm" fake-volume vg/thin thin 65536 pool
	"$SAFEXL_ROOT/usr/sbin/lvm" fake-volume vg/thick thick 65536
	disks="$SAFEXL_ROOT/dev/vg/thin $SAFEXL_ROOT/dev/vg/thick" copy=''
}
# The world of a worker, kept for its cases: prepare KIND DIR
prepare() {
	work=$2 status=0
	rm -rf "$work"
	SAFEXL_ROOT=$work/root SAFEXL_FAKE=$work/xen
	etc=$SAFEXL_ROOT/etc/xen state=$SAFEXL_ROOT/var/lib/safexl
	disks=$SAFEXL_ROOT/srv/g1.img copy=--copy sav=$SAFEXL_ROOT/srv/g1.sav
	snaps=$state/snapshots/g1
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_ROOT/srv" "$SAFEXL_FAKE"
	case $1 in lvm-*) make_volumes ;; *) head -c 65536 /dev/zero >"$disks" ;; esac
	write one
	# shellcheck disable=SC2086
	{
		printf "name = 'g1'\nmemory = 256\ndisk = [ "
		printf "'%s,raw,xvda,w', '%s,raw,xvdb,w'" $disks | sed "s/, ',raw,xvdb,w'//"
		printf ' ]\n'
	} >"$etc/g1.cfg"
	case $1 in *off) ;; *) sx create "$etc/g1.cfg" ;; esac
	case $1 in saved*) sx save g1 "$sav" ;; esac
	case $1 in *revert* | *drop) sx snapshot $copy g1 A ;; esac
	case $1 in saved-*) sx start g1 ;; esac
	[ "$status" = 0 ] || echo "prepare: $err"
	case $1 in
	*revert*)
		sed -i 's/256/512/' "$etc/g1.cfg"
		write two
		;;
	esac
	case $1 in saved-again-*) sx save g1 "$sav" ;; esac
	[ ! -e "$sav" ] || cp "$sav" "$work/was.sav"
	keep
}
words_of() {
	case $kind in
	lvm-snapshot) words=(snapshot g1 A) ;;
	snapshot | off | saved) words=(snapshot --copy g1 A) ;;
	cut) words=(snapshot --no-memory --copy g1 A) ;;
	drop | lvm-drop) words=(snapshots --drop A g1) ;;
	revert | revert-off | saved-revert | saved-again-revert) words=(revert g1 A) ;;
	revert-no-keep | lvm-revert) words=(revert --no-keep g1 A) ;;
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
	[ "$(grep -hs '"state"' "$state"/markers/*.json | grep -vc '"\(saved\|restored\|discarded\)"')" = $images ] ||
		complain "markers: $(grep -hs '"state"\|"image"' "$state"/markers/*.json | xargs)"
	[ -z "$(ls -A "$SAFEXL_ROOT/srv" | grep -v '^g1.\(img\|sav\)$')" ] || complain "left beside the disk"
	case $kind in lvm-*) look_volumes ;; esac
}
look_volumes() {
	local wanted='thick thin'
	[ ! -e "$snaps/A" ] || wanted='thick thick.snapshot-A thin thin.snapshot-A'
	name=$(cd "$SAFEXL_ROOT/var/lib/lvm" && ls vg.*.lv | sed 's/^vg\.//; s/\.lv$//' | grep -v pool | xargs)
	[ "$name" = "$wanted" ] || complain "volumes: $name"
	! grep -q '^tags=.*safexl' "$SAFEXL_ROOT"/var/lib/lvm/vg.th{in,ick}.lv || complain "the disk has a snapshot's tag"
}
look_guest() {
	! is_paused || complain "the guest stands still"
	case $kind in
	*off) ! runs || complain "it runs" ;;
	saved*) look_saved ;;
	*) runs || complain "it does not run" ;;
	esac
}
# It is saved in the image that goes with its disk, and in no other; or as it was.
look_saved() {
	local image=$work/was.sav
	case $kind-$(says) in saved*-revert-one*) image=$snaps/A/memory ;; esac
	if [ "$kind-$(says)" = 'saved-revert-two  ' ]; then
		runs || complain "it does not run"
		[ "$(grep -hc '"state": *"saved"' <(cat "$state"/markers/*.json))" = 0 ] || complain "it is saved as well"
		return
	fi
	! runs || complain "it runs"
	cmp -s "$image" "$sav" || complain "the image is another one"
	[ "$(grep -hc '"state": *"saved"' <(cat "$state"/markers/*.json))" = 1 ] || complain "it is not saved"
	want 0 -N restore "$sav"
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
	case $kind in *revert*) look_revert ;; *) look_snapshot ;; esac
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
group "snapshot of one that is saved, killed before each call" saved kill-before snapshots
group "snapshot of one that is saved, no room, once" saved ENOSPC recover
group "revert to one that was saved, killed after each call, then another command" saved-revert kill-after snapshots
group "revert of one that is saved, killed before each call" saved-again-revert kill-before snapshots
group "revert of one that is saved, input/output errors from then on" saved-again-revert EIO+ recover
group "snapshot on LVM, killed before each call" lvm-snapshot kill-before recover
group "drop on LVM, killed after each call" lvm-drop kill-after snapshots
group "revert on LVM, killed before each call" lvm-revert kill-before recover
group "snapshot on LVM, input/output errors from then on" lvm-snapshot EIO+ recover
finish
