# SPDX-License-Identifier: GPL-2.0-only
# linux.ko, for x86_64, built against the headers of Debian's kernel packages, and from parts of its source
# (setup/debian-linux-source). LINUX_KERNEL says for whose modules: a name of setup/debian-kernel. For amd64 it is
# $(O)/modules/x86_64/linux/linux.ko and Debian's modules are in $(O)/linux-tree; for others the same below $(O)/linux/NAME.

LINUX_KERNEL ?= amd64
LINUX_HEADERS ?= $(firstword $(wildcard $(O)/debian/$(LINUX_KERNEL)/usr/src/linux-headers-*-amd64))
LINUX_SOURCE ?= $(O)/debian/$(LINUX_KERNEL)/source
LINUX_OUT := $(O)$(if $(filter-out amd64,$(LINUX_KERNEL)),/linux/$(LINUX_KERNEL))
LINUX_KO := $(LINUX_OUT)/modules/x86_64/linux/linux.ko

.PHONY: linux
linux: modules-runtime-x86_64 ## linux.ko, if Linux's headers are there
ifeq ($(and $(LINUX_HEADERS),$(wildcard $(LINUX_SOURCE)/lib)),)
	@echo '  SKIP     linux.ko: no linux-headers-*-amd64 or no source below $(O)/debian/$(LINUX_KERNEL); see LINUX_HEADERS, LINUX_SOURCE' >&2
else
	$(call modules,linux,x86_64,$(patsubst %/,%,$(dir $(LINUX_KO)))) LINUX_HEADERS=$(realpath $(LINUX_HEADERS)) \
		LINUX_SOURCE=$(realpath $(LINUX_SOURCE))
endif

# Debian's modules with depmod's indexes, so that Linux's code can ask for them by alias: links, for their tree stays as it is.
# With what the kernel's headers say of its exports, for `tenon check`.
LINUX_TREE := $(LINUX_OUT)/linux-tree
LINUX_DEBIAN := $(O)/debian/$(LINUX_KERNEL)
linux: $(if $(wildcard $(LINUX_DEBIAN)/release),$(LINUX_TREE)/usr)
$(LINUX_TREE)/indexed: $(LINUX_DEBIAN)/release | $(O)/tools/tenon $(O)/tools/static/tenon
	$(call say,DEPMOD,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/lib && cp -al $(LINUX_DEBIAN)/lib/modules $(@D)/lib
	$(Q)$(O)/tools/depmod -b $(@D) $$(ls $(@D)/lib/modules) && touch $@
$(LINUX_TREE)/usr: $(LINUX_TREE)/indexed
	$(Q)ln -sfn $(realpath $(LINUX_DEBIAN))/usr $@
