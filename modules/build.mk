# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules: those of the tree to $(O)/modules/<cpu>/<directory>/, or with M=directory those of a directory anywhere, beside
# their sources. The rules for one directory are in module.mk.

ARCH ?= x86_64
MODULE_ARCHES := x86_64 aarch64 riscv64 arm
MODULE_DIRECTORIES := $(sort $(patsubst modules/%/Kbuild,%,$(wildcard modules/*/Kbuild)))

.PHONY: modules modules-all $(MODULE_ARCHES:%=modules-%)
ifdef M
modules: modules-runtime-$(ARCH) ## build modules; M=directory ARCH=cpu: those of another directory
	$(call modules,$(abspath $(M)),$(ARCH),$(abspath $(M))/.tenon/$(ARCH))
	$(Q)cp -p $(abspath $(M))/.tenon/$(ARCH)/*.ko $(abspath $(M))/
else
modules: modules-$(ARCH) ## build the tree's modules for ARCH; with M=directory those of that directory
endif
modules-all: $(MODULE_ARCHES:%=modules-%) ## build the tree's modules for every CPU

# The module tcpip is lwIP, of Debian's source.
$(O)/debian/lwip/COPYING:
	$(Q)setup/debian-source lwip $(O)

# The module unpack_gzip is zlib, likewise.
$(O)/debian/zlib/README:
	$(Q)setup/debian-source zlib $(O)

# runtime comes first: every other module may import from it. The others in order: a directory may import from one before it.
define modules-cpu
.PHONY: modules-runtime-$(1)
modules-runtime-$(1): $$(MODPOST) $$(KPI_OUT)
	$$(call modules,runtime,$(1),$(O)/modules/$(1)/runtime)
modules-$(1): modules-runtime-$(1) $(O)/debian/lwip/COPYING $(O)/debian/zlib/README
	$$(foreach d,$$(MODULE_DIRECTORIES),$$(call modules,modules/$$(d),$(1),$(O)/modules/$(1)/$$(d))$$(newline))
endef
$(foreach cpu,$(MODULE_ARCHES),$(eval $(call modules-cpu,$(cpu))))
