# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests of the process host with real modules, and again with the host and the core under AddressSanitizer.

PROCESS_TESTS := $(patsubst tests/process/%.c,%,$(wildcard tests/process/*_test.c))
PROCESS_HELPERS := $(filter-out $(PROCESS_TESTS),$(patsubst tests/process/%.c,%,$(wildcard tests/process/*.c)))
PROCESS_MODULES := $(O)/tests/process/modules

# $(call process-tests,variant,flags,library of the host)
define process-tests
$(O)/tests/process/$(1)/%.o: tests/process/%.c | $(KPI_H)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(CC) $$(CFLAGS) -D_GNU_SOURCE -fno-pie $(2) -MMD -MP -c -o $$@ $$<
$(PROCESS_TESTS:%=$(O)/tests/process/$(1)/%): %: %.o $(patsubst %,$(O)/tests/process/$(1)/%.o,$(PROCESS_HELPERS)) \
		$(3) $(O)/core/$(1)/libtenon.a
	$$(call say,LD,$$@)
	$$(Q)$(CC) $(HOST_LDFLAGS) $(2) -o $$@ $$^ $(HOST_LIBS)
TEST_PROGRAMS += $(PROCESS_TESTS:%=$(O)/tests/process/$(1)/%)
endef
$(eval $(call process-tests,host,,$(HOST_LIB)))
$(eval $(call process-tests,asan,$(SANITIZE),$(HOST_LIB_asan)))

# Its modules, with those of the tree.
.PHONY: process-modules
process-modules: modules
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=tests/process/modules O=$(O) OUT=$(PROCESS_MODULES)
tests: process-modules
