# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# How work grows with a file: a core, and the string functions it calls, that count the basic blocks they pass.

LINEAR_HELPERS := $(addprefix tests/unit/,model_host.c playground.c elf_builder.c)

$(eval $(call variant,counted,$(CC),-fno-pie -fno-builtin -fsanitize-coverage=trace-pc,-no-pie))
$(eval $(call library,$(O)/core/counted/libtenon.a,counted,$(CORE_SRC) runtime/mem.c runtime/str.c))
$(eval $(call library,$(O)/tests/linear/helpers.a,host,$(LINEAR_HELPERS)))
$(eval $(call programs,$(O)/tests/linear,host,$(wildcard tests/linear/*_test.c),\
	$(O)/tests/linear/helpers.a $(O)/core/counted/libtenon.a))

TEST_PROGRAMS += $(patsubst %.c,$(O)/%,$(wildcard tests/linear/*_test.c))
