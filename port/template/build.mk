# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The template is compiled, freestanding, so that it stays in step with the contract.

CFLAGS.port/template := -ffreestanding
$(eval $(call library,$(O)/port/template/libtemplate.a,host,$(wildcard port/template/*.c)))
all: $(O)/port/template/libtemplate.a
