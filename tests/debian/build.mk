# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# T0: link every module of Debian's kernels and compare with GNU ld and lld. See t0.h.

T0_OBJECTS := $(patsubst %.c,$(O)/%.o,$(filter-out tests/debian/load_object.c,$(wildcard tests/debian/*.c)))
T0_LISTS := $(foreach cpu,x86_64 aarch64 riscv64 arm,$(O)/tests/oracle/$(cpu).list)
T0_HELPERS := $(O)/tests/debian/model_host.o $(O)/core/host/libtenon.a

$(O)/tests/debian/%.o: tests/debian/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<
$(O)/tests/debian/model_host.o: tests/unit/model_host.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<
$(O)/tests/debian/t0: $(T0_OBJECTS) $(T0_HELPERS)
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -o $@ $^
$(O)/tests/debian/load_object: $(O)/tests/debian/load_object.o $(T0_HELPERS)
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -o $@ $^

.PHONY: check-debian
check-debian: $(O)/tests/debian/t0 $(O)/tests/debian/load_object $(T0_LISTS) ## link all modules of Debian's kernels, compare with GNU ld
	@O=$(O) tests/debian/check-all
TEST_PROGRAMS += $(O)/tests/debian/t0 $(O)/tests/debian/load_object $(T0_LISTS)
.PRECIOUS: $(O)/tests/debian/%.o
