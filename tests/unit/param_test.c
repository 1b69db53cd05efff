/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Parameters: what is stored for good text, and that bad text is refused before anything is stored. */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

static const struct pg_module pm = { .name = "x", .params = true };

/* What .data.params of the module holds after the load. */
struct values {
	bool on;
	int32_t count, array[4], array_cnt;
	uint32_t pad;
	uint64_t label;
	char text[8];
};

static const uint8_t *data_block;
static uint64_t data_run;

static int find_data(const struct tenon_region *r, void *arg)
{
	(void)arg;
	if (r->block->kind != TENON_MEM_DATA || !r->module)
		return 0;
	data_block = r->block->host;
	data_run = r->block->run;
	return 1;
}

static const struct {
	const char *params;
	int err;
	enum tenon_reason reason;
	const char *name;
} refused[] = {
	{ "nosuch=1", -TENON_EINVAL, TENON_R_PARAM_UNKNOWN, "nosuch" },
	{ "coun=1", -TENON_EINVAL, TENON_R_PARAM_UNKNOWN, "coun" },
	{ "counts=1", -TENON_EINVAL, TENON_R_PARAM_UNKNOWN, "counts" },
	{ "count=x", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "count=", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "count=1x", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "count=0x", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "count=08", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "count=2147483648", -TENON_ERANGE, TENON_R_PARAM_RANGE, "count" },
	{ "count=-2147483649", -TENON_ERANGE, TENON_R_PARAM_RANGE, "count" },
	{ "count=99999999999999999999", -TENON_ERANGE, TENON_R_PARAM_RANGE, "count" },
	{ "count", -TENON_EINVAL, TENON_R_PARAM_NO_VALUE, "count" },
	{ "count=1,2", -TENON_EINVAL, TENON_R_PARAM_VALUE, "count" },
	{ "array=1,2,3,4,5", -TENON_EINVAL, TENON_R_PARAM_COUNT, "array" },
	{ "array=1,,2", -TENON_EINVAL, TENON_R_PARAM_VALUE, "array" },
	{ "text=12345678", -TENON_ENAMETOOLONG, TENON_R_PARAM_LENGTH, "text" },
	{ "on=maybe", -TENON_EINVAL, TENON_R_PARAM_VALUE, "on" },
	{ "count=1 count=2", -TENON_EINVAL, TENON_R_PARAM_DUPLICATE, "count" },
	{ "=1", -TENON_EINVAL, TENON_R_PARAM_SYNTAX, "a value without a name" },
	{ "label=\"open", -TENON_EINVAL, TENON_R_PARAM_SYNTAX, "a quote is not closed" },
	{ "\"label=a\"b", -TENON_EINVAL, TENON_R_PARAM_SYNTAX, "text after a closing quote" },
	{ "max-count=1 max_count=2", -TENON_EINVAL, TENON_R_PARAM_DUPLICATE, "max_count" },
};

int main(void)
{
	struct values v;
	struct pg pg;
	char long_text[5000];

	pg_open(&pg);
	ok(!pg_insmod(&pg, &pm, 0, "on count=-12 array=1,0x10,-3 label=\"two words\" text=1234567"),
	   "good values load");
	tenon_for_each_region(pg.t, find_data, NULL);
	memcpy(&v, data_block, sizeof(v));
	ok(v.on && v.count == -12, "bool without a value, negative int");
	ok(v.array[0] == 1 && v.array[1] == 16 && v.array[2] == -3 && v.array_cnt == 3, "an array and its count");
	ok(!strcmp(v.text, "1234567"), "a string that just fits");
	ok(!strcmp((const char *)data_block + (v.label - data_run), "two words"), "a char pointer to a quoted value");
	ok(!pg_unload(&pg, "x"), "unload");

	ok(!pg_insmod(&pg, &pm, 0, "  on=0\tcount=2147483647 \"label=a b\" te-xt=") == 0, "'te-xt' is not 'text'");
	ok(!pg_insmod(&pg, &pm, 0, "  on=0\tcount=2147483647 \"label=a b\" text="),
	   "largest int, quotes around an argument");
	tenon_for_each_region(pg.t, find_data, NULL);
	memcpy(&v, data_block, sizeof(v));
	ok(!v.on && v.count == INT32_MAX && !v.text[0], "are stored");
	ok(!strcmp((const char *)data_block + (v.label - data_run), "a b"), "with the blank");
	ok(!pg_unload(&pg, "x"), "unload");

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ok(pg_insmod(&pg, &pm, 0, refused[i].params) == refused[i].err, "F-35 '%s' is refused",
		   refused[i].params);
		pg_reason(&pg, refused[i].reason, refused[i].params);
		ok(!strcmp(pg.diag.name, refused[i].name), "naming %s", pg.diag.name);
	}
	ok(pg_insmod(&pg, &pm, 0, "nosuch=1") && !strcmp(pg.diag.other, "on, count, array, label, text, max_count"),
	   "an unknown name lists the known ones");
	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = 0;
	memcpy(long_text, "label=", 6);
	ok(pg_insmod(&pg, &pm, 0, long_text) == -TENON_ENAMETOOLONG, "a text of 5,000 bytes is refused");
	long_text[2000] = 0;
	ok(pg_insmod(&pg, &pm, 0, long_text) == -TENON_ENAMETOOLONG, "a value of 2,000 bytes is refused");
	ok(!pg.calls[0] || !strcmp(pg.calls, "+x-x+x-x"), "no init ran with bad values");
	ok(pg_close(&pg), "nothing is left");
	return tap_done();
}
