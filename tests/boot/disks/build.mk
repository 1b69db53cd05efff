# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Programs that guests run on a disk, one for each source: tests/boot/beside.sh, answers.sh, power_cut.py, ext2_damaged.sh.

CFLAGS.tests/boot/disks/answers.c := -D_GNU_SOURCE # names of errors
$(eval $(call programs,$(O)/tests/boot/disks,static,$(wildcard tests/boot/disks/*.c),))
TEST_PROGRAMS += $(patsubst %.c,$(O)/%,$(wildcard tests/boot/disks/*.c))
