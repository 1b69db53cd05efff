# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests that load and unload in a kernel that is not there (tests/shim), to be read with `.` after tree.sh. No
# command that could change this machine's kernel runs without it.

# A kernel without modules.
fresh() {
	rm -rf "$T/kernel"
	mkdir -p "$T/kernel/proc" "$T/kernel/sys/module"
	: >"$T/kernel/proc/modules"
	: >"$T/kernel/proc/cmdline"
	: >"$T/kernel/log"
}

# in_kernel COMMAND...: the command has this kernel.
in_kernel() {
	env ASAN_OPTIONS="verify_asan_link_order=0:$ASAN_OPTIONS" LD_PRELOAD="$O/tests/shim/shim.so" \
		TENON_TEST_ROOT="$T/kernel" TENON_TEST_PATHS=/proc/modules:/proc/cmdline:/sys/module "$@"
}

# What it was asked for since it was last cleared.
calls() {
	cat "$T/kernel/log"
	: >"$T/kernel/log"
}

# The modules in it, in one line, sorted.
in_memory() {
	cut -d ' ' -f 1 "$T/kernel/proc/modules" | sort | tr '\n' ' '
}

fresh
