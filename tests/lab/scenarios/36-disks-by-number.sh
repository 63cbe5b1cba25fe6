#!/bin/bash
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The disks of a running guest's configuration are those that its backends serve: a snapshot keeps what
# a link led to when the guest was created, and a disk that two guests only read is no hindrance.
# lab: deep timeout=900
. /lab/lib.sh

config=/etc/xen/g1.cfg
image=/var/lib/xen/save/g1
make_guest g1 pv 96
make_guest g2 pv 96
make_disk /srv/read.img 16
make_disk /srv/other.img 32
ln -s g1.img /srv/now.img
sed -i "s|^    '/srv/g1.img.*|    '/srv/now.img,raw,xvda,w',\n    '/srv/read.img,raw,xvdf,r',|" $config
sed -i "s|^    '/srv/g2.img.*|&\n    '/srv/read.img,raw,xvdf,r',|" /etc/xen/g2.cfg

expect_status 0 'create' safexl create $config
wait_guest g1
ln -sfn other.img /srv/now.img
run_x safexl -N snapshot --copy g1 s1
like "$out" 'disk xvda, /srv/g1.img: copy' 'a snapshot keeps the disk that it has, wherever the link leads now'
ln -sfn g1.img /srv/now.img
expect_status 0 'save' safexl save g1 $image
expect_status 0 'another guest' safexl create -p /etc/xen/g2.cfg
run_x safexl where g1
unlike "$out" "in use by the domain" 'a disk that both only read is no hindrance'
expect_status 0 'restore beside it' safexl restore $image
done_testing
