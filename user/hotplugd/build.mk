# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The hotplug daemon, $(O)/hotplugd/tenon-hotplugd; static, for an initramfs; and with the address sanitizer.

HOTPLUGD_SRC := $(wildcard user/hotplugd/*.c)

$(eval $(call program,$(O)/hotplugd/tenon-hotplugd,pic,$(HOTPLUGD_SRC),$(O)/lib/libtenon-mod.a -pthread))
$(eval $(call program,$(O)/hotplugd/static/tenon-hotplugd,static-pie,$(HOTPLUGD_SRC),$(O)/lib/libtenon-mod-static.a -pthread))
$(eval $(call program,$(O)/hotplugd/asan/tenon-hotplugd,pic-asan,$(HOTPLUGD_SRC),$(O)/lib/libtenon-mod-asan.a -pthread))

.PHONY: hotplugd
hotplugd: $(O)/hotplugd/tenon-hotplugd ## the hotplug daemon
all: hotplugd
static: $(O)/hotplugd/static/tenon-hotplugd
TEST_PROGRAMS += $(O)/hotplugd/asan/tenon-hotplugd $(O)/hotplugd/static/tenon-hotplugd
