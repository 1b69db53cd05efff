# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel: $(O)/kernel/release/tenon and $(O)/kernel/debug/tenon, which checks the use of locks.

KERNEL_SRC := $(wildcard kernel/*.c kernel/arch/x86_64/*.c kernel/arch/x86_64/*.S kernel/platform/pc/*.c kernel/sched/*.c)
KERNEL_SRC += kernel/mm/page.c kernel/mm/heap.c
KERNEL_RUNTIME := runtime/mem.c runtime/str.c runtime/format.c
KERNEL_LD := kernel/arch/x86_64/kernel.ld

# Why these: module-flags.mk. The kernel's own stack canary is in kernel/panic.c.
KERNEL_CFLAGS := -ffreestanding -fno-pic -fno-pie -fno-common -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector-strong -mstack-protector-guard=global -fno-strict-aliasing

# $(call kernel-variant,name,flags)
define kernel-variant
KERNEL_OBJ_$(1) := $$(patsubst %,$(O)/kernel/$(1)/%.o,$$(basename $$(KERNEL_SRC) $$(KERNEL_RUNTIME)))
$(O)/kernel/$(1)/%.o: %.c | $(O)/kpi.stamp
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(KERNEL_CFLAGS) $(2) $$(KERNEL_MORE) -MMD -MP -c -o $$@ $$<
$(O)/kernel/$(1)/%.o: %.S
	$$(call say,AS,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$$(KERNEL_RUNTIME:%.c=$(O)/kernel/$(1)/%.o): KERNEL_MORE := -fno-builtin -fno-tree-loop-distribute-patterns

# Linked twice: the first time for the names and addresses of its functions, which the second has in it.
$(O)/kernel/$(1)/tenon: $$(KERNEL_LD) $$(KERNEL_OBJ_$(1)) kernel/symbols.awk
	$$(call say,LD,$$@)
	$$(Q)$$(LD) $$(KERNEL_LDFLAGS) -o $$@.first $$(KERNEL_OBJ_$(1))
	$$(Q)nm -n $$@.first | awk -f kernel/symbols.awk >$$@.symbols.S
	$$(Q)$$(CC) -c -o $$@.symbols.o $$@.symbols.S
	$$(Q)$$(LD) $$(KERNEL_LDFLAGS) -o $$@ $$(KERNEL_OBJ_$(1)) $$@.symbols.o
endef
KERNEL_LDFLAGS := -nostdlib -static --build-id=none -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments -T $(KERNEL_LD)

$(eval $(call kernel-variant,release,))
$(eval $(call kernel-variant,debug,-DKERNEL_DEBUG))

.PHONY: kernel
kernel: $(O)/kernel/release/tenon $(O)/kernel/debug/tenon ## build the kernel, as it is and with checks
all: kernel
