#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# An image that initramfs-tools makes with us in kmod's place: it has the modules that it has with Debian's kmod, boots
# to a shell, and loads modules on the way to it.
# Not quick: makes an image and boots it.
. tests/tap.sh
. tests/machine/machine.sh
. tests/machine/makers.sh
command -v mkinitramfs >/dev/null || skip_all "initramfs-tools-core is not installed; setup/install test does it"

cp -r /etc/initramfs-tools "$T/conf"
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=gzip/; s/^BUSYBOX=.*/BUSYBOX=y/' "$T/conf/initramfs.conf"
printf '%s\n' ext4 virtio_pci virtio_net 'loop max_loop=3' usb_storage sd_mod >"$T/conf/modules"

make_image() { # PROGRAM NAME
	in_place_of_kmod "$1" mkinitramfs -d "$T/conf" -o "$T/$2.gz" "$release" && zcat "$T/$2.gz" >"$T/$2"
}

ok "mkinitramfs with kmod" make_image - theirs
ok "mkinitramfs with ours" make_image "$O/tools/tenon" ours
modules_in "$T/theirs" >"$T/theirs.list"
modules_in "$T/ours" >"$T/ours.list"
ok "the image has ext4" grep -q /ext4.ko "$T/ours.list"
ok "the same modules are in both images" diff "$T/theirs.list" "$T/ours.list"

shell_script <<'END'
ok "the program is ours" grep -q tenon /bin/kmod
ok "the library too, with which udev loads" grep -q tenon /lib/x86_64-linux-gnu/libkmod.so.2
ok "modules named in the image's list are loaded" grep '^ext4 ' /proc/modules
ok "... with their parameters" grep -x 3 /sys/module/loop/parameters/max_loop
ok "udev has found the network card's driver" ls -d /sys/bus/virtio/drivers/virtio_net/virtio0
ok "in the shell, modprobe" /sbin/modprobe usb_storage
ok "... has loaded what it needs" grep '^usbcore .*usb_storage' /proc/modules
ok "rmmod" /sbin/rmmod usb_storage
END
boot_to_shell "$T/ours" "break=premount" -netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net
tap_done
