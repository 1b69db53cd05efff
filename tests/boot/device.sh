#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Devices as programs see them: /sys, events, and modules that are loaded because a device is there.
. tests/tap.sh
. tests/boot/vm.sh

# commands TEXT: $T/initrd is the image, whose first program runs them.
commands() {
	printf '%s\n' "$1" >"$T/commands"
	cp "$O/image/initrd" "$T/initrd"
	(cd "$T" && echo commands | cpio --quiet -o -H newc) >>"$T/initrd"
}

# prints TEXT OPTION...: the commands print just that in a machine with these. $where: words about domains.
where=
prints() {
	_text=$1
	shift
	vm -m 128M -M q35 -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -append "panic init=/sbin/run-commands $where" "$@" |
		tr -d '\r' >"$T/out"
	cat "$T/out"
	[ "$(cat "$T/out")" = "$_text" ]
}

commands 'cat /dev/none 2>/dev/null # waits until what the boot has found has its modules
cd /sys/bus/pci/devices; cat 0000:00:05.0/vendor 0000:00:05.0/device 0000:00:05.0/class 0000:00:05.0/modalias
readlink 0000:00:05.0; readlink 0000:00:05.0/subsystem; grep PCI_SLOT 0000:00:05.0/uevent'
ok "/sys shows what is there as Linux does" prints "0x8086
0x100e
0x020000
pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00
../../../devices/pci0000:00/0000:00:05.0
../../../bus/pci
PCI_SLOT_NAME=0000:00:05.0" -device e1000,romfile=,addr=5

commands 'cat /dev/none 2>/dev/null
uevent sh -c "env | grep -E \"^(ACTION|DEVPATH|SUBSYSTEM)=\" | sort >/tmp/new; mv /tmp/new /tmp/event" &
cd /sys/bus/pci/devices/0000:00:05.0
until [ -f /tmp/event ]; do echo change >uevent; usleep 100000; done; cat /tmp/event; kill %1'
ok "busybox's uevent hears of it" prints "ACTION=change
DEVPATH=/devices/pci0000:00/0000:00:05.0
SUBSYSTEM=pci" -device e1000,romfile=,addr=5

commands 'head -c 100000 /dev/hwrng >/tmp/a; head -c 100000 /dev/hwrng >/tmp/b; wc -c </tmp/a; cmp -s /tmp/a /tmp/b; echo $?
gzip </tmp/a | wc -c | grep -c "^10"; readlink /sys/bus/pci/devices/0000:00:05.0/driver; lsmod | grep -c ^virtio_rng
rmmod virtio_rng; ls /dev/hwrng /sys/bus/pci/drivers 2>/dev/null'
iommu="-M kernel-irqchip=split -device intel-iommu,intremap=on"
random="100000
1
1
../../../bus/pci/drivers/virtio_rng
1
/sys/bus/pci/drivers:"
for machine in "" "$iommu"; do
	platform=${machine:+on}
	for where in "" virtio_rng.isolated=1; do
		# shellcheck disable=SC2086
		ok "a source of random numbers has its driver loaded, which goes again: ${where:-kernel} $machine" prints "$random" \
			$machine -device "virtio-rng-pci,addr=5,disable-legacy=on,iommu_platform=${platform:-off}"
	done
done
where=

# says TEXT OPTION...: this is among what is printed, and the commands after it.
says() {
	_said=$1
	shift
	prints "" "$@"
	grep -qF "$_said" "$T/out" && [ "$(tail -n 1 "$T/out")" = alive ]
}

commands 'until dmesg | grep -q "cannot be used: error 95"; do usleep 100000; done; echo alive'
ok "a device from before virtio 1.0 is refused" says "virtio_rng: a device cannot be used: error 95" \
	-device virtio-rng-pci,disable-modern=on,disable-legacy=off
tap_done
