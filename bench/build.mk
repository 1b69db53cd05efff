# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Measurements: ratios of two things done in one run, or exact counts. bench/run runs them all.

BENCH_OUT := $(O)/bench
BENCH_COUNTED := $(patsubst %,$(BENCH_OUT)/%,relocs entry many)
BENCH_HOSTED := $(patsubst %,$(BENCH_OUT)/%,tree calls roundtrip)
BENCH_COMMON := $(BENCH_OUT)/object.o $(BENCH_OUT)/host.o

$(BENCH_OUT)/%.o: bench/%.c | $(KPI_H)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<
# Bound at once: the dynamic linker's work is not to be counted.
$(BENCH_COUNTED): %: %.o $(BENCH_COMMON) $(O)/core/host/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -Wl,-z,now -o $@ $^
# In the process host. Its functions must be found before the core's, which it uses.
$(BENCH_OUT)/tree: $(BENCH_OUT)/shared.o $(O)/tests/debian/symvers.o $(O)/tests/debian/tree.o
$(BENCH_HOSTED): %: %.o $(BENCH_COMMON) $(O)/port/process/libhost.a $(O)/core/host/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_LDFLAGS) -Wl,-z,now -o $@ $(filter %.o,$^) $(filter %.a,$^) $(HOST_LIBS)

# Linked to Debian's libkmod.so.2, and run with either.
$(BENCH_OUT)/lookups: bench/lookups.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -o $@ $< -l:libkmod.so.2

$(BENCH_OUT)/beside: bench/beside.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -o $@ $<

TEST_PROGRAMS += $(BENCH_OUT)/relocs # tests/tools/linear.sh counts with it
.PHONY: bench-programs
bench-programs: kernel image $(BENCH_COUNTED) $(BENCH_HOSTED) $(BENCH_OUT)/lookups $(BENCH_OUT)/beside $(O)/tools/tenon $(O)/libkmod/libkmod.so.2 $(O)/core/arm/libtenon.a $(O)/core/arm-small/libtenon.a
bench: bench-programs ## measure: one line a figure, with its limit and what others have
	@bench/run $(O)
.PRECIOUS: $(BENCH_OUT)/%.o
