# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# How each kind of thing is made; the build.mk of a directory lists what it is made of:
#
#     $(call library,FILE,VARIANT,SOURCES)                  an archive
#     $(call shared,FILE,VARIANT,SOURCES,WITH)              a shared library
#     $(call program,FILE,VARIANT,SOURCES,WITH)             a program
#     $(call programs,DIRECTORY,VARIANT,SOURCES,WITH)       one program of each source, named after it
#     $(call sealed,FILE,VARIANT,SOURCES,NAMES)             an archive of one object in which only NAMES, patterns, are visible
#     $(call modules,DIRECTORY,CPU,OUT)                     the command that makes the modules of a directory
#
# WITH is what follows the objects: other objects and archives, and -lNAME. Further flags for linking one FILE are its
# own variable, as in FILE: LDFLAGS := -Wl,-z,now. A source x/y/z.c, or .S, is compiled to $(O)/obj/VARIANT/x/y/z.c.o with
# CFLAGS, the flags of its variant, and those of the directories it is in and its own: CFLAGS.x, CFLAGS.x/y and
# CFLAGS.x/y/z.c. A source may itself be made, below $(O). Call these functions with $(eval ...).

# $(call variant,NAME,COMPILER,FLAGS,FLAGS OF THE LINKER). A compiler X-gcc has its X-ar beside it.
define variant
TOOLS.$(1) := $(if $(filter %-gcc,$(2)),$(2:%gcc=%))
LINK.$(1) := $(2) $(3) $(4)
$(call compile,$(O)/obj/$(1)/%.o,%,$(2),$(3))
$(call compile,$(O)/obj/$(1)/made/%.o,$(O)/%,$(2),$(3))
endef
define compile
$(1): $(2) | $(O)/include/tenon/kpi.h
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) $(4) $$(call own-flags,$$<) -MMD -MP -c -o $$@ $$<
endef
own-flags = $(call flags-of,$(1),$(subst /, ,$(1)))
flags-of = $(CFLAGS.$(word 1,$(2))) $(CFLAGS.$(word 1,$(2))/$(word 2,$(2))) $(if $(word 3,$(2)),$(CFLAGS.$(1)))

$(eval $(call variant,host,$(CC),-fno-pie,-no-pie))
$(eval $(call variant,asan,$(CC),-fno-pie $(SANITIZE),-no-pie))
$(eval $(call variant,tsan,$(CLANG),-fno-pie -fsanitize=thread,-no-pie))
# For libFuzzer.
$(eval $(call variant,fuzz,$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link,))
# Position-independent: what runs as a program, and shared libraries.
$(eval $(call variant,pic,$(CC),-fPIC,))
$(eval $(call variant,pic-asan,$(CC),-fPIC $(SANITIZE),))
$(eval $(call variant,pic-tsan,$(CLANG),-fPIC -fsanitize=thread,))
# For programs without shared libraries: those of guests, and the user tools, which are position-independent, and linked
# with what libtenon-mod otherwise loads when needed.
$(eval $(call variant,static,$(CC),,-static))
LIBS.static-pie := -lzstd -llzma -lz
$(eval $(call variant,static-pie,$(CC),-fPIE -DTMOD_STATIC,-static-pie))
# Other CPUs: programs that qemu-user runs, and what runs on a Cortex-M4 without anything below it.
$(eval $(call variant,aarch64,aarch64-linux-gnu-gcc,-fno-pie,-no-pie -static))
$(eval $(call variant,riscv64,riscv64-linux-gnu-gcc,-fno-pie,-no-pie -static))
# Without what -Os leaves in although it makes code larger.
ARM_FLAGS := -Os -mcpu=cortex-m4 -mthumb -ffreestanding -ffunction-sections -fdata-sections \
	-fno-forward-propagate -fno-move-loop-invariants -fno-schedule-insns2 -fno-thread-jumps -fno-tree-loop-optimize \
	-fno-tree-dominator-opts -fno-caller-saves -fno-if-conversion -fno-optimize-sibling-calls -fno-tree-tail-merge \
	-fira-algorithm=priority
ARM_LINK := -nostdlib -static -Wl,-z,noexecstack -Wl,--gc-sections -Wl,--build-id=none
$(eval $(call variant,arm,arm-none-eabi-gcc,$(ARM_FLAGS),$(ARM_LINK)))

objects = $(foreach s,$(2),$(O)/obj/$(1)/$(if $(filter $(O)/%,$(s)),made/$(s:$(O)/%=%),$(s)).o)

# Quick append: two members may have one name.
define library
$(1): $$(call objects,$(2),$(3))
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(TOOLS.$(2))ar qcsD $$@ $$^
endef

define program
$(1): $$(call objects,$(2),$(3)) $(filter-out -%,$(4))
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(LINK.$(2)) $(5) $$(LDFLAGS) -o $$@ $$(call objects,$(2),$(3)) $(4) $$(LIBS.$(2))
endef
shared = $(call program,$(1),$(2),$(3),$(4),-shared)
programs = $(foreach s,$(3),$(call program,$(1)/$(basename $(notdir $(s))),$(2),$(s),$(4))$(newline))
define newline


endef

define sealed
$(1): $$(call objects,$(2),$(3))
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(TOOLS.$(2))ld -r -o $$(@:.a=.o) $$^
	$$(Q)$$(TOOLS.$(2))objcopy --wildcard $(foreach n,$(4),--keep-global-symbol='$(n)') $$(@:.a=.o)
	$$(Q)rm -f $$@ && $$(TOOLS.$(2))ar rcsD $$@ $$(@:.a=.o)
endef

modules = +$(Q)$(MAKE) --no-print-directory -f module.mk M=$(1) ARCH=$(2) O=$(O) OUT=$(3)
