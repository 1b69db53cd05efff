# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The program $(O)/tenon-mount: a file system by a Linux module as a FUSE mount.

$(eval $(call program,$(O)/tenon-mount,host,$(wildcard port/process/mount/*.c),\
	$(PROGRAM_LIB) $(HOST_LIB_host) $(O)/core/host/libtenon.a $(PROGRAM_LIBS) -lfuse3 $(HOST_LIBS)))
all: $(O)/tenon-mount
