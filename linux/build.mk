# SPDX-License-Identifier: GPL-2.0-only
# linux.ko, for x86_64: $(O)/modules/x86_64/linux/linux.ko, built against the headers of Debian's kernel packages, and from
# parts of its source (setup/debian-linux-source).

LINUX_HEADERS ?= $(firstword $(wildcard $(O)/debian/amd64/usr/src/linux-headers-*-amd64))
LINUX_SOURCE ?= $(O)/debian/linux-source
LINUX_KO := $(O)/modules/x86_64/linux/linux.ko

.PHONY: linux
linux: modules-runtime-x86_64 ## linux.ko, if Linux's headers are there
ifeq ($(and $(LINUX_HEADERS),$(wildcard $(LINUX_SOURCE)/lib)),)
	@echo '  SKIP     linux.ko: no linux-headers-*-amd64 or no linux-source below $(O)/debian; see LINUX_HEADERS, LINUX_SOURCE' >&2
else
	$(call modules,linux,x86_64,$(patsubst %/,%,$(dir $(LINUX_KO)))) LINUX_HEADERS=$(realpath $(LINUX_HEADERS)) \
		LINUX_SOURCE=$(realpath $(LINUX_SOURCE))
endif

# Debian's modules with depmod's indexes, so that Linux's code can ask for them by alias: links, for their tree stays as it is.
# With what the kernel's headers say of its exports, for `tenon check`.
LINUX_TREE := $(O)/linux-tree
linux: $(if $(wildcard $(O)/debian/amd64/release),$(LINUX_TREE)/usr)
$(LINUX_TREE)/indexed: $(O)/debian/amd64/release | $(O)/tools/tenon $(O)/tools/static/tenon
	$(call say,DEPMOD,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/lib && cp -al $(O)/debian/amd64/lib/modules $(@D)/lib
	$(Q)$(O)/tools/depmod -b $(@D) $$(ls $(@D)/lib/modules) && touch $@
$(LINUX_TREE)/usr: $(LINUX_TREE)/indexed
	$(Q)ln -sfn ../debian/amd64/usr $@
