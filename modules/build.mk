# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules: those of the tree to $(O)/modules/<cpu>/<folder>/, or with M=folder those of a folder anywhere, beside their
# sources. The rules for one folder are in module.mk.

ARCH ?= x86_64
MODULE_ARCHES := x86_64 aarch64 riscv64 arm
# runtime comes first: every other module may import from it.
MODULE_FOLDERS := $(patsubst %/Kbuild,%,$(wildcard runtime/Kbuild) $(wildcard modules/*/Kbuild))
MODULE_NEEDS = $(MODPOST) $(KPI_OUT)

.PHONY: modules modules-all $(MODULE_ARCHES:%=modules-%)
ifdef M
modules: modules-runtime-$(ARCH) ## build modules; M=folder ARCH=cpu: those of another folder
	+$(Q)$(MAKE) --no-print-directory -f module.mk M=$(abspath $(M)) ARCH=$(ARCH) O=$(O)
	$(Q)cp -p $(abspath $(M))/.tenon/$(ARCH)/*.ko $(abspath $(M))/
else
modules: modules-$(ARCH) ## build the tree's modules for ARCH; with M=folder those of that folder
endif
modules-all: $(MODULE_ARCHES:%=modules-%) ## build the tree's modules for every CPU

# $(call module-folder,folder,cpu): runtime/ -> runtime, modules/char -> char
module-folder = $(MAKE) --no-print-directory -f module.mk M=$(1) ARCH=$(2) O=$(O) \
	OUT=$(O)/modules/$(2)/$(patsubst modules/%,%,$(1))

define modules-cpu
.PHONY: modules-runtime-$(1)
modules-runtime-$(1): $$(MODULE_NEEDS)
	+$$(Q)$$(call module-folder,runtime,$(1))
modules-$(1): modules-runtime-$(1)
	+$$(Q)set -e; for f in $$(filter-out runtime,$$(MODULE_FOLDERS)); do \
		$$(MAKE) --no-print-directory -f module.mk M=$$$$f ARCH=$(1) O=$$(O) \
			OUT=$$(O)/modules/$(1)/$$$${f#modules/}; done
endef
$(foreach cpu,$(MODULE_ARCHES),$(eval $(call modules-cpu,$(cpu))))
