# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The parts of processes and their memory that need no machine. Each test brings what it needs of the rest itself, or has it
# from tests/kernel.

PROCESS_PARTS := kernel/mm/user_areas.c $(addprefix kernel/process/,elf.c exec_stack.c groups.c ids.c signal_set.c wait.c)

$(eval $(call library,$(O)/tests/kernel/process/parts.a,asan,$(PROCESS_PARTS)))
$(eval $(call programs,$(O)/tests/kernel/process,asan,$(wildcard tests/kernel/process/*_test.c),\
	$(O)/tests/kernel/process/parts.a $(KERNEL_PARTS_LIB) -lpthread))
kernel-tests: $(patsubst %.c,$(O)/%,$(wildcard tests/kernel/process/*_test.c))
