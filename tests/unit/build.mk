# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Every tests/unit/X_test.c becomes the program $(O)/tests/unit/X_test, with address and undefined-behaviour
# sanitizers; the other files of the folder are helpers that each of them is linked with.

UNIT_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/*_test.c))
UNIT_HELPERS := $(patsubst %.c,$(O)/%.o,$(filter-out %_test.c,$(wildcard tests/unit/*.c)))

$(O)/tests/unit/%.o: tests/unit/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fno-pie -MMD -MP -c -o $@ $<

$(UNIT_TESTS): %: %.o $(UNIT_HELPERS) $(O)/core/asan/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -no-pie -o $@ $^

.PHONY: unit unit-check
unit: $(UNIT_TESTS) ## build the unit tests
unit-check: $(UNIT_TESTS) ## run the unit tests
	@for t in $^; do echo "# $$t"; $$t || exit 1; done
check: unit-check
.PRECIOUS: $(O)/tests/unit/%.o
