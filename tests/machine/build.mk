# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What the guests of tests/machine need beside the static tools: $(O)/tests/machine/ask.

$(O)/tests/machine/ask: tests/machine/ask.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -static -MMD -MP -MF $@.d -o $@ $<
TEST_PROGRAMS += $(O)/tests/machine/ask $(O)/tools/static/tenon $(O)/tools/tenon $(O)/libkmod/libkmod.so.2
