# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The library, in every variant that something links: $(O)/core/<variant>/libtenon.a

CORE_SRC := $(wildcard core/*.c core/fmt/*.c core/arch/*.c core/personality/*.c)
CFLAGS.core := -ffreestanding

$(foreach v,host asan tsan fuzz aarch64 riscv64,$(eval $(call library,$(O)/core/$(v)/libtenon.a,$(v),$(CORE_SRC))))
# A core with 32-bit addresses links modules of 32-bit CPUs only.
$(eval $(call library,$(O)/core/arm/libtenon.a,arm,\
	$(filter-out $(addprefix core/arch/,aarch64.c riscv64.c x86_64.c rela.c),$(CORE_SRC))))
# The smallest profile: include/tenon/small.h
$(eval $(call variant,arm-small,arm-none-eabi-gcc,$(ARM_FLAGS) -DTENON_REASON_ONLY,$(ARM_LINK)))
$(eval $(call library,$(O)/core/arm-small/libtenon.a,arm-small,\
	core/small.c core/fail.c core/arch/arm.c $(wildcard core/fmt/elf*.c)))

all: $(O)/core/host/libtenon.a

# The library for a kernel with a build of its own, for one CPU: see docs/porting.md. Inside it is one object, in which only
# tenon_* is visible to others; each function has a section, so that a link with --gc-sections takes what it uses.
ARCH ?= x86_64
CROSS_x86_64 :=
CROSS_aarch64 := aarch64-linux-gnu-
CROSS_riscv64 := riscv64-linux-gnu-
CROSS_arm := arm-none-eabi-
CROSS ?= $(CROSS_$(ARCH))
GUEST := $(O)/core-$(ARCH)
GUEST_ARCH := $(filter-out $(if $(filter arm,$(ARCH)),core/arch/rela.c),core/arch/$(ARCH).c core/arch/rela.c)
GUEST_SRC := $(filter-out core/arch/%,$(CORE_SRC)) $(GUEST_ARCH)
# CFLAGS are the kernel's. No code of a C library for atomic operations, no table of addresses.
GUEST_FLAGS := -std=gnu11 -I. -Iinclude -fno-pie -ffunction-sections -fdata-sections \
	$(if $(filter aarch64,$(ARCH)),-mno-outline-atomics)

$(eval $(call variant,core-$(ARCH),$(CROSS)gcc,$(GUEST_FLAGS),))
$(eval $(call sealed,$(GUEST)/libtenon.a,core-$(ARCH),$(GUEST_SRC),tenon_*))

.PHONY: core
core: $(GUEST)/libtenon.a ## the core for a kernel: make core ARCH=riscv64 CROSS=riscv64-elf- CFLAGS="-Os -mcmodel=medany"
	@mkdir -p $(GUEST)/include/tenon/fmt
	@cp include/tenon/*.h $(GUEST)/include/tenon/ && cp include/tenon/fmt/*.h $(GUEST)/include/tenon/fmt/
	@printf '%s\n' $(GUEST_SRC) >$(GUEST)/sources
	@echo "$(GUEST): libtenon.a, include/, and sources, the files that it was made of"
