# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The port for QEMU's mps2-an386, and the image with its tests, tests/boot/mps2/: $(O)/mps2/test.elf.

MPS2_OUT := $(O)/mps2
MPS2_IMAGE := $(MPS2_OUT)/test.elf
MPS2_SRC := $(wildcard port/mps2/*.c port/mps2/libc/*.c tests/boot/mps2/*.c kpi/impl/*.c) \
	$(addprefix tests/port/,conformance.c blocks.c sync.c watched.c contract.c) $(addprefix runtime/,mem.c str.c format.c)

# The module files in the image.
MPS2_KO := $(patsubst %,$(O)/modules/arm/%.ko,runtime/runtime $(addprefix examples/,hello params export-a export-b timer chardev) \
	$(addprefix faulty/,wrong-crc wrong-vermagic missing-symbol fault) mps2/forgetful mps2/misuse)

# What the port offers of the native interface: no calendar, and what takes an MMU or threads is not there.
MPS2_OFFER := tenon_clock_ns random log event mutex module timer buffer chrdev tenon_alloc tenon_free
$(MPS2_OUT)/kpi_table.c: $(O)/kpi.stamp port/mps2/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(MPS2_OFFER) $(wildcard kpi/*.def)
	@touch $@

.PHONY: mps2-modules
mps2-modules: modules-arm
	$(call modules,tests/boot/mps2/modules,arm,$(O)/modules/arm/mps2)
	$(call modules,tests/port/misuse,arm,$(O)/modules/arm/mps2)
$(MPS2_KO): mps2-modules ;
$(MPS2_OUT)/files.S: port/mps2/build.mk
	@mkdir -p $(@D)
	$(Q){ echo '#include "port/mps2/files.h"'; \
		for f in $(MPS2_KO); do n=$$(basename $$f .ko | tr - _); echo "FILE \"$$n\", \"$$f\""; done; \
		echo FILES_END; } >$@

MPS2_LINK := $(ARM_LINK) -Wl,-Map=$(MPS2_OUT)/test.map -T port/mps2/image.ld
$(eval $(call variant,mps2,arm-none-eabi-gcc,$(ARM_FLAGS) -Iport/mps2/libc,$(MPS2_LINK)))
$(eval $(call program,$(MPS2_IMAGE),mps2,$(MPS2_SRC) $(MPS2_OUT)/kpi_table.c $(MPS2_OUT)/files.S,\
	$(O)/core/arm/libtenon.a -lgcc))
$(MPS2_IMAGE): port/mps2/image.ld
$(call objects,mps2,$(MPS2_OUT)/files.S): $(MPS2_KO)

TEST_PROGRAMS += $(MPS2_IMAGE)

.PHONY: mps2-check mps2-size
mps2-check: $(MPS2_IMAGE) ## run the port for mps2-an386 and its tests in QEMU
	O=$(O) tests/boot/mps2.sh
mps2-size: $(MPS2_IMAGE) ## how large its parts are
	@arm-none-eabi-size -A $< | grep -v '^\.debug'
check: mps2-check
