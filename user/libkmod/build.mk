# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libkmod.so.2 for programs that are linked to it: $(O)/libkmod/libkmod.so.2. And with the address sanitizer, for tests.

LIBKMOD_SRC := $(wildcard user/libkmod/*.c)
LIBKMOD_FILE := libkmod.so.2.99.0

# $(call libkmod-variant,folder,libtenon-mod,flags)
define libkmod-variant
$(1)/obj/%.o: user/libkmod/%.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) -D_GNU_SOURCE -fPIC -fvisibility=hidden $(3) -MMD -MP -c -o $$@ $$<
$(1)/$(LIBKMOD_FILE): $$(patsubst user/libkmod/%.c,$(1)/obj/%.o,$$(LIBKMOD_SRC)) $(2) user/libkmod/libkmod.map
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(3) -shared -Wl,-soname,libkmod.so.2 -Wl,--version-script=user/libkmod/libkmod.map \
		-Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now $(if $(3),,-Wl,-z,defs) -o $$@ $$(filter %.o %.a,$$^) -pthread
$(1)/libkmod.so.2: $(1)/$(LIBKMOD_FILE)
	$$(Q)ln -sf $(LIBKMOD_FILE) $$@ && ln -sf libkmod.so.2 $(1)/libkmod.so
endef

$(eval $(call libkmod-variant,$(O)/libkmod,$(O)/lib/libtenon-mod.a,))
$(eval $(call libkmod-variant,$(O)/libkmod/asan,$(O)/lib/libtenon-mod-asan.a,$(SANITIZE)))

all: $(O)/libkmod/libkmod.so.2
TEST_PROGRAMS += $(O)/libkmod/asan/libkmod.so.2
