/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Says that it was built for an older Tenon: modpost adds no version magic where the source states one. */
#include "tenon/module.h"

MODULE_INFO(vermagic, "tenon-0 x86_64");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Was built for another version");
