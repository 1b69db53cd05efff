# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The process host as a library, to be linked with the core of the same variant: $(O)/port/process/libhost.a, and
# $(O)/port/process/<variant>/libhost.a for the others. Programs with it are linked with $(HOST_LDFLAGS) $(HOST_LIBS).

HOST_NATIVE := native find decompress trust revoke canonical child channel control watch bind trap domain_program
HOST_BARE := bare nochild
HOST_COMMON := block entry guard quarantine host log memory primitives sync thread window kpi_table \
	$(patsubst kpi/impl/%.c,impl/%,$(wildcard kpi/impl/*.c))
HOST_LDFLAGS := -no-pie
HOST_LIBS := -lcrypto -llzma -lzstd -lpthread

# The program of isolated domains: no C library, linked where no module and no library of the host is.
DOMAIN_PROGRAM := $(O)/port/process/domain/program
DOMAIN_OBJ := $(patsubst port/process/domain/%,$(O)/port/process/domain/%.o,$(wildcard port/process/domain/*.[cS]))
DOMAIN_CFLAGS := -ffreestanding -fno-stack-protector -fPIE -mgeneral-regs-only -fno-asynchronous-unwind-tables

$(O)/port/process/domain/%.o: port/process/domain/%
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(DOMAIN_CFLAGS) -MMD -MP -c -o $@ $<
$(DOMAIN_PROGRAM): $(DOMAIN_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) -nostdlib -static -no-pie -Wl,-Ttext-segment=0x10000000000 -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--no-relax -o $@ $^

# All of the interface but what takes devices.
HOST_OFFER := $(filter-out $(KPI_DEVICE_PARTS),$(patsubst kpi/%.def,%,$(wildcard kpi/*.def)))
$(O)/port/process/kpi_table.c: $(O)/kpi.stamp port/process/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)kpi/generate --offer $@ $(HOST_OFFER) $(wildcard kpi/*.def)
	@touch $@

# $(call host-variant,name,library,compiler,archiver,flags,sources)
define host-variant
$(O)/port/process/$(1)/%.o: port/process/%.c | $(KPI_H)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -fno-pie $(5) -MMD -MP -c -o $$@ $$<
$(O)/port/process/$(1)/impl/%.o: kpi/impl/%.c | $(KPI_H)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -fno-pie $(5) -MMD -MP -c -o $$@ $$<
$(O)/port/process/$(1)/kpi_table.o: $(O)/port/process/kpi_table.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -fno-pie $(5) -MMD -MP -c -o $$@ $$<
$(O)/port/process/$(1)/domain_program.o: port/process/domain_program.S $(DOMAIN_PROGRAM)
	$$(call say,AS,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) -DDOMAIN_PROGRAM='"$(DOMAIN_PROGRAM)"' -c -o $$@ $$<
$(2): $$(patsubst %,$(O)/port/process/$(1)/%.o,$(6))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $(4) qcsD $$@ $$^
endef

HOST_LIB := $(O)/port/process/libhost.a
$(eval $(call host-variant,host,$(HOST_LIB),$(CC),$(AR),,$(HOST_COMMON) $(HOST_NATIVE)))
$(foreach v,asan tsan aarch64 riscv64,$(eval HOST_LIB_$(v) := $(O)/port/process/$(v)/libhost.a))
$(eval $(call host-variant,asan,$(HOST_LIB_asan),$(CC),$(AR),$(SANITIZE),$(HOST_COMMON) $(HOST_NATIVE)))
$(eval $(call host-variant,tsan,$(HOST_LIB_tsan),$(CLANG),$(AR),-fsanitize=thread,$(HOST_COMMON) $(HOST_NATIVE)))
$(eval $(call host-variant,aarch64,$(HOST_LIB_aarch64),aarch64-linux-gnu-gcc,aarch64-linux-gnu-ar,,$(HOST_COMMON) $(HOST_BARE)))
$(eval $(call host-variant,riscv64,$(HOST_LIB_riscv64),riscv64-linux-gnu-gcc,riscv64-linux-gnu-ar,,$(HOST_COMMON) $(HOST_BARE)))

all: $(HOST_LIB)
