#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Disks in our kernel by Linux's own file systems, over linux.ko, in both kinds of domain: what sha256sum says of every file, and
# the names, sizes, permissions, times and targets of all, are as on the machine that made the disk. Files lie on the disk as
# they are (isofs, ext4), in inodes (ext4's inline_data), or packed (squashfs).
. tests/tap.sh
. tests/boot/vm.sh
ko=$O/modules/x86_64/linux/linux.ko
if [ ! -f "$ko" ] || ! command -v genisoimage mkfs.ext4 mksquashfs >"$T/tools"; then
	echo "1..0 # SKIP linux.ko or a tool is not there"
	exit 0
fi
modules="cdrom isofs ext4 jbd2 mbcache crc16 crc32c_generic squashfs"

pack() {
	OUT=$T/linux user/image/make_linux "$O" "$(sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$/\1/p' kernel/release.h)" \
		"$O/image/tree/files" $modules
}

# Of all that is below here. Directories' sizes are the file systems' own business.
look="names=\$(mktemp); find . -mindepth 1 ! -name lost+found | LC_ALL=C sort >\$names; while read -r i; do
	if [ -h \$i ]; then echo \"\$i -> \$(readlink \$i)\"
	elif [ -d \$i ]; then stat -c '%n %a %u %g %Y' \$i
	else stat -c '%n %a %u %g %Y %s' \$i; sha256sum \$i; fi; done <\$names; rm \$names"

fill() (
	mkdir -p "$T/tree/deep/deeper" "$T/tree/many" && cd "$T/tree" || return
	for i in $(seq 300); do echo "$i" >"many/file_$i"; done
	head -c 3000000 /dev/urandom >large
	: >empty
	head -c 12345 /dev/urandom >deep/deeper/odd
	echo end | dd of=sparse bs=1 seek=300000 2>/dev/null
	ln -s deep/deeper/odd link
	chmod 640 large
	find . -exec touch -h -d 2024-02-29T12:34:56Z {} +
	chown -R 0:0 .
)

guest() { # WHERE KIND IMAGE
	O=$O timeout -k 5 900 kernel/vm --debug --cpus 2 --disk "$3" --archive "$T/linux.cpio" --append "$patience" -c "
		mkdir -p /etc/modprobe.d
		[ ! '$1' ] || for i in linux $modules; do echo \"options \$i $1\"; done >/etc/modprobe.d/linux.conf
		modprobe crc32c_generic; modprobe $4
		mount -t linux -o ro,fs=$2 /dev/vda /mnt || dmesg
		cd /mnt; $look
		cd /; umount /mnt
		modprobe -r $4 crc32c_generic; rmmod linux 2>/dev/null; grep -vE '^(runtime|pci|virtio_blk) ' /proc/modules; dmesg | grep -E 'left behind|BUG'" >"$T/out" 2>&1
	_status=$?
	sed -i '/^qemu-system-x86_64: vtd_iommu_translate\|^qemu-system-x86_64: New fault/d' "$T/out" # QEMU remarks that, and nothing is wrong
	diff "$T/want" "$T/out" | head -n 20
	echo "status $_status, and at the end:"
	tail -n 30 "$T/out"
	diff -q "$T/want" "$T/out"
}

ok "an archive has the modules" pack
ok "a tree of files" fill
(cd "$T/tree" && sh -c "$look") >"$T/want"
ok "an iso9660 of it" genisoimage -quiet -R -o "$T/iso" "$T/tree"
ok "an ext4 of it" mkfs.ext4 -q -d "$T/tree" "$T/ext4" 16M
ok "an ext4 that has short files in their inodes" mkfs.ext4 -q -O inline_data -I 256 -d "$T/tree" "$T/inline" 16M
for packed in gzip zstd xz; do
	ok "a squashfs of it, packed with $packed" mksquashfs "$T/tree" "$T/$packed" -comp $packed -quiet -noappend -no-progress
done
for where in "" isolated=1; do
	ok "isofs mounts it: ${where:-kernel}" guest "$where" iso9660 "$T/iso" isofs
	ok "ext4 mounts it: ${where:-kernel}" guest "$where" ext4 "$T/ext4" ext4
	ok "... with files in inodes" guest "$where" ext4 "$T/inline" ext4
	for packed in gzip zstd xz; do
		ok "squashfs mounts what $packed has packed: ${where:-kernel}" guest "$where" squashfs "$T/$packed" squashfs
	done
done
tap_done
