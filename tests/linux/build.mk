# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests of linux.ko with Debian's modules: $(O)/tests/linux/linux_test, and scripts.

LINUX_TEST := $(O)/tests/linux/linux_test
LINUX_TEST_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard tests/linux/*.c))

$(O)/tests/linux/%.o: tests/linux/%.c | $(KPI_H)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<

$(LINUX_TEST): $(LINUX_TEST_OBJ) $(O)/port/process/libhost.a $(O)/core/host/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ $(HOST_LIBS)

.PHONY: linux-check
linux-check: $(LINUX_TEST) linux ## run Debian's modules on linux.ko
	O=$(O) $(LINUX_TEST)
	O=$(O) tests/linux/symbols.sh
check: linux-check
TEST_PROGRAMS += $(LINUX_TEST)
