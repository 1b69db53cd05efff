# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests that boot the kernel, to be read after tests/tap.sh.

# vm OPTION...: QEMU with a machine of its own, the console on standard output, until it powers off.
# The limit only ends what would never end: a machine that hangs.
vm() {
	timeout -k 5 "${limit:-400}" qemu-system-x86_64 -accel tcg -cpu max -m 64M -display none -monitor none -nodefaults -no-reboot \
		-serial stdio "$@" </dev/null
}

# archive DIR: what is in it, as a guest's archive of files: alone or after the image's.
archive() {
	(cd "$1" && find . | cpio --quiet -o -H newc)
}
