# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel with tests in it: $(O)/kernel/debug/test, the debug kernel and tests/boot/kernel/.

$(eval $(call kernel,kernel-debug,$(O)/kernel/debug/test,$(KERNEL_SRC) $(wildcard tests/boot/kernel/*.c)))
kernel: $(O)/kernel/debug/test
TEST_PROGRAMS += $(O)/kernel/debug/test image-linux

.PHONY: reliability
reliability: kernel image $(TEST_PROGRAMS) ## storms, damaged files and frames, random calls and failing memory in the kernel, for long
	tests/boot/long
	FRAMES=100000 tests/boot/frames.py
