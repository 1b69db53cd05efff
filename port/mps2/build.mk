# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The port for QEMU's mps2-an386, and the image with its tests, tests/boot/mps2/: $(O)/mps2/test.elf.

MPS2_OUT := $(O)/mps2
MPS2_IMAGE := $(MPS2_OUT)/test.elf
MPS2_CC := arm-none-eabi-gcc
MPS2_CPU := -mcpu=cortex-m4 -mthumb
MPS2_CFLAGS := -Os $(MPS2_CPU) -ffreestanding -ffunction-sections -fdata-sections -Iport/mps2/libc

# runtime/ serves the kernel too, as plain functions (its Kbuild says why no-builtin).
MPS2_SRC := $(wildcard port/mps2/*.c port/mps2/libc/*.c tests/boot/mps2/*.c kpi/impl/*.c) tests/port/conformance.c tests/port/blocks.c \
	tests/port/sync.c
MPS2_RUNTIME := runtime/mem.c runtime/str.c runtime/format.c
MPS2_OBJ := $(MPS2_SRC:%.c=$(MPS2_OUT)/%.o) $(MPS2_RUNTIME:%.c=$(MPS2_OUT)/%.o) $(MPS2_OUT)/kpi_table.o $(MPS2_OUT)/files.o

# The module files in the image.
MPS2_KO := $(patsubst %,$(O)/modules/arm/%.ko,runtime/runtime $(addprefix examples/,hello params export-a export-b timer chardev) \
	$(addprefix faulty/,wrong-crc wrong-vermagic missing-symbol fault) mps2/forgetful mps2/misuse)

$(MPS2_OUT)/%.o: %.c | $(KPI_H)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(MPS2_CC) $(CFLAGS) $(MPS2_CFLAGS) $(MPS2_MORE) -MMD -MP -c -o $@ $<
$(MPS2_RUNTIME:%.c=$(MPS2_OUT)/%.o): MPS2_MORE := -fno-builtin -fno-tree-loop-distribute-patterns

# What the port offers of the native interface: no calendar, and what takes an MMU or threads is not there.
MPS2_OFFER := tenon_clock_ns random log event mutex module timer buffer chrdev tenon_alloc tenon_free
$(MPS2_OUT)/kpi_table.c: $(O)/kpi.stamp port/mps2/build.mk
	$(call say,GEN,$@)
	$(Q)kpi/generate --offer $@ $(MPS2_OFFER) $(wildcard kpi/*.def)
	@touch $@
$(MPS2_OUT)/kpi_table.o: $(MPS2_OUT)/kpi_table.c
	$(call say,CC,$@)
	$(Q)$(MPS2_CC) $(CFLAGS) $(MPS2_CFLAGS) -c -o $@ $<

.PHONY: mps2-modules
mps2-modules: modules-arm
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=tests/boot/mps2/modules ARCH=arm O=$(O) OUT=$(O)/modules/arm/mps2
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=tests/port/misuse ARCH=arm O=$(O) OUT=$(O)/modules/arm/mps2
$(MPS2_KO): mps2-modules ;
$(MPS2_OUT)/files.S: port/mps2/build.mk
	@mkdir -p $(@D)
	$(Q){ echo '#include "port/mps2/files.h"'; \
		for f in $(MPS2_KO); do n=$$(basename $$f .ko | tr - _); echo "FILE \"$$n\", \"$$f\""; done; \
		echo FILES_END; } >$@
$(MPS2_OUT)/files.o: $(MPS2_OUT)/files.S port/mps2/files.h $(MPS2_KO)
	$(Q)$(MPS2_CC) $(MPS2_CPU) -I. -c -o $@ $<

$(MPS2_IMAGE): port/mps2/image.ld $(MPS2_OBJ) $(O)/core/arm/libtenon.a
	$(call say,LD,$@)
	$(Q)$(MPS2_CC) $(MPS2_CPU) -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none \
		-Wl,-Map=$(MPS2_OUT)/test.map -T port/mps2/image.ld -o $@ $(MPS2_OBJ) $(O)/core/arm/libtenon.a -lgcc

TEST_PROGRAMS += $(MPS2_IMAGE)

.PHONY: mps2-check mps2-size
mps2-check: $(MPS2_IMAGE) ## run the port for mps2-an386 and its tests in QEMU
	O=$(O) tests/boot/mps2.sh
mps2-size: $(MPS2_IMAGE) ## how large its parts are
	@arm-none-eabi-size -A $< | grep -v '^\.debug'
check: mps2-check
