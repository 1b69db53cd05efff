# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Relocations against GNU ld and lld: objects with every relocation type of every CPU, linked by the core's tables and
# by the linkers, must be equal byte for byte. Stubs, which linkers make in their own way, are run.

ORACLE_CPUS := x86_64 aarch64 riscv64 arm
ORACLE_OUT := $(O)/tests/oracle
ORACLE_LISTS := $(ORACLE_CPUS:%=$(ORACLE_OUT)/%.list)
ORACLE_STUBS := $(ORACLE_CPUS:%=$(ORACLE_OUT)/stubs-%)

$(eval $(call program,$(ORACLE_OUT)/dump_object,asan,tests/oracle/dump_object.c,$(O)/core/asan/libtenon.a))

$(ORACLE_LISTS): $(ORACLE_OUT)/%.list: tests/oracle/make_objects.py tests/oracle/snippets.py \
		$(wildcard tests/oracle/c/*.c) $(ORACLE_OUT)/dump_object
	$(call say,ORACLE,$*)
	$(Q)python3 -B tests/oracle/make_objects.py $* $(ORACLE_OUT) $(ORACLE_OUT)/dump_object

# $(call oracle-stubs,cpu,variant,sources): of the core only the CPU's table.
oracle-stubs = $(call program,$(ORACLE_OUT)/stubs-$(1),$(2),$(3) core/arch/$(1).c core/fail.c)
$(eval $(call oracle-stubs,x86_64,host,tests/oracle/stub_exec.c core/arch/rela.c))
$(eval $(call oracle-stubs,aarch64,aarch64,tests/oracle/stub_exec.c core/arch/rela.c))
$(eval $(call oracle-stubs,riscv64,riscv64,tests/oracle/stub_exec.c core/arch/rela.c))
$(eval $(call oracle-stubs,arm,arm,tests/oracle/stub_exec_arm.c runtime/mem.c))
$(ORACLE_OUT)/stubs-arm: LDFLAGS := -Wl,-e,start

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
