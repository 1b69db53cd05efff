#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel's own tests (tests/boot/kernel/), each in a new guest, on the two machines with one CPU and several.
. tests/tap.sh
. tests/boot/vm.sh

# passes NAME OPTION...: the test runs to its end in a machine like this, and all it says is ok.
passes() {
	_test=$1
	shift
	vm -kernel "$O/kernel/debug/test" -append "panic test=$_test" "$@" | tr -d '\r' >"$T/out"
	all_ok
}

for test in memory paging tables threads waits timers stress; do
	ok "$test, one CPU" passes $test -M q35
	ok "$test, 4 CPUs" passes $test -M q35 -smp 4
done
ok "gates, 4 CPUs" passes gates -M q35 -smp 4 -m 256M -initrd "$O/image/initrd"
ok "stress, 8 CPUs" passes stress -M q35 -smp 8
ok "stress on microvm" passes stress -M microvm,isa-serial=on -smp 2

# panics NAME TEXT FUNCTION: the panic says so, and its backtrace has the function.
panics() {
	vm -M q35 -smp 2 -kernel "$O/kernel/debug/test" -append "panic test=$1" >"$T/out"
	cat "$T/out"
	grep -qF "Kernel panic: $2" "$T/out" && grep -q "^  $3+0x" "$T/out"
}

while read -r name function text; do
	ok "panic: $name" panics "$name" "$text" "$function"
done <<'END'
null-write null_write write of NULL at 0x8
text-write text_write write of memory that is not there or not allowed
data-exec test_panic execution of memory that is not there or not allowed
init-call vfs_init execution of memory that is not there or not allowed
user-read user_read read of a program's memory at 0x400000
stack-in-heap stack_in_heap the stack pointer leads to no stack
stack-overflow overflow_stack.* the kernel stack of this thread overflowed
canary canary a stack canary was overwritten
divide divide divide error
page-freed-twice page_freed_twice a page is freed twice
heap-use-after-free heap_use_after_free a heap object of 64 bytes
lock-order lock_order lock
lock-twice lock_twice spin lock
lock-sleep lock_sleep a thread sleeps while it holds a spin lock
lock-not-held lock_not_held mutex
stuck stuck this CPU was stuck in the kernel with interrupts off
END

# Whose address is taken by code that only booting needs: what is called later must not be such code itself.
kept_for_later() {
	_kernel=$O/kernel/release/tenon
	{
		nm "$_kernel" | awk '$3 ~ /^init_text_(start|end)$/ { print "limit", $1 } $2 ~ /^[tT]$/ { print "name", $1, $3 }'
		objdump -d --no-show-raw-insn -j .init.text "$_kernel"
	} | awk '
		$1 == "limit" { if (first == "" || $2 < first) first = $2; if ($2 > last) last = $2 }
		$1 == "name" { name[$2] = $3 }
		match($0, /[$]0x[0-9a-f]+/) {
			a = substr($0, RSTART + 3, RLENGTH - 3)
			if (a >= first && a < last && a in name) print name[a]
		}' | sort >"$T/kept"
	cat "$T/kept"
	printf 'cpu_begin\nidle\n' | diff - "$T/kept"
}

ok "of the code that is freed after booting only what never returns is called later" kept_for_later

# refused TEXT OPTION...: the machine cannot run the kernel, which says why in one line.
refused() {
	_text=$1
	shift
	vm -M q35 -kernel "$O/kernel/release/tenon" -append panic "$@" >"$T/out"
	cat "$T/out"
	[ "$(tr -d '\r' <"$T/out")" = "tenon: $_text" ]
}

ok "a CPU without SMAP is named" refused "this CPU lacks SMAP" -cpu max,smap=off
ok "a CPU without NX is named" refused "this CPU lacks NX" -cpu max,nx=off
tap_done
