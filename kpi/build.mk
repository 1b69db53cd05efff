# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The native interface, from its definitions: headers, $(O)/kpi_table.c (for hosts), $(O)/kpi_symvers (for modpost)
# and $(O)/docs/kpi.md. What includes tenon/kpi.h has $(KPI_H) as an order-only prerequisite.

KPI_H := $(O)/include/tenon/kpi.h
# The parts that take a machine's devices: of a kernel that has them (kernel/device/kpi/).
KPI_DEVICE_PARTS := driver bus pci mmio irq dma blkdev netdev file input
# The parts for programs that make system calls of the kernel.
KPI_PROGRAM_PARTS := syscall socket unpack binformat ldisc
# File systems: of a kernel with a page cache (kernel/vfs/kpi/).
KPI_FILESYSTEM_PARTS := filesystem
# Policies: of a kernel that asks them (kernel/policy/kpi/).
KPI_POLICY_PARTS := policy
KPI_OUT := $(KPI_H) $(O)/kpi_table.c $(O)/kpi_symvers $(O)/docs/kpi.md

# Outputs that would stay equal keep their time, so that a changed comment rebuilds little; the stamp says it was looked at.
$(O)/kpi.stamp: kpi/generate include/tenon/errno.h $(wildcard kpi/*.def kpi/gen/*.py)
	$(call say,GEN,$(KPI_H))
	@mkdir -p $(@D)
	$(Q)kpi/generate $(O) $(filter %.def,$^)
	@touch $@
$(KPI_OUT): $(O)/kpi.stamp ;

.PHONY: kpi
kpi: $(KPI_OUT) ## the native interface: headers, tables, documentation
all: kpi

.PHONY: kpi-check
kpi-check: ## test the generator of the interface
	tests/tools/kpi_generate.py
check: kpi-check
