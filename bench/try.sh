#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# try.sh [BUILD-DIR] - from the command to the verdict of `./run try`, for a module that says hello and for one of 2 MB, beside
# loading the same file in Debian's kernel under QEMU's emulation: from the command until insmod is back. The least of five
# times for ours, of two for QEMU. And the memory of the larger of its two processes. Needs setup/debian-kernel amd64.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
O=$(realpath "${1:-build}")
. "$(dirname "$0")/../tests/boot/debian.sh"
modules=$(echo "$O"/linux-tree/lib/modules/*)
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
. "$(dirname "$0")/../tests/linux/usual_build.sh" # ends here if there are no headers
LIMIT=50 # thousandths: a twentieth

mkdir "$T/hello" && cp tests/linux/clean/Kbuild tests/linux/clean/clean_hello.c "$T/hello"
build "$T/hello" >&2
hello=$T/modules/clean_hello.ko
large=$(find "$modules/" -name ext4.ko)

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

ours_ms() { # FILE
	begun=$(now_ms)
	"$O/tenon-try" --modules "$modules" --modules "$O/modules/x86_64" "$1" >"$T/out" || { cat "$T/out" >&2; exit 1; }
	echo $(($(now_ms) - begun))
}

# All but the module itself is loaded by the archive's init, as depmod would have it.
debian_ms() { # NAME FILE
	[ -d "$T/$1.files" ] || debian_archive "$T/$1.files"
	rm -f "$T/$1.files/modules/ext4.ko" && cp "$2" "$T/$1.files/modules/module.ko"
	sed -i 's/for i in[^;]*; do/for i in crc16 mbcache crc32c_generic jbd2; do/; /_left/d' "$T/$1.files/init"
	echo 'insmod /modules/module.ko && echo loaded' >"$T/$1.files/commands"
	pack "$T/$1.files" >"$T/initrd"
	: >"$T/console"
	begun=$(now_ms)
	timeout -k 5 600 qemu-system-x86_64 -accel tcg -M q35 -m 256M -nodefaults -display none -monitor none -no-reboot -serial stdio \
		-kernel "$(debian_kernel)" -initrd "$T/initrd" -append "console=ttyS0 quiet panic=-1" </dev/null >"$T/console" 2>/dev/null &
	while ! tr -d '\r' <"$T/console" | grep -qx loaded; do
		kill -0 $! 2>/dev/null || { cat "$T/console" >&2; exit 1; }
		sleep 0.02
	done
	echo $(($(now_ms) - begun))
	kill $! 2>/dev/null || :
	wait $! 2>/dev/null || :
}

least() { # TIMES COMMAND...
	_least= _left=$1
	shift
	while [ $((_left = _left - 1)) -ge 0 ]; do
		_ms=$("$@")
		[ -n "$_least" ] && [ "$_least" -le "$_ms" ] || _least=$_ms
	done
	echo "$_least"
}

for what in hello large; do
	eval "file=\$$what"
	ours=$(least 5 ours_ms "$file")
	debian=$(least 2 debian_ms "$what" "$file")
	figure try.$what.permille_of_debian $((ours * 1000 / debian)) $LIMIT "$ours ms; Debian's kernel under QEMU $debian ms; $(stat -c %s "$file") bytes"
done
/usr/bin/time -f %M -o "$T/kib" "$O/tenon-try" --modules "$modules" --modules "$O/modules/x86_64" "$hello" >/dev/null
figure try.hello.memory_kib "$(tail -n 1 "$T/kib")" - "the larger of its processes"
