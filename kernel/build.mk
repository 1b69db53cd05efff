# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel: $(O)/kernel/release/tenon and $(O)/kernel/debug/tenon, which checks the use of locks.

KERNEL_SRC := $(wildcard kernel/*.c kernel/arch/x86_64/*.c kernel/arch/x86_64/*.S kernel/platform/pc/*.c kernel/sched/*.c)
KERNEL_SRC += $(wildcard kernel/mm/*.c kernel/vfs/*.c kernel/process/*.c kernel/syscall/*.c kernel/module/*.c kernel/domain/*.c)
KERNEL_SRC += $(wildcard kernel/device/*.c kernel/net/*.c)
# The module core, for this CPU alone, and the native interface: one object, in which only their public names are visible.
# What nothing calls of them is left out when the kernel is linked.
KERNEL_TENON_SRC := $(filter-out core/small.c core/arch/arm%.c core/arch/aarch64.c core/arch/riscv64.c,$(CORE_SRC)) \
	$(wildcard kpi/impl/*.c kernel/device/kpi/*.c)
KERNEL_OFFER = log random memory thread event mutex module timer clock buffer chrdev trap vcpu text $(KPI_DEVICE_PARTS)
KERNEL_RELEASE := $(shell sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$$/\1/p' kernel/release.h)
KERNEL_RUNTIME := runtime/mem.c runtime/str.c runtime/format.c
KERNEL_LD := kernel/arch/x86_64/kernel.ld

# Why these: module-flags.mk. The kernel's own stack canary is in kernel/panic.c.
KERNEL_CFLAGS := -ffreestanding -fno-pic -fno-pie -fno-common -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector-strong -mstack-protector-guard=global -fno-strict-aliasing -Os

$(O)/kernel/kpi_table.c: $(O)/kpi.stamp kernel/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(KERNEL_OFFER) $(wildcard kpi/*.def)
	@touch $@

# $(call kernel-variant,name,flags)
define kernel-variant
KERNEL_OBJ_$(1) := $$(patsubst %,$(O)/kernel/$(1)/%.o,$$(basename $$(KERNEL_SRC) $$(KERNEL_RUNTIME))) \
	$(O)/kernel/$(1)/module_core.o
KERNEL_TENON_$(1) := $$(patsubst %.c,$(O)/kernel/$(1)/%.o,$$(KERNEL_TENON_SRC)) $(O)/kernel/$(1)/kpi_table.o
$(O)/kernel/$(1)/%.o: %.c | $(O)/kpi.stamp
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(KERNEL_CFLAGS) $(2) $$(KERNEL_MORE) -MMD -MP -c -o $$@ $$<
$(O)/kernel/$(1)/%.o: %.S
	$$(call say,AS,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$$(KERNEL_TENON_$(1)): KERNEL_MORE := -ffunction-sections
$$(KERNEL_RUNTIME:%.c=$(O)/kernel/$(1)/%.o): KERNEL_MORE := -fno-builtin $$(if $$(findstring clang,$$(CC)),,-fno-tree-loop-distribute-patterns)

$(O)/kernel/$(1)/kpi_table.o: $(O)/kernel/kpi_table.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(KERNEL_CFLAGS) -c -o $$@ $$<
$(O)/kernel/$(1)/module_core.o: $$(KERNEL_TENON_$(1))
	$$(call say,LD,$$@)
	$$(Q)ld -r -o $$@ $$^
	$$(Q)objcopy --wildcard --keep-global-symbol='tenon_*' --keep-global-symbol='kpi_*' $$@

$(O)/kernel/$(1)/tenon: $$(KERNEL_LD) $$(KERNEL_OBJ_$(1)) kernel/link kernel/symbols.awk
	$$(call say,LD,$$@)
	$$(Q)kernel/link $$@ $$(KERNEL_LD) $$(KERNEL_OBJ_$(1))
endef

$(eval $(call kernel-variant,release,))
$(eval $(call kernel-variant,debug,-DKERNEL_DEBUG))

.PHONY: kernel
kernel: $(O)/kernel/release/tenon $(O)/kernel/debug/tenon ## build the kernel, as it is and with checks
all: kernel

$(O)/tenon.iso: $(O)/kernel/release/tenon $(O)/image/initrd kernel/make_iso
	$(call say,ISO,$@)
	$(Q)kernel/make_iso $@ $(O)/kernel/release/tenon $(O)/image/initrd
.PHONY: iso
iso: $(O)/tenon.iso ## an image of the kernel and its programs that boots by itself (GRUB; setup/install iso)
