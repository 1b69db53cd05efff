#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Files as disks, by losetup and mount -o loop of busybox, with the module in the kernel's own domain and in an isolated one.
# The disk of the guest is ext2 by mke2fs; in it is a FAT image by mkfs.fat and mtools, which look at both again afterwards.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1

# guest DOMAIN COMMANDS: what they print is in out.
guest() {
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --disk "$T/disk" --append "${1:+loop.isolated=$1}" -c "dmesg -n 1; $2" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

disk() { # with the files of $T/tree
	rm -f "$T/disk"
	mke2fs -q -t ext2 -d "$T/tree" "$T/disk" 24M
}

says() {
	grep -qxF -- "$1" "$T/out"
}

# calls DOMAIN: the program loops is the first one, and all it says is ok.
calls() {
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --archive "$O/tests/boot/programs/loops.cpio" \
		--append "${1:+loop.isolated=$1} init=/test panic" </dev/null | tr -d '\r' >"$T/out"
	cat "$T/out"
	! grep -q '^not ok' "$T/out" && says "1..$(grep -c '^ok' "$T/out")"
}

# What is in the disk: a FAT image with a file, and the same image after 5000 sectors of something else.
mkdir "$T/tree"
head -c 300000 /dev/urandom >"$T/file"
mkfs.fat -C -F 12 "$T/tree/fat" 4000 >/dev/null
mcopy -i "$T/tree/fat" "$T/file" ::file
{ head -c 2560000 /dev/zero && cat "$T/tree/fat"; } >"$T/tree/later"
sum=$(md5sum <"$T/file" | cut -c 1-32)

for where in "" disks; do
	disk
	ok "${where:-kernel}: mount -o loop" guest "$where" 'mkdir /a /b; mount /dev/vda /mnt; cd /mnt; mount -o loop fat /a && md5sum </a/file
cp /bin/busybox /a/new; rm /a/file; cd /; umount /mnt 2>/dev/null || echo "the file is used"; rmmod loop 2>/dev/null || echo "the module is used"
md5sum </bin/busybox >/sum; umount /a; mount -o loop,ro /mnt/fat /a; md5sum </a/new | cmp - /sum && echo "the copy is right"
touch /a/x 2>/dev/null || echo "not to be written"; umount /a; losetup /dev/loop0 2>/dev/null || echo "no file any more"; umount /mnt && echo gone
until ! grep -q "^loop " /proc/modules; do sleep 0.2; done; echo unloaded'
	for line in "$sum  -" "the file is used" "the module is used" "the copy is right" "not to be written" "no file any more" gone unloaded; do
		ok "... $line" says "$line"
	done
	ok "... e2fsck finds nothing" e2fsck -fn "$T/disk"
	debugfs -R "dump /fat $T/fat" "$T/disk" 2>/dev/null
	ok "... nor does fsck.fat in the file" fsck.fat -n "$T/fat"

	ok "${where:-kernel}: its control calls" calls "$where"
	disk
	ok "${where:-kernel}: losetup" guest "$where" 'mount /dev/vda /mnt; cd /mnt; losetup -f; losetup -f fat; losetup /dev/loop0; blockdev --getsize64 /dev/loop0
losetup /dev/loop0 later 2>/dev/null || echo "has one"; losetup -f /dev/loop0 2>/dev/null || echo "no disk on a disk of its own"
losetup -r -o 2560000 /dev/loop1 later 2>/dev/null || losetup -f -r -o 2560000 later; cmp fat /dev/loop1 && echo "the part is right"
blockdev --getro /dev/loop1; echo 2>/dev/null >/dev/loop1 || echo "cannot be opened to write"'"
exec 3</dev/loop0; losetup -d /dev/loop0; head -c 11 <&3 | tail -c 8; echo; exec 3<&-; losetup -d /dev/loop1; losetup /dev/loop0 2>/dev/null || echo 'no file'
printf 0123456789 | dd of=part bs=1 seek=1000 2>/dev/null; losetup -f part; blockdev --getsize64 /dev/loop0; losetup -d /dev/loop0; cd /; umount /mnt && echo gone"
	for line in /dev/loop0 "/dev/loop0: 0 fat" 4096000 "has one" "no disk on a disk of its own" "the part is right" 1 "cannot be opened to write" mkfs.fat \
		"no file" 512 gone; do
		ok "... $line" says "$line"
	done

	disk
	ok "${where:-kernel}: a disk in a disk in memory" guest "$where" "$(cat tests/boot/memory.functions)"'
mkdir /a /b /m; round() { mount /dev/vda /mnt; cp /mnt/fat /m/fat; umount /mnt; mount -o loop /m/fat /a; head -c 204800 /a/file >/a/inner; losetup -f /a/inner
cmp -n 204800 /dev/loop1 /a/file && echo deep; echo changed >/dev/loop1; losetup -d /dev/loop1; head -n 1 /a/inner; umount /a; rm /m/fat; rmmod loop; }
round >/dev/null; round; before=$(free_kb); round; until [ "$(free_kb)" -ge "$before" ]; do :; done; echo equal'
	for line in deep changed equal; do
		ok "... $line" says "$line"
	done
done

disk
ok "a domain that is ended while a disk of its own is mounted" guest disks 'mkdir /a; mount /dev/vda /mnt; mount -o loop /mnt/fat /a; echo disks >/proc/domains
md5sum </a/file >/dev/null 2>&1 || echo refused; umount /a && echo gone; until mount -o loop /mnt/fat /a 2>/dev/null; do sleep 0.2; done; md5sum </a/file; umount /a; umount /mnt && echo "all gone"'
for line in refused gone "$sum  -" "all gone"; do
	ok "... $line" says "$line"
done
tap_done
