/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 *     t0 ARCH MODULES SYMVERS VERMAGIC WORK OUT
 *
 * ARCH is x86_64, aarch64 or riscv64, MODULES the directory of a kernel's modules, SYMVERS its Module.symvers, VERMAGIC
 * its version magic, WORK a directory for files that live for a moment, OUT the table to write: one line for each module.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/debian/job.h"

#define OPTIONS "-static", "-nostdlib", "--no-relax", "-N", "--build-id=none", "-e", "0"
#define LD_OPTIONS OPTIONS, "--no-warn-rwx-segments", NULL
#define LLD_OPTIONS OPTIONS, "-O0", "-z", "norelro", "--no-rosegment", NULL

static const struct target targets[] = {
	{ "x86_64",
	  "",
	  &tenon_arch_x86_64,
	  0xffffffffc0000000,
	  0xffffffff81000000,
	  { "ld", "-m", "elf_x86_64", LD_OPTIONS },
	  { "ld.lld", "-m", "elf_x86_64", LLD_OPTIONS } },
	/* Branches reach 128 MiB: the kernel's functions are next to the modules' text. */
	{ "aarch64",
	  "arm64 ",
	  &tenon_arch_aarch64,
	  0xffff800008000000,
	  0xffff800007e00000,
	  { "aarch64-linux-gnu-ld", LD_OPTIONS },
	  { "ld.lld", "-m", "aarch64linux", LLD_OPTIONS } },
	{ "riscv64",
	  "riscv64 ",
	  &tenon_arch_riscv64,
	  0xffffffff01000000,
	  0xffffffff80000000,
	  { "riscv64-linux-gnu-ld", LD_OPTIONS },
	  { "ld.lld", "-m", "elf64lriscv", LLD_OPTIONS } },
};

struct totals {
	size_t good, lld, flips, flips_seen;
	uint64_t sections, bytes, imports, exports, versions;
};

static const struct target *target_find(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	fprintf(stderr, "t0: %s: not a CPU that is known here\n", name);
	exit(2);
}

static void write_line(FILE *f, const char *name, struct result *r)
{
	if (!r->done)
		result_wrong(r, "not checked");
	for (char *c = r->why; *c; c++)
		*c = *c == '\n' || *c == '\t' ? ' ' : *c;
	fprintf(f, "%s\t%s\t%u\t%" PRIu64 "\t%u\t%u\t%u\t%s\n", name, r->why[0] ? r->why : "ok", r->sections, r->bytes,
		r->imports, r->versions, r->exports, r->lld ? "ld,lld" : "ld");
}

static void write_table(struct job *j, const char *path, struct totals *sum)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		perror(path);
		exit(2);
	}
	fprintf(f, "module\tresult\tsections\tbytes\timports\tversions\texports\tlinkers\n");
	for (size_t i = 0; i < j->tree.cnt; i++) {
		struct result *r = &j->results[i];

		write_line(f, j->tree.names[i], r);
		sum->good += !r->why[0];
		sum->lld += r->lld;
		sum->flips += r->flips;
		sum->flips_seen += r->flips_seen;
		sum->sections += r->sections;
		sum->bytes += r->bytes;
		sum->imports += r->imports;
		sum->exports += r->exports;
		sum->versions += r->versions;
	}
	fclose(f);
}

static bool report(struct job *j, const char *out)
{
	struct totals sum = { 0 };
	size_t cnt = j->tree.cnt, exports = 0;
	const char *control = job_control(j);

	write_table(j, out, &sum);
	for (size_t i = 0; i < j->sv.cnt; i++)
		exports += strcmp(j->sv.entries[i].module, "vmlinux") != 0;
	printf("%" PRIu64 " bytes in %" PRIu64 " sections compared with GNU ld's, %zu modules also with lld's\n",
	       sum.bytes, sum.sections, sum.lld);
	printf("%" PRIu64 " imports bound, %" PRIu64 " import checksums and %" PRIu64 " of %zu exports compared\n",
	       sum.imports, sum.versions, sum.exports, exports);
	printf("%zu of %zu flipped bits noticed; %s\n", sum.flips_seen, sum.flips,
	       control ? control : "another version magic and other checksums refused");
	printf("T0 %s%zu of %zu (needed %zu)\n", j->target->label, sum.good, cnt, cnt);
	return sum.good == cnt && sum.exports == exports && sum.flips_seen == sum.flips && sum.flips >= FLIP_CNT &&
	       !control;
}

int main(int argc, char **argv)
{
	static struct job job;
	bool finished = true;
	int status;

	if (argc != 7) {
		fprintf(stderr, "usage: t0 ARCH MODULES SYMVERS VERMAGIC WORK OUT\n");
		return 2;
	}
	job = (struct job){ .target = target_find(argv[1]), .vermagic = argv[4], .work = argv[5] };
	tree_read(&job.tree, argv[2]);
	symvers_read(&job.sv, argv[3], job.target->exports);
	job.results =
	    mmap(NULL, job.tree.cnt * sizeof(*job.results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job.results == MAP_FAILED) {
		perror("t0");
		return 2;
	}
	for (size_t i = 0; i < JOBS; i++)
		if (!fork())
			_exit(job_run(&job, i));
	while (wait(&status) > 0)
		finished &= !status;
	if (!finished)
		fprintf(stderr, "t0: a process did not finish, or modules did not unload without a trace\n");
	return !report(&job, argv[6]) || !finished;
}
