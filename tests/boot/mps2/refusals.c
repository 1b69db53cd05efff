/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules that must not load, and what is left behind by those that forget; then many rounds. */
#include <string.h>

#include "port/mps2/board.h"
#include "tests/boot/mps2/mps2_test.h"
#include "tests/tap.h"
#include "tenon/kpi_device.h"

#define ROUNDS 100

/* A file of the image, cut off; read into a private copy, as it is said not to be constant. */
static int64_t read_cut(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const uint8_t *)src->host + offset, len);
	return (int64_t)len;
}

static void test_cut_off(void)
{
	const struct mps2_file *hello = mps2_file_find("hello");
	struct balance before = balance_now();
	bool good = true;

	for (uint32_t size = 1; size < hello->size && good; size += 97) {
		struct tenon_source src = { .size = size, .read_at = read_cut, .host = (void *)hello->bytes };
		const struct tenon_request req = { .source = &src, .domain = mps2_kernel.core };

		good = tenon_load(mps2_core, &req, NULL, &diagnosis) == -TENON_ENOEXEC;
	}
	ok(good && balance_is(&before), "a file that is cut off is not executable, and everything is as it was");
}

void test_refusals(void)
{
	load("export_a", NULL); /* wrong-crc imports from it */
	refused("wrong_crc", NULL, TENON_R_SYM_CRC, "a wrong checksum of an import");
	unload("export_a");
	refused("wrong_vermagic", NULL, TENON_R_VERMAGIC, "another version magic");
	refused("missing_symbol", NULL, TENON_R_SYM_UNDEFINED, "a symbol that nobody exports");
	refused("fault", NULL, TENON_R_SYM_UNDEFINED, "a function of the interface that this port does not have");
	ok(!strcmp(diagnosis.name, "tenon_thread_create"), "it is named: %s", diagnosis.name);
	refused("nowhere", NULL, TENON_R_NOT_FOUND, "a module that there is not");
	refused("hello", "loud=1", TENON_R_PARAM_UNKNOWN, "an unknown parameter");
	refused("params", "small=256", TENON_R_PARAM_RANGE, "a parameter out of range");
	test_cut_off();
}

void test_left_behind(void)
{
	struct balance before = balance_now();
	struct tenon_module_info info;
	struct tenon_module *m;
	struct tenon_file *f;

	ok(!load("forgetful", NULL), "forgetful: loads");
	m = tenon_get(mps2_core, NULL, "forgetful");
	if (!ok(m, "forgetful: it is there"))
		return;
	tenon_module_info(m, &info);
	ok(info.owned_cnt == 5, "forgetful: it owns %u objects", (unsigned int)info.owned_cnt);
	tenon_put(m, "test_left_behind");
	clock_sleep(clock_ns() + 5 * TICK_NS);
	ok(!unload("forgetful") && diagnosis.reason == TENON_R_LEFT_BEHIND && diagnosis.got == 5,
	   "forgetful: unloads, and what it left is named: %s", diagnosis.name);
	clock_sleep(clock_ns() + 5 * TICK_NS);
	ok(balance_is(&before), "forgetful: all was reclaimed, its timer is silent");
	ok(tenon_device_open("forgotten", TENON_CHRDEV_READ, &f) == -TENON_ENOENT, "forgetful: its device is gone");
}

void test_misuse(void)
{
	struct balance before = balance_now();

	ok(!load("misuse", NULL), "misuse: every mistake gets its answer");
	ok(!unload("misuse") && diagnosis.reason == TENON_R_LEFT_BEHIND, "misuse: what it left is named");
	ok(balance_is(&before), "misuse: and taken back");
}

void test_rounds(void)
{
	struct balance before = balance_now();
	struct tenon_stats stats, then;
	uint64_t want = ROUNDS * EXAMPLE_CNT;
	bool good = true;

	tenon_stats(mps2_core, &then);
	for (int round = 0; round < ROUNDS && good; round++)
		good = all_examples() && balance_is(&before);
	tenon_stats(mps2_core, &stats);
	ok(good, "%d rounds of all examples: heap and module memory are flat", ROUNDS);
	ok(stats.loads - then.loads == want && stats.unloads - then.unloads == want &&
	       stats.load_failures == then.load_failures,
	   "%u loads, as many unloads, no failure", (unsigned int)(stats.loads - then.loads));
}
