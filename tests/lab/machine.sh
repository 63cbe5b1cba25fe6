# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The machine of the lab: QEMU with the same devices for every boot, so that a state of dom0 that was kept
# fits each (see state.sh, whose key this file is part of). Sourced by host.sh.
# shellcheck shell=bash

lab_tar_size=134217728         # of the disk that brings what dom0 shall do

# The ends of what a machine is connected with; most boots leave them loose.
lab_tty=null                   # where the terminal of `shell` is
lab_window=null                # who tells it the size of its window
lab_wire=hubport,hubid=0       # the network to the other dom0 of a pair
lab_shared=file.driver=null-co,file.size=67108864,file.read-zeroes=on # the disk that a pair has in common

# The machine, in place of this shell.
# -icount: the machine's clock counts its instructions (one a nanosecond) instead of following ours.
# On a busy host it then runs slowly but not late: no timeout of xl's own strikes.
# Xen asks for an IOMMU before it passes a PCI device through, also to a PV guest. QEMU's is Intel's
# while its CPU is AMD's, whose page tables are others: no-sharept. What can be passed through: two
# idle PCI devices and two on USB, see pci_device and usb_device in lib.sh.
# dom0 reads its orders from the pipe $lab_work/NAME.in, and tells what it does in the file OUT.
# usage: lab_qemu NAME DISK TAR OUT [QEMU ARGUMENT]...
lab_qemu() {
	local name=$1 disk=$2 tar=$3 out=$4
	shift 4

	exec "$lab_emulator" -name "safexl-lab-$name" -nodefaults -no-user-config \
		-display none -no-reboot -machine q35 -device intel-iommu,intremap=off \
		-accel tcg,thread=single -icount shift=0 -cpu qemu64,+svm,+npt,-smap -smp 2 -m 2560 \
		-kernel "$lab_image/xen" -append "dom0_mem=1024M console=com1 \
com1=115200,8n1 loglvl=error guest_loglvl=error noreboot iommu=no-sharept spec-ctrl=no" \
		-initrd "$lab_image/vmlinux console=hvc0 quiet panic=-1 net.ifnames=0 mitigations=off \
cryptomgr.notests init_on_alloc=0 rodata=off,\
$lab_image/initrd.img" \
		-serial "file:$lab_work/$name.console.log" \
		-drive "file=$disk,format=qcow2,if=virtio,cache=writeback" \
		-drive "file=$tar,format=raw,if=virtio,readonly=on" \
		-drive "$lab_shared,format=raw,if=virtio" \
		-netdev "$lab_wire,id=wire" -device virtio-net-pci,netdev=wire,romfile= \
		-device virtio-rng-pci -device virtio-serial \
		-chardev "file,id=out,path=$out" -device virtserialport,chardev=out,name=lab.out \
		-chardev "pipe,id=in,path=$lab_work/$name.in" -device virtserialport,chardev=in,name=lab.in \
		-chardev "$lab_tty,id=tty" -device virtconsole,chardev=tty \
		-chardev "$lab_window,id=window" -device virtserialport,chardev=window,name=lab.window \
		-device edu,addr=10 -device edu,addr=11 -device qemu-xhci,id=usb,addr=12 \
		-blockdev driver=null-co,node-name=stick,size=16777216,read-zeroes=on \
		-device usb-storage,bus=usb.0,port=1,drive=stick -device usb-tablet,bus=usb.0,port=2 \
		"$@"
}
