# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# T0: link every module of Debian's kernels and compare with GNU ld and lld. See t0.h.

T0_LISTS := $(foreach cpu,x86_64 aarch64 riscv64 arm,$(O)/tests/oracle/$(cpu).list)

$(eval $(call program,$(O)/tests/debian/t0,host,$(filter-out tests/debian/load_object.c,$(wildcard tests/debian/*.c)) \
	tests/unit/model_host.c,$(O)/core/host/libtenon.a))
$(eval $(call program,$(O)/tests/debian/load_object,host,tests/debian/load_object.c tests/unit/model_host.c,$(O)/core/host/libtenon.a))

.PHONY: check-debian
check-debian: $(O)/tests/debian/t0 $(O)/tests/debian/load_object $(T0_LISTS) ## link all modules of Debian's kernels, compare with GNU ld
	@O=$(O) tests/debian/check-all
TEST_PROGRAMS += $(O)/tests/debian/t0 $(O)/tests/debian/load_object $(T0_LISTS)
