# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The template is compiled, freestanding, so that it stays in step with the contract.

TEMPLATE_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard port/template/*.c))

$(O)/port/template/%.o: port/template/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -ffreestanding -MMD -MP -c -o $@ $<

all: $(TEMPLATE_OBJ)
