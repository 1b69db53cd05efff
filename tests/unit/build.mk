# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Every tests/unit/X_test.c becomes the program $(O)/tests/unit/X_test, with address and undefined-behaviour
# sanitizers; the other files of the folder are helpers, from which each is linked with those that it uses.

UNIT_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/*_test.c))
UNIT_HELPERS := $(patsubst %.c,$(O)/%.o,$(filter-out %_test.c,$(wildcard tests/unit/*.c)))

$(O)/tests/unit/%.o: tests/unit/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fno-pie -MMD -MP -c -o $@ $<

$(O)/tests/unit/helpers.a: $(UNIT_HELPERS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(UNIT_TESTS): %: %.o $(O)/tests/unit/helpers.a $(O)/core/asan/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -no-pie -o $@ $^

.PHONY: unit unit-check
unit: $(UNIT_TESTS) ## build the unit tests
unit-check: $(UNIT_TESTS) ## run the unit tests
	@for t in $^; do echo "# $$t"; $$t || exit 1; done
check: unit-check
.PRECIOUS: $(O)/tests/unit/%.o
