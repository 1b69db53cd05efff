# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel: $(O)/kernel/release/tenon and $(O)/kernel/debug/tenon, which checks the use of locks.

KERNEL_SRC := $(wildcard kernel/*.c kernel/arch/x86_64/*.c kernel/arch/x86_64/*.S kernel/platform/pc/*.c kernel/sched/*.c)
KERNEL_SRC += $(wildcard kernel/mm/*.c kernel/vfs/*.c kernel/process/*.c kernel/syscall/*.c)
KERNEL_SRC += runtime/mem.c runtime/str.c runtime/format.c

# Why these: module-flags.mk. The kernel's own stack canary is in kernel/panic.c.
KERNEL_FLAGS := -ffreestanding -fno-pic -fno-pie -fno-common -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector-strong -mstack-protector-guard=global -fno-strict-aliasing

# $(call kernel,variant of the rules,file,sources)
KERNEL_LINK := kernel/link kernel/arch/x86_64/kernel.ld
define kernel
$(call program,$(2),$(1),$(3),)
$(2): $(KERNEL_LINK) kernel/symbols.awk
endef
$(eval $(call variant,kernel,$(CC),$(KERNEL_FLAGS)))
$(eval $(call variant,kernel-debug,$(CC),$(KERNEL_FLAGS) -DKERNEL_DEBUG))
LINK.kernel := $(KERNEL_LINK)
LINK.kernel-debug := $(KERNEL_LINK)

$(eval $(call kernel,kernel,$(O)/kernel/release/tenon,$(KERNEL_SRC)))
$(eval $(call kernel,kernel-debug,$(O)/kernel/debug/tenon,$(KERNEL_SRC)))

.PHONY: kernel
kernel: $(O)/kernel/release/tenon $(O)/kernel/debug/tenon ## build the kernel, as it is and with checks
all: kernel

$(O)/tenon.iso: $(O)/kernel/release/tenon $(O)/image/initrd kernel/make_iso
	$(call say,ISO,$@)
	$(Q)kernel/make_iso $@ $(O)/kernel/release/tenon $(O)/image/initrd
.PHONY: iso
iso: $(O)/tenon.iso ## an image of the kernel and its programs that boots by itself (GRUB; setup/install iso)
