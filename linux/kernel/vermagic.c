// SPDX-License-Identifier: GPL-2.0-only
/* The kernel whose modules linux.ko is for. A host reads this from the file and refuses modules for another. */
#define INCLUDE_VERMAGIC
#include <linux/compiler.h>
#include <linux/vermagic.h>

static const char linux_vermagic[] __used __section(".modinfo") __aligned(1) = "linux_vermagic=" VERMAGIC_STRING;
