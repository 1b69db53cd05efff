# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Programs of the tests of libkmod.so.2. They are linked to Debian's library and run with either.

LIBKMOD_TESTS := $(O)/tests/libkmod

$(LIBKMOD_TESTS)/%.o: tests/libkmod/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -c -o $@ $<
$(LIBKMOD_TESTS)/api: $(patsubst tests/%.c,$(O)/tests/%.o,$(wildcard tests/libkmod/api*.c))
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $(filter %.o,$^) -l:libkmod.so.2
TEST_PROGRAMS += $(LIBKMOD_TESTS)/api

# Its own memory functions end memory: with our library, without the sanitizer.
$(LIBKMOD_TESTS)/memory_test: tests/libkmod/memory_test.c $(O)/libkmod/libkmod.so.2
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -o $@ $< $(O)/libkmod/libkmod.so.2 -Wl,-rpath,'$$ORIGIN/../../libkmod'
TEST_PROGRAMS += $(LIBKMOD_TESTS)/memory_test
