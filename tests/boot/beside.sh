#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# beside.sh [SEED]... - random operations on an ext2 (tests/boot/disks/operations.c) here and on Debian's kernel, which
# must come to the same results, one by one, and to the same files on the disk.
. tests/tap.sh
. tests/boot/vm.sh
. tests/boot/debian.sh
PATH=$PATH:/usr/sbin:/sbin
CNT=${CNT:-2000}
limit=800 # seconds: only ends what hangs
program=$O/tests/boot/disks/operations

# image FILE BLOCK_BYTES SIZE: without hash trees, which we do not keep: names would be in other places.
image() {
	rm -f "$1"
	mke2fs -q -t ext2 -O ^dir_index -b "$2" "$1" "$3"
}

# commands SEED: they run in either guest, where the lines of the log are not mixed with the program's.
commands() {
	printf 'dmesg -n 1\nmkdir -p /mnt\nmount -t ext2 /dev/vda /mnt\n/operations %s %s /mnt\numount /mnt && echo gone\n' "$1" "$CNT"
}

debians() { # SEED
	rm -rf "$T/files"
	debian_archive "$T/files"
	cp "$program" "$T/files/"
	commands "$1" >"$T/files/commands"
	archive "$T/files" >"$T/initrd"
	vm -M q35 -kernel "$(debian_kernel)" -initrd "$T/initrd" -append "console=ttyS0 quiet panic=-1 no_timer_check" -m 256M \
		-drive "if=none,format=raw,id=d,file=$T/debian.image" -device virtio-blk-pci,drive=d >"$T/printed"
	tr -d '\r' <"$T/printed" | grep -v '^\[ *[0-9.]*\] ' >"$T/debian"
	grep -qx gone "$T/debian"
}

ours() { # SEED DOMAIN
	mkdir -p "$T/ours.files"
	cp "$program" "$T/ours.files/"
	archive "$T/ours.files" >"$T/ours.archive"
	O=$O timeout -k 5 $limit kernel/vm --debug --disk "$T/ours.image" --archive "$T/ours.archive" --append "${2:+ext2.isolated=$2}" \
		-c "$(commands "$1")" >"$T/printed"
	grep -v '^\[ *[0-9.]*\] ' "$T/printed" >"$T/ours"
	grep -qx gone "$T/ours"
}

# What e2fsprogs find on both.
same_files() {
	rm -rf "$T/a" "$T/b"
	mkdir "$T/a" "$T/b"
	debugfs -R "rdump / $T/a" "$T/ours.image" >/dev/null 2>&1
	debugfs -R "rdump / $T/b" "$T/debian.image" >/dev/null 2>&1
	(cd "$T/a" && find . -type f | LC_ALL=C sort | xargs -r md5sum) >"$T/a.sums"
	(cd "$T/b" && find . -type f | LC_ALL=C sort | xargs -r md5sum) >"$T/b.sums"
	diff "$T/a.sums" "$T/b.sums" && [ -s "$T/a.sums" ]
}

# compare SEED BLOCK_BYTES SIZE
compare() {
	image "$T/clean" "$2" "$3"
	cp "$T/clean" "$T/debian.image"
	ok "seed $1, blocks of $2: Debian's kernel" debians "$1"
	for _where in "" fs; do
		cp "$T/clean" "$T/ours.image"
		ok "seed $1: ours, ${_where:-kernel}" ours "$1" "$_where"
		ok "... has the same results" diff "$T/debian" "$T/ours"
		ok "... all operations and files" [ "$(grep -c '^[0-9]*: ' "$T/ours"), $(tail -n 2 "$T/ours" | head -n 1)" = "$CNT, end" ]
		ok "... e2fsck finds nothing" e2fsck -fn "$T/ours.image"
		ok "... files have the same contents" same_files
	done
}

[ $# -gt 0 ] || set -- 1
for seed in "$@"; do
	case $((seed % 3)) in
	0) compare "$seed" 4096 40M ;;
	1) compare "$seed" 1024 40M ;;
	2) compare "$seed" 2048 3M ;;
	esac
done
tap_done
