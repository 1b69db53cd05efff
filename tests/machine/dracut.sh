#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# An image that dracut makes with us, the static program, in kmod's place: it has the modules that it has with Debian's
# kmod, boots to a shell, and loads modules on the way to it.
# Not quick: makes an image and boots it.
. tests/tap.sh
. tests/machine/machine.sh
. tests/machine/makers.sh
command -v dracut >/dev/null || skip_all "dracut-core is not installed; setup/install test does it"

make_image() { # PROGRAM NAME
	in_place_of_kmod "$1" dracut --kver "$release" --no-hostonly --no-hostonly-cmdline --no-early-microcode --no-compress \
		--nostrip -m "dash base busybox udev-rules kernel-modules rootfs-block" \
		--drivers "ext4 virtio_pci virtio_net loop usb_storage sd_mod" "$T/$2"
}

ok "dracut with kmod" make_image - theirs
ok "dracut with ours" make_image "$static/tenon" ours
modules_in "$T/theirs" >"$T/theirs.list"
modules_in "$T/ours" >"$T/ours.list"
ok "the image has ext4" grep -q /ext4.ko "$T/ours.list"
ok "the same modules are in both images" diff "$T/theirs.list" "$T/ours.list"

shell_script <<'END'
ok "the program is ours" grep -q tenon /bin/kmod
ok "the library too, with which udev loads" grep -q tenon /lib/x86_64-linux-gnu/libkmod.so.2
udevadm settle
ok "udev has found the network card's driver" ls -d /sys/bus/virtio/drivers/virtio_net/virtio0
ok "a module that the command line asks for is loaded" grep '^ext4 ' /proc/modules
ok "in the shell, modprobe" /sbin/modprobe usb_storage
ok "... has loaded what it needs" grep '^usbcore .*usb_storage' /proc/modules
ok "rmmod" /sbin/rmmod usb_storage
END
boot_to_shell "$T/ours" "root=/dev/vda rd.break=initqueue rd.driver.pre=ext4" \
	-netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net
tap_done
