# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The runtime of modules, compared with the C library: with sanitizers on this machine, and for two other CPUs under
# qemu-user. (As a module the runtime is built by modules/build.mk.)

RUNTIME_TESTS := $(wildcard tests/runtime/*_test.c)
CFLAGS.tests/runtime := -fno-builtin
CFLAGS.tests/runtime/rt.c := $(CFLAGS.runtime)
CFLAGS.tests/runtime/hw.c := $(CFLAGS.runtime) -fno-sanitize=all

$(foreach v,asan aarch64 riscv64,$(eval $(call library,$(O)/tests/runtime/$(v)/runtime.a,$(v),\
	$(addprefix tests/runtime/,rt.c hw.c fakes.c)))$(eval $(call programs,$(O)/tests/runtime/$(v),$(v),$(RUNTIME_TESTS),\
	$(O)/tests/runtime/$(v)/runtime.a)))
TEST_PROGRAMS += $(foreach v,asan aarch64 riscv64,$(RUNTIME_TESTS:tests/runtime/%.c=$(O)/tests/runtime/$(v)/%))

# 32-bit ARM has no C library here: the objects of the module itself, and a program without one.
RUNTIME_ARM := $(O)/modules/arm/runtime/runtime.part.o
$(eval $(call program,$(O)/tests/runtime/arm/arm,arm,tests/runtime/arm.c,$(RUNTIME_ARM)))
$(RUNTIME_ARM): modules-runtime-arm ;
TEST_PROGRAMS += $(O)/tests/runtime/arm/arm
