# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The user tools: one program, $(O)/tools/tenon, and a link beside it for each command; the same in $(O)/tools/asan,
# and in $(O)/tools/static without any shared library, for an initramfs.

# From its archive, so that a program's start pays for no further library.
TOOLS_LIBS := -l:libjansson.a -pthread
TOOLS_SRC := $(wildcard user/tools/*.c)
TOOLS_LINKS := kmod depmod insmod lsmod modinfo modprobe rmmod

# $(call tools,directory,variant,WITH)
define tools
$(call program,$(1)/tenon,$(2),$(TOOLS_SRC),$(3))
	$$(Q)for l in $(TOOLS_LINKS); do ln -sf tenon $$(@D)/$$$$l; done
endef
$(eval $(call tools,$(O)/tools,pic,$(O)/lib/libtenon-mod.a $(TOOLS_LIBS)))
$(eval $(call tools,$(O)/tools/asan,pic-asan,$(O)/lib/libtenon-mod-asan.a $(TOOLS_LIBS)))
$(eval $(call tools,$(O)/tools/static,static,$(O)/lib/libtenon-mod-static.a $(TOOLS_LIBS)))

.PHONY: tools static
static: $(O)/tools/static/tenon ## programs without shared libraries, for an initramfs
tools: $(O)/tools/tenon ## the user tools: kmod and its other names, tenon
all: tools
TEST_PROGRAMS += $(O)/tools/asan/tenon
