# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests with several threads, under ThreadSanitizer. They share the host of plain memory with the unit tests.

THREAD_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/threads/*_test.c))
THREAD_HELPERS := model_host playground elf_builder

$(O)/tests/threads/%.o: tests/threads/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CFLAGS) -fsanitize=thread -fno-pie -MMD -MP -c -o $@ $<
$(O)/tests/threads/%.o: tests/unit/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CFLAGS) -fsanitize=thread -fno-pie -MMD -MP -c -o $@ $<

$(THREAD_TESTS): %: %.o $(THREAD_HELPERS:%=$(O)/tests/threads/%.o) $(O)/core/tsan/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CLANG) -fsanitize=thread -no-pie -pthread -o $@ $^

.PHONY: threads
threads: $(THREAD_TESTS) ## build the tests with several threads
.PRECIOUS: $(O)/tests/threads/%.o
