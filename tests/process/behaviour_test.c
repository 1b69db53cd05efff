/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What modules do, asked twice: in the kernel's domain and in an isolated one, with the same answers from the same
 * bytes of the same files.
 */
#include <stdlib.h>
#include <string.h>

#include "modules/examples/chardev.h"
#include "tests/process/rig.h"

#define BUFFER_BYTES 16384

/* Where a behaviour is tried. */
static const char *where;
static struct tenon_domain *domain;

static const char *const files[] = { "hello", "params", "export-a", "export-b", "timer", "chardev", "formats" };
#define FILE_CNT (sizeof(files) / sizeof(files[0]))
static uint8_t digests[FILE_CNT][32];

/* Load the file, and check that the bytes are those of the first time. */
static bool insert(const char *file, const char *params)
{
	const char *directory = strcmp(file, "formats") ? "modules/x86_64/examples" : "tests/process/modules";
	uint8_t digest[32] = { 0 };
	static const uint8_t none[32];
	size_t i = 0;
	int err;

	while (strcmp(files[i], file))
		i++;
	err = rig_insert(domain, rig_path("%s/%s.ko", directory, file), params, digest);
	if (err)
		diag("%s: %s", file, rig_text());
	if (!memcmp(digests[i], none, 32))
		memcpy(digests[i], digest, 32);
	return !err && !memcmp(digests[i], digest, 32);
}

static bool removed(const char *name)
{
	int err = rig_unload(domain, name);

	return rig_says(err, 0, TENON_R_NONE);
}

static bool logged_once(const char *line)
{
	size_t cnt = rig_logged(line);

	if (cnt != 1)
		diag("'%s' is in the log %zu times", line, cnt);
	return cnt == 1;
}

/* ---- hello, params, formatting ---- */

static void hello(void)
{
	ok(insert("hello", NULL) && logged_once("hello: loaded"), "%s: hello says hello", where);
	ok(removed("hello") && logged_once("hello: unloaded"), "%s: and goodbye", where);
}

static void params_given(void)
{
	static const char *const lines[] = {
		"params: enabled=1 hidden=1",
		"params: small=255 shorty=-32768 ushorty=65535 number=-5 count=4294967295 mask=0xff",
		"params: big=-9223372036854775808 ubig=18446744073709551615 huge=16",
		"params: word=hello label=abc",
		"params: list has 3 values",
		"params: list[0]=1",
		"params: list[1]=-2",
		"params: list[2]=3",
		"params: names[0]=x",
		"params: names[1]=yy",
	};

	ok(insert("params",
		  "enabled hidden=y small=255 shorty=-32768 ushorty=65535 number=-5 count=4294967295 mask=0xff "
		  "big=-9223372036854775808 ubig=18446744073709551615 huge=020 word=hello label=abc "
		  "list=1,-2,3 names=x,yy"),
	   "%s: parameters of every type are taken", where);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ok(logged_once(lines[i]), "%s: the module reads %s", where, lines[i] + strlen("params: "));
	ok(removed("params"), "%s: params leaves", where);
}

static void params_default(void)
{
	process_log_clear(rig_host);
	ok(insert("params", NULL) && logged_once("params: enabled=0 hidden=0") &&
	       logged_once("params: small=0 shorty=0 ushorty=0 number=42 count=0 mask=0x0") &&
	       logged_once("params: word=none label=-") && logged_once("params: list has 0 values") &&
	       removed("params"),
	   "%s: what is not given keeps its value", where);
}

static void params_refused(void)
{
	static const struct {
		const char *params;
		int err;
		enum tenon_reason reason;
	} bad[] = {
		{ "nubmer=1", -TENON_EINVAL, TENON_R_PARAM_UNKNOWN },
		{ "number=ten", -TENON_EINVAL, TENON_R_PARAM_VALUE },
		{ "small=256", -TENON_ERANGE, TENON_R_PARAM_RANGE },
		{ "count=-1", -TENON_ERANGE, TENON_R_PARAM_RANGE },
		{ "label=12345678", -TENON_ENAMETOOLONG, TENON_R_PARAM_LENGTH },
		{ "list=1,2,3,4,5", -TENON_EINVAL, TENON_R_PARAM_COUNT },
		{ "number", -TENON_EINVAL, TENON_R_PARAM_NO_VALUE },
		{ "number=1 number=2", -TENON_EINVAL, TENON_R_PARAM_DUPLICATE },
		{ "word=\"open", -TENON_EINVAL, TENON_R_PARAM_SYNTAX },
	};
	char *before;
	int err;

	process_log_clear(rig_host);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		before = snapshot();
		err = rig_load(domain, "params", bad[i].params);
		ok(rig_says(err, bad[i].err, bad[i].reason) && snapshot_same(before, snapshot()),
		   "%s: %s is refused, and all is as it was", where, bad[i].params);
	}
	ok(!rig_logged("params: number"), "%s: no instruction of it has run", where);
}

