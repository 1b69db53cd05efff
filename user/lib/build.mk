# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libtenon-mod, the library behind the tools: $(O)/lib/libtenon-mod.a. It contains the readers of core/fmt.
# Variants: shared; for static programs, with what unpacks linked in; with the address sanitizer; for the fuzz targets.

LIB_SRC := $(wildcard user/lib/*.c user/lib/*/*.c)
LIB_CORE := core/fail.c core/diag.c $(wildcard core/fmt/*.c)

# $(call lib-variant,file,objects' folder,compiler,flags)
define lib-variant
$(2)/%.o: %.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(3) $$(CFLAGS) -D_GNU_SOURCE -fPIC $(4) -MMD -MP -c -o $$@ $$<
$(1): $$(patsubst %.c,$(2)/%.o,$$(LIB_SRC) $$(LIB_CORE))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$^
endef

$(eval $(call lib-variant,$(O)/lib/libtenon-mod.a,$(O)/lib/host,$(CC),))
$(eval $(call lib-variant,$(O)/lib/libtenon-mod-asan.a,$(O)/lib/asan,$(CC),$(SANITIZE)))
$(eval $(call lib-variant,$(O)/lib/libtenon-mod-fuzz.a,$(O)/lib/fuzz,$(CLANG),$(SANITIZE) -fsanitize=fuzzer-no-link))
$(eval $(call lib-variant,$(O)/lib/libtenon-mod-static.a,$(O)/lib/static,$(CC),-DTMOD_STATIC))

# What a static program has to link with behind libtenon-mod-static.a.
LIB_UNPACK := -lzstd -llzma -lz

# It exports what include/tenon/mod.h declares and nothing else. Our own programs use the archive, to start faster.
LIB_SHARED := $(O)/lib/libtenon-mod.so.0
$(LIB_SHARED): user/lib/libtenon-mod.map $(patsubst %.c,$(O)/lib/host/%.o,$(LIB_SRC) $(LIB_CORE))
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script=$< -Wl,-z,defs -Wl,-z,relro,-z,now -o $@ \
		$(filter %.o,$^) -pthread && ln -sf $(@F) $(@D)/libtenon-mod.so

all: $(O)/lib/libtenon-mod.a $(LIB_SHARED)

# What the fuzz targets of the library link with.
$(O)/tests/fuzz/fuzz_modconf $(O)/tests/fuzz/fuzz_modfile $(O)/tests/fuzz/fuzz_modindex $(O)/tests/fuzz/fuzz_pkcs7 \
	$(O)/tests/fuzz/fuzz_unpack: $(O)/lib/libtenon-mod-fuzz.a
$(O)/tests/fuzz/fuzz_unpack: FUZZ_LIBS := -lzstd -llzma -lz
