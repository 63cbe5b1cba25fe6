# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed at every call that changes the file system (and at fork and wait); the next
# command finds or makes: file = what is live, HEAD = index = file, git fsck clean, nothing left.
. tests/flow/crash_lib.sh

attach='block-attach web1 phy:/dev/vg0/b,xvdc,w'

world
crash "attach, killed before each call, then recover" kill-before recover "$attach"
crash "attach, killed after each call, then another change" kill-after "mem-set web1 200" "$attach"
crash "attach, killed within each write, then recover" kill-torn recover "$attach"
crash "detach, then recover" kill-before recover "block-detach web1 xvdb"
crash "memory, then another change" kill-before "block-attach web1 /dev/vg0/c,raw,xvdd,w" "mem-set web1 200"
crash "configuration only, then recover" kill-before recover "--config mem-set web1 200"
crash "recover itself is killed after an attach that xl has done" -k /web1.cfg kill-before recover "$attach"

edit
crash "with an edit made by hand before, then recover" -e kill-before recover "$attach"
crash "the same, killed within each write, then another change" -e kill-torn "mem-set web1 100" "$attach"

world
printf '#!/bin/sh\nprintf "# edited meanwhile\\n" >>"$SAFEXL_ROOT/etc/xen/web1.cfg"\n' >"$SAFEXL_FAKE/hook"
chmod 755 "$SAFEXL_FAKE/hook"
crash "with an edit made while xl runs, then recover" kill-before recover "$attach"

world new
crash "the first change of all, then recover" kill-before recover "$attach"
crash "the first change of all, killed within each write, then another change" \
	kill-torn "mem-set web1 100" "$attach"
finish
