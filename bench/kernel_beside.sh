#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# kernel_beside.sh [BUILD-DIR] - the kernel beside Debian's on the same machine, which has an archive with busybox alone:
# booting to a shell that takes commands, loading, unloading. Needs setup/debian-kernel amd64.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
out=${1:-build}
debian=$out/debian/amd64
release=$(cat "$debian/release")
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/ours" "$T/debian" "$T/debian/dev" "$T/debian/proc" "$T/debian/bin"

printf '%s\nfree | sed -n "s/^Mem: *[0-9]* *\\([0-9]*\\).*/used \\1/p"\n' "$prompt" >"$T/ours/commands"
{ cat "$out/image/initrd" && pack "$T/ours"; } >"$T/ours.initrd"
cpu_time "$T/ours.out" guest "$out/kernel/release/tenon" "$T/ours.initrd" "panic init=/sbin/run-commands"

# Loads only if a word on the kernel's command line says so, which init finds in its environment.
cp "$out/debian/programs/bin/busybox" "$out/bench/guest/load" "$T/debian/"
for name in crc7 crc16 lz4_compress; do
	cp "$(find "$debian/lib/modules/$release" -name "$name.ko")" "$T/debian/"
done
cp "$T/debian/crc7.ko" "$T/debian/signed.ko"
"$(dirname "$0")/unsigned.py" "$T/debian/crc7.ko" "$T/debian/crc16.ko" "$T/debian/lz4_compress.ko"
{
	printf '#!/busybox sh\n/busybox --install -s /bin\nmount -t devtmpfs dev /dev\nmount -t proc proc /proc\n'
	cat "$T/ours/commands"
	echo '[ -z "$loads" ] || { for name in crc7 crc16 lz4_compress; do /load $name /$name.ko; done; /load crc7 /signed.ko | sed s/crc7/signed/; }'
	echo 'poweroff -f'
} >"$T/debian/init"
chmod +x "$T/debian/init"
pack "$T/debian" >"$T/debian.initrd"
cpu_time "$T/debian.out" guest "$debian/boot/vmlinuz-$release" "$T/debian.initrd" "console=ttyS0 quiet panic=-1"
guest "$debian/boot/vmlinuz-$release" "$T/debian.initrd" "console=ttyS0 quiet panic=-1 loads=yes" >"$T/loads"

beside() { # NAME OURS DEBIAN'S LIMIT WHAT: thousandths of Debian's
	figure "$1" "$(($2 * 1000 / $3))" "$4" "thousandths: $2 $5, Debian's kernel $3"
}
number() { # a file's word without zeros in front
	said "$@" | sed 's/^0*//'
}
beside kernel.beside.boot_to_prompt "$(number "$T/ours.out" prompt)" "$(number "$T/debian.out" prompt)" 66 "thousand instructions"
beside kernel.beside.whole_process "$(said "$T/ours.out" took)" "$(said "$T/debian.out" took)" 66 "hundredths of a second of QEMU's CPU time"
figure kernel.memory_used_kib "$(said "$T/ours.out" used)" - "with the image in it; Debian's kernel, with busybox alone, $(said "$T/debian.out" used)"
for name in crc7 crc16 lz4_compress; do
	figure "kernel.debian.load_$name" "$(said "$T/loads" "load.$name")" - "guest instructions, without its signature"
	figure "kernel.debian.unload_elapsed_$name" "$(said "$T/loads" "unload.$name")" -
done
figure kernel.debian.verify_crc7 "$(($(said "$T/loads" load.signed) - $(said "$T/loads" load.crc7)))" -
