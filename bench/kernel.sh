#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# kernel.sh [BUILD-DIR] - figures of the kernel: its size, and guest instructions from the first one to a shell that takes
# commands (QEMU's -icount counts each as a nanosecond, so the kernel's own clock shows them).
set -eu
. "$(dirname "$0")/figure.sh"
out=${1:-build}
kernel=$out/kernel/release/tenon
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

figure kernel.text_bytes "$(size -A "$kernel" | awk '$1 == ".text" { print $2 }')" 262144
figure kernel.data_and_constants_bytes "$(size -A "$kernel" | awk '$1 ~ /^.(rodata|symbols|data|bss)$/ { n += $2 } END { print n }')" -

# What the shell says when it is there to take commands; the time of the next line of the log is taken then.
cat >"$T/commands" <<'END'
echo "<5>prompt" >/dev/kmsg
dmesg | sed -n 's/.*\[ *\([0-9]*\)\.\([0-9]*\)\].*prompt.*/instructions \1\2/p'
free | sed -n 's/^Mem: *[0-9]* *\([0-9]*\).*/used \1/p'
END
cp "$out/image/initrd" "$T/initrd"
# Loads as a program sees them: no verification, but names kept and /sys/module made.
cp "$out/bench/guest/load" "$T/load"
cat >>"$T/commands" <<'END'
cd /lib/modules/$(uname -r)/kernel
dmesg -n 1
insmod runtime.ko
for name in hello params chardev; do /load $name examples/$name.ko; done
END
(cd "$T" && printf '%s\n' commands load | cpio --quiet -o -H newc) >>"$T/initrd"
timeout -k 5 300 qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -cpu max,erms=off,fsrm=off -M q35 -m 256M -nodefaults \
	-display none -monitor none -no-reboot -serial stdio -kernel "$kernel" -initrd "$T/initrd" \
	-append "panic init=/sbin/run-commands" </dev/null >"$T/out"
microseconds=$(awk '$1 == "instructions" { print $2 + 0 }' "$T/out")
[ -n "$microseconds" ] || { cat "$T/out" >&2 && echo "kernel.sh: the guest did not say when it was up" >&2 && exit 1; }
figure kernel.boot_to_prompt_instructions "${microseconds}000" 213000000 "a fifteenth of Debian's kernel with a busybox initramfs, 3200000000"
figure kernel.memory_used_kib "$(awk '$1 == "used" { print $2 }' "$T/out")" - "with the image in it"
# Debian's kernel takes 140,000 to 200,000 for crc7, with its signature stripped, and 77,000 to unload it.
for name in hello params chardev; do
	figure "kernel.load_instructions_$name" "$(awk -v n="load.$name" '$1 == n { print $2 }' "$T/out" | tr -d '\r')" "$([ $name = hello ] && echo 70000 || echo -)"
	figure "kernel.unload_instructions_$name" "$(awk -v n="unload.$name" '$1 == n { print $2 }' "$T/out" | tr -d '\r')" "$([ $name = hello ] && echo 77000 || echo -)"
done
