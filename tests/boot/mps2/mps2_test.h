/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the guest's tests share. */
#ifndef TESTS_BOOT_MPS2_TEST_H
#define TESTS_BOOT_MPS2_TEST_H

#include "port/mps2/mps2.h"

extern struct tenon_diag diagnosis; /* of the last load or unload */

/* Load a module from the image, with everything it needs. */
int load(const char *name, const char *params);
int unload(const char *name);
/* The load fails for this reason, and everything is as it was. */
void refused(const char *name, const char *params, enum tenon_reason reason, const char *what);
/* Load all examples, then unload them. Return: whether all went well. */
bool all_examples(void);
#define EXAMPLE_CNT 6
/* Is there a line @text in the log? */
bool logged(const char *text);

/* What a load may change and an unload must bring back. */
struct balance {
	size_t heap, core_heap, module_memory, blocks, used;
};

struct balance balance_now(void);
bool balance_is(const struct balance *want);

/* ---- the tests ---- */

void test_examples(void);
void test_chardev(void);
void test_refusals(void);
void test_left_behind(void);
void test_misuse(void);
void test_rounds(void);

#endif
