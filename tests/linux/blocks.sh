#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Debian's block drivers that need no hardware make their disks, each with a file system on it, and take them away, with nothing
# left behind: what is written there is found by fsck and debugfs on a copy of the disk. In both kinds of domain.
. tests/tap.sh
. tests/linux/debian.sh
. tests/linux/images.sh
. tests/linux/prompt.sh

# What is done with the file system is the same for all.
works() { # DISK BEGINNING END
	good "$2; cp $T/unchanged $1; mount -t ext4 $1 /mnt; sha256sum /mnt; mkdir /mnt/new; cp $tree/random /mnt/new/copy; rm /mnt/gone
		umount /mnt; cp $1 $T/image; $3" &&
		grep -E '^[0-9a-f]{64}  /mnt' "$T/out" | sed 's|  /mnt/|  |' | LC_ALL=C sort -k 2 | diff "$T/want" -
}

written() {
	clean ext4 -f && debugfs -R "dump /new/copy $T/dumped" "$T/image" && cmp "$T/dumped" "$tree/random" &&
		! debugfs -R 'ls' "$T/image" | grep -w gone
}

# Another thread looks for disks: it has found one when the load is over, and is through when the unload is.
looks_for_disks() { # OPTIONS-OF-MODPROBE
	good "modprobe $1 scsi_debug; rmmod scsi_debug" && grep ' 0:0:0:0: Direct-Access ' "$T/out"
}

on_disks() { # OPTIONS-OF-MODPROBE
	ok "brd $1" works /dev/ram0 "modprobe $1 brd rd_nr=1 rd_size=16384" "rmmod brd"
	ok "... which fsck finds no fault in, and what was written" written
	ok "zram, by its files in sysfs $1" works /dev/zram0 \
		"modprobe $1 zram; mount $2 -t sysfs none /sys; echo 16M > /sys/block/zram0/disksize" "umount /sys; rmmod zram"
	ok "... which fsck finds no fault in, and what was written" written
	cp "$T/empty" "$T/outer"
	ok "loop, on a file of a file system $1" works /dev/loop0 "modprobe $1 loop; mount $2 $T/outer /outer
		cp $T/unchanged /outer/disk; losetup /dev/loop0 /outer/disk" \
		"losetup -d /dev/loop0; cp /outer/disk $T/image; umount /outer; rmmod loop ext4"
	ok "... which fsck finds no fault in, and what was written" written
	ok "null_blk, by its files in configfs, with requests in queues $1" works /dev/nullb0 "modprobe $1 null_blk nr_devices=0
		mount $2 -t configfs none /config; mkdir /config/nullb/nullb0; echo 16 > /config/nullb/nullb0/size
		echo 1 > /config/nullb/nullb0/memory_backed; echo 1 > /config/nullb/nullb0/power" \
		"rm /config/nullb/nullb0; umount /config; rmmod null_blk configfs"
	ok "... which fsck finds no fault in, and what was written" written
}

user=
ok "there is a tree of files" make_tree
truncate -s 16M "$T/unchanged" && truncate -s 32M "$T/empty"
ok "a file system is made of it" mke2fs -q -t ext4 -b 4096 -d "$tree" "$T/unchanged"
ok "another one is made" mke2fs -q -t ext4 "$T/empty"
on_disks '' '--domain kernel'
on_disks --isolated ''
ok "scsi_debug finds its disk" looks_for_disks
ok "... isolated" looks_for_disks --isolated
ok "a file that is no loop device is reported" sh -c "! '$O/tenon-host' --modules '$modules' --modules '$O/modules/x86_64' \
	-c 'modprobe brd rd_nr=1; losetup /dev/ram0 /none' 2>'$T/err' && grep -F '/dev/ram0: No such file or directory' '$T/err'"
tap_done
