# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The process host as a library, to be linked with the core of the same variant: $(O)/port/process/<variant>/libhost.a.
# What is linked with it needs $(HOST_LIBS).

HOST_NATIVE := native find request source decompress trust revoke canonical child turn channel control watch bind trap
HOST_BARE := bare nochild
HOST_COMMON := block entry guard quarantine host log memory primitives sync thread window
HOST_SRC := $(HOST_COMMON:%=port/process/%.c) $(wildcard port/process/device/*.c) $(wildcard kpi/impl/*.c) $(O)/port/process/kpi_table.c
HOST_LIBS := -lcrypto -llzma -lzstd -lpthread

# The program of isolated domains: no C library, linked where no module and no library of the host is.
DOMAIN_PROGRAM := $(O)/port/process/domain/program
DOMAIN_FLAGS := -ffreestanding -fno-stack-protector -fPIE -mgeneral-regs-only -fno-asynchronous-unwind-tables
DOMAIN_LINK := -nostdlib -static -no-pie -Wl,-Ttext-segment=0x10000000000 -Wl,--build-id=none -Wl,-z,noexecstack \
	-Wl,--no-relax
$(eval $(call variant,domain,$(CC),$(DOMAIN_FLAGS),$(DOMAIN_LINK)))
$(eval $(call program,$(DOMAIN_PROGRAM),domain,$(wildcard port/process/domain/*.[cS]),))
CFLAGS.port/process/domain_program.S := -DDOMAIN_PROGRAM='"$(DOMAIN_PROGRAM)"'

# All of the interface but what takes devices that this host has none of.
HOST_DEVICE_PARTS := driver pci mmio irq dma
HOST_OFFER := $(HOST_DEVICE_PARTS) tenon_blkdev_register tenon_blkdev_complete tenon_blkdev_unregister \
	$(filter-out $(KPI_DEVICE_PARTS) $(KPI_PROGRAM_PARTS) $(KPI_FILESYSTEM_PARTS) $(KPI_POLICY_PARTS),$(patsubst kpi/%.def,%,$(wildcard kpi/*.def)))
$(O)/port/process/kpi_table.c: $(O)/kpi.stamp port/process/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(HOST_OFFER) $(wildcard kpi/*.def)
	@touch $@

# $(call host,variant,sources,the tools' library)
define host
HOST_LIB_$(1) := $(O)/port/process/$(1)/libhost.a $(3)
$(call library,$(O)/port/process/$(1)/libhost.a,$(1),$(HOST_SRC) $(2))
$(call objects,$(1),port/process/domain_program.S): $(DOMAIN_PROGRAM)
endef
$(foreach v,host asan tsan,$(eval $(call host,$(v),port/process/domain_program.S $(HOST_NATIVE:%=port/process/%.c),\
	$(O)/lib/$(v)/libtenon-mod.a)))
$(foreach v,aarch64 riscv64,$(eval $(call host,$(v),$(HOST_BARE:%=port/process/%.c),)))

all: $(HOST_LIB_host)

# What the host's programs have in common, files of Linux's file systems among it: to be linked before the host's library, and
# with $(PROGRAM_LIBS).
PROGRAM_LIB := $(O)/port/process/program/libprogram.a
PROGRAM_LIBS := -lblkid
$(eval $(call library,$(PROGRAM_LIB),host,$(wildcard port/process/program/*.c port/process/vfs/*.c)))
