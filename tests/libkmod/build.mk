# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Programs of the tests of libkmod.so.2. They are linked to Debian's library and run with either.

CFLAGS.tests/libkmod := -D_GNU_SOURCE
LIBKMOD_TESTS := $(O)/tests/libkmod

$(eval $(call program,$(LIBKMOD_TESTS)/api,pic,$(wildcard tests/libkmod/api*.c),-l:libkmod.so.2))
# Its own memory functions end memory: with our library, without the sanitizer.
$(eval $(call program,$(LIBKMOD_TESTS)/memory_test,pic,tests/libkmod/memory_test.c,$(O)/libkmod/libkmod.so.2))
$(LIBKMOD_TESTS)/memory_test: LDFLAGS := -Wl,-rpath,'$$ORIGIN/../../libkmod'
TEST_PROGRAMS += $(LIBKMOD_TESTS)/api $(LIBKMOD_TESTS)/memory_test
