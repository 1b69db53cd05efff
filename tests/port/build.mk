# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The conformance suite for ports, on the process host for three CPUs (the foreign ones under qemu-user), and the
# process host's own tests.

PORT_SUITE := $(addprefix tests/port/,process_test.c conformance.c blocks.c sync.c watched.c contract.c)
PORT_MODULE_TESTS := domain_test interface_test sign_test sweep_test

# $(call port-suite,variant,libraries), $(call port-modules,variant,libraries)
port-suite = $(call program,$(O)/tests/port/$(1)/process_test,$(1),$(PORT_SUITE),$(HOST_LIB_$(1)) $(O)/core/$(1)/libtenon.a $(2))
port-module-tests = $(call programs,$(O)/tests/port/$(1),$(1),$(PORT_MODULE_TESTS:%=tests/port/%.c),\
	$(HOST_LIB_$(1)) $(O)/core/$(1)/libtenon.a $(2))

$(foreach v,host asan tsan,$(eval $(call port-suite,$(v),$(HOST_LIBS)))$(eval $(call port-module-tests,$(v),$(HOST_LIBS))))
$(foreach v,aarch64 riscv64,$(eval $(call port-suite,$(v),-lpthread)))

# What the core needs of a kernel: footprint.sh.
define footprint
$(O)/tests/port/footprint-$(1): tests/port/footprint.c port/mps2/pool.c $(O)/core/$(2)/libtenon.a
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -fno-pie -no-pie -static -o $$@ $$^
TEST_PROGRAMS += $(O)/tests/port/footprint-$(1)
endef
$(eval $(call footprint,x86_64,host,$(CC)))
$(eval $(call footprint,aarch64,aarch64,aarch64-linux-gnu-gcc))
$(eval $(call footprint,riscv64,riscv64,riscv64-linux-gnu-gcc))

PORT_TESTS := $(foreach v,host asan aarch64 riscv64,$(O)/tests/port/$(v)/process_test) \
	$(foreach v,host asan,$(PORT_MODULE_TESTS:%=$(O)/tests/port/$(v)/%))

.PHONY: port-modules port-check
port-modules: modules-x86_64
	$(call modules,tests/port/modules,x86_64,$(O)/tests/port/modules)
	$(call modules,tests/port/misuse,x86_64,$(O)/tests/port/misuse)
tests: port-modules
port-check: $(PORT_TESTS) port-modules ## run the conformance suite and the process host's tests
	$(O)/tests/port/host/process_test
	$(O)/tests/port/host/process_test signal
	$(O)/tests/port/asan/process_test
	qemu-aarch64 $(O)/tests/port/aarch64/process_test
	qemu-riscv64 $(O)/tests/port/riscv64/process_test
	set -e; for t in $(foreach v,host asan,$(PORT_MODULE_TESTS:%=$(O)/tests/port/$(v)/%)); do O=$(O) $$t; done
check: port-check
