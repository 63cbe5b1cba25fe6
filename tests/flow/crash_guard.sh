# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call of save, restore and migrate that changes the file system (and at
# fork and wait), and given errors at every call of save. After the next command: the image can be
# restored exactly if the guest does not run and its disk is as it was; a guest that is saved or
# away cannot be started; no marker says "saved" of one that runs; no file without a marker; the
# older image of that name is whole as long as the new one is not.
. tests/flow/crash_guest_lib.sh

# ---- one world ----

# The world of a worker, kept for its cases: prepare KIND DIR
prepare() {
	work=$2
	rm -rf "$work"
	SAFEXL_ROOT=$work/root SAFEXL_FAKE=$work/xen
	etc=$SAFEXL_ROOT/etc/xen state=$SAFEXL_ROOT/var/lib/safexl
	images=$SAFEXL_ROOT/images image=$images/g1 disk=$work/g1.img
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_FAKE" "$images"
	head -c 65536 /dev/zero >"$disk"
	printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$disk" >"$etc/g1.cfg"
	sx create "$etc/g1.cfg"
	case $1 in
	restore | discard) sx save g1 "$image" ;;
	migrate) ;;
	again)
		sx save g1 "$images/older"
		"$SAFEXL_XL" restore "$images/older"
		;;
	*)
		sx save -c g1 "$image"
		[ "$1" != late ] || mode late
		;;
	esac
	[ "$status" = 0 ] || echo "prepare: $err"
	[ ! -e "$image" ] || cp -p "$image" "$work/old"
	keep
	[ "$1" != recover ] || half_saved
}
# The world after a save that was killed when xl had done its part.
half_saved() {
	FAULT_LOG=$work/calls LD_PRELOAD=$preload "$BUILD/safexl" save g1 "$image" >/dev/null 2>&1
	back
	faulty kill-after "$(sed -n 's/ p waitpid.*//p' "$work/calls" | tail -n 1)" save g1 "$image"
	! runs || echo "half saved: it runs"
	rm -rf "$work/base"
	keep
}

# ---- what must be true after the next command ----

