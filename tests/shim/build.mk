# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What tests preload that bring a machine and a kernel of their own: redirect.c says how it is told which.

$(O)/tests/shim/shim.so: $(wildcard tests/shim/*.c)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -o $@ $^
TEST_PROGRAMS += $(O)/tests/shim/shim.so
