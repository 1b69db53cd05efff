#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# kernels.sh [NAME...] - linux.ko for other kernels of Debian's, by their names of setup/debian-kernel; all three unless some are
# named, each skipped if it is not built. Their modules compute published answers, modules that their headers build do what
# they assert, images that the usual tools made have each file with its hash; in both kinds of domain.
. tests/tap.sh
. tests/linux/images.sh

build=$O

all_pass() { # COMMAND...: a test of its own, all of whose tests pass
	O=$build LINUX_KERNEL=$kernel timeout -k 5 900 "$@" >"$T/results" 2>&1 && grep -q '^ok' "$T/results" && return
	grep -v '^ok' "$T/results"
	return 1
}

host() { # COMMANDS
	timeout -k 5 120 "$build/tenon-host" --modules "$modules" --modules "$own/modules/x86_64" --modules "$build/modules/x86_64" \
		-c "$1; dmesg" >"$T/out" 2>&1 && ! grep -E 'left behind|BUG|WARN|not there' "$T/out" && return
	cat "$T/out"
	return 1
}

crc7() { # DOMAIN
	host "insmod --domain $1 $build/modules/x86_64/runtime/runtime.ko; insmod --domain $1 $own/modules/x86_64/linux/linux.ko
		modprobe --domain $1 crc7; call --domain $1 crc7_be 0 \"123456789\" 9" && grep -q '= 234 (0xea)' "$T/out"
}

# A module of another kernel's is refused.
refuses() {
	other=$(find "$build/debian/amd64/lib/modules" -name crc7.ko)
	! host "insmod $other" && grep -q 'insmod:' "$T/out"
}

reads() { # DOMAIN TYPE
	host "mount -r -t $2 --domain $1 $T/image /mnt; sha256sum /mnt; umount /mnt" &&
		grep -E '^[0-9a-f]{64}  ' "$T/out" | sed 's|  /mnt/|  |' | LC_ALL=C sort -k 2 | diff "$T/want" -
}

writes() { # DOMAIN TYPE
	host "mount -t $2 --domain $1 $T/image /mnt; mkdir /mnt/new; cp $T/tree/random /mnt/new/copy; rm /mnt/gone; umount /mnt" &&
		host "mount -r -t $2 --domain $1 $T/image /mnt; cp /mnt/new/copy $T/back; umount /mnt" && cmp "$T/tree/random" "$T/back"
}

# A driver with a device of its own, which another thread looks for disks: it has found one when the load is over.
probes() { # DOMAIN
	host "insmod --domain $1 $build/modules/x86_64/runtime/runtime.ko; insmod --domain $1 $own/modules/x86_64/linux/linux.ko
		modprobe --domain $1 scsi_debug; rmmod scsi_debug" && grep -q ' 0:0:0:0: Direct-Access ' "$T/out"
}

test_kernel() {
	ok "$kernel: linux_test passes with its modules" all_pass "$build/tests/linux/linux_test"
	ok "$kernel: modules that its headers build do what they assert" all_pass tests/linux/usual.sh
	ok "$kernel: a module of another kernel's is refused" refuses
	for domain in kernel isolated; do
		ok "$kernel: crc7, by hand: $domain" crc7 $domain
		ok "$kernel: scsi_debug comes and goes: $domain" probes $domain
	done
	for packed in gzip xz zstd; do
		ok "mksquashfs makes an image, packed with $packed" squash $packed
		for domain in kernel isolated; do
			ok "$kernel: squashfs with $packed: each file has its hash: $domain" reads $domain squashfs
		done
	done
	ok "xorriso makes an ISO 9660 image" iso
	for domain in kernel isolated; do
		ok "$kernel: isofs: each file has its hash: $domain" reads $domain iso9660
	done
	for type in vfat ext4; do
		[ $type = vfat ] && make=fat check=vfat || make='ext4 4096' check='ext4 -f'
		for domain in kernel isolated; do
			ok "a file system of type $type is made" $make
			ok "$kernel: $type: each file has its hash: $domain" reads $domain $type
			ok "$kernel: $type: files are made and one is removed: $domain" writes $domain $type
			ok "... in which fsck finds no fault" clean $check
		done
	done
}

[ $# -gt 0 ] || set -- amd64-cloud amd64-rt amd64-backports
ok "there is a tree of files" make_tree
for kernel; do
	own=$build/linux/$kernel
	modules=$(echo "$own"/linux-tree/lib/modules/*)
	if [ -f "$own/modules/x86_64/linux/linux.ko" ] && [ -d "$modules" ]; then
		test_kernel
	else
		ok "$kernel # SKIP its linux.ko is not built: make linux LINUX_KERNEL=$kernel" true
	fi
done
tap_done
