#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# kernel.sh [BUILD-DIR] - figures of the kernel: its size; guest instructions of loading and unloading, stage by stage (QEMU's
# -icount counts each as a nanosecond); leaf entries of the page table that modules take.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
out=${1:-build}
kernel=$out/kernel/release/tenon
tree=$out/image/tree/files/lib/modules
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/files"

figure kernel.text_bytes "$(size -A "$kernel" | awk '$1 == ".text" { print $2 }')" 327680
figure kernel.text_without_extensions_bytes "$(size -A "$out/bench/slice/tenon" | awk '$1 == ".text" { print $2 }')" 262144 "bench/build.mk says without what"
figure kernel.text_freed_bytes "$(size -A "$kernel" | awk '$1 == ".init.text" { print $2 }')" - "only booting needs it"
figure kernel.data_and_constants_bytes "$(size -A "$kernel" | awk '$1 ~ /^.(rodata|symbols|data|bss)$/ { n += $2 } END { print n }')" -
figure kernel.text_with_modules_bytes "$({ echo "$kernel" && find "$tree" -name '*.ko' ! -path '*/faulty/*'; } | xargs size -A |
	awk '$1 ~ /^[.](init[.]|exit[.])?text/ { n += $2 } END { print n }')" - "what it would be with all of the image's modules built in"

# Without signatures: verification is a figure of its own.
mkdir "$T/files/examples"
for name in hello params chardev; do cp "$tree"/*/kernel/examples/$name.ko "$T/files/examples/"; done
"$(dirname "$0")/unsigned.py" "$T/files/examples/"*.ko

initrd() { # with the commands that come on standard input
	cat >"$T/files/commands"
	cp "$out/bench/guest/load" "$out/bench/guest/many" "$T/files/"
	cat "$out/image/initrd" >"$T/initrd"
	pack "$T/files" >>"$T/initrd"
}

# Loads as a program sees them: names are kept, and what /sys/module is made of. On two CPUs the other one idles.
initrd <<'COMMANDS'
cd /lib/modules/$(uname -r)/kernel
dmesg -n 1
insmod runtime.ko
for name in hello params chardev; do /load $name /examples/$name.ko; done
COMMANDS
guest "$kernel" "$T/initrd" "panic init=/sbin/run-commands" >"$T/one"
guest "$kernel" "$T/initrd" "panic init=/sbin/run-commands" -smp 2 >"$T/two"
for name in hello params chardev; do
	figure "kernel.load_instructions_$name" "$(said "$T/one" "load.$name")" "$([ $name = hello ] && echo 70000 || echo -)"
	figure "kernel.unload_instructions_$name" "$(said "$T/one" "unload.$name")" "$([ $name = hello ] && echo 77000 || echo -)"
done
figure kernel.unload_elapsed_other_cpu_idle "$(said "$T/two" unload.hello)" 160000 "a fiftieth of the least of Linux's 8 to 20 million"

# A signature, which the modules of the image have and those in /examples have not.
initrd <<'COMMANDS'
cd /lib/modules/$(uname -r)/kernel
dmesg -n 1
insmod runtime.ko
/load hello examples/hello.ko
COMMANDS
guest "$kernel" "$T/initrd" "panic init=/sbin/run-commands signatures=enforce" >"$T/signed"
figure kernel.verify_hello "$(($(said "$T/signed" load.hello) - $(said "$T/one" load.hello)))" 4935726 "what Linux 6.1 takes for the signature of crc7"

# Of a load of hello; gather reads and checks the file, tell keeps names and sections.
initrd <<'COMMANDS'
cd /lib/modules/$(uname -r)/kernel
dmesg -n 1
insmod runtime.ko
/load hello /examples/hello.ko >/dev/null
echo @on; read line
/load hello /examples/hello.ko >/dev/null
echo @off; read line
COMMANDS
bench/trace.py "$kernel" "$T/initrd" plan_gather load_check load_layout plan_reserve load_resolve load_relocate load_tell_host \
	plan_protect module_start module_views_update | while read -r name instructions; do
	figure "kernel.load_stage.$name" "$instructions" -
done

initrd <<'COMMANDS'
cd /lib/modules/$(uname -r)/kernel
dmesg -n 1
insmod runtime.ko
/many examples/hello.ko hello 1000 && echo @on && read line
COMMANDS
figure kernel.leaf_entries_of_1000_modules "$(bench/leaves.py "$kernel" "$T/initrd")" - "Linux's layout, at least a page each for text, constants and data: 3000"
