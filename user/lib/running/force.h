/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_KERNEL_FORCE_H
#define LIB_KERNEL_FORCE_H

#include "user/lib/image.h"

/**
 * force_image - take out of a module what the kernel would compare with itself, for kernels that are given bytes
 * @img: all of it is there
 * @flags: TMOD_FORCE_VERMAGIC, TMOD_FORCE_MODVERSION
 *
 * Return: 0 or -ENOEXEC.
 */
int force_image(struct image *img, unsigned int flags);

#endif
