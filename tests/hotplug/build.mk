# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What the tests of the hotplug daemon preload.

$(O)/tests/hotplug/shim.so: tests/hotplug/shim.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -MMD -MP -o $@ $<
TEST_PROGRAMS += $(O)/tests/hotplug/shim.so
