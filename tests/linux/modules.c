/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Loading Debian's modules on linux.ko: versions, parameters, branches, modules that ask for others. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "tests/linux/compartment.h"

/* A file in memory as a byte source. */
struct image {
	struct tenon_source source;
	uint8_t *bytes;
};

static int64_t image_read(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, ((struct image *)src)->bytes + offset, len);
	return (int64_t)len;
}

static bool image_open(struct image *i, struct compartment *c, const char *name)
{
	char path[PROCESS_PATH_BYTES];
	struct tenon_source file;
	bool read;

	if (!process_find_path(c->h, name, path, sizeof(path)) || process_open_file(path, &file))
		return false;
	i->bytes = malloc(file.size);
	read = i->bytes && file.read_at(&file, 0, i->bytes, file.size) == (int64_t)file.size;
	i->source = (struct tenon_source){ .size = file.size, .read_at = image_read };
	file.close(&file);
	return read;
}

/* Change one bit of the checksum of @symbol in __versions: entries of 64 bytes, the name 8 bytes into each. */
static bool change_version(struct image *i, const char *symbol)
{
	uint8_t *end = i->bytes + i->source.size;
	uint8_t *name = memmem(i->bytes, i->source.size, symbol, strlen(symbol) + 1);

	for (; name; name = memmem(name + 1, (size_t)(end - name - 1), symbol, strlen(symbol) + 1)) {
		uint8_t *entry = name - 8;

		if (name[-1] || name[56 - 1] || entry[4] || entry[5] || entry[6] || entry[7])
			continue;
		entry[0] ^= 1;
		return true;
	}
	return false;
}

static void test_version(struct compartment *c, const char *symbol)
{
	struct image i = { 0 };
	const struct tenon_request req = { .source = &i.source, .domain = c->d };
	struct tenon_diag why = { 0 };
	bool changed = image_open(&i, c, "crc7") && change_version(&i, symbol);
	int err = changed ? tenon_load(c->core, &req, NULL, &why) : 0;

	ok(err == -TENON_EINVAL && why.reason == TENON_R_SYM_CRC && !strcmp(why.name, symbol) &&
	       (why.got ^ why.want) == 1,
	   "%s: one bit of the checksum of %s, and it is refused", c->where, symbol);
	free(i.bytes);
}

static void test_params(struct compartment *c)
{
	static const char name[] = "iTCO_vendor_support";
	struct tenon_diag why = { 0 };

	if (absent(c, name))
		return;
	process_log_clear(c->h);
	if (load(c, name, "vendorsupport=911"))
		ok(logged(c, "vendor-support=911"), "%s: a parameter is set before init", c->where);
	try_unload(c, name, &why);
	ok(try_load(c, name, "vendorsupprt=911", &why) == -TENON_EINVAL && why.reason == TENON_R_PARAM_UNKNOWN &&
	       !strcmp(why.name, "vendorsupprt") && strstr(why.other, "vendorsupport"),
	   "%s: an unknown parameter is named, and those that there are", c->where);
	process_log_clear(c->h);
	ok(try_load(c, name, "vendorsupport=9x", &why) == -TENON_EINVAL && why.reason == TENON_R_INIT_FAILED &&
	       logged(c, "`9x' invalid for parameter `vendorsupport'"),
	   "%s: an invalid value is refused and named", c->where);
	ok(try_load(c, name, "vendorsupport=99999999999", &why) == -TENON_ERANGE, "%s: one that is out of range too",
	   c->where);
}

/* Its init returns an error unless each of its branches takes the way that its key says, before and after changes. */
static void test_branches(struct compartment *c)
{
	struct tenon_diag why = { 0 };

	if (absent(c, "test_static_keys"))
		return;
	if (load(c, "test_static_keys", NULL))
		ok(true, "%s: Linux's own test of static keys passes", c->where);
	ok(!try_unload(c, "test_static_keys", &why) && !try_unload(c, "test_static_key_base", &why),
	   "%s: both of its modules unload", c->where);
}

/* nls_euc-jp loads nls_cp932 from its init, and holds it. */
static void test_request(struct compartment *c)
{
	struct tenon_module *other;
	struct tenon_diag why = { 0 };

	if (!load(c, "nls_euc_jp", NULL))
		return;
	other = tenon_get(c->core, c->d, "nls_cp932");
	ok(other, "%s: a module's init loads another module", c->where);
	if (other)
		tenon_put(other, "test");
	ok(try_unload(c, "nls_cp932", &why) == -TENON_EBUSY && why.reason == TENON_R_IN_USE_REFS,
	   "%s: which stays while it is held", c->where);
	ok(!try_unload(c, "nls_euc_jp", &why) && !try_unload(c, "nls_cp932", &why), "%s: and goes afterwards",
	   c->where);
}

void test_modules(struct compartment *c)
{
	test_version(c, "__x86_return_thunk");
	test_version(c, "module_layout");
	test_params(c);
	test_branches(c);
	test_request(c);
}
