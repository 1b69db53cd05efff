#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# kernel_beside.sh [BUILD-DIR] - the kernel beside Debian's on the same machine, which has an archive with busybox alone:
# booting to a shell that takes commands, loading the same files, here over linux.ko, unloading. Needs setup/debian-kernel
# amd64, then `make image-linux`.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
out=${1:-build}
debian=$out/debian/amd64
modules="crc7 crc16 lz4_compress"
release=$(cat "$debian/release")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/ours" "$T/debian" "$T/debian/dev" "$T/debian/proc" "$T/debian/bin"

printf '%s\nfree | sed -n "s/^Mem: *[0-9]* *\\([0-9]*\\).*/used \\1/p"\n' "$prompt" >"$T/ours/commands"
{ cat "$out/image/initrd" && pack "$T/ours"; } >"$T/ours.initrd"
cpu_time "$T/ours.out" guest "$out/kernel/release/tenon" "$T/ours.initrd" "panic init=/sbin/run-commands"

# Loads only if a word on the kernel's command line says so, which init finds in its environment.
cp "$out/debian/programs/bin/busybox" "$out/bench/guest/load" "$T/debian/"
for name in $modules; do
	cp "$(find "$debian/lib/modules/$release" -name "$name.ko")" "$T/debian/"
done
"$(dirname "$0")/unsigned.py" "$T"/debian/*.ko
cp "$(find "$debian/lib/modules/$release" -name crc7.ko)" "$T/debian/signed.ko"
{
	printf '#!/busybox sh\n/busybox --install -s /bin\nmount -t devtmpfs dev /dev\nmount -t proc proc /proc\n'
	cat "$T/ours/commands"
	echo '[ -z "$loads" ] || { for name in '"$modules"'; do /load $name /$name.ko; done; /load crc7 /signed.ko | sed s/crc7/signed/; }'
	echo 'poweroff -f'
} >"$T/debian/init"
chmod +x "$T/debian/init"
pack "$T/debian" >"$T/debian.initrd"
cpu_time "$T/debian.out" guest "$debian/boot/vmlinuz-$release" "$T/debian.initrd" "console=ttyS0 quiet panic=-1"
guest "$debian/boot/vmlinuz-$release" "$T/debian.initrd" "console=ttyS0 quiet panic=-1 loads=yes" >"$T/debian.loads"

mkdir "$T/loads"
for name in $modules; do
	cp "$T/debian/$name.ko" "$T/loads/"
done
cp "$out/bench/guest/load" "$T/loads/"
printf 'dmesg -n 1\nmodprobe linux\nfor name in %s; do /load $name /$name.ko; done\n' "$modules" >"$T/loads/commands"
{ cat "$out/image/initrd" "$out/image/linux.cpio" && pack "$T/loads"; } >"$T/loads.initrd"
guest "$out/kernel/release/tenon" "$T/loads.initrd" "panic init=/sbin/run-commands" >"$T/ours.loads"

beside() { # NAME OURS DEBIAN'S LIMIT WHAT: thousandths of Debian's
	figure "$1" "$(($2 * 1000 / $3))" "$4" "thousandths: $2 $5, Debian's kernel $3"
}
number() { # a file's word without zeros in front
	said "$@" | sed 's/^0*//'
}
beside kernel.beside.boot_to_prompt "$(number "$T/ours.out" prompt)" "$(number "$T/debian.out" prompt)" 66 "thousand instructions"
beside kernel.beside.whole_process "$(said "$T/ours.out" took)" "$(said "$T/debian.out" took)" 66 "hundredths of a second of QEMU's CPU time"
figure kernel.memory_used_kib "$(said "$T/ours.out" used)" - "with the image in it; Debian's kernel, with busybox alone, $(said "$T/debian.out" used)"
for name in $modules; do
	beside "kernel.beside.load_$name" "$(said "$T/ours.loads" "load.$name")" "$(said "$T/debian.loads" "load.$name")" 500 instructions
	beside "kernel.beside.unload_$name" "$(said "$T/ours.loads" "unload.$name")" "$(said "$T/debian.loads" "unload.$name")" 20 \
		"instructions of elapsed time"
done
figure kernel.debian.verify_crc7 "$(($(said "$T/debian.loads" load.signed) - $(said "$T/debian.loads" load.crc7)))" -
