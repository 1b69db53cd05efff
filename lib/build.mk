# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libtenon-mod, the library behind the tools: $(O)/lib/libtenon-mod.a. It contains the readers of core/fmt.
# Variants: with the address sanitizer, and for the fuzz targets.

LIB_SRC := $(wildcard lib/*.c lib/*/*.c)
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

all: $(O)/lib/libtenon-mod.a

# What the fuzz targets of the library link with.
$(O)/tests/fuzz/fuzz_modindex $(O)/tests/fuzz/fuzz_pkcs7: $(O)/lib/libtenon-mod-fuzz.a
