#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Disks as programs use them, through the virtio driver, which is loaded because they are there.
. tests/tap.sh
. tests/boot/vm.sh

dd if=/dev/urandom of="$T/a" bs=1M count=4 2>/dev/null
dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
cp "$T/a" "$T/a.before"
a=$(md5sum <"$T/a" | cut -d ' ' -f 1)

# on_disks OPTION... -- COMMANDS: their output, with the two disks.
on_disks() {
	_options=
	while [ "$1" != -- ]; do
		_options="$_options $1" && shift
	done
	# shellcheck disable=SC2086
	O=$O timeout -k 5 400 kernel/vm --debug --disk "$T/a" --disk "$T/b" $_options -c "$2" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# prints TEXT: the commands printed just that.
prints() {
	cat "$T/out"
	[ "$(cat "$T/out")" = "$1" ]
}

for cpus in 1 4; do
	ok "$cpus CPUs: commands run" on_disks --cpus $cpus -- 'md5sum </dev/vda; cat /dev/vda >/dev/vdb; sync /dev/vdb
blockdev --getsize64 /dev/vda; cat /sys/class/block/vdb/size'
	ok "... a disk has what the image has" prints "$a  -
4194304
8192"
	ok "... and the copy that was made of it is in the other image" cmp "$T/a" "$T/b"
	dd if=/dev/zero of="$T/b" bs=1M count=4 2>/dev/null
done

ok "commands run" on_disks -- 'printf 0123456789 | dd of=/dev/vda bs=1 seek=1021 conv=notrunc 2>/dev/null
dd if=/dev/vda bs=1 skip=1023 count=3 2>/dev/null; echo
tail -c 1 /dev/vda | wc -c; echo x | dd of=/dev/vda bs=1 seek=4194304 2>&1 | grep -c "No space"'
ok "parts of blocks are read and written, and the end is the end" prints "234
1
1"
printf 0123456789 | dd of="$T/a.before" bs=1 seek=1021 conv=notrunc 2>/dev/null
ok "... and nothing else in the image has changed" cmp "$T/a" "$T/a.before"

# What is free after four times is what was free after two, as soon as whatever has just ended has given back its own.
ok "commands run" on_disks -- 'free() { while read -r key value _; do [ $key != MemFree: ] || echo $value; done </proc/meminfo; }
most() { for i in 1 2 3 4 5 6 7 8; do free; done | sort -n | tail -n 1; }
round() { cat /dev/vda >/dev/null; rmmod virtio_blk; ls /dev/vd* 2>&1; modprobe virtio_blk; }
round; round; before=$(most); round; round; until [ "$(free)" -ge "$before" ]; do :; done; echo equal
dmesg -n 1; exec 3</dev/vda; rmmod virtio_blk 2>/dev/null; echo $?; exec 3<&-; rmmod virtio_blk; echo $?'
ok "the driver goes and comes, leaves nothing, and not while a disk is open" prints "ls: /dev/vd*: No such file or directory
ls: /dev/vd*: No such file or directory
ls: /dev/vd*: No such file or directory
ls: /dev/vd*: No such file or directory
equal
1
0"
tap_done
