# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Programs that run as the first process of the kernel and test its system calls: each X.c becomes the static
# $(O)/tests/boot/programs/X and an archive X.cpio with it as /test, to be appended to the image.

GUEST_PROGRAMS := $(patsubst %.c,$(O)/%,$(wildcard tests/boot/programs/*.c))

$(eval $(call programs,$(O)/tests/boot/programs,static,$(wildcard tests/boot/programs/*.c),-lpthread))
$(GUEST_PROGRAMS:=.cpio): %.cpio: %
	$(Q)rm -rf $@.d && mkdir $@.d && cp $< $@.d/test
	$(Q)cd $@.d && echo test | cpio --quiet -o -H newc >$(abspath $@)

TEST_PROGRAMS += $(GUEST_PROGRAMS:=.cpio)
