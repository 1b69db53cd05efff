/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A module that others build on. What it exports binds in modules of the same domain; they then depend on it, so that
 * it is loaded before them and cannot be unloaded while they are there. export-b.c is one of them.
 *
 * An export's type is part of the file, as a checksum. If the type of a parameter, or of a member of a structure behind
 * one, changes, modules that were built before no longer load, and the message says what has changed.
 */
#include "export-a.h"
#include "tenon/module.h"

static unsigned int calls;

int export_a_double(int n)
{
	calls++;
	return 2 * n;
}
EXPORT_SYMBOL(export_a_double);

/* Not for modules whose MODULE_LICENSE is incompatible with the GPL. */
struct export_a_point export_a_add(const struct export_a_point *a, const struct export_a_point *b)
{
	calls++;
	return (struct export_a_point){ a->x + b->x, a->y + b->y };
}
EXPORT_SYMBOL_GPL(export_a_add);

/* A namespace marks what is not for everyone: who uses it says so, with MODULE_IMPORT_NS(EXPORT_A). */
unsigned int export_a_calls(void)
{
	return calls;
}
EXPORT_SYMBOL_NS(export_a_calls, EXPORT_A);

/* The narrowest of all: only the modules named, separated by commas, get it. */
void export_a_reset(void)
{
	calls = 0;
}
EXPORT_SYMBOL_FOR_MODULES(export_a_reset, "export_b");

/* No init and no exit: loading is all there is to it. (With an init but no exit it would stay until restart.) */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Exports one symbol of each kind");
MODULE_AUTHOR("The Tenon authors");
