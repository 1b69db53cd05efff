# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The hotplug daemon, $(O)/hotplugd/tenon-hotplugd; static, for an initramfs; and with the address sanitizer.

HOTPLUGD_SRC := $(wildcard user/hotplugd/*.c)

# $(call hotplugd-variant,program,objects' folder,library,flags,more for the linker)
define hotplugd-variant
$(2)/%.o: user/hotplugd/%.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(CC) $$(CFLAGS) -D_GNU_SOURCE $(4) -MMD -MP -c -o $$@ $$<
$(1): $$(patsubst user/hotplugd/%.c,$(2)/%.o,$$(HOTPLUGD_SRC)) $(3)
	$$(call say,LD,$$@)
	@mkdir -p $$(@D)
	$$(Q)$(CC) $(4) -o $$@ $$^ $(5) -pthread
endef

$(eval $(call hotplugd-variant,$(O)/hotplugd/tenon-hotplugd,$(O)/hotplugd/host,$(O)/lib/libtenon-mod.a,,))
$(eval $(call hotplugd-variant,$(O)/hotplugd/static/tenon-hotplugd,$(O)/hotplugd/static,$(O)/lib/libtenon-mod-static.a,,-static $$(LIB_UNPACK)))
$(eval $(call hotplugd-variant,$(O)/hotplugd/asan/tenon-hotplugd,$(O)/hotplugd/asan,$(O)/lib/libtenon-mod-asan.a,$(SANITIZE),))

.PHONY: hotplugd
hotplugd: $(O)/hotplugd/tenon-hotplugd ## the hotplug daemon
all: hotplugd
static: $(O)/hotplugd/static/tenon-hotplugd
TEST_PROGRAMS += $(O)/hotplugd/asan/tenon-hotplugd $(O)/hotplugd/static/tenon-hotplugd

# The fuzz target of what it is told and what it keeps.
$(O)/hotplugd/fuzz/%.o: user/hotplugd/%.c
	$(fuzz-object)
$(O)/tests/fuzz/fuzz_uevent: $(patsubst %,$(O)/hotplugd/fuzz/%.o,uevent devices drivers log) $(O)/lib/libtenon-mod-fuzz.a
