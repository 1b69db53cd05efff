# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# How work grows with a file: a core, and the string functions it calls, that count the basic blocks they pass.

LINEAR_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/linear/*_test.c))
LINEAR_HELPERS := $(patsubst %,$(O)/tests/linear/%.o,model_host playground elf_builder)
LINEAR_STRINGS := $(patsubst %,$(O)/tests/linear/runtime/%.o,mem str)
COUNTED := -fno-pie -fno-builtin -fsanitize-coverage=trace-pc

$(eval $(call core-variant,counted,$(CC),$(AR),$(COUNTED)))

$(O)/tests/linear/runtime/%.o: runtime/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -ffreestanding $(COUNTED) -MMD -MP -c -o $@ $<
$(O)/tests/linear/%.o: tests/linear/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<
$(O)/tests/linear/%.o: tests/unit/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<

$(LINEAR_TESTS): %: %.o $(LINEAR_HELPERS) $(LINEAR_STRINGS) $(O)/core/counted/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) -no-pie -o $@ $^

TEST_PROGRAMS += $(LINEAR_TESTS)
.PRECIOUS: $(O)/tests/linear/%.o $(O)/tests/linear/runtime/%.o