static void formats(void)
{
	char want[256];

	snprintf(want, sizeof(want), "formats: [%5d|%-5d|%05d|%x|%#x|%o|%llu|%lld|%c|%s|%.3s|%6s|%-6s|%zu|%%]", 42, 42,
		 -42, 0xbeefu, 0xbeefu, 8u, 18446744073709551615ull, -9223372036854775807ll - 1, 'z', "text", "textual",
		 "abc", "abc", (size_t)4096);
	ok(insert("formats", NULL) && logged_once(want), "%s: the module formats as the C library does", where);
	ok(logged_once("formats: two\\x0alines\\x1b[0m"), "%s: control characters do not reach the log", where);
	ok(removed("formats"), "%s: formats leaves", where);
}

/* ---- exports ---- */

static void exports(void)
{
	int64_t result = 0;
	int err;

	ok(insert("export-a", NULL), "%s: export_a is loaded", where);
	ok(!rig_call(domain, "export_a_double", 21, 0, &result) && (int)result == 42, "%s: its export answers", where);
	ok(insert("export-b", NULL) && logged_once("export_b: double of 21 is 42, the sum is (31, 42), 2 calls"),
	   "%s: export_b calls it", where);
	err = rig_unload(domain, "export_a");
	ok(rig_says(err, -TENON_EBUSY, TENON_R_IN_USE_BY) && !strcmp(rig_diag.name, "export_b"),
	   "F-27 %s: a provider stays while it is bound, and its user is named", where);
	ok(!rig_call(domain, "export_a_double", 4, 0, &result) && (int)result == 8, "F-18 %s: and works on", where);
	ok(removed("export_b") && removed("export_a"), "%s: both leave", where);
	err = rig_load_flags(domain, "export_b", NULL, 0);
	ok(!err && removed("export_b") && removed("export_a"), "%s: export_b brings export_a along", where);
}

/* @a has export_a, @b must not see it. */
static void no_crossing(const char *a, const char *b)
{
	int err = rig_load_flags(rig_domain(b), "hello", NULL, 0); /* and with it the runtime */

	if (!err)
		err = rig_load(rig_domain(a), "export_a", NULL);
	if (!err)
		err = rig_load_flags(rig_domain(b), "export_b", NULL, TENON_LOAD_NO_DEPS);
	ok(rig_says(err, -TENON_EINVAL, TENON_R_SYM_DOMAIN) && !strcmp(rig_diag.other, "export_a"),
	   "a plain export in %s does not bind in %s", a, b);
	rig_unload(rig_domain(a), "export_a");
	rig_unload(rig_domain(b), "hello");
}

/* ---- timer ---- */

static void timer(void)
{
	uint64_t start = rig_now(), took;
	unsigned int ticks = 0;

	ok(insert("timer", "period_ms=5") && logged_once("timer: a tick every 5 ms"), "%s: a timer runs", where);
	rig_sleep(300 * MS);
	ok(removed("timer"), "F-15 %s: a module with an armed timer is unloaded", where);
	took = (rig_now() - start) / MS;
	sscanf(rig_log_line(" ticks"), "timer: %u ticks", &ticks);
	ok(ticks >= 1 && ticks <= took / 5 + 1, "%s: in %llu ms it ticked %u times", where, (unsigned long long)took,
	   ticks);
}

/* ---- the character device ---- */

static struct tenon_file *file;

static void device_text(void)
{
	char back[64] = "";

	ok(tenon_device_write(file, "hello, tenon", 12, 0) == 12, "%s: the device takes text", where);
	ok(tenon_device_read(file, back, sizeof(back), 0) == 12 && !strcmp(back, "HELLO, TENON"),
	   "%s: and gives it back in capitals", where);
	ok(tenon_device_read(file, back, 5, 7) == 5 && !memcmp(back, "TENON", 5), "%s: from any place", where);
	ok(tenon_device_read(file, back, 5, 12) == 0, "%s: behind the end there is nothing", where);
}

static void device_buffer(void)
{
	/* Adler-32 of "Wikipedia" is published as 11e60398. */
	struct upper_sum sum = { .offset = 100, .len = 9 };
	struct process_stats before, after;
	struct tenon_mapping map;
	size_t len = sizeof(sum);
	uint8_t *shared;

	if (!ok(!tenon_device_map(file, &map) && map.bytes == BUFFER_BYTES, "%s: the device shares its buffer", where))
		return;
	shared = map.address;
	ok(!memcmp(shared, "HELLO, TENON", 12), "%s: what it wrote is there, without a call", where);
	process_stats(rig_host, &before);
	memcpy(shared + 100, "Wikipedia", 9);
	process_stats(rig_host, &after);
	ok(before.upcalls == after.upcalls && before.gate_calls == after.gate_calls, "%s: writing there is no call",
	   where);
	ok(!tenon_device_ioctl(file, UPPER_SUM, &sum, sizeof(sum), &sum, &len) && sum.sum == 0x11e60398,
	   "%s: the module sees the host's bytes: its checksum of them is right", where);
	ok(tenon_device_write(file, "more", 4, 200) == 4 && !memcmp(shared + 200, "MORE", 4),
	   "%s: the host sees the module's at once", where);
	ok(!tenon_device_ioctl(file, UPPER_CLEAR, NULL, 0, NULL, NULL) && !shared[0] && !shared[200],
	   "%s: and that it cleared them", where);
	tenon_device_unmap(&map);
}

