# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The conformance suite for ports, on the process host for three CPUs (the foreign ones under qemu-user), and the
# process host's own tests.

PORT_SUITE := conformance blocks sync
PORT_MODULE_TESTS := domain_test interface_test sign_test sweep_test

# $(call port-test,variant,compiler,flags,libraries)
define port-test
$(O)/tests/port/$(1)/%.o: tests/port/%.c | $(KPI_H)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(2) $$(CFLAGS) -fno-pie $(3) -MMD -MP -c -o $$@ $$<
$(O)/tests/port/$(1)/process_test: $$(patsubst %,$(O)/tests/port/$(1)/%.o,process_test $(PORT_SUITE)) \
		$(4) $(O)/core/$(1)/libtenon.a
	$$(call say,LD,$$@)
	$$(Q)$(2) -no-pie $(3) -o $$@ $$^ $(5)
$(PORT_MODULE_TESTS:%=$(O)/tests/port/$(1)/%): %: %.o $(4) $(O)/core/$(1)/libtenon.a
	$$(call say,LD,$$@)
	$$(Q)$(2) -no-pie $(3) -o $$@ $$^ $(5)
endef

$(eval $(call port-test,host,$(CC),,$(HOST_LIB),$(HOST_LIBS)))
$(eval $(call port-test,asan,$(CC),$(SANITIZE),$(HOST_LIB_asan),$(HOST_LIBS)))
$(eval $(call port-test,tsan,$(CLANG),-fsanitize=thread,$(HOST_LIB_tsan),$(HOST_LIBS)))
$(eval $(call port-test,aarch64,aarch64-linux-gnu-gcc,-static,$(HOST_LIB_aarch64),-lpthread))
$(eval $(call port-test,riscv64,riscv64-linux-gnu-gcc,-static,$(HOST_LIB_riscv64),-lpthread))

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
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=tests/port/modules O=$(O) OUT=$(O)/tests/port/modules
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=tests/port/misuse O=$(O) OUT=$(O)/tests/port/misuse
tests: port-modules
port-check: $(PORT_TESTS) port-modules ## run the conformance suite and the process host's tests
	$(O)/tests/port/host/process_test
	$(O)/tests/port/host/process_test signal
	$(O)/tests/port/asan/process_test
	qemu-aarch64 $(O)/tests/port/aarch64/process_test
	qemu-riscv64 $(O)/tests/port/riscv64/process_test
	set -e; for t in $(foreach v,host asan,$(PORT_MODULE_TESTS:%=$(O)/tests/port/$(v)/%)); do O=$(O) $$t; done
check: port-check
