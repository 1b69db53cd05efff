# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests that boot the kernel, to be read after tests/tap.sh.

# For the kernel's command line: a call into a domain may take as long as it does on a machine that is busy with something else.
# Linux's modules compute for long; their tests have these words, unless they ask for the limits. guest.py has them too.
patience="domain_compute_ms=30000 domain_wait_ms=300000"

# vm OPTION...: QEMU with a machine of its own, the console on standard output, until it powers off.
# The limit only ends what would never end: a machine that hangs.
# With devices it has one thread, without the firmware that gives devices addresses: kernel/vm says why.
vm() {
	_accel=tcg
	case $* in
	*-device*) _accel=tcg,thread=single ;;
	*"-M q35"*-kernel*) set -- -bios qboot.rom "$@" ;;
	esac
	timeout -k 5 "${limit:-900}" qemu-system-x86_64 -accel "$_accel" -cpu max -m 64M -display none -monitor none -nodefaults -no-reboot \
		-serial stdio "$@" </dev/null
}

# all_ok: what a test in the guest said, in $T/out, is that everything is ok, to the end.
all_ok() {
	grep -v '^ok' "$T/out"
	! grep -q '^not ok' "$T/out" && grep -q "^1\.\.$(grep -c '^ok' "$T/out")$" "$T/out"
}

# program NAME WORDS OPTION...: tests/boot/programs/NAME is the first process, with words of the command line; it says all_ok.
# Without a device the machine has no PCI, whose module would come meanwhile.
program() {
	_program=$1 _words=$2
	shift 2
	cat "$O/image/initrd" "$O/tests/boot/programs/$_program.cpio" >"$T/initrd"
	case $* in
	*-device*) set -- -M q35 "$@" ;;
	*) set -- -M microvm,isa-serial=on "$@" ;;
	esac
	vm "$@" -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -append "panic init=/test $_words" | tr -d '\r' >"$T/out"
	all_ok
}

# archive DIR: what is in it, as a guest's archive of files: alone or after the image's.
archive() {
	(cd "$1" && find . | cpio --quiet -o -H newc)
}
