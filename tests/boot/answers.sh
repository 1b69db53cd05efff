#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Calls at the edges of what they allow (tests/boot/disks/answers.c), on ext2, on FAT, of mounting and of sockets: what Debian's
# kernel answers, line by line, is what ours does, with the modules in its own domain and in isolated ones.
. tests/tap.sh
. tests/boot/vm.sh
. tests/boot/debian.sh
PATH=$PATH:/usr/sbin:/sbin
program=$O/tests/boot/disks/answers

images() {
	rm -f "$T/$1.ext2" "$T/$1.fat"
	truncate -s 8M "$T/$1.ext2"
	mke2fs -q -F -t ext2 "$T/$1.ext2"
	mkfs.fat -C -F 16 -s 1 "$T/$1.fat" 8000 >/dev/null
}

cat >"$T/commands" <<'END'
dmesg -n 1; ifconfig lo 127.0.0.1 up; mkdir -p /a /b
mount -t ext2 /dev/vda /a; /answers files /a; /answers mounting /a /dev/vda ext2; umount /a && echo gone
mount -t vfat /dev/vdb /b; /answers files /b; /answers mounting /b /dev/vdb vfat; umount /b && echo gone
/answers sockets /
END

debians() {
	images debian
	debian_archive "$T/files" failover net_failover fat vfat nls_cp437 nls_ascii
	cp "$program" "$T/commands" "$T/files/"
	archive "$T/files" >"$T/initrd"
	vm -M q35 -kernel "$(debian_kernel)" -initrd "$T/initrd" -append "console=ttyS0 quiet panic=-1 no_timer_check" -m 256M \
		-drive "if=none,format=raw,id=d,file=$T/debian.ext2" -device virtio-blk-pci,drive=d \
		-drive "if=none,format=raw,id=e,file=$T/debian.fat" -device virtio-blk-pci,drive=e >"$T/printed"
	tr -d '\r' <"$T/printed" | grep -v '^\[ *[0-9.]*\] ' >"$T/debian"
	cat "$T/debian"
	[ "$(grep -c '^end of' "$T/debian")" = 5 ]
}

ours() { # WORDS
	images ours
	mkdir -p "$T/ours.files"
	cp "$program" "$T/ours.files/"
	ln -sf /bin/busybox "$T/ours.files/busybox"
	archive "$T/ours.files" >"$T/ours.archive"
	O=$O timeout -k 5 400 kernel/vm --debug --disk "$T/ours.ext2" --disk "$T/ours.fat" --archive "$T/ours.archive" --append "$1" \
		-c "$(cat "$T/commands")" >"$T/printed" 2>&1
	grep -v '^\[ *[0-9.]*\] \|^qemu' "$T/printed" >"$T/ours"
	diff "$T/debian" "$T/ours"
}

ok "Debian's kernel answers" debians
for where in "" "ext2.isolated=a fat.isolated=b tcpip.isolated=c loopback.isolated=d"; do
	ok "ours answers the same: ${where:-kernel}" ours "$where"
	ok "... e2fsck finds nothing" e2fsck -fn "$T/ours.ext2"
	ok "... nor does fsck.fat" fsck.fat -n "$T/ours.fat"
done
tap_done
