# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libkmod.so.2 for programs that are linked to it: $(O)/libkmod/libkmod.so.2. And with the address sanitizer, for tests.

LIBKMOD_SRC := $(wildcard user/libkmod/*.c)
LIBKMOD_FILE := libkmod.so.2.99.0
CFLAGS.user/libkmod := -fvisibility=hidden

# $(call libkmod,directory,variant,libtenon-mod)
define libkmod
$(call shared,$(1)/$(LIBKMOD_FILE),$(2),$(LIBKMOD_SRC),$(3) -pthread)
$(1)/$(LIBKMOD_FILE): LDFLAGS := -Wl,-soname,libkmod.so.2 -Wl,--version-script=user/libkmod/libkmod.map \
	-Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now $(LIBKMOD_DEFS)
$(1)/$(LIBKMOD_FILE): user/libkmod/libkmod.map
$(1)/libkmod.so.2: $(1)/$(LIBKMOD_FILE)
	$$(Q)ln -sf $(LIBKMOD_FILE) $$@ && ln -sf libkmod.so.2 $(1)/libkmod.so
endef
LIBKMOD_DEFS := -Wl,-z,defs
$(eval $(call libkmod,$(O)/libkmod,pic,$(O)/lib/libtenon-mod.a))
LIBKMOD_DEFS := # the sanitizer's own symbols are the program's
$(eval $(call libkmod,$(O)/libkmod/asan,pic-asan,$(O)/lib/libtenon-mod-asan.a))

all: $(O)/libkmod/libkmod.so.2
TEST_PROGRAMS += $(O)/libkmod/asan/libkmod.so.2
