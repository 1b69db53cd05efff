#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# ext2 through the shell, from the same module in the kernel's own domain and in an isolated one. Images are made by mke2fs;
# what the guest reads is compared with what went into them, what it writes is looked at by e2fsck and debugfs.
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin

# guest DOMAIN COMMANDS OPTION...: they ran with the image as a disk; what they print is in out.
guest() {
	_word=${1:+ext2.isolated=$1}
	_commands=$2
	shift 2
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --disk "$T/image" --append "$_word" "$@" -c "$_commands" >"$T/printed" 2>&1
	_status=$?
	cat "$T/printed"
	sed '/^\[ *[0-9.]*\] /d' "$T/printed" >"$T/out" # without lines of the kernel's log
	return $_status
}

image() { # BLOCK_BYTES SIZE: with the files of $T/tree
	rm -f "$T/image"
	mke2fs -q -t ext2 -b "$1" -d "$T/tree" "$T/image" "$2"
}

says() {
	grep -qxF -- "$1" "$T/out"
}

is_clean() {
	e2fsck -fn "$T/image"
}

# mapped DOMAIN: the program of that name is the first one, with the image as its disk, and all it says is ok.
mapped() {
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 --disk "$T/image" --archive "$O/tests/boot/programs/mapped.cpio" \
		--append "${1:+ext2.isolated=$1} init=/test panic" </dev/null | tr -d '\r' >"$T/out"
	cat "$T/out"
	says "ok 1 - the disk is mounted" && ! grep -q '^not ok' "$T/out" && says "1..$(grep -c '^ok' "$T/out")"
}

# What is in the tree: small and large files, one with holes beyond the reach of two levels, many names, links.
mkdir -p "$T/tree/many" "$T/tree/deep/er"
echo small >"$T/tree/small"
: >"$T/tree/empty"
head -c 400001 /dev/urandom >"$T/tree/large"
echo end | dd of="$T/tree/sparse" bs=1 seek=70000000 2>/dev/null
ln -s small "$T/tree/fast"
ln -s "$(printf 'deep/../%.0s' 1 2 3 4 5 6 7 8 9)large" "$T/tree/slow"
i=0
while [ $i -lt 150 ]; do
	echo $i >"$T/tree/many/a-name-that-is-not-short-$i"
	i=$((i + 1))
done
SUMS='cd /mnt && find . -type f ! -name sparse | sort | xargs md5sum; dd if=sparse bs=1 skip=69999998 2>/dev/null | md5sum'
(
	cd "$T/tree"
	find . -type f ! -name sparse | LC_ALL=C sort | xargs md5sum
	dd if=sparse bs=1 skip=69999998 2>/dev/null | md5sum
) >"$T/sums"

for where in "" fs; do
	for block in 1024 2048 4096; do
		image $block 8M
		ok "${where:-kernel}, blocks of $block: all is read" guest "$where" "mount -o ro -t ext2 /dev/vda /mnt && $SUMS"
		ok "... and is what went into the image" cmp "$T/out" "$T/sums"
	done

	image 1024 8M
	ok "${where:-kernel}: commands run" guest "$where" 'dmesg -n 1; mount /dev/vda /mnt && cd /mnt || exit
stat -c "%F %s %h" small sparse many; readlink slow; md5sum <slow | cut -c 1-32; ls many | wc -l
stat -f -c "%T %s %l" .; touch x 2>/dev/null && echo written; mount -o remount,ro /mnt; touch y 2>/dev/null || echo refused
mount -t ext2 /dev/vda /proc 2>/dev/null || echo busy; umount /mnt 2>/dev/null || echo used; cd /; umount /mnt && echo gone
until ! grep -q ^ext2 /proc/modules; do sleep 0.2; done; echo unloaded'
	ok "... links, numbers and states are as they should be" says "regular file 70000004 1"
	ok "... the target of a long link leads there" says "$(md5sum <"$T/tree/large" | cut -c 1-32)"
	ok "... many names" says 150
	for line in written refused busy used gone unloaded; do
		ok "... $line" says $line
	done
	ok "... and e2fsck finds nothing" is_clean

	image 1024 8M
	ok "${where:-kernel}: everything is changed" guest "$where" "dmesg -n 1; mount /dev/vda /mnt && cd /mnt || exit
