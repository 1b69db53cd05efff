/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A fuzzer of gates, and of damaged files in an isolated domain: whatever a module calls with, and whatever a file says
 * that is loaded, its own domain is all that it can end. GATE_CALLS and FILES say how many of each, SEED where to
 * begin.
 */
#include <stdlib.h>
#include <string.h>

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

static uint8_t *file, *damaged;
static size_t file_size;

static bool read_file(const char *path)
{
	struct tenon_source src;

	if (process_open_file(path, &src))
		return false;
	file_size = (size_t)src.size;
	file = malloc(file_size);
	damaged = malloc(file_size);
	src.read_at(&src, 0, file, file_size);
	src.close(&src);
	return file && damaged;
}

static int64_t read_damaged(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	(void)src;
	memcpy(buf, damaged + offset, len);
	return (int64_t)len;
}

/* A few words of the headers, tables or code are something else. */
static void damage(void)
{
	static const uint64_t edges[] = { 0, 1, 7, 0x1000, 0x7fffffff, 0xffffffff, 0x8000000000000000, ~0ull };
	uint64_t shoff;

	memcpy(damaged, file, file_size);
	memcpy(&shoff, file + 40, sizeof(shoff));
	for (uint64_t cnt = next_random() % 4 + 1; cnt; cnt--) {
		uint64_t r = next_random(), width = 1u << (r & 3), value = r & 16 ? edges[(r >> 8) % 8] : next_random();
		uint64_t from = r & 32 ? shoff : 0, at = from + next_random() % (file_size - from - 8);

		memcpy(damaged + at, &value, width);
	}
}

/* The functions of a file that is accepted run: what they do is the domain's affair. */
static void files(uint64_t seed, uint64_t wanted)
{
	uint64_t accepted = 0, cnt = 0;
	bool served = true;
	char *before = snapshot();

	random_state = seed * 0x9e3779b97f4a7c15ull + 1;
	for (; cnt < wanted && served; cnt++) {
		struct tenon_source src = { .size = file_size, .read_at = read_damaged };
		struct tenon_domain *d = rig_domain("box");
		const struct tenon_request req = { .source = &src, .domain = d, .flags = TENON_LOAD_FRESH };

		damage();
		if (!tenon_load(rig_core, &req, NULL, &rig_diag)) {
			accepted++;
			rig_unload_all(d);
		}
		process_settle(rig_host);
		if (cnt % 256 == 255) {
			end_box();
			served = neighbour_served();
			process_log_clear(rig_host);
		}
	}
	end_box();
	ok(served && neighbour_served(),
	   "%llu damaged files, %llu accepted, from seed %llu: the host and a neighbour live", (unsigned long long)cnt,
	   (unsigned long long)accepted, (unsigned long long)seed);
	ok(snapshot_same(before, snapshot()), "and nothing is left of them");
}

int main(void)
{
	const struct process_options options = { .deadline_ms = 2000, .wait_ms = 20000 };
	uint64_t seed = setting("SEED", 1);

	rig_open(&options);
	neighbour_open();
	if (!read_file(rig_path("modules/x86_64/faulty/leak.ko"))) {
		puts("Bail out! no modules");
		return 2;
	}
	gates(seed, setting("GATE_CALLS", 600000));
	files(seed, setting("FILES", 10000));
	free(file);
	free(damaged);
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
	return tap_done();
}
