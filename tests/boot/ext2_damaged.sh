#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# ext2_damaged.sh [CNT] - CNT damaged ext2 images for each kind of domain, mounted, walked and changed
# (tests/boot/disks/damaged.c): errors, and the guest goes on. A fault of the module is a panic, or the end of its domain.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
CNT=${1:-100}
BOOT_CNT=500 # images in one boot
LIMIT=3000   # seconds: only ends what hangs

mkdir -p "$T/tree/d" "$T/files"
for i in 1 2 3 4 5 6 7 8; do
	echo $i >"$T/tree/d/f$i"
done
head -c 60000 /dev/urandom >"$T/tree/big"
ln -s "$(printf 'z%.0s' $(seq 100))" "$T/tree/l"
cp "$O/tests/boot/disks/damaged" "$T/files/"
(cd "$T/files" && echo damaged | cpio --quiet -o -H newc) >"$T/archive"

# damaged FIRST CNT BLOCK_BYTES DOMAIN
damaged() {
	rm -f "$T/source"
	mke2fs -q -t ext2 -b "$3" -N 64 -d "$T/tree" "$T/source" 400k
	cp "$T/source" "$T/work"
	O=$O timeout -k 5 $LIMIT kernel/vm --debug --disk "$T/work" --disk "$T/source" --archive "$T/archive" \
		--append "fault_panics ${4:+ext2.isolated=$4}" -c "dmesg -n 1; /damaged ext2 $1 $2 && ! dmesg | grep 'domain is dead'"
}

for where in "" fs; do
	first=0
	while [ $first -lt "$CNT" ]; do
		for block in 1024 4096; do
			left=$((CNT - first < BOOT_CNT ? CNT - first : BOOT_CNT))
			cnt=$(((left + 1) / 2))
			ok "${where:-kernel}: damaged images of $block-byte blocks, $cnt from $first on" damaged $first $cnt $block "$where"
		done
		first=$((first + left))
	done
done
tap_done
