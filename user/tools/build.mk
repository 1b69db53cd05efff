# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The user tools: one program, $(O)/tools/tenon, and a link beside it for each command; the same in $(O)/tools/asan,
# and in $(O)/tools/static without any shared library, for an initramfs.

# From its archive, so that a program's start pays for no further library.
TOOLS_LIBS := -l:libjansson.a
TOOLS_SRC := $(wildcard user/tools/*.c)
TOOLS_LINKS := kmod depmod insmod lsmod modinfo modprobe rmmod

$(O)/tools/host/%.o: user/tools/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -c -o $@ $<
$(O)/tools/asan/%.o: user/tools/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -D_GNU_SOURCE -MMD -MP -c -o $@ $<
$(O)/tools/tenon: $(patsubst user/tools/%.c,$(O)/tools/host/%.o,$(TOOLS_SRC)) $(O)/lib/libtenon-mod.a
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(TOOLS_LIBS) -pthread && for l in $(TOOLS_LINKS); do ln -sf tenon $(@D)/$$l; done
$(O)/tools/asan/tenon: $(patsubst user/tools/%.c,$(O)/tools/asan/%.o,$(TOOLS_SRC)) $(O)/lib/libtenon-mod-asan.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(TOOLS_LIBS) -pthread && for l in $(TOOLS_LINKS); do ln -sf tenon $(@D)/$$l; done
$(O)/tools/static/tenon: $(patsubst user/tools/%.c,$(O)/tools/host/%.o,$(TOOLS_SRC)) $(O)/lib/libtenon-mod-static.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -static -o $@ $^ $(LIB_UNPACK) $(TOOLS_LIBS) -pthread && \
		for l in $(TOOLS_LINKS); do ln -sf tenon $(@D)/$$l; done

.PHONY: tools static
static: $(O)/tools/static/tenon ## programs without shared libraries, for an initramfs
tools: $(O)/tools/tenon ## the user tools: kmod and its other names, tenon
all: tools
TEST_PROGRAMS += $(O)/tools/asan/tenon
