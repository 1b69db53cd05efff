# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Every tests/unit/X_test.c becomes the program $(O)/tests/unit/X_test, with address and undefined-behaviour
# sanitizers; the other files of the directory are helpers, from which each is linked with those that it uses.

UNIT_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/*_test.c))
UNIT_HELPERS := $(filter-out %_test.c,$(wildcard tests/unit/*.c)) tests/port/contract.c

$(eval $(call library,$(O)/tests/unit/helpers.a,asan,$(UNIT_HELPERS)))
$(eval $(call programs,$(O)/tests/unit,asan,$(wildcard tests/unit/*_test.c),$(O)/tests/unit/helpers.a $(O)/core/asan/libtenon.a))

.PHONY: unit unit-check
unit: $(UNIT_TESTS) ## build the unit tests
unit-check: $(UNIT_TESTS) ## run the unit tests
	@for t in $^; do echo "# $$t"; $$t || exit 1; done
check: unit-check
