#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Disks as programs use them, through the virtio driver, which is loaded because they are there: into the kernel's own
# domain, and into an isolated one, which a word of the command line asks for.
. tests/tap.sh
. tests/boot/vm.sh

dd if=/dev/urandom of="$T/a" bs=1M count=4 2>/dev/null
dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
cp "$T/a" "$T/kept"
a=$(md5sum <"$T/a" | cut -d ' ' -f 1)

# on_disks OPTION... -- COMMANDS: their output, with the two disks and the driver in the domain $where.
on_disks() {
	_options=
	while [ "$1" != -- ]; do
		_options="$_options $1" && shift
	done
	# shellcheck disable=SC2086
	O=$O timeout -k 5 400 kernel/vm --debug --disk "$T/a" --disk "$T/b" --append "$where" $_options -c "$2" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# prints LINE...: the commands printed just these, besides what the log and QEMU say (of a device that was stopped).
prints() {
	cat "$T/out"
	sed '/^\[ *[0-9.]*\] /d; /^qemu-system-x86_64: /d' "$T/out" >"$T/printed"
	printf '%s\n' "$@" | cmp -s "$T/printed" -
}

COPY='md5sum </dev/vda; cat /dev/vda >/dev/vdb; sync /dev/vdb; blockdev --getsize64 /dev/vda
cat /sys/class/block/vdb/size; cut -d" " -f1,2 /proc/domains'

PARTS='printf 0123456789 | dd of=/dev/vda bs=1 seek=1021 conv=notrunc 2>/dev/null
dd if=/dev/vda bs=1 skip=1023 count=3 2>/dev/null; echo
tail -c 1 /dev/vda | wc -c; echo x | dd of=/dev/vda bs=1 seek=4194304 2>&1 | grep -c "No space"'

# What is free after four times is what was free after two, as soon as whatever has just ended has given back its own.
GOING=$(cat tests/boot/memory.functions)'
most() { for i in 1 2 3 4 5 6 7 8; do free_kb; done | sort -n | tail -n 1; }
round() { cat /dev/vda >/dev/null; rmmod virtio_blk; ls /dev/vd* 2>&1; modprobe virtio_blk; }
round; round; before=$(most); round; round; until [ "$(free_kb)" -ge "$before" ]; do :; done; echo equal
dmesg -n 1; exec 3</dev/vda; rmmod virtio_blk 2>/dev/null; echo $?; exec 3<&-; rmmod virtio_blk; echo $?'
none="ls: /dev/vd*: No such file or directory"

for where in "" virtio_blk.isolated=disks; do
	for cpus in 1 4; do
		ok "${where:-kernel}, $cpus CPUs: commands run" on_disks --cpus $cpus -- "$COPY"
		ok "... a disk has what the image has" prints "$a  -" 4194304 8192 ${where:+"disks alive"}
		ok "... and the copy that was made of it is in the other image" cmp "$T/a" "$T/b"
		dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
	done
	cp "$T/a" "$T/a.before"
	printf 0123456789 | dd of="$T/a.before" bs=1 seek=1021 conv=notrunc 2>/dev/null
	ok "commands run" on_disks -- "$PARTS"
	ok "parts of blocks are read and written, and the end is the end" prints 234 1 1
	ok "... and nothing else in the image has changed" cmp "$T/a" "$T/a.before"
	cp "$T/kept" "$T/a"
	ok "commands run" on_disks -- "$GOING"
	ok "the driver goes and comes, leaves nothing, and not while a disk is open" \
		prints "$none" "$none" "$none" "$none" equal 1 0
done

# The same driver where devices are simply in memory: its registers share a page with others', so it is not isolated there.
where="virtio_mmio.device=512@0x1000000:99 virtio_mmio.device=nothing"
for cpus in 1 2; do
	ok "microvm, $cpus CPUs: commands run" on_disks --machine microvm --cpus $cpus -- "$COPY"
	ok "... a disk has what the image has" prints "$a  -" 4194304 8192
	ok "... and the copy that was made of it is in the other image" cmp "$T/a" "$T/b"
	dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
done
ok "commands run" on_disks --machine microvm -- "$GOING"
ok "... the driver goes and comes, and leaves nothing" prints "$none" "$none" "$none" "$none" equal 1 0
ok "commands run" on_disks --machine microvm -- 'dmesg | grep -c "that the command line names cannot be added"; ls /sys/bus/platform/devices'
ok "... places where nothing is, or cannot be, are left out" prints 2 "virtio-mmio.0  virtio-mmio.1"
where=virtio_blk.isolated=1
ok "commands run" on_disks --machine microvm -- 'until dmesg | grep -c "cannot be used: error 95"; do sleep 0.1; done'

# What has a disk open does not notice that its driver died and was loaded anew: requests under way are made again, others
# wait. The domain has its name again, since nothing refers to the one that died.
KILL='kill_it() { until grep -q "^disks[^ ]* alive" /proc/domains; do sleep 0.1; done
sed -n "s/^\(disks[^ ]*\) alive.*/\1/p" /proc/domains >/proc/domains; }'
where="virtio_blk.isolated=disks virtio_blk.restart=6"
for cpus in 1 4; do
	ok "$cpus CPUs: a driver that dies while a disk is read and written" on_disks --cpus $cpus -- "$KILL; dmesg -n 1
	md5sum </dev/vda >/dev/null
	for i in 1 2 3; do
		md5sum </dev/vda & cat /dev/vda >/dev/vdb & sleep 0.1; kill_it; sleep 0.1; kill_it; wait
	done; sync /dev/vdb; cut -d' ' -f1,2 /proc/domains; [ \$(dmesg | grep -c 'vd[ab]: is served again') -ge 6 ]"
	ok "... is loaded anew, and the programs get what they asked for" prints "$a  -" "$a  -" "$a  -" "disks alive"
	ok "... and what was written is in the other image" cmp "$T/a" "$T/b"
	dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
