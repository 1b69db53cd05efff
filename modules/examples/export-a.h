/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What export_a offers to other modules of its domain. */
#ifndef EXAMPLES_EXPORT_A_H
#define EXAMPLES_EXPORT_A_H

struct export_a_point {
	int x, y;
};

/** export_a_double - Return: twice @n. For every module. */
int export_a_double(int n);

/** export_a_add - Return: the sum of two points. For GPL-compatible modules. */
struct export_a_point export_a_add(const struct export_a_point *a, const struct export_a_point *b);

/** export_a_calls - Return: how often the functions above were called. Namespace EXPORT_A. */
unsigned int export_a_calls(void);

/** export_a_reset - make export_a_calls start at 0 again. Only for the module export_b. */
void export_a_reset(void);

#endif
