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

# It takes a quarter of an hour, so ./test does not: tests/linux/kernels.sh skips what is not built.
LINUX_KERNELS := amd64-cloud amd64-rt amd64-backports
.PHONY: linux-kernels
check-debian: linux-kernels
linux-kernels: $(LINUX_TEST) linux ## build and test linux.ko for Debian's other kernels
	+$(Q)for kernel in $(LINUX_KERNELS); do \
		setup/debian-kernel $$kernel $(O) && setup/debian-linux-source $$kernel $(O) && \
		$(MAKE) --no-print-directory linux LINUX_KERNEL=$$kernel && LINUX_KERNEL=$$kernel O=$(O) python3 tests/linux/imports.py || exit; done
	$(Q)O=$(O) tests/linux/kernels.sh $(LINUX_KERNELS)

# For the tiers of Debian's modules (tests/linux/tiers/): linux_stubs.ko by our own build, watch.ko by Linux's.
TIERS := $(O)/tests/linux/tiers
TRY_MODULE := $(TIERS)/try_module
$(eval $(call program,$(TRY_MODULE),host,tests/linux/tiers/entered.c tests/linux/tiers/try_module.c tests/linux/compartment.c,$(HOST_LIB_host) $(O)/core/host/libtenon.a $(HOST_LIBS)))
LINUX_COMMON := $(LINUX_HEADERS:%-amd64=%-common)

.PHONY: linux-tiers
tests check-debian: linux-tiers
linux-tiers: $(TRY_MODULE) linux ## what tests/linux/tiers/tiers.py needs
ifneq ($(and $(LINUX_HEADERS),$(wildcard $(LINUX_SOURCE)/lib)),)
	$(call modules,tests/linux/tiers,x86_64,$(TIERS)) LINUX_HEADERS=$(realpath $(LINUX_HEADERS))
	@mkdir -p $(TIERS)/watch && cp -u tests/linux/tiers/watch/* $(TIERS)/watch
	$(Q)$(MAKE) -s -C $(LINUX_HEADERS) -f $(realpath $(LINUX_COMMON))/Makefile ARCH=x86 M=$(realpath $(O))/tests/linux/tiers/watch \
		O= KERNELRELEASE=$(patsubst linux-headers-%,%,$(notdir $(LINUX_HEADERS))) LINUX_SOURCE=$(realpath $(LINUX_SOURCE)) modules
endif
TEST_PROGRAMS += $(TRY_MODULE)
