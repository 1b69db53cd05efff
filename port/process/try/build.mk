# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The program $(O)/tenon-try: one Linux module, one verdict.

$(eval $(call program,$(O)/tenon-try,host,$(wildcard port/process/try/*.c),\
	$(PROGRAM_LIB) $(HOST_LIB_host) $(O)/core/host/libtenon.a $(PROGRAM_LIBS) -ljansson -ldw -lelf $(HOST_LIBS)))
all: $(O)/tenon-try
