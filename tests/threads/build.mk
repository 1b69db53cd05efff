# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests with several threads, under ThreadSanitizer. They share the host of plain memory with the unit tests.

THREAD_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/threads/*_test.c))

$(eval $(call library,$(O)/tests/threads/helpers.a,tsan,$(addprefix tests/unit/,model_host.c playground.c elf_builder.c)))
$(eval $(call programs,$(O)/tests/threads,tsan,$(wildcard tests/threads/*_test.c),$(O)/tests/threads/helpers.a \
	$(O)/core/tsan/libtenon.a -pthread))

.PHONY: threads
threads: $(THREAD_TESTS) ## build the tests with several threads
