# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests of linux.ko with Debian's modules: $(O)/tests/linux/linux_test, and scripts.

LINUX_TEST := $(O)/tests/linux/linux_test
$(eval $(call program,$(LINUX_TEST),host,$(wildcard tests/linux/*.c),$(HOST_LIB_host) $(O)/core/host/libtenon.a $(HOST_LIBS)))

MOUNT_IMAGE := $(O)/tests/linux/mount_image
$(eval $(call program,$(MOUNT_IMAGE),host,tests/linux/mount/mount_image.c tests/linux/compartment.c,$(HOST_LIB_host) $(O)/core/host/libtenon.a $(HOST_LIBS)))

.PHONY: linux-check
linux-check: $(LINUX_TEST) linux ## run Debian's modules on linux.ko
	O=$(O) $(LINUX_TEST)
	O=$(O) tests/linux/symbols.sh
check: linux-check
TEST_PROGRAMS += $(LINUX_TEST) $(MOUNT_IMAGE)
