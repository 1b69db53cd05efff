/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the bus of toys offers to drivers in its domain. */
#ifndef EXAMPLES_TOYBUS_H
#define EXAMPLES_TOYBUS_H

#include <stdint.h>

/**
 * toybus_play - play with a toy
 * @identity: which one, from the driver's probe
 *
 * Return: how often that has happened, or -TENON_ENODEV: it is gone.
 */
int toybus_play(uint32_t identity);

#endif