# Markers in one of these states: states WORD|WORD...
states() { grep -lEs "\"state\": *\"($1)\"" "$state"/markers/*.json; }

look_files() {
	local left
	for left in "$images"/.*safexl-*; do
		[ ! -e "$left" ] || complain "left: $left"
	done
	[ "$next" = recover ] || return 0
	for left in "$state"/markers/.*safexl-*; do
		[ ! -e "$left" ] || complain "left: $left"
	done
}
# The guest runs. Its image, as old as it may be, is usable once it does not and wrote nothing.
look_running() {
	local open
	open='saving|restoring|migrated|migrating'
	# What plain xl did behind safexl's back is not known before the save has ended well.
	[ "$kind" = again ] || open="saved|$open"
	open=$(states "$open")
	[ -z "$open" ] || complain "it runs: $open"
	[ "$kind" != migrate ] && [ "$kind" != again ] || return
	if [ "$kind" = save ] || [ "$kind" = late ]; then
		cmp -s "$image" "$work/old" || complain "the older image is not what it was"
	fi
	[ "$next" = restore ] || want 77 restore "$image"
	rm -f "$SAFEXL_FAKE"/[0-9]*.dom
	if [ "$kind" != restore ] && [ "$kind" != discard ] && [ -z "$written" ]; then
		want 0 restore "$image"
	else
		want 77 restore "$image"
	fi
}
# It does not run: it is in its image, once, and nowhere else.
look_saved() {
	if [ -n "$written" ]; then
		want 77 restore "$image"
		return
	fi
	[ "$next" = create ] || want 77 create "$etc/g1.cfg"
	[ "$(states saved | wc -l)" = 1 ] || complain "not one marker but: $(states saved)"
	want 0 restore "$image"
	[ -z "$(states 'saved|saving|restoring')" ] || complain "restored: $(states 'saved|saving|restoring')"
}
look_away() {
	[ "$next" = create ] || want 77 create "$etc/g1.cfg"
	[ -n "$(states migrated)" ] || complain "no marker says that it is away"
}

# The next command, and what it must say to a guest that runs or not.
go_on() {
	local was_running=$1
	case $next in
	recover) want 0 recover ;;
	create) if [ "$was_running" = yes ]; then want 1 create "$etc/g1.cfg"; else want 77 create "$etc/g1.cfg"; fi ;;
	restore) if [ "$was_running" = yes ] || [ -n "$written" ]; then want 77 restore "$image"; else want 0 restore "$image"; fi ;;
	esac
}
look() {
	local was_running=no
	! runs || was_running=yes
	[ -z "$written" ] || printf x 1<>"$disk"
	go_on $was_running
	look_files
	if [ $was_running = yes ]; then
		running=$((running + 1))
		look_running
		return
	fi
	gone=$((gone + 1))
	if [ "$kind" = migrate ]; then
		look_away
	elif [ "$next" != restore ] || [ -n "$written" ]; then
		look_saved
	fi
}

# ---- killed ----

words_of() {
	case $kind in
	save) words=(save g1 "$image") ;;
	again | late) words=(save g1 "$image") ;;
	recover) words=(recover) ;;
	save-c) words=(save -c g1 "$image") ;;
	restore) words=(restore "$image") ;;
	discard) words=(--discard-marker create "$etc/g1.cfg") ;;
	migrate) words=(migrate g1 otherhost) ;;
	esac
}
fresh() {
	# A disk that was written to is not what it was for having its old content again.
	if [ "$kind$written" = restorewritten ]; then prepare "$kind" "$work"; else back; fi
}
# ---- errors ----

# Status 0: it is saved. Another: it runs and nothing is changed, or 74 and recover finishes it.
look_error() {
	local first=$status
	if runs; then
		running=$((running + 1))
		[ "$first" != 0 ] && [ "$first" != 74 ] || [ -n "$(states saving)" ] ||
			complain "status $first, and it runs"
		cmp -s "$image" "$work/old" || complain "the older image is not what it was"
		want 0 recover
		look_files
		[ -z "$(states 'saved|saving')" ] || complain "it runs: $(states 'saved|saving')"
		return
	fi
	gone=$((gone + 1))
	[ "$first" = 0 ] || [ "$first" = 74 ] || complain "status $first, and it is saved"
	[ "$first" = 74 ] || [ -n "$(states saved)" ] || complain "status 0, and no marker says so"
	want 0 recover
	look_files
	look_saved
}
enough() {
	{ [ "$kind" = save-c ] || [ "$kind" = late ] || [ $gone -gt 2 ]; } &&
		{ [ "$kind" = recover ] || [ $running -gt 2 ]; }
}
counted() { echo "$running times it ran, $gone times not"; }

group "save, killed before each call, then recover" save kill-before recover
group "save, killed after each call, then create" save kill-after create
group "save, killed before each call, then restore" save kill-before restore
group "save, its disk written to before recover" save kill-before recover written
group "save, its disk written to before restore" save kill-after restore written
group "save -c, killed before each call, then recover" save-c kill-before recover
group "save -c, killed after each call, then restore" save-c kill-after restore
group "save that xl gives up at the very end, killed before each call" late kill-before recover
group "restore, killed before each call, then recover" restore kill-before recover
group "restore, killed after each call, then create" restore kill-after create
group "restore, killed before each call, then restore" restore kill-before restore
group "restore, its disk written to before recover" restore kill-before recover written
group "create --discard-marker, killed before each call, then recover" discard kill-before recover
group "create --discard-marker, killed after each call, then restore" discard kill-after restore
group "create --discard-marker, killed before each call, then create" discard kill-before create
group "save of a guest that plain xl restored, killed before each call" again kill-before recover
group "recover itself, killed before each call" recover kill-before recover
group "migrate, killed before each call, then recover" migrate kill-before recover
group "migrate, killed after each call, then create" migrate kill-after create
group "save, no room, once" save ENOSPC recover
group "save, no room from then on" save ENOSPC+ recover
group "save, an input/output error, once" save EIO recover
group "save, input/output errors from then on" save EIO+ recover
group "save, read-only, once" save EROFS recover
group "save, read-only from then on" save EROFS+ recover
finish
