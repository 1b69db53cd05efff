#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Relocations of every CPU against GNU ld and lld, and branch stubs, which are run.
O=${O:-build}

# check WHAT COMMAND...: pass its TAP on; a status that is not 0 is a failure whatever it printed.
check() {
	_what=$1
	shift
	"$@" || echo "not ok 0 - $_what: status $?"
}

# The program for Thumb-2 has no C library and prints nothing; its status is the step that went wrong.
arm_stubs() {
	qemu-arm "$O/tests/oracle/stubs-arm" && echo "ok 0 - arm: call and jump through a stub"
}

{
	for cpu in x86_64 aarch64 riscv64 arm; do
		check "$cpu" python3 -B tests/oracle/compare.py --types "include/tenon/fmt/elf_$cpu.h" "$O/tests/oracle/$cpu.list"
		check "$cpu, lld" python3 -B tests/oracle/compare.py --linker lld "$O/tests/oracle/$cpu-lld.list"
	done
	check "stubs, x86_64" "$O/tests/oracle/stubs-x86_64"
	check "stubs, aarch64" qemu-aarch64 "$O/tests/oracle/stubs-aarch64"
	check "stubs, riscv64" qemu-riscv64 "$O/tests/oracle/stubs-riscv64"
	check "stubs, arm" arm_stubs
} | awk '/^1\.\./ { next }
	/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }
	END { print "1.." n }'
