#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# System calls as programs meet them: each program of tests/boot/programs/ is the first process of a new guest.
. tests/tap.sh
. tests/boot/vm.sh

# passes NAME OPTION...: the program runs to its end in a machine like this, and all it says is ok.
passes() {
	_program=$1
	shift
	cat "$O/image/initrd" "$O/tests/boot/programs/$_program.cpio" >"$T/initrd"
	vm -M q35 -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -append "panic init=/test" "$@" | tr -d '\r' >"$T/out"
	cat "$T/out"
	! grep -q '^not ok' "$T/out" && grep -q "^1\.\.$(grep -c '^ok' "$T/out")$" "$T/out"
}

for source in tests/boot/programs/*.c; do
	program=$(basename "$source" .c)
	[ "$program" = failing ] && continue # long, and about one thread
	ok "$program, one CPU" passes "$program"
	ok "$program, 4 CPUs" passes "$program" -smp 4
done
ok "failing, 4 CPUs" passes failing -smp 4 -device virtio-rng-pci
tap_done
