#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# fat_damaged.sh [CNT [FIRST]] - CNT damaged images, from number FIRST on, of each of FAT12, FAT16 and FAT32 for each kind of
# domain, mounted, walked and changed (tests/boot/disks/damaged.c): errors, and the guest goes on. A fault of the module is a
# panic, or the end of its domain.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1
CNT=${1:-20}
FIRST=${2:-0}
LIMIT=3000 # seconds: only ends what hangs

mkdir -p "$T/tree/d/sub" "$T/files"
for i in 1 2 3 4 5 6 7 8; do
	echo $i >"$T/tree/d/a name that is long $i"
	echo $i >"$T/tree/d/f$i"
	echo $i >"$T/tree/d/sub/F$i"
done
head -c 60000 /dev/urandom >"$T/tree/big"
cp "$O/tests/boot/disks/damaged" "$T/files/"
(cd "$T/files" && echo damaged | cpio --quiet -o -H newc) >"$T/archive"

damaged() { # DOMAIN KIB MKFS-OPTION...
	_where=$1 _kib=$2
	shift 2
	rm -f "$T/source"
	mkfs.fat -C "$@" "$T/source" "$_kib" >/dev/null 2>&1
	mcopy -i "$T/source" -s "$T/tree/d" "$T/tree/big" ::
	cp "$T/source" "$T/work"
	O=$O timeout -k 5 $LIMIT kernel/vm --debug --disk "$T/work" --disk "$T/source" --archive "$T/archive" \
		--append "fault_panics ${_where:+fat.isolated=$_where}" \
		-c "dmesg -n 1; /damaged vfat $FIRST $CNT && ! dmesg | grep 'domain is dead'"
}

for where in "" fs; do
	ok "${where:-kernel}: $CNT damaged images of FAT12" damaged "$where" 300 -F 12 -s 1 -f 2 -r 112
	ok "${where:-kernel}: $CNT damaged images of FAT16" damaged "$where" 2300 -F 16 -s 1 -f 1 -r 512
	ok "${where:-kernel}: $CNT damaged images of FAT32" damaged "$where" 700 -F 32 -s 1 -f 2
done
tap_done
