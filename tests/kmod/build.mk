# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The library under the thread sanitizer, and what scripts preload.

$(eval $(call lib-variant,$(O)/lib/libtenon-mod-tsan.a,$(O)/lib/tsan,$(CLANG),-fsanitize=thread))

$(O)/tests/kmod/plan_test $(O)/tests/kmod/threads_test: $(O)/tests/kmod/%: tests/kmod/%.c $(O)/lib/libtenon-mod-tsan.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CFLAGS) -D_GNU_SOURCE -fsanitize=thread -pthread -MMD -MP -o $@ $(filter %.c %.a,$^)
TEST_PROGRAMS += $(O)/tests/kmod/plan_test $(O)/tests/kmod/threads_test

$(O)/tests/kmod/failing.so: tests/kmod/failing.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -MMD -MP -o $@ $<
TEST_PROGRAMS += $(O)/tests/kmod/failing.so

$(O)/tests/kmod/config_test: tests/kmod/config_test.c $(O)/lib/libtenon-mod-asan.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -D_GNU_SOURCE -MMD -MP -o $@ $(filter %.c %.a,$^) -pthread
$(O)/tests/kmod/tsan/config_test: tests/kmod/config_test.c $(O)/lib/libtenon-mod-tsan.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CFLAGS) -D_GNU_SOURCE -fsanitize=thread -pthread -MMD -MP -o $@ $(filter %.c %.a,$^)
TEST_PROGRAMS += $(O)/tests/kmod/config_test $(O)/tests/kmod/tsan/config_test

# Its own memory functions end memory: without the sanitizer.
$(O)/tests/kmod/memory_test: tests/kmod/memory_test.c $(O)/lib/libtenon-mod.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -MMD -MP -o $@ $(filter %.c %.a,$^) -pthread
TEST_PROGRAMS += $(O)/tests/kmod/memory_test

$(O)/tests/kmod/why_failed: tests/kmod/why_failed.c $(O)/lib/libtenon-mod-asan.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -D_GNU_SOURCE -MMD -MP -o $@ $(filter %.c %.a,$^) -pthread
TEST_PROGRAMS += $(O)/tests/kmod/why_failed
