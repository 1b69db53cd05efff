# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel with tests in it: $(O)/kernel/debug/test, the debug kernel and tests/boot/kernel/.

$(eval $(call kernel,kernel-debug,$(O)/kernel/debug/test,$(KERNEL_SRC) $(wildcard tests/boot/kernel/*.c)))
kernel: $(O)/kernel/debug/test
TEST_PROGRAMS += $(O)/kernel/debug/test image-linux

.PHONY: reliability
reliability: kernel image $(TEST_PROGRAMS) ## storms, random calls, damaged files, frames and file systems, power cuts, sticks that come and go: the kernel, for long
	tests/boot/long
	tests/boot/fat_damaged.sh 834
	FRAMES=100000 tests/boot/frames.py
	CYCLES=10000 LIMIT=7200 tests/boot/autoload.sh
	tests/boot/beside.sh 2 3 4 5 6 7 8
	tests/boot/power_cut.py 0
	tests/boot/ext2_damaged.sh 5000
	CYCLES=200 tests/boot/usb.py
