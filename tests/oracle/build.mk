# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Relocations against GNU ld and lld: objects with every relocation type of every CPU, linked by the core's tables and
# by the linkers, must be equal byte for byte.

ORACLE_CPUS := x86_64 aarch64 riscv64 arm
ORACLE_OUT := $(O)/tests/oracle
ORACLE_LISTS := $(ORACLE_CPUS:%=$(ORACLE_OUT)/%.list)

$(ORACLE_OUT)/dump_object: tests/oracle/dump_object.c $(O)/core/asan/libtenon.a
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fno-pie -no-pie -o $@ $(filter %.c %.a,$^)

$(ORACLE_LISTS): $(ORACLE_OUT)/%.list: tests/oracle/make_objects.py tests/oracle/snippets.py $(wildcard tests/oracle/c/*.c) \
		$(ORACLE_OUT)/dump_object
	$(call say,ORACLE,$*)
	$(Q)python3 -B tests/oracle/make_objects.py $* $(ORACLE_OUT) $(ORACLE_OUT)/dump_object

.PHONY: oracle-check
oracle-check: $(ORACLE_LISTS) ## compare relocations with GNU ld and lld
	@for cpu in $(ORACLE_CPUS); do \
		echo "# $$cpu"; \
		python3 -B tests/oracle/compare.py --types include/tenon/fmt/elf_$$cpu.h $(ORACLE_OUT)/$$cpu.list && \
		python3 -B tests/oracle/compare.py --linker lld $(ORACLE_OUT)/$$cpu-lld.list || exit 1; \
	done
check: oracle-check