static void device_bad_numbers(void)
{
	static const struct upper_sum bad[] = {
		{ .offset = BUFFER_BYTES, .len = 1 },
		{ .offset = 1, .len = BUFFER_BYTES },
		{ .offset = 0xffffffff, .len = 2 },
		{ .offset = 2, .len = 0xffffffff },
	};
	struct upper_sum sum = { 0 };
	static char large[100000];
	struct tenon_file *none;
	size_t len = sizeof(sum);
	bool good = true;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sum = bad[i];
		len = sizeof(sum);
		good &= tenon_device_ioctl(file, UPPER_SUM, &sum, sizeof(sum), &sum, &len) == -TENON_EINVAL;
	}
	ok(good, "%s: a part outside the buffer is refused", where);
	ok(tenon_device_ioctl(file, UPPER_SUM, &sum, sizeof(sum) - 1, &sum, &len) == -TENON_EINVAL,
	   "%s: so is a structure that is too short", where);
	ok(tenon_device_ioctl(file, UPPER_SUM, large, 257, &sum, &len) == -TENON_EINVAL,
	   "%s: and one that is longer than any", where);
	len = 4;
	ok(tenon_device_ioctl(file, UPPER_SUM, &(struct upper_sum){ 0 }, sizeof(sum), &sum, &len) == -TENON_EINVAL,
	   "%s: and no room for the answer", where);
	ok(tenon_device_ioctl(file, 999, NULL, 0, NULL, NULL) == -TENON_EINVAL, "%s: and an unknown command", where);
	ok(tenon_device_write(file, "x", 1, BUFFER_BYTES) == -TENON_ENOSPC, "%s: behind its end there is no space",
	   where);
	ok(tenon_device_write(file, "x", 1, UINT64_MAX) == -TENON_ENOSPC, "%s: nor at the end of all numbers", where);
	ok(tenon_device_write(file, large, sizeof(large), 0) == BUFFER_BYTES, "%s: what does not fit is cut", where);
	ok(tenon_device_read(file, large, sizeof(large), 0) == BUFFER_BYTES, "%s: a large read gives what there is",
	   where);
	ok(tenon_device_open("lower", 1, &none) == -TENON_ENOENT, "%s: there is no other device", where);
}

static void device_modes(void)
{
	struct tenon_file *readable;
	char byte;

	if (!ok(!tenon_device_open("upper", TENON_CHRDEV_READ, &readable), "%s: it opens for reading", where))
		return;
	ok(tenon_device_write(readable, "x", 1, 0) == -TENON_EBADF && tenon_device_read(readable, &byte, 1, 0) == 1,
	   "%s: and is then not written", where);
	tenon_device_close(readable);
}

/* @keep: a program goes on to use the buffer; in an isolated domain its place is then not used again. */
static void device(bool keep)
{
	struct tenon_mapping map = { 0 };
	struct tenon_file *none;
	int err;

	ok(insert("chardev", NULL), "%s: chardev is loaded", where);
	if (!ok(!tenon_device_open("upper", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &file), "%s: its device opens",
		where))
		return;
	device_text();
	device_buffer();
	device_bad_numbers();
	device_modes();
	err = rig_unload(domain, "chardev");
	ok(rig_says(err, -TENON_EBUSY, TENON_R_IN_USE_REFS), "F-16 %s: a module whose device is open stays", where);
	ok(tenon_device_write(file, "still", 5, 0) == 5, "F-18 %s: and works on", where);
	err = keep ? tenon_device_map(file, &map) : -1;
	tenon_device_close(file);
	ok(removed("chardev") && tenon_device_open("upper", 1, &none) == -TENON_ENOENT,
	   "%s: closed, it goes, and its device with it", where);
	if (!keep)
		return;
	ok(!err && !memcmp(map.address, "STILL", 5), "%s: what a program still maps it keeps", where);
	if (!err)
		tenon_device_unmap(&map);
}

static void all(const char *name)
{
	char *before;

	where = name;
	for (int round = 0; round < 2; round++) {
		domain = rig_domain(name);
		rig_load_flags(domain, "runtime", NULL, 0);
		rig_warm_up(domain);
		process_log_clear(rig_host);
		/* The second round finds threads and tables that the first has left to be used again. */
		before = snapshot();
		hello();
		params_given();
		params_default();
		params_refused();
		formats();
		exports();
		timer();
		device(!round);
		if (round)
			ok(snapshot_same(before, snapshot()), "F-20 %s: nothing is left of all that", where);
		else
			free(before);
	}
}

int main(void)
{
	rig_open(NULL);
	all("kernel");
	all("box");
	no_crossing("kernel", "box");
	no_crossing("box", "kernel");
	ok(rig_unload_all(rig_domain("box")), "the box empties");
	rig_domain_close("box");
	ok(rig_close(), "and the host");
	return tap_done();
}
