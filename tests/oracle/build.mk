# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Relocations against GNU ld and lld: objects with every relocation type of every CPU, linked by the core's tables and
# by the linkers, must be equal byte for byte. Stubs, which linkers make in their own way, are run.

comma := ,
ORACLE_CPUS := x86_64 aarch64 riscv64 arm
ORACLE_OUT := $(O)/tests/oracle
ORACLE_LISTS := $(ORACLE_CPUS:%=$(ORACLE_OUT)/%.list)
ORACLE_STUBS := $(ORACLE_CPUS:%=$(ORACLE_OUT)/stubs-%)

$(ORACLE_OUT)/dump_object: tests/oracle/dump_object.c $(O)/core/asan/libtenon.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fno-pie -no-pie -o $@ $^

$(ORACLE_LISTS): $(ORACLE_OUT)/%.list: tests/oracle/make_objects.py tests/oracle/snippets.py \
		$(wildcard tests/oracle/c/*.c) $(ORACLE_OUT)/dump_object
	$(call say,ORACLE,$*)
	$(Q)python3 -B tests/oracle/make_objects.py $* $(ORACLE_OUT) $(ORACLE_OUT)/dump_object

# $(call oracle-stubs,cpu,variant of the core,compiler and flags,source,objects of the core)
define oracle-stubs
$(ORACLE_OUT)/stubs-$(1): $(4) $(5:%=$(O)/core/$(2)/core/%.o)
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -static -o $$@ $$^
endef
$(eval $(call oracle-stubs,x86_64,host,$(CC) -fno-pie -no-pie,tests/oracle/stub_exec.c,\
	arch/x86_64 arch/rela fail))
$(eval $(call oracle-stubs,aarch64,aarch64,aarch64-linux-gnu-gcc -fno-pie -no-pie,tests/oracle/stub_exec.c,\
	arch/aarch64 arch/rela fail))
$(eval $(call oracle-stubs,riscv64,riscv64,riscv64-linux-gnu-gcc -fno-pie -no-pie,tests/oracle/stub_exec.c,\
	arch/riscv64 arch/rela fail))
$(eval $(call oracle-stubs,arm,arm,arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -ffreestanding -nostdlib \
	-fno-tree-loop-distribute-patterns -Wl$(comma)--gc-sections -Wl$(comma)-e$(comma)start,\
	tests/oracle/stub_exec_arm.c,arch/arm fail))

.PHONY: oracle-check stub-check
oracle-check: $(ORACLE_LISTS) ## compare relocations with GNU ld and lld
	@for cpu in $(ORACLE_CPUS); do \
		echo "# $$cpu"; \
		python3 -B tests/oracle/compare.py --types include/tenon/fmt/elf_$$cpu.h $(ORACLE_OUT)/$$cpu.list && \
		python3 -B tests/oracle/compare.py --linker lld $(ORACLE_OUT)/$$cpu-lld.list || exit 1; \
	done
stub-check: $(ORACLE_STUBS) ## run branch stubs of every CPU
	@$(ORACLE_OUT)/stubs-x86_64
	@qemu-aarch64 $(ORACLE_OUT)/stubs-aarch64
	@qemu-riscv64 $(ORACLE_OUT)/stubs-riscv64
	@if qemu-arm $(ORACLE_OUT)/stubs-arm; then echo "ok 1 - arm: call and jump through a stub"; \
		else echo "not ok 1 - arm: step $$? of stub_exec_arm.c"; false; fi; echo "1..1"
check: oracle-check stub-check
