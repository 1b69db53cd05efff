// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/policy.h"

#include <bearssl_hash.h>

#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/console.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/find.h"
#include "kernel/module/module.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define FILE_NAME "/etc/modules.policy"
#define FILE_BYTES_MAX 65536

enum kind { FORBID, ALLOW, ISOLATE, REVOKE, KIND_CNT };

static const char *const kinds[KIND_CNT] = { "forbid ", "allow ", "isolate ", "revoke " };
static char *lines; /* of the file, each ended by a NUL; NULL: there is none. Does not change once it was read */
static size_t bytes;

/* What the line at @line says of. KIND_CNT: it is no line of the table. */
static enum kind kind_of(const char *line, const char **what)
{
	enum kind k = 0;

	while (k < KIND_CNT && strncmp(line, kinds[k], strlen(kinds[k])))
		k++;
	*what = k < KIND_CNT ? line + strlen(kinds[k]) : line;
	return k;
}

/* Is there a line of this kind for @what? NULL: for anything. */
static bool says(enum kind kind, const char *what)
{
	const char *named;

	for (const char *line = lines; line && line < lines + bytes; line += strlen(line) + 1)
		if (kind_of(line, &named) == kind && (!what || !strcmp(named, what)))
			return true;
	return false;
}

static int allow(void *context, const struct tenon_module *m, char why[64])
{
	const char *name = tenon_module_name(m), *refusal = NULL;

	(void)context;
	if (says(FORBID, name))
		refusal = "forbidden";
	else if (says(ALLOW, NULL) && !says(ALLOW, name))
		refusal = "not among what is allowed";
	else if (says(ISOLATE, name) && tenon_module_domain(m) == module_kernel.core)
		refusal = "only into an isolated domain";
	if (refusal)
		strscpy(why, refusal, 64);
	return refusal ? -TENON_EPERM : 0;
}

bool policy_revokes(const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[br_sha256_SIZE];
	char text[2 * sizeof(hash) + 1];
	br_sha256_context c;

	if (!says(REVOKE, NULL))
		return false;
	br_sha256_init(&c);
	br_sha256_update(&c, data, size);
	br_sha256_out(&c, hash);
	for (size_t i = 0; i < 2 * sizeof(hash); i++)
		text[i] = digits[hash[i / 2] >> (i % 2 ? 0 : 4) & 15];
	text[2 * sizeof(hash)] = '\0';
	return says(REVOKE, text);
}

static bool __init is_valid(const char *line)
{
	const char *what;
	enum kind kind = kind_of(line, &what);

	if (!*line || *line == '#')
		return true;
	return kind < KIND_CNT &&
	       (kind == REVOKE ? strlen(what) == 2 * br_sha256_SIZE : tenon_name_valid(what, TENON_NAME_BYTES));
}

void __init policy_init(void)
{
	struct file *file;
	unsigned number = 1;
	long len;
	int err = kernel_file_open(FILE_NAME, &file);

	if (err == -TENON_ENOENT)
		return;
	if (!err && file->node->size <= FILE_BYTES_MAX)
		lines = heap_alloc_zeroed(file->node->size + 1);
	len = lines ? file_read_kernel(file, lines, file->node->size, 0) : -1;
	if (len < 0)
		machine_refuse(FILE_NAME " cannot be read, or is larger than 64 KiB");
	file_put(file);
	bytes = (size_t)len;
	for (size_t i = 0; i < bytes; i++)
		lines[i] = lines[i] == '\n' ? '\0' : lines[i] == '-' ? '_' : lines[i]; /* in names they are the same */
	for (const char *line = lines; line < lines + bytes; line += strlen(line) + 1, number++)
		if (!is_valid(line))
			machine_refuse(FILE_NAME ":%u: not forbid, allow or isolate and a name, or revoke and a hash",
				       number);
	err = tenon_set_policy(module_core, allow, NULL);
	if (err)
		panic("the policy is set twice");
}
