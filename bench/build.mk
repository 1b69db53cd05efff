# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Measurements: ratios of two things done in one run, or exact counts. bench/run runs them all.

BENCH_OUT := $(O)/bench
BENCH_COMMON := bench/object.c bench/host.c
BENCH_COUNTED := $(patsubst %,$(BENCH_OUT)/%,relocs entry many)
BENCH_HOSTED := $(patsubst %,$(BENCH_OUT)/%,tree calls roundtrip)
CFLAGS.bench/lookups.c := -D_GNU_SOURCE
CFLAGS.bench/beside.c := -D_GNU_SOURCE

# In the process host. Its functions must be found before the core's, which it uses.
BENCH_HOST := $(HOST_LIB_host) $(O)/core/host/libtenon.a $(HOST_LIBS)
BENCH_MORE.tree := bench/shared.c tests/debian/symvers.c tests/debian/tree.c
$(foreach p,relocs entry many,$(eval $(call program,$(BENCH_OUT)/$(p),host,bench/$(p).c $(BENCH_COMMON),$(O)/core/host/libtenon.a)))
$(foreach p,tree calls roundtrip,$(eval $(call program,$(BENCH_OUT)/$(p),host,bench/$(p).c $(BENCH_MORE.$(p)) $(BENCH_COMMON),$(BENCH_HOST))))
# Bound at once: the dynamic linker's work is not to be counted.
$(BENCH_COUNTED) $(BENCH_HOSTED): LDFLAGS := -Wl,-z,now

# Linked to Debian's libkmod.so.2, and run with either.
$(eval $(call program,$(BENCH_OUT)/lookups,pic,bench/lookups.c,-l:libkmod.so.2))
$(eval $(call program,$(BENCH_OUT)/beside,pic,bench/beside.c,))

# Programs of the guest.
BENCH_GUEST := crossing load many
$(foreach p,$(BENCH_GUEST),$(eval $(call program,$(BENCH_OUT)/guest/$(p),static,bench/guest/$(p).c,)))

TEST_PROGRAMS += $(BENCH_OUT)/relocs # tests/tools/linear.sh counts with it
.PHONY: bench-programs
bench-programs: kernel image $(BENCH_GUEST:%=$(BENCH_OUT)/guest/%) $(BENCH_COUNTED) $(BENCH_HOSTED) $(BENCH_OUT)/lookups $(BENCH_OUT)/beside $(O)/tools/tenon $(O)/libkmod/libkmod.so.2 $(O)/core/arm/libtenon.a $(O)/core/arm-small/libtenon.a
bench: bench-programs ## measure: one line a figure, with its limit and what others have
	@bench/run $(O)
