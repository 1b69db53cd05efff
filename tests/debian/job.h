/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One of the processes of T0: it links all modules and checks its share of them. */
#ifndef TESTS_DEBIAN_JOB_H
#define TESTS_DEBIAN_JOB_H

#include "tests/debian/host.h"
#include "tests/debian/t0.h"

#define JOBS 2
#define LLD_CNT 300 /* modules that are compared with lld, too */
#define FLIP_CNT 200 /* bits that are flipped, at least */

struct target {
	const char *name, *label; /* of the CPU; what the result line says of it */
	const struct tenon_arch *arch;
	uint64_t base;    /* of modules */
	uint64_t exports; /* of the kernel's functions */
	const char *ld[16], *lld[16];
};

struct job {
	const struct target *target;
	const char *vermagic, *work;
	struct tree tree;
	struct symvers sv;
	struct result *results; /* shared by all processes */
};

/* Link everything, check modules @share, @share + JOBS ...; for a process of its own. Return: exit status. */
int job_run(struct job *j, size_t share);
/* A module is refused with another version magic, and with other checksums. Return: what was wrong, or NULL. */
const char *job_control(struct job *j);

#endif
