# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests of the process host with real modules, and again with the host and the core under AddressSanitizer.

CFLAGS.tests/process := -D_GNU_SOURCE
PROCESS_TESTS := $(wildcard tests/process/*_test.c)

# $(call process-tests,variant)
define process-tests
$(call library,$(O)/tests/process/$(1)/helpers.a,$(1),$(filter-out $(PROCESS_TESTS),$(wildcard tests/process/*.c)) port/process/vfs/file.c)
$(call programs,$(O)/tests/process/$(1),$(1),$(PROCESS_TESTS),\
	$(O)/tests/process/$(1)/helpers.a $(HOST_LIB_$(1)) $(O)/core/$(1)/libtenon.a $(HOST_LIBS))
TEST_PROGRAMS += $(PROCESS_TESTS:tests/process/%.c=$(O)/tests/process/$(1)/%)
endef
$(foreach v,host asan,$(eval $(call process-tests,$(v))))

# Its modules, with those of the tree.
.PHONY: process-modules
process-modules: modules
	$(call modules,tests/process/modules,x86_64,$(O)/tests/process/modules)
tests: process-modules
