# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The test of the hotplug daemon that is a program: with allocations that fail.

CFLAGS.tests/hotplug := -D_GNU_SOURCE
$(eval $(call program,$(O)/tests/hotplug/devices_test,pic-asan,tests/hotplug/devices_test.c \
	$(addprefix user/hotplugd/,devices.c drivers.c log.c),$(O)/lib/libtenon-mod-asan.a))
$(O)/tests/hotplug/devices_test: LDFLAGS := -Wl,--wrap=calloc,--wrap=realloc,--wrap=strdup
TEST_PROGRAMS += $(O)/tests/hotplug/devices_test