mkdir d d/e; cp large d/copy; ln d/copy d/e/hard; ln -s copy d/sym; ln -s $(printf 'y%.0s' $(seq 200)) d/long; mkfifo d/fifo
mknod d/null c 1 3; mknod d/disk b 300 70000; chmod 640 d/copy; touch -d '2001-02-03 04:05:06' d/copy; mv d/e many/e; rm -r deep
for i in \$(seq 150); do echo \$i >many/e/\$i; done; rm many/e/1*; mv many/e/22 small; truncate -s 1000 large
truncate -s 2000000 empty; echo tail >>empty; exec 5>gone; rm gone; echo x >&5; exec 5>&-; cat small
rm sparse; sync; cp d/copy d/synced; cd /; umount /mnt && echo gone"
	ok "... it is unmounted" says gone
	ok "... and e2fsck finds nothing" is_clean
	ok "... a copy is what it was copied from" sh -c "debugfs -R 'cat /d/synced' '$T/image' 2>/dev/null | cmp - '$T/tree/large'"
	debugfs -R "dump /empty $T/longer" "$T/image" 2>/dev/null
	{ head -c 2000000 /dev/zero && echo tail; } >"$T/expected"
	ok "... a file that was made longer" cmp "$T/longer" "$T/expected"
	ok "... mode, time and links" sh -c "debugfs -R 'stat /d/copy' '$T/image' 2>/dev/null | tr '\n' ' ' |
		grep -q 'Mode:  0640.*Links: 2 .*mtime: 0x3a7b8372'"

	image 1024 8M
	ok "${where:-kernel}: a mapped file" mapped "$where"
	ok "... and what was brought to the disk is there, without unmounting" sh -c "yes abcdefghijklmnopqrstuvwxyz | tr -d '\n' |
		head -c 12288 >'$T/expected'; debugfs -R 'cat /file' '$T/image' 2>/dev/null | cmp - '$T/expected'"

	rm -f "$T/image"
	mke2fs -q -t ext2 -b 1024 -N 16000 "$T/image" 16M
	ok "${where:-kernel}: 10,000 names in a directory" guest "$where" 'dmesg -n 1; mount /dev/vda /mnt && mkdir /mnt/m && cd /mnt/m || exit
touch $(seq 10000); rm $(seq 1 2 9999); touch $(seq 20001 22000); mv 4 8; [ -e 8 ] && [ -e 20001 ] && ! [ -e 4 ] && ! [ -e 5 ] && echo right
ls | wc -l; cd /; umount /mnt'
	for line in right 6999; do
		ok "... $line" says $line
	done
	ok "... and e2fsck finds nothing" is_clean
	ok "... and as many names" [ "$(debugfs -R "ls -p /m" "$T/image" 2>/dev/null | grep -c '^/[1-9]')" = 7001 ]

	image 1024 2M
	ok "${where:-kernel}: there is no room" guest "$where" 'dmesg -n 1; mount /dev/vda /mnt && cd /mnt || exit
dd if=/dev/zero of=full bs=3000 2>&1 | grep -q "No space" && echo full; i=0; while mkdir m$i 2>/dev/null; do i=$((i + 1)); done
rm full; i=0; while touch i$i 2>/dev/null; do i=$((i + 1)); done; mkdir m 2>&1 | grep -q "No space" && echo "no inodes"; cd /; umount /mnt'
	ok "... for data" says full
	ok "... for inodes" says "no inodes"
	ok "... and e2fsck finds nothing" is_clean
