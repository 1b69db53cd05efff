# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What the guests of tests/machine need beside the static tools: $(O)/tests/machine/ask.

CFLAGS.tests/machine := -D_GNU_SOURCE
$(eval $(call program,$(O)/tests/machine/ask,static,tests/machine/ask.c,))
TEST_PROGRAMS += $(O)/tests/machine/ask $(O)/tools/static/tenon $(O)/tools/tenon $(O)/libkmod/libkmod.so.2
