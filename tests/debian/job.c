/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/personality.h"
#include "tests/debian/job.h"

/* What this process works on. */
static struct job *job;
static size_t job_share;
static struct linker ld, lld;
static uint64_t *sums; /* of the memory of each module, when it was compared */

static _Noreturn void die(const struct tenon_diag *diag)
{
	char text[400] = "no instance";

	if (diag)
		tenon_diag_format(diag, text, sizeof(text));
	fprintf(stderr, "t0: %s\n", text);
	exit(2);
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* Is module @idx one of @wanted that are spread evenly over all? */
static bool chosen(size_t idx, size_t wanted)
{
	size_t cnt = job->tree.cnt;

	return wanted >= cnt || idx * wanted / cnt != (idx + 1) * wanted / cnt;
}

/* Of all memory that stays after init. The host keeps it where it is. */
static uint64_t memory_sum(const struct tenon_module *m)
{
	uint64_t sum = 0;

	for (int mem = 0; mem < TENON_MEM_INIT_TEXT; mem++) {
		const struct arena_region *r = &m->region[mem];

		for (size_t i = 0; r->block && i < r->size; i++)
			sum = (sum ^ ((const uint8_t *)r->block->pub.host + r->offset)[i]) * 0x100000001b3ull;
	}
	return sum;
}

static void check_with(const struct linker *linker, const struct load *l, size_t idx, size_t flips, struct result *r)
{
	void *out;
	size_t out_size;

	if (!linker_run(linker, l, &job->sv, r, &out, &out_size))
		return;
	if (compare_image(l, out, out_size, r))
		for (size_t n = 0; n < flips; n++)
			compare_flip(l, out, out_size, mix(idx * flips + n + 1), r);
	free(out);
}

/* Called when a module's addresses are final and nothing is patched yet. */
static int observe(struct load *l)
{
	size_t idx = tree_find(&job->tree, l->m->name);
	struct result *r = &job->results[idx];
	int err = tenon_linux.after_relocate(l);

	facts_record(&job->sv, l);
	if (err || idx == job->tree.cnt || idx % JOBS != job_share)
		return err;
	facts_check(&job->sv, l, r);
	if (l->stubs.used || l->got.used)
		result_wrong(r, "%u stubs, %u GOT entries were made", l->stubs.used, l->got.used);
	check_with(&ld, l, idx, chosen(idx, FLIP_CNT) ? 1 + FLIP_CNT / job->tree.cnt : 0, r);
	if (chosen(idx, LLD_CNT)) {
		r->lld = true;
		check_with(&lld, l, idx, 0, r);
	}
	sums[idx] = memory_sum(l->m);
	r->done = true;
	return 0;
}

/* An instance that takes Linux's modules and has every export of the list but those of modules. */
static struct tenon *instance(struct debian_host *host, const struct tenon_personality *p, const char *vermagic,
			      uint32_t crc_flip, struct tenon_domain **d)
{
	struct tenon_export *table = calloc(job->sv.cnt, sizeof(*table));
	struct tenon_diag diag;
	size_t cnt = 0;
	struct tenon *t;

	debian_host_init(host, job->target->arch, job->target->base, &job->tree);
	for (size_t i = 0; i < job->sv.cnt; i++) {
		const struct symver *s = &job->sv.entries[i];

		if (s->address)
			table[cnt++] = (struct tenon_export){ .name = s->name,
							      .value = s->address,
							      .crc = s->crc ^ crc_flip,
							      .flags = s->gpl ? TENON_EXPORT_GPL : 0,
							      .space = s->space };
	}
	if (tenon_create(&host->model.host, &t) || tenon_accept(t, p, vermagic, NULL) ||
	    tenon_domain_open(t, "kernel", TENON_DOMAIN_KERNEL, NULL, d))
		die(NULL);
	if (tenon_provide(t, *d, table, cnt, &diag))
		die(&diag);
	return t;
}

static bool load_one(struct tenon *t, struct tenon_domain *d, size_t idx, uint32_t flags)
{
	struct tenon_request req = { .name = job->tree.names[idx], .domain = d, .flags = TENON_LOAD_NO_START | flags };
	struct tenon_diag diag;
	char text[400];

	if (!tenon_load(t, &req, NULL, &diag))
		return true;
	if (!flags && diag.reason == TENON_R_DEPENDENCY_MISSING)
		return false;
	if (idx % JOBS != job_share)
		return true;
	tenon_diag_format(&diag, text, sizeof(text));
	result_wrong(&job->results[idx], "%s", text);
	return true;
}

/* Linux has files with a comma in their names, which `depends` cannot say: their users come after all others. */
static void load_all(struct tenon *t, struct tenon_domain *d)
{
	bool *later = calloc(job->tree.cnt, sizeof(*later));

	for (size_t i = 0; i < job->tree.cnt; i++)
		later[i] = !load_one(t, d, i, 0);
	for (size_t i = 0; i < job->tree.cnt; i++)
		if (later[i])
			load_one(t, d, i, TENON_LOAD_NO_DEPS);
	free(later);
}

/* What the list promises and no module kept. */
static void report_missing(void)
{
	for (size_t i = 0; i < job->sv.cnt; i++) {
		const struct symver *s = &job->sv.entries[i];

		for (size_t n = job_share; !s->address && n < job->tree.cnt; n += JOBS)
			if (symver_of(s, job->tree.names[n]))
				result_wrong(&job->results[n], "export %s: missing", s->name);
	}
}

/* With all modules loaded: is every byte still what it was? */
static int check_memory(const struct tenon_module *m, void *unused)
{
	size_t idx = tree_find(&job->tree, m->name);

	(void)unused;
	if (idx % JOBS == job_share && memory_sum(m) != sums[idx])
		result_wrong(&job->results[idx], "its memory was changed later");
	return 0;
}

static int remember(const struct tenon_module *m, void *names)
{
	const char ***at = names;

	*(*at)++ = m->name;
	return 0;
}

/* Newest first, so that users go before what they use. */
static bool unload_all(struct tenon *t, struct tenon_domain *d)
{
	const char **names = calloc(job->tree.cnt + 1, sizeof(*names)), **at = names;

	tenon_for_each(t, remember, &at);
	for (at = names; *at; at++)
		if (tenon_unload(t, d, *at, 0, NULL))
			return false;
	free(names);
	return !tenon_domain_close(t, d);
}

int job_run(struct job *j, size_t share)
{
	static struct tenon_personality observed;
	static struct debian_host host;
	struct tenon_domain *d;
	struct tenon *t;

	job = j;
	job_share = share;
	sums = calloc(j->tree.cnt, sizeof(*sums));
	ld = (struct linker){ .command = j->target->ld };
	snprintf(ld.directory, sizeof(ld.directory), "%s/%zu", j->work, share);
	lld = ld;
	lld.command = j->target->lld;
	mkdir(ld.directory, 0700);
	observed = tenon_linux;
	observed.after_relocate = observe;
	t = instance(&host, &observed, j->vermagic, 0, &d);
	load_all(t, d);
	report_missing();
	tenon_for_each(t, check_memory, NULL);
	rmdir(ld.directory);
	if (!unload_all(t, d))
		return 1;
	tenon_destroy(t);
	return !model_host_clean(&host.model);
}

static enum tenon_reason refusal(const char *vermagic, uint32_t crc_flip)
{
	static struct debian_host host;
	struct tenon_domain *d;
	struct tenon *t = instance(&host, &tenon_linux, vermagic, crc_flip, &d);
	struct tenon_request req = { .name = job->tree.names[0], .domain = d, .flags = TENON_LOAD_NO_START };
	struct tenon_diag diag;

	return tenon_load(t, &req, NULL, &diag) ? diag.reason : TENON_R_NONE;
}

const char *job_control(struct job *j)
{
	job = j;
	if (refusal(j->vermagic, 0))
		return "a module that is right was refused";
	if (refusal("6.1.0 SMP ", 0) != TENON_R_VERMAGIC)
		return "another version magic was taken";
	/* A kernel without versions has none that could differ. */
	if (refusal(j->vermagic, 1) != (j->sv.versioned ? TENON_R_SYM_CRC : TENON_R_SYM_CRC_MISSING))
		return "other checksums were taken";
	return NULL;
}
