# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Every call that changes the file system fails, once or from then on: the change is refused
# before xl is called, or it ends with 74 and `safexl recover` completes it later.
. tests/flow/crash_lib.sh

attach='block-attach web1 phy:/dev/vg0/b,xvdc,w'

world
crash "no room, once" ENOSPC recover "$attach"
crash "no room from then on" ENOSPC+ recover "$attach"
crash "an input/output error, once" EIO recover "$attach"
crash "input/output errors from then on" EIO+ recover "$attach"
crash "read-only, once" EROFS recover "$attach"
crash "read-only from then on" EROFS+ recover "$attach"
crash "configuration only, no room from then on" ENOSPC+ recover "--config mem-set web1 200"
edit
crash "with an edit made by hand before, no room from then on" -e ENOSPC+ recover "$attach"
finish
