# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The program $(O)/tenon-host: the process host with its prompt.

$(eval $(call program,$(O)/tenon-host,host,$(wildcard port/process/shell/*.c),\
	$(PROGRAM_LIB) $(HOST_LIB_host) $(O)/core/host/libtenon.a $(PROGRAM_LIBS) -ledit $(HOST_LIBS)))
all: $(O)/tenon-host
