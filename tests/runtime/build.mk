# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The runtime of modules, compared with the C library: with sanitizers on this machine, and for two other CPUs under
# qemu-user. All its names begin with rt_ here. A second copy of mem.c is never sanitized, so that it uses the CPU's
# string instructions, and has hw_. (As a module the runtime is built by modules/build.mk.)

RUNTIME_NAMES := memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr strrchr strstr strscpy \
	__stack_chk_guard __stack_chk_fail init_module
RUNTIME_TEST_FLAGS := -ffreestanding -fno-pie -fno-builtin -fno-tree-loop-distribute-patterns -MMD -MP
RUNTIME_TESTS := $(patsubst tests/runtime/%.c,%,$(wildcard tests/runtime/*_test.c))

# $(call runtime-copy,variant,prefix,compiler,flags)
define runtime-copy
$(O)/tests/runtime/$(1)/$(2)/%.o: runtime/%.c | $(KPI_H)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) $(4) $$(RUNTIME_TEST_FLAGS) $(foreach n,$(RUNTIME_NAMES),-D$(n)=$(2)_$(n)) -c -o $$@ $$<
endef

# $(call runtime-test,variant,compiler,flags,how to run)
define runtime-test
$(call runtime-copy,$(1),rt,$(2),$(3))
$(call runtime-copy,$(1),hw,$(2),)
$(O)/tests/runtime/$(1)/%.o: tests/runtime/%.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(2) $$(CFLAGS) $(3) -fno-pie -fno-builtin -MMD -MP -c -o $$@ $$<
$(RUNTIME_TESTS:%=$(O)/tests/runtime/$(1)/%): %: %.o $(patsubst %,$(O)/tests/runtime/$(1)/%.o, \
		rt/mem rt/str rt/format rt/log rt/stack hw/mem fakes)
	$$(call say,LD,$$@)
	$$(Q)$(2) $(3) $(if $(4),-static,-no-pie) -o $$@ $$^
.PHONY: runtime-check-$(1)
runtime-check-$(1): $(RUNTIME_TESTS:%=$(O)/tests/runtime/$(1)/%)
	@set -e; for t in $$^; do echo "# $$$$t"; $(4) $$$$t; done
runtime-check: runtime-check-$(1)
TEST_PROGRAMS += $(RUNTIME_TESTS:%=$(O)/tests/runtime/$(1)/%)
.PRECIOUS: $(O)/tests/runtime/$(1)/%.o
endef

.PHONY: runtime-check
runtime-check: ## compare the runtime of modules with the C library
$(eval $(call runtime-test,asan,$(CC),$(SANITIZE),))
$(eval $(call runtime-test,aarch64,aarch64-linux-gnu-gcc,,qemu-aarch64))
$(eval $(call runtime-test,riscv64,riscv64-linux-gnu-gcc,,qemu-riscv64))
check: runtime-check

include module-flags.mk

# 32-bit ARM has no C library here: the objects of the module itself, and a program without one, linked each time because
# another make makes those objects. The init function changes the canary, so what calls it must not check it; a system
# call needs the register of the frame pointer.
$(O)/tests/runtime/arm/arm: tests/runtime/arm.c modules-runtime-arm
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(MODULE_CC_arm) $(MODULE_FLAGS_arm) -fomit-frame-pointer -fno-stack-protector -nostdlib -static \
		-Wl,-z,noexecstack -o $@ $< $(O)/modules/arm/runtime/runtime.part.o
.PHONY: runtime-check-arm
runtime-check-arm: $(O)/tests/runtime/arm/arm
	qemu-arm $<
runtime-check: runtime-check-arm
TEST_PROGRAMS += $(O)/tests/runtime/arm/arm
