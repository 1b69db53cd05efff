# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The parts of processes and their memory that need no machine. Each test brings what it needs of the rest itself, or has it
# from tests/kernel.

PROCESS_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/kernel/process/*_test.c))
PROCESS_PARTS := kernel/mm/user_areas.c $(addprefix kernel/process/,elf.c exec_stack.c groups.c ids.c signal_set.c wait.c)

$(O)/tests/kernel/process/parts.a: $(patsubst %.c,$(O)/tests/kernel/parts/%.o,$(PROCESS_PARTS))
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(PROCESS_TESTS): $(O)/tests/kernel/process/%: $(O)/tests/kernel/parts/tests/kernel/process/%.o \
		$(O)/tests/kernel/process/parts.a $(O)/tests/kernel/parts.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -no-pie -o $@ $^ -lpthread
kernel-tests: $(PROCESS_TESTS)