done

# It may be loaded anew so often and not more.
where="virtio_blk.isolated=disks virtio_blk.restart=1"
ok "a driver that may not be loaded again" on_disks -- "$KILL; dmesg -n 1
md5sum </dev/vda; kill_it; md5sum </dev/vda; exec 3</dev/vda; kill_it; md5sum <&3 2>&1 | cut -d: -f3
until ! [ -e /dev/vda ]; do sleep 0.1; done; exec 3<&-; ls /dev/vd* 2>&1; true"
ok "... takes its disks with it" prints "$a  -" "$a  -" " No such device" "$none"

# A file system stays mounted.
mkdir "$T/files"
cp "$T/kept" "$T/files/data"
where="virtio_blk.isolated=disks virtio_blk.restart=9"
mke2fs -q -F -t ext2 -d "$T/files" "$T/b" 32M
ok "a driver that dies below a file system" on_disks --cpus 2 -- "$KILL; dmesg -n 1
mount -t ext2 /dev/vdb /mnt; cp /mnt/data /mnt/copy & for i in 1 2 3; do sleep 0.1; kill_it; done; wait \$!; echo \$?
for i in 4 5 6; do mkdir /mnt/\$i; kill_it; cp /mnt/data /mnt/\$i; done; sync; kill_it; md5sum /mnt/?/data; umount /mnt; echo \$?"
ok "... is not noticed there" prints 0 "$a  /mnt/4/data" "$a  /mnt/5/data" "$a  /mnt/6/data" 0
ok "... e2fsck finds nothing" e2fsck -fn "$T/b"
for file in copy 4/data 5/data 6/data; do
	ok "... and $file is what was copied" sh -c "debugfs -R 'cat /$file' '$T/b' 2>/dev/null | cmp - '$T/kept'"
done
tap_done
