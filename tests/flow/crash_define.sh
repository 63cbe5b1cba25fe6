# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed, or given an error, at every call of define, undefine, autostart and the undo of these: the next
# command finds, or makes, what the history says; the file and its link come and go together. See
# crash_kill.sh.
. tests/flow/crash_lib.sh

# off LINK: web1 does not run; with a link in auto/, or not
off() {
	world
	rm -f "$SAFEXL_FAKE/1.dom"
	mkdir "$etc/auto"
	[ "$1" != link ] || sx autostart web1
}
off none
crash "autostart, killed before each call, then recover" kill-before recover "autostart web1"
crash "no room from then on" ENOSPC+ recover "autostart web1"
crash "an input/output error, once" EIO recover "autostart web1"
off link
crash "undefine, killed before each call, then recover" kill-before recover "undefine web1"
crash "killed within each write, then recover" kill-torn recover "undefine web1"
crash "no room from then on" ENOSPC+ recover "undefine web1"
crash "an input/output error, once" EIO recover "undefine web1"
edit
crash "with an edit made by hand before" -e kill-before recover "undefine web1"
off link
sx undefine web1
crash "undo of it, killed before each call, then recover" kill-before recover "undo HEAD"
crash "no room from then on" ENOSPC+ recover "undo HEAD"
crash "an input/output error, once" EIO recover "undo HEAD"
off none
sx undefine web1
head -c 65536 /dev/zero >"$work/kernel"
printf 'name = "web1"\nkernel = "%s/kernel"\nmemory = 128\n' "$work" >"$work/web1.conf"
crash "define, killed before each call, then recover" kill-before recover "define $work/web1.conf"
crash "no room from then on" ENOSPC+ recover "define $work/web1.conf"
crash "an input/output error, once" EIO recover "define $work/web1.conf"
off none
sx undefine web1
domain 1 web1
crash "define --from, killed before each call, then recover" kill-before recover "define --from web1"
crash "an input/output error, once" EIO recover "define --from web1"
finish
