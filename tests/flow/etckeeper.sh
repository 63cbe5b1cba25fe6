#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The configurations inside a repository that is there already, as etckeeper makes it.
. tests/flow/lib.sh

config k1
echo 'unrelated' >"$SAFEXL_ROOT/etc/hosts"
git -C "$SAFEXL_ROOT/etc" -c init.defaultBranch=master init -q
git -C "$SAFEXL_ROOT/etc" add -A
git -C "$SAFEXL_ROOT/etc" commit -q -m 'daily autocommit'
echo 'changed' >>"$SAFEXL_ROOT/etc/hosts"
git -C "$SAFEXL_ROOT/etc" add hosts
domain 1 k1
sx mem-set k1 128
status 0 "a change within etckeeper's /etc"
check "no repository of our own is made" test ! -e "$etc/.git"
is "$(git -C "$SAFEXL_ROOT/etc" log -1 --format=%s --name-only)" "k1: set memory to 128 MiB (was 256)

xen/k1.cfg" "only our path is committed there"
is "$(git -C "$SAFEXL_ROOT/etc" branch --show-current)" master "on the branch that is checked out"
is "$(git -C "$SAFEXL_ROOT/etc" status --porcelain)" "M  hosts" "what is staged stays staged"
finish
