# safexl is killed at every call of a save and of a restore that changes the file system (and at
# fork and wait). The next command settles it: the guest runs, or its image can be restored, never
# both; and an image is refused when a disk was written to in between.
. tests/flow/crash_lib.sh

image=$state/images/g1
disk=$work/g1.img
preload=$BUILD/fake/preload_fault.so
export FAULT_EXE=safexl FAULT_ACTION=kill-before

head -c 65536 /dev/zero >"$disk"
touch -d '1 hour ago' "$disk"
printf "name = 'g1'\nmemory = 256\ndisk = [ '%s,raw,xvda,w' ]\n" "$disk" >"$etc/g1.cfg"
sx create "$etc/g1.cfg"

keep() {
	rm -rf "$work/base"
	mkdir "$work/base"
	cp -a "$work/root" "$work/xen" "$work/base/"
}
back() {
	rm -rf "$work/root" "$work/xen"
	cp -a "$work/base/root" "$work/base/xen" "$work/"
}
# killed N COMMAND...: true when the N-th call was there to be killed at
killed() {
	local at=$1
	shift
	{ FAULT_AT=$at LD_PRELOAD=$preload "$BUILD/safexl" "$@" >"$work/out" 2>&1 </dev/null; } 2>/dev/null
	[ $? = 137 ]
}
runs() { grep -q '^name=g1' "$SAFEXL_FAKE"/*.dom 2>/dev/null; }
# The next command; what xl was doing still it waits for.
settle() {
	sx recover
	while [ "$status" = 75 ]; do sx recover; done
	[ "$status" = 0 ] || complain "recover: status $status: $err"
}
complain() { complaints="$complaints$n: $*"$'\n'; }
# A guest that does not run must be there in its image, once; one that runs must not.
look() {
	settle
	[ -z "$(ls -A "${image%/*}" 2>/dev/null | grep safexl-)" ] || complain "a temporary file is left"
	if runs; then
		sx destroy g1
		sx restore "$image"
		[ "$status" != 0 ] || complain "the image of a guest that ran on was restored"
		return
	fi
	restorable=$((restorable + 1))
	sx create "$etc/g1.cfg"
	[ "$status" = 77 ] || complain "create of a saved guest: $status"
	if [ -n "$touched" ]; then
		sx restore "$image"
		[ "$status" = 77 ] || complain "restore after its disk was written to: $status $err"
		return
	fi
	sx restore "$image"
	[ "$status" = 0 ] || complain "restore: $status $err"
	sx destroy g1
	sx restore "$image"
	[ "$status" = 77 ] || complain "a second restore: $status"
}
# each DESCRIPTION WORDS...: killed at each call
each() {
	local what=$1
	shift
	keep
	n=1 complaints='' restorable=0
	while back; killed $n "$@"; do
		# While the guest, or the xl that saves it, still runs there is nobody else to write.
		touched=
		if [ -n "$written" ] && ! runs; then
			touch -d "+$n minutes" "$disk"
			touched=yes
		fi
		look
		n=$((n + 1))
	done
	back
	is "$complaints" "" "$what ($((n - 1)) calls, $restorable times in its image)"
	[ $n -gt 10 ] && [ $restorable -gt 2 ] || not_ok "$what: was killed"
}

for written in '' yes; do
	each "save${written:+, then a write to the disk}" save g1
	touch -d '1 hour ago' "$disk"
done
written=
sx save g1
status 0 "save"
each restore restore "$image"
finish
