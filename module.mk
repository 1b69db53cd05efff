# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Builds the modules of one directory, in this tree or anywhere else, for one CPU. Called by modules/build.mk as
#
#     make -f module.mk M=directory ARCH=cpu OUT=where
#
# The directory's Kbuild (or else its Makefile) says what there is, in the words of Linux's Kbuild:
#
#     obj-m := hello.o pair.o             the modules: hello.ko, pair.ko
#     pair-objs := left.o right.o         sources of a module that has several
#     ccflags-y := -DDEBUG                further compiler flags for this directory
#     KBUILD_EXTRA_SYMBOLS := a.symvers   what modules of other directories export, relative to the directory
#     pair-symvers := old.symvers         the same, for one module, and read first
#     pair-modpost := --faulty            further options of modpost, for one module
#
# On the way from sources to NAME.ko, all below $(OUT):
#     a.c -> a.o, ld -r -> NAME.part.o, modpost -e -> NAME.symvers (its exports),
#     modpost -o -> NAME.mod.s (the rest of it; sees every symvers file), as -> NAME.mod.o, ld -r --build-id -> NAME.ko

ARCH ?= x86_64
O ?= build
V ?= 0
OUT ?= $(M)/.tenon/$(ARCH)
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-8s %s\n' $(1) $(2),@:)

# The goal; not called `modules`, which the directory's Makefile may have as a target of its own.
__modules:

# A recipe that fails leaves nothing behind that would look made.
.DELETE_ON_ERROR:

include module-flags.mk

ifeq ($(filter $(ARCH),$(MODULE_CPUS)),)
$(error ARCH=$(ARCH): modules are built for $(MODULE_CPUS))
endif

obj-m :=
ccflags-y :=
KBUILD_EXTRA_SYMBOLS ?=
include $(firstword $(wildcard $(M)/Kbuild) $(M)/Makefile)

MODPOST := $(O)/modpost/modpost
LD := $(patsubst %gcc,%ld,$(MODULE_CC_$(ARCH)))
FLAGS := $(MODULE_FLAGS_$(ARCH)) -ffile-prefix-map=$(O)=build -ffile-prefix-map=$(abspath $(O))=build \
	-ffile-prefix-map=$(abspath $(M))=$(or $(filter-out /%,$(M)),.) -gno-record-gcc-switches
NAMES := $(obj-m:.o=)
ifeq ($(NAMES),)
$(error $(M): neither Kbuild nor Makefile says obj-m := NAME.o)
endif
# What every module may import: the interface, and what runs inside each domain.
RUNTIME := $(O)/modules/$(ARCH)/runtime/runtime.symvers
SYMVERS := $(NAMES:%=$(OUT)/%.symvers)
OTHERS := $(O)/kpi_symvers $(filter-out $(SYMVERS),$(RUNTIME)) \
	$(foreach f,$(KBUILD_EXTRA_SYMBOLS),$(if $(filter /%,$(f)),$(f),$(M)/$(f)))

$(OUT)/%.o: $(M)/%.c $(MAKEFILE_LIST)
	$(call say,CC-M,$@)
	@mkdir -p $(@D)
	$(Q)$(MODULE_CC_$(ARCH)) $(FLAGS) $(ccflags-y) -MMD -MP -c -o $@ $<

# $(call objects,name): a module's objects; without NAME-objs it is the one of its own name.
objects = $(addprefix $(OUT)/,$(or $(strip $($(1)-objs) $($(1)-y)),$(1).o))
# $(call own,name): the symvers files of one module alone.
own = $(foreach f,$($(1)-symvers),$(if $(filter /%,$(f)),$(f),$(M)/$(f)))
# $(call modname,name): the module's name; a file name may have '-' where it has '_'.
modname = $(subst -,_,$(1))

define module
$(OUT)/$(1).part.o: $(call objects,$(1))
	$(Q)$(LD) -r -z noexecstack -o $$@ $$^
$(OUT)/$(1).symvers: $(OUT)/$(1).part.o $(MODPOST)
	$(Q)$(MODPOST) -n $(call modname,$(1)) $($(1)-modpost) -e $$@ $$<
$(OUT)/$(1).mod.s: $(OUT)/$(1).part.o $(MODPOST) $(call own,$(1)) $(SYMVERS) $(OTHERS)
	$(Q)$(MODPOST) -n $(call modname,$(1)) $($(1)-modpost) $(patsubst %,-i %,$(call own,$(1)) $(SYMVERS) $(OTHERS)) \
		-o $$@ $$<
$(OUT)/$(1).ko: $(OUT)/$(1).part.o $(OUT)/$(1).mod.o
	$$(call say,KO,$$@)
	$(Q)$(LD) -r -z noexecstack --build-id=sha1 -o $$@ $$^
endef
$(foreach name,$(NAMES),$(eval $(call module,$(name))))

$(OUT)/%.mod.o: $(OUT)/%.mod.s
	$(Q)$(MODULE_CC_$(ARCH)) $(filter -m%,$(MODULE_FLAGS_CPU_$(ARCH))) -c -o $@ $<

.PHONY: __modules
.SECONDARY:
__modules: $(NAMES:%=$(OUT)/%.ko)
	@:

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d)
