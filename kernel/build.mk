# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The kernel: $(O)/kernel/release/tenon and $(O)/kernel/debug/tenon, which checks the use of locks.

KERNEL_SRC := $(wildcard kernel/*.c kernel/arch/x86_64/*.c kernel/arch/x86_64/*.S kernel/platform/pc/*.c kernel/sched/*.c)
KERNEL_SRC += $(wildcard kernel/mm/*.c kernel/vfs/*.c kernel/process/*.c kernel/syscall/*.c kernel/module/*.c kernel/domain/*.c)
KERNEL_SRC += $(wildcard kernel/device/*.c kernel/net/*.c kernel/policy/*.c)
KERNEL_SRC += $(wildcard kernel/trust/*.c kernel/trust/*.S)
KERNEL_SRC += runtime/mem.c runtime/str.c runtime/format.c
# The module core, for this CPU alone, and the native interface: one object, in which only their public names are visible.
# What nothing calls of them is left out when the kernel is linked.
KERNEL_TENON_SRC := $(filter-out core/small.c core/arch/arm%.c core/arch/aarch64.c core/arch/riscv64.c,$(CORE_SRC)) \
	$(wildcard kpi/impl/*.c kernel/device/kpi/*.c kernel/net/kpi/*.c kernel/vfs/kpi/*.c kernel/policy/kpi/*.c kernel/process/kpi/*.c) $(O)/kernel/kpi_table.c
KERNEL_OFFER = log random memory thread event mutex module timer clock buffer chrdev idle trap vcpu text $(KPI_DEVICE_PARTS) $(KPI_PROGRAM_PARTS) $(KPI_FILESYSTEM_PARTS) $(KPI_POLICY_PARTS)
KERNEL_RELEASE := $(shell sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$$/\1/p' kernel/release.h)

# Why these: module-flags.mk. The kernel's own stack canary is in kernel/panic.c: functions with a buffer of bytes on the stack
# have it, which is what overruns; in the debug kernel also those with any array or a variable that is passed by address,
# another 11 KB of text.
KERNEL_FLAGS := -ffreestanding -fno-pic -fno-pie -fno-common -mcmodel=kernel -mno-red-zone -mgeneral-regs-only \
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector --param=ssp-buffer-size=1 -mstack-protector-guard=global -fno-strict-aliasing -ffunction-sections -Oz

# The way into modules and back is short only where the compiler may put it together.
CFLAGS.kernel/domain/call.c := -O2
$(O)/obj/kernel-core/kpi/impl/border.c.o: own-flags = -O2

$(O)/kernel/kpi_table.c: $(O)/kpi.stamp kernel/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(KERNEL_OFFER) $(wildcard kpi/*.def)
	@touch $@

# Signatures: of BearSSL, Debian's source, what RSA and SHA-2 take, compiled as it is. And the keys: certificates.
BEARSSL := $(O)/debian/bearssl
BEARSSL_SRC := $(addprefix $(BEARSSL)/src/,$(addprefix rsa/,rsa_i62_pkcs1_vrfy.c rsa_i62_pub.c rsa_pkcs1_sig_unpad.c) \
	hash/sha2small.c hash/sha2big.c $(addprefix codec/,ccopy.c dec32be.c dec64be.c enc32be.c enc64be.c) \
	$(addprefix int/,$(addprefix i31_,add.c bitlen.c decmod.c decode.c encode.c fmont.c modpow.c montmul.c muladd.c \
	ninv31.c rshift.c sub.c tmont.c) i62_modpow2.c i32_div32.c))
KERNEL_KEYS ?= $(O)/keys/signing.pem
CFLAGS.kernel/policy = -isystem $(BEARSSL)/inc
CFLAGS.kernel/trust := -isystem $(BEARSSL)/inc -Wa,-I$(O)/keys

$(BEARSSL)/LICENSE.txt:
	$(Q)setup/debian-source bearssl $(O)
$(BEARSSL_SRC): $(BEARSSL)/LICENSE.txt ;
$(O)/keys/kernel.der: $(KERNEL_KEYS)
	$(call say,KEY,$@)
	@mkdir -p $(@D)
	$(Q)for key in $^; do openssl x509 -in $$key -outform DER || exit; done >$@
$(foreach v,kernel kernel-debug,$(eval $(O)/obj/$(v)/kernel/trust/trust.c.o: | $(BEARSSL)/LICENSE.txt))
$(foreach v,kernel kernel-debug,$(eval $(O)/obj/$(v)/kernel/trust/keys.S.o: $(O)/keys/kernel.der))

KERNEL_LINK := kernel/link kernel/arch/x86_64/kernel.ld

# $(call kernel-variant,name,flags), $(call kernel,name of the variant,file,sources)
define kernel-variant
$(call variant,$(1),$(CC),$(KERNEL_FLAGS) $(2))
$(call variant,$(1)-core,$(CC),$(KERNEL_FLAGS) $(2))
$(call sealed,$(O)/kernel/$(1)-core.a,$(1)-core,$(KERNEL_TENON_SRC),tenon_* kpi_*)
LINK.$(1) := $(KERNEL_LINK)
endef
define kernel
$(call program,$(2),$(1),$(3),$(O)/kernel/$(1)-core.a $(O)/kernel/bearssl.a)
$(2): $(KERNEL_LINK) kernel/symbols.awk
endef
$(eval $(call variant,kernel-bearssl,$(CC),$(KERNEL_FLAGS) -w -I$(BEARSSL)/inc -I$(BEARSSL)/src))
$(eval $(call library,$(O)/kernel/bearssl.a,kernel-bearssl,$(BEARSSL_SRC)))
$(eval $(call kernel-variant,kernel,))
$(eval $(call kernel-variant,kernel-debug,-DKERNEL_DEBUG -fstack-protector-strong))

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
