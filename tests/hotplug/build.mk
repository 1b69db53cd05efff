# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The test of the hotplug daemon that is a program: with allocations that fail.

$(O)/tests/hotplug/devices_test: tests/hotplug/devices_test.c $(patsubst %,$(O)/hotplugd/asan/%.o,devices drivers log) \
		$(O)/lib/libtenon-mod-asan.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE $(SANITIZE) -Wl,--wrap=calloc,--wrap=realloc,--wrap=strdup -MMD -MP -o $@ \
		$(filter %.c %.o %.a,$^)
TEST_PROGRAMS += $(O)/tests/hotplug/devices_test
