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
	-fno-forward-propagate -fno-move-loop-invariants -fno-schedule-insns2 -fno-thread-jumps -fno-tree-loop-optimize
$(eval $(call core-variant,arm,arm-none-eabi-gcc,arm-none-eabi-ar,$(MCU_FLAGS),$(CORE_SRC_32)))
# The smallest profile: include/tenon/small.h
$(eval $(call core-variant,arm-small,arm-none-eabi-gcc,arm-none-eabi-ar,$(MCU_FLAGS) -DTENON_REASON_ONLY,core/small.c core/fail.c core/arch/arm.c $(wildcard core/fmt/elf*.c)))

all: $(O)/core/host/libtenon.a