done

image 4096 64M
ok "more is written and read than there is memory" guest "" 'dmesg -n 1; mount /dev/vda /mnt && cd /mnt || exit
dd if=/dev/urandom of=a bs=65536 count=256 2>/dev/null; cp a b; cp b c && cmp a b && cmp b c && echo same; cd /; umount /mnt && echo gone' --memory 56
ok "... and it is the same" says same
ok "... and e2fsck finds nothing" is_clean

# ---- the module's domain dies ---------------------------------------------------------------------------------------

image 1024 8M
ok "a domain that is ended while its file system is mounted" guest fs 'dmesg -n 1; mount /dev/vda /mnt && cd /mnt || exit
cp /bin/busybox sh; ./sh -c "echo runs from there"; cp small kept; sync; cd /; echo fs >/proc/domains
cat /mnt/large >/dev/null 2>&1 || echo refused; umount /mnt && echo gone
while grep -q "^fs dead" /proc/domains; do sleep 0.1; done; echo closed
until mount /dev/vda /mnt 2>/dev/null; do sleep 0.2; done; cat /mnt/kept; umount /mnt'
for line in "runs from there" refused gone closed small; do
	ok "... $line" says "$line"
done

# ---- what is not mounted, or not to be written ----------------------------------------------------------------------

image 1024 8M
debugfs -w -R "feature needs_recovery" "$T/image" 2>/dev/null
ok "a journal that would have to be replayed" guest "" 'mount -t ext2 /dev/vda /mnt 2>&1 || true'
ok "... is refused" says "mount: mounting /dev/vda on /mnt failed: Invalid argument"
image 1024 8M
debugfs -w -R "feature metadata_csum" "$T/image" 2>/dev/null
ok "what must be known for writing" guest "" 'mount -t ext2 /dev/vda /mnt 2>/dev/null || mount -o ro /dev/vda /mnt && cat /mnt/small'
ok "... can still be read" says small

# A table of partitions, of which the third is used.
image 1024 8M
cp "$T/image" "$T/part"
truncate -s 12M "$T/image"
dd if=/dev/zero of="$T/image" bs=1M count=1 conv=notrunc 2>/dev/null
dd if="$T/part" of="$T/image" bs=1M seek=1 conv=notrunc 2>/dev/null
printf '\000\000\000\000\203\000\000\000\000\010\000\000\000\100\000\000' | dd of="$T/image" bs=1 seek=478 conv=notrunc 2>/dev/null
printf '\125\252' | dd of="$T/image" bs=1 seek=510 conv=notrunc 2>/dev/null
ok "a partition" guest "" 'mount /dev/vda3 /mnt && cat /mnt/small; blockdev --getsize64 /dev/vda3; [ -e /dev/vda1 ] || echo none'
for line in small 8388608 none; do
	ok "... $line" says $line
done
ok "... as /sys shows it" guest "" "$(cat tests/boot/memory.functions)"'
round() { modprobe virtio_blk; until head -c 1 /dev/vda3 >/dev/null 2>&1; do sleep 0.05; done; rmmod virtio_blk; }
rounds() { for i in 1 2 3 4 5 6 7 8; do round; done; }
dmesg -n 1; rounds; before=$(free_kb); rounds; rounds; until [ "$(free_kb)" -ge "$before" ]; do :; done; echo equal
modprobe virtio_blk; mount /dev/vda3 /mnt; cd /sys/block/vda/vda3 && echo $(cat dev partition start size uevent); echo $(ls /sys/block) $(ls /sys/class/block)
cd /sys/class/block/vda3 && ls -d ../vda3; cd /; umount /mnt'
for line in equal "vda vda vda3" ../vda3 \
	"254:3 3 2048 16384 MAJOR=254 MINOR=3 DEVNAME=vda3 DEVTYPE=partition PARTN=3"; do
	ok "... $line" says "$line"
done
tap_done
