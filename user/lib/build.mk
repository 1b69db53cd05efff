# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libtenon-mod, the library behind the tools: $(O)/lib/libtenon-mod.a. It contains the readers of core/fmt.
# Variants: shared; for static programs, with what unpacks linked in; with sanitizers; for the fuzz targets.

CFLAGS.user := -D_GNU_SOURCE

# Where module trees are (the first that has a kernel's counts), and the directories that have a modprobe.d and a
# depmod.d (the first counts most). Lists with ':'.
MODULE_DIRS ?= /usr/lib/modules:/lib/modules
CONFIG_DIRS ?= /etc:/run:/usr/local/lib:/usr/lib:/lib
# The release of kmod that the tools say they are; what a later one prints otherwise is printed from there on.
KMOD_VERSION ?= 30
CHOICES_H := $(O)/include/tenon/choices.h
c-strings = "$(subst :,"$(comma) ",$(1))"
comma := ,

.PHONY: FORCE
# Made anew only when it would be another.
$(CHOICES_H): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */' '/* Made by user/lib/build.mk. */' \
		'#define CHOICE_MODULE_DIRS $(call c-strings,$(MODULE_DIRS))' \
		'#define CHOICE_CONFIG_DIRS $(call c-strings,$(CONFIG_DIRS))' \
		'#ifndef KMOD_VERSION' '#define KMOD_VERSION $(KMOD_VERSION)' '#endif' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(foreach v,pic pic-asan pic-tsan fuzz static-pie,$(O)/obj/$(v)/user/lib/places.c.o): $(CHOICES_H)

LIB_SRC := $(wildcard user/lib/*.c user/lib/*/*.c) core/fail.c core/diag.c $(wildcard core/fmt/*.c)

$(eval $(call library,$(O)/lib/libtenon-mod.a,pic,$(LIB_SRC)))
$(eval $(call library,$(O)/lib/libtenon-mod-asan.a,pic-asan,$(LIB_SRC)))
$(eval $(call library,$(O)/lib/libtenon-mod-tsan.a,pic-tsan,$(LIB_SRC)))
$(eval $(call library,$(O)/lib/libtenon-mod-fuzz.a,fuzz,$(LIB_SRC)))
$(eval $(call library,$(O)/lib/libtenon-mod-static.a,static-pie,$(LIB_SRC)))

# For a program with names of its own, the process host: only what include/tenon/mod.h declares is visible.
$(eval $(call sealed,$(O)/lib/host/libtenon-mod.a,pic,$(LIB_SRC),tmod_*))
$(eval $(call sealed,$(O)/lib/asan/libtenon-mod.a,pic-asan,$(LIB_SRC),tmod_*))
$(eval $(call sealed,$(O)/lib/tsan/libtenon-mod.a,pic-tsan,$(LIB_SRC),tmod_*))

# It exports what include/tenon/mod.h declares and nothing else. Our own programs use the archive, to start faster.
LIB_SHARED := $(O)/lib/libtenon-mod.so
$(eval $(call shared,$(LIB_SHARED).0,pic,$(LIB_SRC),-pthread))
$(LIB_SHARED).0: LDFLAGS := -Wl,-soname,libtenon-mod.so.0 -Wl,--version-script=user/lib/libtenon-mod.map -Wl,-z,defs \
	-Wl,-z,relro,-z,now
$(LIB_SHARED).0: user/lib/libtenon-mod.map
$(LIB_SHARED): $(LIB_SHARED).0
	$(Q)ln -sf $(<F) $@

all: $(O)/lib/libtenon-mod.a $(LIB_SHARED)
