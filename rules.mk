# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# How each kind of thing is made; the build.mk of a directory lists what it is made of:
#
#     $(call library,FILE,VARIANT,SOURCES)                  an archive
#     $(call shared,FILE,VARIANT,SOURCES,WITH)              a shared library
#     $(call program,FILE,VARIANT,SOURCES,WITH)             a program
#     $(call programs,DIRECTORY,VARIANT,SOURCES,WITH)       one program of each source, named after it
#
# WITH is what follows the objects: other objects and archives, and -lNAME. Further flags for linking one FILE are its
# own variable, as in FILE: LDFLAGS := -Wl,-z,now. A source x/y/z.c, or .S, is compiled to $(O)/obj/VARIANT/x/y/z.c.o with
# CFLAGS, the flags of its variant, and those of the directories it is in and its own: CFLAGS.x, CFLAGS.x/y and
# CFLAGS.x/y/z.c. A source may itself be made, below $(O). Call these functions with $(eval ...).

# $(call variant,NAME,COMPILER,ARCHIVER,FLAGS,FLAGS OF THE LINKER)
define variant
ARCHIVER.$(1) := $(3)
LINK.$(1) := $(2) $(4) $(5)
$(call compile,$(O)/obj/$(1)/%.o,%,$(2),$(4))
$(call compile,$(O)/obj/$(1)/made/%.o,$(O)/%,$(2),$(4))
endef
define compile
$(1): $(2) | $(O)/include/tenon/kpi.h
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) $(4) $$(call own-flags,$$<) -MMD -MP -c -o $$@ $$<
endef
own-flags = $(call flags-of,$(1),$(subst /, ,$(1)))
flags-of = $(CFLAGS.$(word 1,$(2))) $(CFLAGS.$(word 1,$(2))/$(word 2,$(2))) $(if $(word 3,$(2)),$(CFLAGS.$(1)))

$(eval $(call variant,host,$(CC),$(AR),-fno-pie,-no-pie))
$(eval $(call variant,asan,$(CC),$(AR),-fno-pie $(SANITIZE),-no-pie))
$(eval $(call variant,tsan,$(CLANG),$(AR),-fno-pie -fsanitize=thread,-no-pie))
# For libFuzzer.
$(eval $(call variant,fuzz,$(CLANG),$(AR),$(SANITIZE) -fsanitize=fuzzer-no-link,))
# Position-independent: what runs as a program, and shared libraries.
$(eval $(call variant,pic,$(CC),$(AR),-fPIC,))
$(eval $(call variant,pic-asan,$(CC),$(AR),-fPIC $(SANITIZE),))
$(eval $(call variant,pic-tsan,$(CLANG),$(AR),-fPIC -fsanitize=thread,))
# For programs without shared libraries. What libtenon-mod otherwise loads when needed is linked with them.
LIBS.static := -lzstd -llzma -lz
$(eval $(call variant,static,$(CC),$(AR),-DTMOD_STATIC,-static))

objects = $(foreach s,$(2),$(O)/obj/$(1)/$(if $(filter $(O)/%,$(s)),made/$(s:$(O)/%=%),$(s)).o)

# Quick append: two members may have one name.
define library
$(1): $$(call objects,$(2),$(3))
	$$(call say,AR,$$@)
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(ARCHIVER.$(2)) qcsD $$@ $$^
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
