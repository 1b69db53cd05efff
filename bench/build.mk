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
BENCH_GUEST := crossing disk load many
$(foreach p,$(BENCH_GUEST),$(eval $(call program,$(BENCH_OUT)/guest/$(p),static,bench/guest/$(p).c,)))

# The kernel without what serves sockets, network interfaces, file systems of modules, input, formats, line disciplines,
# partitions, policies and trust, for the size of its text: whatever calls them has nothing to call.
SLICE := $(BENCH_OUT)/slice
SLICE_NOT := kernel/net/netdev% kernel/net/socket% kernel/syscall/socket% kernel/vfs/page_cache% kernel/vfs/disk% kernel/vfs/volume.c \
	kernel/device/input.c kernel/device/partition.c kernel/process/exec_format.c kernel/process/discipline.c kernel/policy/% \
	kernel/trust/policy.c kernel/net/kpi/% kernel/vfs/kpi/% kernel/policy/kpi/% kernel/process/kpi/% kernel/device/kpi/input.c
SLICE_OFFER = $(filter-out netdev socket filesystem input binformat ldisc policy,$(KERNEL_OFFER))
$(SLICE)/kpi_table.c: $(O)/kpi.stamp kernel/build.mk bench/build.mk
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(SLICE_OFFER) $(wildcard kpi/*.def)
$(eval $(call sealed,$(SLICE)/core.a,kernel-core,$(filter-out $(SLICE_NOT) $(O)/kernel/kpi_table.c,$(KERNEL_TENON_SRC)) $(SLICE)/kpi_table.c,tenon_* kpi_*))
$(eval $(call program,$(SLICE)/tenon,kernel,$(filter-out $(SLICE_NOT),$(KERNEL_SRC)),$(SLICE)/core.a $(O)/kernel/bearssl.a --unresolved-symbols=ignore-all))

TEST_PROGRAMS += $(BENCH_OUT)/relocs # tests/tools/linear.sh counts with it
# A plug-in of QEMU, which finds the functions that it calls there.
$(eval $(call shared,$(BENCH_OUT)/instructions.so,pic,bench/instructions.c,))
.PHONY: bench-programs
bench-programs: kernel $(SLICE)/tenon image linux $(O)/tenon-mount $(BENCH_GUEST:%=$(BENCH_OUT)/guest/%) $(BENCH_COUNTED) $(BENCH_HOSTED) $(BENCH_OUT)/lookups $(BENCH_OUT)/beside $(BENCH_OUT)/instructions.so $(O)/tools/tenon $(O)/libkmod/libkmod.so.2 $(O)/core/arm/libtenon.a $(O)/core/arm-small/libtenon.a
bench: bench-programs ## measure: one line a figure, with its limit and what others have
	@bench/run $(O)
