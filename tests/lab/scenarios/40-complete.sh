#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion on a real Xen: what the engine says of a running guest, and a person at a bash who
# attaches and detaches a disk by TAB.
# lab: timeout=600
. /lab/lib.sh

# candidates WORDS...: the texts that the last word can be completed to, a line each
candidates() { safexl __complete $# safexl "$@" | tr '\0' '\n' | sed -n '1~3p'; }

make_guest g1 pv 160
make_disk /srv/b.img
expect_status 0 'create' safexl create /etc/xen/g1.cfg
holds 'the guest runs' wait_guest g1
expect_status 0 'network-attach' safexl network-attach g1 mac=00:16:3e:aa:bb:cc

is "$(candidates pause '')" $'Domain-0\ng1' 'running domains'
is "$(candidates block-detach g1 '')" xvda 'the disks of the guest'
like "$(candidates network-detach g1 00)" '00:16:3e:aa:bb:cc' 'the address of its interface'
is "$(candidates block-attach g1 /srv/b.img,raw,)" '/srv/b.img,raw,xvdb' 'the vdev that is free'
is "$(candidates vcpu-set g1 '')" 1 'how many processors it can have'
is "$(candidates cpupool-migrate g1 '')" Pool-0 'CPU pools'
is "$(candidates create g)" /etc/xen/g1.cfg 'the configuration'
like "$(safexl __complete 2 safexl show '' | tr '\0' '|')" '\|g1: attach ' 'commits, with what they did'
expect_status 0 'as another person' su anna -c "safexl __complete 2 safexl pause ''"
is "$out$err" '' 'who may not ask Xen: nothing, in silence'
began=${EPOCHREALTIME/./}
for ((i = 0; i < 10; i++)); do candidates pause '' >/dev/null; done
note "a domain: $(((${EPOCHREALTIME/./} - began) / 10000)) ms (emulated)"

# A bash as root gets it at login, with bash-completion.
cat >/tmp/bashrc <<'END'
PS1='ready> '
bind 'set enable-bracketed-paste off'
bind 'set show-all-if-ambiguous on'
. /usr/share/bash-completion/bash_completion
END
coproc terminal { exec script -qfc 'bash --noprofile --rcfile /tmp/bashrc -i' /dev/null 2>&1; }

holds_here() { if "${@:2}"; then ok "$1"; else not_ok "$1"; fi; }
appears 'ready> '
types 'safexl block-at\t'
holds_here 'TAB: the command' appears 'block-attach '
types 'g\t'
holds_here 'TAB: the guest' appears 'g1 '
types '/srv/b\t'
holds_here 'TAB: the image' appears '/srv/b.img,'
types '\t'
holds_here 'TAB: the format' appears 'raw,'
types '\t'
holds_here 'TAB: the vdev' appears 'xvdb,'
types 'w\r'
holds_here 'Return: recorded' appears 'recorded in /etc/xen/g1.cfg'
is "$(live_disks g1)" '51712 51728' 'the disk is attached'
appears 'ready> '
types 'safexl block-detach g\t\t'
holds_here 'TAB: exactly the disks of the guest' appears $'xvda  xvdb  \r\n'
appears 'ready> safexl block-detach g1 xvd'
types 'b\t\r'
holds_here 'Return: recorded' appears 'recorded in /etc/xen/g1.cfg'
is "$(live_disks g1)" 51712 'the disk is detached'
appears 'ready> '
types 'exit\r'

done_testing
