#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Programs of Debian's that are linked to libkmod.so.2, as they are, say and do the same with ours: udevadm,
# systemd-modules-load, dracut-install, lspci.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/libkmod/machine.sh

users=$O/debian/libkmod
[ -d "$users/kmod" ] || skip_all "Debian's programs are not there; ./test downloads them"
more_libraries=$users/usr/lib/x86_64-linux-gnu:$users/usr/lib/x86_64-linux-gnu/systemd:$users/lib/x86_64-linux-gnu
export ASAN_OPTIONS="detect_leaks=0:$ASAN_OPTIONS"

program() { # NAME ARGUMENT...
	_program=$users/$1
	shift
	both "$_program" "$@"
}

uses_ours() { # NAME...: which library the linker finds
	for _program; do
		LD_LIBRARY_PATH=$ours:$more_libraries ldd "$users/$_program" >"$T/ldd"
		grep -qF "$ours/libkmod.so.2" "$T/ldd" && ! grep 'not found' "$T/ldd" || return 1
	done
}
ok "our library is what they run with" uses_ours bin/udevadm lib/systemd/systemd-modules-load usr/lib/dracut/dracut-install \
	usr/bin/lspci

calls() { # TEXT: a call of the last program
	grep -qF "$1" "$T/ours"
}

device=$(dirname "$(ls -d /sys/devices/*/*/modalias /sys/devices/*/modalias 2>/dev/null | head -1)")
ok "udevadm test-builtin kmod: names" program bin/udevadm test-builtin "kmod load vfat e1000 nothing" "$device"
ok "which loads one and leaves a blacklisted one" calls "finit_module vfat"
ok "udevadm test-builtin kmod: a device's own alias" program bin/udevadm test-builtin "kmod load" "$device"

forbid() {
	echo "forbid libcrc32c" >"$T/machine.new/etc/modprobe.d/forbid.conf"
	with ours "$ours:$more_libraries" "$sanitizers:" "$users/bin/udevadm" test-builtin "kmod load vfat xfs" "$device"
	rm "$T/machine.new/etc/modprobe.d/forbid.conf"
	cat "$T/ours" "$T/err"
	grep -qF "finit_module vfat" "$T/ours" && ! grep -E "finit_module (.*crc32c|xfs)" "$T/ours" && grep -qF "forbid.conf:1" "$T/err"
}
ok "what a forbidden module is needed for is not loaded" forbid

# prefers NAME REGEX LINE...: of the modules of an alias only the one of that name is inserted.
prefers() {
	_name=$1 _others=$2
	shift 2
	printf '%s\n' "alias either minix" "alias either vfat" "alias either xfs" "$@" >"$T/machine.new/etc/modprobe.d/prefer.conf"
	with ours "$ours:$more_libraries" "$sanitizers:" "$users/bin/udevadm" test-builtin "kmod load either" "$device"
	rm "$T/machine.new/etc/modprobe.d/prefer.conf"
	cat "$T/ours" "$T/err"
	grep -qF "finit_module $_name" "$T/ours" && ! grep -E "finit_module ($_others)" "$T/ours"
}
ok "of several modules of an alias the preferred one is loaded" prefers vfat "minix|xfs" "prefer vfat over minix xfs"
ok "or, if it cannot be loaded, the next" prefers minix vfat "fallback vfat" "prefer xfs over minix"
ok "... which depends on all that are preferred" prefers vfat minix "prefer xfs over vfat" "prefer vfat over minix"

printf '# two\nvfat\nnothing\ne1000\nmyfs-1\n' >"$T/load.conf"
ok "systemd-modules-load" program lib/systemd/systemd-modules-load "$T/load.conf"
ok "which loads what a file says" calls "finit_module vfat"

dracut() {
	program usr/lib/dracut/dracut-install -D "$T/machine/root" --kerneldir "$modules" -m ext4 xfs usb-storage \
		=drivers/net/phy
}
mkdir "$T/machine.new/root"
ok "dracut-install" dracut
dracut_files() {
	_preloaded=$1
	rm -rf "$T/root" && mkdir "$T/root"
	LD_LIBRARY_PATH=$2 LD_PRELOAD=$1 "$users/usr/lib/dracut/dracut-install" -D "$T/root" --kerneldir "$modules" -m ext4 \
		xfs usb-storage =drivers/net/phy 2>/dev/null
	find "$T/root" -name '*.ko' | sort
}
same_files() {
	dracut_files "" "" >"$T/files.theirs"
	dracut_files "$sanitizers" "$ours" >"$T/files.ours"
	diff "$T/files.theirs" "$T/files.ours" && [ "$(wc -l <"$T/files.ours")" -gt 20 ]
}
ok "which installs the same files" same_files
ok "lspci -k" program usr/bin/lspci -k
tap_done
