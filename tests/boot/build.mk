# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel with tests in it: $(O)/kernel/debug/test, the debug kernel's objects and those of tests/boot/kernel/.

BOOT_TEST_OBJ := $(patsubst %.c,$(O)/kernel/debug/%.o,$(wildcard tests/boot/kernel/*.c))

$(O)/kernel/debug/test: $(O)/kernel/debug/tenon $(BOOT_TEST_OBJ)
	$(call say,LD,$@)
	$(Q)kernel/link $@ $(KERNEL_LD) $(KERNEL_OBJ_debug) $(BOOT_TEST_OBJ)
kernel: $(O)/kernel/debug/test
TEST_PROGRAMS += $(O)/kernel/debug/test
