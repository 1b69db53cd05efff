#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# filesystem.sh [BUILD-DIR] - ext2 on a virtio disk beside Debian's kernel on the same machine with a copy of the disk: guest
# instructions, as bench/instructions.c counts them, of what bench/guest/disk.c does. QEMU's clock goes on while the guest waits
# for the disk, or requests would time out; waiting is no instruction. Needs setup/debian-kernel amd64.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
O=${1:-build}
. "$(dirname "$0")/../tests/boot/debian.sh"
PATH=$PATH:/usr/sbin:/sbin
KIB=65536
FILES=10000
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

mkdir -p "$T/tree/many" "$T/ours"
head -c 64M /dev/urandom >"$T/tree/large"
mke2fs -q -t ext2 -O ^dir_index -b 4096 -N 20000 -d "$T/tree" "$T/clean" 1G >/dev/null

# measure NAME KERNEL INITRD WORDS: $T/NAME has a line "mark N INSTRUCTIONS" for each mark of the program.
measure() {
	cp "$T/clean" "$T/disk"
	timeout -k 5 3600 qemu-system-x86_64 -accel tcg -icount shift=0 -cpu max,erms=off,fsrm=off -M q35 -m 256M -nodefaults -display none \
		-monitor none -no-reboot -serial stdio -kernel "$2" -initrd "$3" -append "$4" \
		-drive "if=none,format=raw,id=disk,file=$T/disk" -device virtio-blk-pci,disable-legacy=on,drive=disk \
		-plugin "$O/bench/instructions.so" -d plugin -D "$T/$1" </dev/null | tr -d '\r' >"$T/console"
	grep -qx done "$T/console" || { cat "$T/console" >&2 && echo "filesystem.sh: $1: the guest did not come to the end" >&2 && exit 1; }
	sed -n 's/^crossings //p' "$T/console" >"$T/$1.crossings"
}

between() { # NAME MARK: instructions from it to the next one
	awk -v from="$2" '$1 == "mark" { count[$2] = $3 } END { printf "%.0f\n", count[from + 1] - count[from] }' "$T/$1"
}

debian_archive "$T/debian.files"
cp "$O/bench/guest/disk" "$T/debian.files/"
echo /disk >"$T/debian.files/commands"
pack "$T/debian.files" >"$T/initrd"
measure debian "$(debian_kernel)" "$T/initrd" "console=ttyS0 quiet panic=-1"

cp "$O/bench/guest/disk" "$T/ours/"
printf 'dmesg -n 1\nmkdir -p /mnt\n: </dev/vda\nmodprobe ext2\n/disk\nsed -n "s/.*crossings=/crossings /p" /proc/domains\n' >"$T/ours/commands"
{ cat "$O/image/initrd" && pack "$T/ours"; } >"$T/initrd"
measure kernel "$O/kernel/release/tenon" "$T/initrd" "panic init=/sbin/run-commands"
measure isolated "$O/kernel/release/tenon" "$T/initrd" "panic init=/sbin/run-commands ext2.isolated=fs virtio_blk.isolated=disk"

thousandths() { # NAME OURS OTHER'S LIMIT NOTE
	figure "$1" "$(awk "BEGIN { printf \"%.0f\", $2 * 1000 / $3 }")" "$4" "thousandths: $2 instructions, $5 $3"
}
mark=0
for what in mount_1gib read create_10000 stat_10000 unlink_10000; do
	limit=1000
	[ $what != mount_1gib ] || limit=-
	thousandths filesystem.$what "$(between kernel $mark)" "$(between debian $mark)" $limit "Debian's kernel"
	thousandths filesystem.isolated_$what "$(between isolated $mark)" "$(between kernel $mark)" \
		"$([ $what = read ] && echo 1300 || echo -)" "in the kernel's domain"
	mark=$((mark + 1))
done
figure filesystem.read_instructions_per_kib "$(($(between kernel 1) / KIB))" - "isolated $(($(between isolated 1) / KIB)), Debian's kernel $(($(between debian 1) / KIB))"
figure filesystem.crossings "$(awk '{ n += $1 } END { print n + 0 }' "$T/isolated.crossings")" - "of both domains' borders, for all of this with $FILES files"
