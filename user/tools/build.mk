# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The user tools: one program, $(O)/tools/tenon; the same in $(O)/tools/asan, and in $(O)/tools/static without any shared
# library. kmod's names lead to the last one, in $(O)/tools too: half of what one question costs is the start of a
# process, and it needs no other file in an initramfs. Only `tenon check` with certificates needs a library, libcrypto.

# From its archive, so that a program's start pays for no further library.
TOOLS_LIBS := -l:libjansson.a -pthread
TOOLS_SRC := $(wildcard user/tools/*.c)
TOOLS_LINKS := kmod depmod insmod lsmod modinfo modprobe rmmod

# $(call tools,directory,variant,WITH,program that kmod's names lead to)
define tools
$(call program,$(1)/tenon,$(2),$(TOOLS_SRC),$(3))
	$$(Q)for l in $(TOOLS_LINKS); do ln -sf $(4) $$(@D)/$$$$l; done
endef
$(eval $(call tools,$(O)/tools,pic,$(O)/lib/libtenon-mod.a $(TOOLS_LIBS),static/tenon))
$(eval $(call tools,$(O)/tools/asan,pic-asan,$(O)/lib/libtenon-mod-asan.a $(TOOLS_LIBS),tenon))
$(eval $(call tools,$(O)/tools/static,static-pie,$(O)/lib/libtenon-mod-static.a $(TOOLS_LIBS),tenon))
$(O)/tools/tenon: | $(O)/tools/static/tenon
# Two mappings less for each start, and relocations that fill one page, not fourteen.
$(O)/tools/static/tenon: LDFLAGS := -Wl,-z,noseparate-code -Wl,-z,pack-relative-relocs

.PHONY: tools static
static: $(O)/tools/static/tenon ## programs without shared libraries, for an initramfs
tools: $(O)/tools/tenon ## the user tools: kmod and its other names, tenon
all: tools
TEST_PROGRAMS += $(O)/tools/asan/tenon
