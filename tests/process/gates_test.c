/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A fuzzer of gates, and of damaged files in an isolated domain: whatever a module calls with, and whatever a file says
 * that is loaded, its own domain is all that it can end. GATE_CALLS and FILES say how many of each, SEED where to
 * begin, DEADLINE_MS how long a call may take.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/elf_damage.h"
#include "tests/process/rig.h"

#define CALLS 3000 /* of each thread, in one life of the module */
#define THREADS 3

static unsigned long long setting(const char *name, unsigned long long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static uint64_t random_state;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Away with the domain, whatever it still has. */
static void end_box(void)
{
	process_domain_kill(rig_host, rig_domain("box"));
	process_settle(rig_host);
	rig_domain_close("box");
}

/* ---- gates ---- */

static uint64_t calls_made(void)
{
	struct process_stats s;

	process_stats(rig_host, &s);
	return s.gate_calls;
}

static void gates(uint64_t seed, uint64_t wanted)
{
	uint64_t first = calls_made(), lives = 0;
	bool served = true, known = true;
	char *before = snapshot();

	for (; calls_made() - first < wanted && served && known; lives++) {
		char params[128];
		int err;

		snprintf(params, sizeof(params), "seed=%llu cnt=%d threads=%d functions=%u refs=0",
			 (unsigned long long)(seed + lives), CALLS, THREADS, kpi_call_cnt);
		err = rig_load(rig_domain("box"), "babble", params);
		known = !(err && rig_diag.reason == TENON_R_INIT_FAILED);
		rig_unload(rig_domain("box"), "babble");
		end_box();
		served = neighbour_served();
		if (!(lives % 64))
			process_log_clear(rig_host);
	}
	ok(known, "the module calls every function of the interface");
	ok(served,
	   "%llu calls of gates in %llu lives of a module, from seed %llu: the host and a neighbour live (last seed "
	   "%llu)",
	   (unsigned long long)(calls_made() - first), (unsigned long long)lives, (unsigned long long)seed,
	   (unsigned long long)(seed + lives - 1));
	ok(snapshot_same(before, snapshot()), "and nothing is left of it");
}

/* ---- files ---- */

#define FILES_IN_A_LIFE 1024 /* of the domain */

/* Damaged in turn: with parameters, exports, users of others' exports, callbacks and devices. */
static struct file {
	const char *name;
	uint8_t *bytes;
	size_t size;
} corpus[] = { { .name = "faulty/leak" },       { .name = "examples/params" },  { .name = "examples/export-a" },
	       { .name = "examples/export-b" }, { .name = "examples/chardev" }, { .name = "examples/timer" } };

#define CORPUS_LEN (sizeof(corpus) / sizeof(corpus[0]))

static uint8_t *damaged;

static bool read_corpus(void)
{
	struct tenon_source src;
	size_t most = 0;

	for (struct file *f = corpus; f < corpus + CORPUS_LEN; f++) {
		if (process_open_file(rig_path("modules/x86_64/%s.ko", f->name), &src))
			return false;
		f->size = (size_t)src.size;
		f->bytes = malloc(f->size);
		if (!f->bytes || src.read_at(&src, 0, f->bytes, f->size) != (int64_t)f->size)
			return false;
		src.close(&src);
		most = f->size > most ? f->size : most;
	}
	damaged = malloc(most);
	return damaged;
}

static void free_corpus(void)
{
	for (struct file *f = corpus; f < corpus + CORPUS_LEN; f++)
		free(f->bytes);
	free(damaged);
}

static int64_t read_damaged(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	(void)src;
	memcpy(buf, damaged + offset, len);
	return (int64_t)len;
}

/* A few words anywhere become something else. */
static void damage_blindly(size_t size)
{
	for (uint64_t cnt = next_random() % 4 + 1; cnt; cnt--) {
		uint64_t width = 1u << (next_random() & 3), value = next_random();

		memcpy(damaged + next_random() % (size - 8), &value, width);
	}
}

static void damage(const struct file *f)
{
	uint64_t random;

	memcpy(damaged, f->bytes, f->size);
	do {
		random = next_random();
		if (random % 8)
			elf_damage(damaged, f->size, (uint32_t)(random >> 32));
		else
			damage_blindly(f->size);
	} while (!memcmp(damaged, f->bytes, f->size));
}

struct found {
	const struct tenon_domain *d;
	char name[TENON_NAME_BYTES];
};

static int find_other(const struct tenon_module *m, void *arg)
{
	struct found *f = arg;

	if (tenon_module_domain(m) != f->d || tenon_module_state(m) != TENON_LIVE ||
	    !strcmp(tenon_module_name(m), "runtime"))
		return 0;
	snprintf(f->name, sizeof(f->name), "%s", tenon_module_name(m));
	return 1;
}

/* The runtime stays, and with it the blocks that it lies in: this is about what comes and goes. */
static bool unload_all_but_runtime(struct tenon_domain *d)
{
	struct found f = { .d = d };

	while (tenon_for_each(rig_core, find_other, &f))
		if (rig_unload(d, f.name))
			return false;
	return true;
}

/* The functions of a file that is accepted run: what they do is the domain's affair. Return: is it accepted? */
static bool try_file(const struct file *f)
{
	struct tenon_source src = { .size = f->size, .read_at = read_damaged };
	struct tenon_domain *d = rig_domain("box");
	const struct tenon_request req = { .source = &src, .domain = d, .flags = TENON_LOAD_FRESH };

	damage(f);
	if (tenon_load(rig_core, &req, NULL, &rig_diag))
		return false;
	if (!unload_all_but_runtime(d))
		end_box();
	return true;
}

static void files(uint64_t seed, uint64_t wanted)
{
	uint64_t accepted = 0, cnt = 0;
	bool served = true;
	char *before = snapshot();

	random_state = seed * 0x9e3779b97f4a7c15ull + 1;
	for (; cnt < wanted && served; cnt++) {
		if (cnt % FILES_IN_A_LIFE == 0) {
			end_box();
			served = neighbour_served();
			process_log_clear(rig_host);
		}
		accepted += try_file(&corpus[cnt % CORPUS_LEN]);
	}
	end_box();
	ok(served && neighbour_served(),
	   "%llu damaged files, %llu accepted, from seed %llu: the host and a neighbour live", (unsigned long long)cnt,
	   (unsigned long long)accepted, (unsigned long long)seed);
	ok(snapshot_same(before, snapshot()), "and nothing is left of them");
}

int main(void)
{
	/* A shorter deadline makes a long run shorter: what loops for ever does so until then. */
	const struct process_options options = { .deadline_ms = (uint32_t)setting("DEADLINE_MS", 2000),
						 .wait_ms = 20000 };
	uint64_t seed = setting("SEED", 1);

	rig_open(&options);
	neighbour_open();
	if (!read_corpus()) {
		puts("Bail out! no modules");
		return 2;
	}
	gates(seed, setting("GATE_CALLS", 1500000));
	files(seed, setting("FILES", 20000));
	free_corpus();
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
	return tap_done();
}
