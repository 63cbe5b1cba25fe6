# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the crash tests after nothing else: lib.sh, and a prepared world for build/fake/crash.
# A thousand small worlds, each with its fsyncs: in memory where that is to be had.
[ -n "${TMPDIR-}" ] || { [ -d /dev/shm ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm; }
. tests/flow/lib.sh
export BUILD

# A world with web1 running and, unless told "new", a repository that has seen a change.
world() {
	rm -rf "$work/root" "$work/xen"
	mkdir -p "$etc" "$SAFEXL_ROOT/run" "$SAFEXL_ROOT/var/lib" "$SAFEXL_FAKE"
	config web1
	domain 1 web1
	if [ "${1-}" != new ]; then
		sx block-attach web1 phy:/dev/vg0/a,xvdb,w
		[ "$status" = 0 ] || not_ok "prepare a world: $err"
		rm -f "$SAFEXL_FAKE/log"
	fi
}
# A person's edit, not committed.
edit() { printf 'on_crash = "destroy"\n' >>"$etc/web1.cfg"; }
# crash DESCRIPTION [-e] [-k CALL] ACTION NEXT COMMAND: in copies of the world as it is now
crash() {
	local what=$1 flags=
	shift
	while [ "${1#-}" != "$1" ]; do
		flags="$flags $1"
		[ "$1" = -k ] && flags="$flags $2" && shift
		shift
	done
	rm -rf "$work/base"
	mkdir "$work/base"
	cp -a "$work/root" "$work/xen" "$work/base/"
	# shellcheck disable=SC2086
	if "$BUILD/fake/crash" $flags "$1" "$work/base" "$2" "$3" >"$work/crash.out" 2>&1; then
		ok "$what ($(tail -n 1 "$work/crash.out"))"
	else
		not_ok "$what"
		head -n 40 "$work/crash.out" | sed 's/^/# /'
		tail -n 1 "$work/crash.out" | sed 's/^/# /'
	fi
}
