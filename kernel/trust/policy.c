// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/policy.h"

#include <bearssl_hash.h>

#include "kernel/boot.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/find.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/policy/policy.h"
#include "kernel/process/helper.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/trust/trust.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define FILE_NAME "/etc/modules.policy"
#define FILE_BYTES_MAX 65536
#define RULE_CNT_MAX 4096
#define KEY_ID_DIGITS 40
#define FAULTS_MAX 3
#define FAULTY_CNT 8 /* modules whose faults are counted, those that began last */
#define FAULTS_NS (600 * NS_PER_SECOND)

enum kind { FORBID, ALLOW, ISOLATE, MANUAL, REVOKE, REVOKE_KEY, REVOKE_VERSION, KIND_CNT };

static const char *const kinds[KIND_CNT] = { "forbid", "allow",      "isolate",       "manual",
					     "revoke", "revoke-key", "revoke-version" };

struct rule {
	struct rule *next;
	enum kind kind;
	const char *version; /* in what, behind the name; NULL: not of this kind */
	char what[];
};

static struct rule *rules; /* never goes, and grows at its beginning by one store: read without a lock */
static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF); /* of who adds to it, and of the next */
static unsigned rule_cnt;

static struct rule *first_rule(void)
{
	return __atomic_load_n(&rules, __ATOMIC_ACQUIRE);
}

/* ---- what it says ------------------------------------------------------------------------------------------------ */

/* In names '-' and '_' are the same. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

/* Is there a rule of this kind for @name? NULL: for anything. */
static bool says(enum kind kind, const char *name)
{
	for (const struct rule *r = first_rule(); r; r = r->next)
		if (r->kind == kind && (!name || same_name(r->what, name)))
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
	else if (says(MANUAL, name) && helper_runs())
		refusal = "not on need";
	else if (policy_load(name, tenon_domain_name(tenon_module_domain(m))))
		refusal = "by a policy that is a module";
	if (refusal)
		strscpy(why, refusal, 64);
	return refusal ? -TENON_EPERM : 0;
}

/* Are these the bytes that @digits says? */
static bool is_hex(const char *digits, const uint8_t *bytes, size_t cnt)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < 2 * cnt; i++)
		if (digits[i] != digit[bytes[i / 2] >> (i % 2 ? 0 : 4) & 15])
			return false;
	return true;
}

