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
