# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The program $(O)/tenon-host: the process host with its prompt.

SHELL_OBJ := $(patsubst port/process/%.c,$(O)/port/process/host/%.o,$(wildcard port/process/shell/*.c))

$(O)/tenon-host: $(SHELL_OBJ) $(O)/port/process/libhost.a $(O)/core/host/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $^ -ledit $(HOST_LIBS)

all: $(O)/tenon-host
