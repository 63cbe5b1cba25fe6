#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# In dom0, before the shell of `make lab` opens: a guest to play with, and a spare disk for it.
. /lab/lib.sh
make_guest g1 pv 160
make_disk /srv/b.img
if command -v safexl >/dev/null; then
	safexl create /etc/xen/g1.cfg
else
	xl create /etc/xen/g1.cfg
fi
done_testing
