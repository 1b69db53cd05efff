# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Tests of the user tools' library that are programs, and what scripts preload.

CFLAGS.tests/kmod := -D_GNU_SOURCE
KMOD_TESTS := $(O)/tests/kmod

$(eval $(call programs,$(KMOD_TESTS),pic-tsan,tests/kmod/plan_test.c tests/kmod/threads_test.c,$(O)/lib/libtenon-mod-tsan.a -pthread))
$(eval $(call program,$(KMOD_TESTS)/tsan/config_test,pic-tsan,tests/kmod/config_test.c,$(O)/lib/libtenon-mod-tsan.a -pthread))
$(eval $(call programs,$(KMOD_TESTS),pic-asan,tests/kmod/config_test.c tests/kmod/why_failed.c,$(O)/lib/libtenon-mod-asan.a -pthread))
# Its own memory functions end memory: without the sanitizer.
$(eval $(call program,$(KMOD_TESTS)/memory_test,pic,tests/kmod/memory_test.c,$(O)/lib/libtenon-mod.a -pthread))
$(eval $(call shared,$(KMOD_TESTS)/failing.so,pic,tests/kmod/failing.c,))

TEST_PROGRAMS += $(addprefix $(KMOD_TESTS)/,plan_test threads_test tsan/config_test config_test why_failed memory_test failing.so)
