# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed, or given an error, at every call of a record; the next command finds or makes:
# HEAD = index = file, with what was taken in or without it, git fsck clean, nothing left. See
# crash_kill.sh.
. tests/flow/crash_lib.sh

world
"$SAFEXL_XL" mem-set web1 128
"$SAFEXL_XL" block-attach web1 /srv/c.img,raw,xvdc,r
rm -f "$SAFEXL_FAKE/log"
crash "record, killed before each call, then recover" kill-before recover "record web1"
crash "killed within each write, then another change" kill-torn "mem-set web1 200" "record web1"
crash "no room from then on" ENOSPC+ recover "record web1"
crash "an input/output error, once" EIO recover "record web1"
edit
crash "with an edit made by hand before, then recover" -e kill-before recover "record web1"
finish
