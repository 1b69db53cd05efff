# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# `make help` lists the targets. Each directory says in its build.mk what it makes; everything made goes to $(O).

O ?= build
$(if $(O),,$(error O, the directory for everything made, is empty))
# One way to write it, for dependencies are kept by name.
override O := $(patsubst $(CURDIR)/%,%,$(abspath $(O)))
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-8s %s\n' $(1) $(2),@:)

CC := gcc
CLANG ?= clang
OPT ?= -O2
WARN := -Wall -Wextra -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
CFLAGS := -std=gnu11 $(OPT) -g $(WARN) -ffile-prefix-map=$(CURDIR)=. -I. -Iinclude -I$(O)/include
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.PHONY: all help quick-tests tests check bench clean
all:
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9_-]+:.*## /{printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
clean: ## remove everything made
	rm -rf $(O)

include rules.mk

# Tests and measurements last: they use what the others define.
DIRECTORIES := $(sort $(wildcard */build.mk */*/build.mk */*/*/build.mk))
include $(filter-out tests/% bench/%,$(DIRECTORIES)) $(filter tests/% bench/%,$(DIRECTORIES))

# Directories add their test programs to TEST_PROGRAMS; tests/run finds the programs by their names.
quick-tests: all modules unit $(O)/keys/signing.pem ## build what `./test quick` runs
tests: quick-tests modules-all linux fuzz threads $(ORACLE_LISTS) $(ORACLE_STUBS) $(PORT_TESTS) $(TEST_PROGRAMS) ## build what ./test runs

# The same files that tests/checks/layout.sh looks at.
.PHONY: format
format: ## lay out all C files as .clang-format says
	$(Q)git ls-files -z --cached --others --exclude-standard -- '*.[ch]' | xargs -0 setup/format

# In full each time: what is up to date is compiled like everything else.
commands := compile_commands.json
.PHONY: compile_commands.json
compile_commands.json: kpi ## for editors: how each file is compiled
	$(Q)$(MAKE) -Bkn V=1 all modules unit linux $(PORT_TESTS) $(TEST_PROGRAMS) 2>/dev/null | awk -v directory='$(CURDIR)' -f setup/compile-commands.awk >$(commands)

-include $(shell find $(O) -path $(O)/debian -prune -o -type f -name '*.d' -print 2>/dev/null)
