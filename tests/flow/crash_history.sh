# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl is killed, or given an error, at every call of an undo or an edit; the next command finds or makes:
# file = what is live, HEAD = index = file, git fsck clean, nothing left. See crash_kill.sh.
. tests/flow/crash_lib.sh

world
crash "undo of an attach, killed before each call, then recover" kill-before recover "undo HEAD"
crash "killed within each write, then another change" kill-torn "mem-set web1 200" "undo HEAD"
crash "no room from then on" ENOSPC+ recover "undo HEAD"
crash "an input/output error, once" EIO recover "undo HEAD"
sx -q block-detach web1 xvda
crash "undo of a detach in the middle of the list, killed after each call, then recover" \
	kill-after recover "undo HEAD"
crash "configuration only, then recover" kill-before recover "--config undo HEAD"
edit
crash "with an edit made by hand before, then recover" -e kill-before recover "undo HEAD"
export EDITOR="sed -i s/256/300/"
world
crash "an edit in the editor, killed before each call, then recover" kill-before recover "edit web1"
crash "killed within each write, then another change" kill-torn "block-detach web1 xvdb" "edit web1"
crash "no room from then on" ENOSPC+ recover "edit web1"
finish
