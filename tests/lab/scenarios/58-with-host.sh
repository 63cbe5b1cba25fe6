#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# safexl-domains.service over a reboot of the host, by its own command lines: the guests that run are
# saved, and restored when it comes up; but not one whose disk was mounted in between, nor is that one
# booted over its saved self. One that was paused is saved as well, and is paused again.
# lab: reboot timeout=900
. /lab/lib.sh

names='g1 g2 g3'
images=/var/lib/safexl/images
unit=/usr/local/lib/systemd/system/safexl-domains.service
# unit_runs ExecStart|ExecStop: what systemd would run, which keeps what it says in the journal
unit_runs() {
	local line
	line=$(sed -n "s/^$1=//p" $unit)
	# shellcheck disable=SC2086 # words, as systemd splits them
	run_x $line
	note "$err"
}

case $LAB_BOOT in
1)
	# Debian's xendomains is there, and enabled unless systemctl disable was run.
	rm -f /etc/rc[2-5].d/S[0-9][0-9]xendomains /etc/systemd/system/*.wants/xendomains.service
	mkdir -p /etc/xen/auto
	for name in $names g4; do make_guest $name pvh 96; done
	ln -s ../g1.cfg /etc/xen/auto/20-g1
	ln -s ../g2.cfg /etc/xen/auto/10-g2
	unit_runs ExecStart
	is "$status" 0 'the host comes up'
	is "$(sed -n 's/^safexl: \(g.\): starting it from .*/\1/p' <<<"$err" | xargs)" 'g2 g1' 'those of auto/ start, in order'
	expect_status 0 'g3 is started by hand' safexl start g3
	expect_status 0 'and g4' safexl start g4
	for name in $names g4; do holds "$name: it runs" wait_guest $name; done
	expect_status 0 'g4 is paused' safexl pause g4
	unit_runs ExecStop
	is "$status" 0 'the host goes down'
	like "$err" 'g4: it is paused: it runs until it is saved or off' 'g4 is let run for that, which is told'
	for name in $names g4; do
		is "$(domid $name)" '' "$name does not run"
		like "$(safexl images)" "saved +$name +$images/$name" "$name is saved"
	done
	sync
	power_cut
	;;
2)
	mount -o loop /srv/g2.img /mnt && touch /mnt/rescue && umount /mnt
	ln -s ../init.d/xendomains /etc/rc3.d/S03xendomains
	unit_runs ExecStart
	is "$status" 77 'it does not start guests beside xendomains'
	like "$err" 'systemctl disable xendomains' 'which is said, with the way out'
	rm /etc/rc3.d/S03xendomains
	unit_runs ExecStart
	is "$status" 0 'the host comes up again'
	for name in g1 g3; do holds "$name goes on" guest_goes_on $name; done
	like "$(safexl list --all)" 'g4 +[0-9]+ .* paused ' 'g4 is there, and paused'
	like "$err" 'g4: it was paused when the host went down, and stays paused' 'which is told'
	is "$(domid g2)" '' 'g2, whose disk was mounted, does not, nor was it booted'
	like "$err" "$images/g2: not restored: disk xvda: /srv/g2.img was modified" 'and it is said why'
	like "$err" 'not started with the host, for the reasons above: g2' 'and that it was not started'
	like "$(safexl list --all)" 'g2 .* saved, stale: disk xvda' 'list --all agrees'
	holds 'its image is still there' test -s $images/g2
	ticks=$(guest_says g4 ticks)
	expect_status 0 'g4: unpause' safexl unpause g4
	holds 'g4 goes on' guest_wait g4 ticks "!^$ticks\$"
	printf 'shutdown_action = "shutdown"\n' >/etc/xen/safexl.conf
	unit_runs ExecStop
	is "$status" 0 'down once more, without a save'
	is "$(safexl list --all | awk '/^g[134] / { print $5 }' | xargs)" 'off off off' 'they are off'
	;;
esac
done_testing
