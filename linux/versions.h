/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs from one version of Linux to the next in more than one of our files, said once. The names here are those of
 * the older version. Included before linux/export.h, after Linux's headers.
 */
#ifndef LINUX_VERSIONS_H
#define LINUX_VERSIONS_H

#include <linux/version.h>

#define LINUX_SINCE(major, minor) (LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

/* Tables that can be tuned are constant. */
#if LINUX_SINCE(6, 12)
#define CTL_TABLE const struct ctl_table
#else
#define CTL_TABLE struct ctl_table
#endif

/* An area's flags are changed by functions. */
#if !LINUX_SINCE(6, 3)
#define vm_flags_init(vma, flags) ((void)((vma)->vm_flags = (flags)))
#define vm_flags_set(vma, flags) ((void)((vma)->vm_flags |= (flags)))
#endif

#endif