bool policy_revokes(const uint8_t *hash, size_t bytes, const struct der *key_id)
{
	for (const struct rule *r = first_rule(); r; r = r->next) {
		if (r->kind == REVOKE && is_hex(r->what, hash, bytes))
			return true;
		if (r->kind == REVOKE_KEY && der_bytes(key_id) == KEY_ID_DIGITS / 2 &&
		    is_hex(r->what, key_id->at, KEY_ID_DIGITS / 2))
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is @a at most @b? Numbers in them are compared as such, what is between them by bytes. */
static bool version_at_most(const char *a, const char *b)
{
	while (*a || *b) {
		size_t digits_a = 0, digits_b = 0;
		int order;

		while (*a == '0' && is_digit(a[1]))
			a++;
		while (*b == '0' && is_digit(b[1]))
			b++;
		while (is_digit(a[digits_a]))
			digits_a++;
		while (is_digit(b[digits_b]))
			digits_b++;
		if (digits_a != digits_b)
			return digits_a < digits_b;
		order = digits_a ? strncmp(a, b, digits_a) : (uint8_t)*a - (uint8_t)*b;
		if (order)
			return order < 0;
		a += digits_a ? digits_a : 1;
		b += digits_b ? digits_b : 1;
	}
	return true;
}

bool policy_revokes_version(const char *name, const char *version)
{
	for (const struct rule *r = first_rule(); r; r = r->next)
		if (r->kind == REVOKE_VERSION && same_name(r->what, name) &&
		    (!version || version_at_most(version, r->version))) {
			log_warn("%s: revoked up to version %s, and this is %s", name, r->version,
				 version ? version : "without one");
			return true;
		}
	return false;
}

/* ---- its lines --------------------------------------------------------------------------------------------------- */

static bool is_hash(const char *text, size_t digits)
{
	for (size_t i = 0; i < digits; i++)
		if (!is_digit(text[i]) && (text[i] < 'a' || text[i] > 'f'))
			return false;
	return !text[digits];
}

static bool is_valid(struct rule *r)
{
	char *blank = strchr(r->what, ' ');

	if (r->kind == REVOKE)
		return is_hash(r->what, 2 * br_sha256_SIZE);
	if (r->kind == REVOKE_KEY)
		return is_hash(r->what, KEY_ID_DIGITS);
	if (r->kind == REVOKE_VERSION && blank && blank[1]) {
		*blank = '\0';
		r->version = blank + 1;
	}
	return tenon_name_valid(r->what, TENON_NAME_BYTES) && (r->kind == REVOKE_VERSION) == !!r->version;
}

static bool is_there(const struct rule *new)
{
	for (const struct rule *r = first_rule(); r; r = r->next)
		if (r->kind == new->kind && !strcmp(r->what, new->what) &&
		    (!r->version || !strcmp(r->version, new->version)))
			return true;
	return false;
}

/*
 * Add what a line of @len bytes says. @more: one that allows is not taken. Return: 0, also if it says nothing new;
 * -TENON_EINVAL: it is not one of the lines; -TENON_EPERM, -TENON_ENOSPC, -TENON_ENOMEM.
 */
static int add(const char *line, size_t len, bool more)
{
	enum kind kind = 0;
	struct rule *r;
	bool taken;
	size_t skip;
	int err = 0;

	if (!len || *line == '#')
		return 0;
	while (kind < KIND_CNT && (strlen(kinds[kind]) >= len || strncmp(line, kinds[kind], strlen(kinds[kind])) ||
				   line[strlen(kinds[kind])] != ' '))
		kind++;
	if (kind == KIND_CNT)
		return -TENON_EINVAL;
	if (more && kind == ALLOW)
		return -TENON_EPERM;
	skip = strlen(kinds[kind]) + 1;
	r = heap_alloc_zeroed(sizeof(*r) + len - skip + 1);
	if (!r)
		return -TENON_ENOMEM;
	r->kind = kind;
	memcpy(r->what, line + skip, len - skip);
	spin_lock(&lock);
	if (!is_valid(r))
		err = -TENON_EINVAL;
	else if (rule_cnt == RULE_CNT_MAX)
		err = -TENON_ENOSPC;
	taken = !err && !is_there(r);
	if (taken) {
		r->next = rules;
		__atomic_store_n(&rules, r, __ATOMIC_RELEASE);
		rule_cnt++;
	}
	spin_unlock(&lock);
	if (!taken)
		heap_free(r);
	return err;
}

/* All lines, until one is refused: *number says which. */
static int add_lines(const char *text, size_t len, bool more, unsigned *number)
{
	const char *end = text + len;
	int err = 0;

	for (*number = 0; text < end && !err; ++*number) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (!stop)
			stop = end;
		err = add(text, (size_t)(stop - text), more);
		text = stop + 1;
	}
	return err;
}

void __init policy_init(void)
{
	struct file *file;
	unsigned number;
	char *text = NULL;
	long len;
	int err = kernel_file_open(FILE_NAME, &file);

	if (tenon_set_policy(module_core, allow, NULL))
		panic("the policy is set twice");
	if (err == -TENON_ENOENT)
		return;
	if (!err && file->node->size <= FILE_BYTES_MAX)
		text = heap_alloc(file->node->size + 1);
	len = text ? file_read_kernel(file, text, file->node->size, 0) : -1;
	if (len < 0)
		machine_refuse(FILE_NAME " cannot be read, or is larger than 64 KiB");
	file_put(file);
	if (add_lines(text, (size_t)len, false, &number))
		machine_refuse(FILE_NAME ":%u: not forbid, allow, isolate or manual and a name, nor revoke and what",
			       number);
	heap_free(text);
}

/* ---- what changes while the machine runs ------------------------------------------------------------------------- */

/* What is there already goes, but for what is used, which the log says. A thread of its own: a file's lock is held by store(). */
static void look_at_loaded(void *unused)
{
	(void)unused;
	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		struct tenon_module *m = record_hold(r);
		bool revoked =
		    m && (trust_is_revoked(tenon_module_signer(m)) || policy_revokes_version(r->name, r->version));

		if (m)
			tenon_put(m, "policy");
		if (!revoked)
			continue;
		log_warn("%s: is revoked, and loaded", r->name);
		module_unload(r->name, false);
	}
}

static int store(const char *text, size_t len, void *data)
{
	struct thread *t;
	unsigned number;
	int err = add_lines(text, len, true, &number), thread_err;

	(void)data;
	thread_err = thread_make("revoke", look_at_loaded, NULL, &t);
	if (!thread_err)
		thread_start(t);
	return err ? err : thread_err;
}

static int show(struct text *t, void *data)
{
	(void)data;
	for (const struct rule *r = first_rule(); r; r = r->next)
		text_printf(t, r->version ? "%s %s %s\n" : "%s %s\n", kinds[r->kind], r->what, r->version);
	return 0;
}

const struct attr modules_policy_attr = { "modules", 0600, show, store };

void policy_fault(const char *name)
{
	static struct {
		char name[TENON_NAME_BYTES];
		unsigned cnt;
		uint64_t first_ns;
	} faults[FAULTY_CNT]; /* the core's lock */
	__typeof__(faults[0]) *f = faults, *oldest = faults;
	char line[TENON_NAME_BYTES + 16];

	/* Each domain has the base: it is not what has faulted. */
	if (!strcmp(name, MODULE_BASE) || !strcmp(name, MODULE_LINUX_BASE))
		return;
	for (; f < faults + FAULTY_CNT && strcmp(f->name, name); f++)
		if (f->first_ns < oldest->first_ns)
			oldest = f;
	if (f == faults + FAULTY_CNT || clock_ns() - f->first_ns > FAULTS_NS) {
		f = f == faults + FAULTY_CNT ? oldest : f;
		strscpy(f->name, name, sizeof(f->name));
		f->cnt = 0;
		f->first_ns = clock_ns();
	}
	if (++f->cnt != FAULTS_MAX)
		return;
	log_warn("%s: has faulted %u times, and is loaded on need no more", name, FAULTS_MAX);
	tenon_snprintf(line, sizeof(line), "manual %s", name);
	add(line, strlen(line), true);
}
