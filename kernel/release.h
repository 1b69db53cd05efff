/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The kernel's release: what `uname -r` says, and the directory of its modules. The build reads this line too. */
#ifndef KERNEL_RELEASE_H
#define KERNEL_RELEASE_H

#define KERNEL_RELEASE "6.1.0-tenon"

#endif
