# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The library, in every variant that something links: $(O)/core/<variant>/libtenon.a

CORE_SRC := $(wildcard core/*.c core/fmt/*.c core/arch/*.c core/personality/*.c)

# A core with 32-bit addresses links modules of 32-bit CPUs only.
CORE_SRC_32 := $(filter-out core/arch/aarch64.c core/arch/riscv64.c core/arch/x86_64.c core/arch/rela.c,$(CORE_SRC))

# $(call core-variant,name,compiler,archiver,flags,sources)
define core-variant
$(O)/core/$(1)/%.o: %.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(2) $$(CFLAGS) -ffreestanding $(4) -MMD -MP -c -o $$@ $$<
$(O)/core/$(1)/libtenon.a: $$(patsubst %.c,$(O)/core/$(1)/%.o,$(or $(5),$$(CORE_SRC)))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $(3) rcsD $$@ $$^
endef

$(eval $(call core-variant,host,$(CC),$(AR),-fno-pie))
$(eval $(call core-variant,asan,$(CC),$(AR),-fno-pie $(SANITIZE)))
$(eval $(call core-variant,tsan,$(CLANG),$(AR),-fno-pie -fsanitize=thread))
$(eval $(call core-variant,fuzz,$(CLANG),$(AR),$(SANITIZE) -fsanitize=fuzzer-no-link))
$(eval $(call core-variant,aarch64,aarch64-linux-gnu-gcc,aarch64-linux-gnu-ar,-fno-pie))
$(eval $(call core-variant,riscv64,riscv64-linux-gnu-gcc,riscv64-linux-gnu-ar,-fno-pie))
# What -Os leaves in although it makes code larger.
MCU_FLAGS := -Os -mcpu=cortex-m4 -mthumb -ffunction-sections -fdata-sections \
	-fno-forward-propagate -fno-move-loop-invariants -fno-schedule-insns2 -fno-thread-jumps -fno-tree-loop-optimize -fno-tree-dominator-opts -fno-caller-saves -fno-if-conversion \
	-fno-optimize-sibling-calls -fno-tree-tail-merge -fira-algorithm=priority
$(eval $(call core-variant,arm,arm-none-eabi-gcc,arm-none-eabi-ar,$(MCU_FLAGS),$(CORE_SRC_32)))
# The smallest profile: include/tenon/small.h
$(eval $(call core-variant,arm-small,arm-none-eabi-gcc,arm-none-eabi-ar,$(MCU_FLAGS) -DTENON_REASON_ONLY,core/small.c core/fail.c core/arch/arm.c $(wildcard core/fmt/elf*.c)))

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
GUEST_OBJ := $(GUEST_SRC:%.c=$(GUEST)/obj/%.o)
# No code of a C library for atomic operations, no table of addresses.
GUEST_FLAGS = -std=gnu11 -I. -Iinclude $(CFLAGS) -ffreestanding -fno-pie -ffunction-sections -fdata-sections \
	$(if $(filter aarch64,$(ARCH)),-mno-outline-atomics)

$(GUEST)/obj/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_FLAGS) -MMD -MP -c -o $@ $<
$(GUEST)/libtenon.a: $(GUEST_OBJ)
	$(call say,AR,$@)
	$(Q)$(CROSS)ld -r -o $(GUEST)/tenon.o $^
	$(Q)$(CROSS)objcopy --wildcard --keep-global-symbol='tenon_*' $(GUEST)/tenon.o
	$(Q)rm -f $@ && $(CROSS)ar rcsD $@ $(GUEST)/tenon.o

.PHONY: core
core: $(GUEST)/libtenon.a ## the core for a kernel: make core ARCH=riscv64 CROSS=riscv64-elf- CFLAGS="-Os -mcmodel=medany"
	@mkdir -p $(GUEST)/include/tenon/fmt
	@cp include/tenon/*.h $(GUEST)/include/tenon/ && cp include/tenon/fmt/*.h $(GUEST)/include/tenon/fmt/
	@printf '%s\n' $(GUEST_SRC) >$(GUEST)/sources
	@echo "$(GUEST): libtenon.a, include/, and sources, the files that it was made of"
