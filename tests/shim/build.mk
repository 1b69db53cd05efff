# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What tests preload that bring a machine and a kernel of their own: redirect.c says how it is told which.

CFLAGS.tests/shim := -D_GNU_SOURCE
$(eval $(call shared,$(O)/tests/shim/shim.so,pic,$(wildcard tests/shim/*.c),))
TEST_PROGRAMS += $(O)/tests/shim/shim.so
