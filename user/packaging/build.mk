# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Installing the user tools, below $(DESTDIR)$(PREFIX):
#
#   bin/tenon, sbin/tenon-hotplugd          for everyone
#   lib, include                            libtenon-mod: shared, static, header, pkg-config file
#   lib/systemd/system                      the daemon's unit
#   share/man, share/*completion*           of tenon and tenon-hotplugd
#   share/tenon/schema, share/doc/tenon     what --json prints
#   lib/tenon                               the same for kmod's names: bin/kmod, which needs no shared library, bin/modprobe
#                                           ..., lib/libkmod.so.2, libkmod.h, libkmod.pc, kmod.pc, share
#
# Where the completions go is chosen with BASH_COMPLETION_DIR, ZSH_COMPLETION_DIR and FISH_COMPLETION_DIR; what the
# library looks for, with MODULE_DIRS, CONFIG_DIRS and KMOD_VERSION (user/lib/build.mk), for every make.
#
# So nothing that the system's kmod has is written over, whatever PREFIX is. `make take-over` lets the system's names
# lead to lib/tenon/bin, `make give-back` undoes that.

PREFIX ?= /usr/local
DESTDIR ?=
packaging = @$(foreach v,O PREFIX DESTDIR KMOD_VERSION MODULE_DIRS CONFIG_DIRS BASH_COMPLETION_DIR ZSH_COMPLETION_DIR \
	FISH_COMPLETION_DIR,$(v)='$($(v))') user/packaging/$(1)

.PHONY: install uninstall take-over give-back deb
install: $(O)/lib/libtenon-mod.a $(O)/lib/libtenon-mod.so.0 $(O)/libkmod/libkmod.so.2
install: tools hotplugd ## install the user tools: make install PREFIX=/usr DESTDIR=
	$(call packaging,install.sh install)
uninstall: ## remove what was installed
	$(call packaging,install.sh uninstall)
take-over: ## let the system's modprobe, depmod ... be the installed ones
	$(call packaging,names.sh take)
give-back: ## undo take-over
	$(call packaging,names.sh give)
deb: $(O)/lib/libtenon-mod.a $(O)/lib/libtenon-mod.so.0 $(O)/libkmod/libkmod.so.2 tools hotplugd ## make Debian packages of them, in $(O)/deb
	@O='$(O)' user/packaging/debian/packages.sh
