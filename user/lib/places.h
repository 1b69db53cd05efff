/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Directories of the system, chosen when the library is built (user/lib/build.mk). Both lists end with NULL. */
#ifndef LIB_PLACES_H
#define LIB_PLACES_H

extern const char *const places_modules[]; /* of module trees: "/lib/modules" */
extern const char
    *const places_configuration[]; /* that have a modprobe.d and a depmod.d: "/etc"; the first counts most */

#endif
