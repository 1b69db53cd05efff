/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading the record of an earlier run, and finding out what still holds. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/lib/depmod/record.h"

static const char *const inputs[RECORD_INPUT_CNT] = { "modules.builtin", "modules.builtin.modinfo" };

/* Four sums at once: a CPU does not wait for one product to begin the next. */
uint64_t record_sum(const void *bytes, size_t len)
{
	uint64_t sums[4] = { len, 1, 2, 3 }, words[4];
	const uint8_t *at = bytes;

	for (; len; at += sizeof(words), len -= len < sizeof(words) ? len : sizeof(words)) {
		memset(words, 0, sizeof(words));
		memcpy(words, at, len < sizeof(words) ? len : sizeof(words));
		for (int i = 0; i < 4; i++) {
			sums[i] = (sums[i] ^ words[i]) * 0x9e3779b97f4a7c15u;
			sums[i] ^= sums[i] >> 29;
		}
	}
	return sums[0] ^ sums[1] << 7 ^ sums[2] << 19 ^ sums[3] << 31;
}

struct stamp record_stamp(const struct stat *st)
{
	struct stamp s = stamp_of(st);

	s.ctime = 0;
	return s;
}

static bool head_holds(const struct record *r)
{
	const struct record_head *h = (const void *)r->file;
	uint64_t bytes = sizeof(*h);

	if (r->file_bytes < sizeof(*h) || h->magic != RECORD_MAGIC || h->bytes != r->file_bytes ||
	    h->head_sum != record_sum(h, offsetof(struct record_head, head_sum)) ||
	    h->body_sum != record_sum(h + 1, r->file_bytes - sizeof(*h)))
		return false;
	bytes +=
	    h->module_cnt * sizeof(struct record_module) + (h->name_cnt + (uint64_t)h->need_cnt) * sizeof(uint32_t);
	for (int i = 0; i < RECORD_TEXT_CNT; i++) {
		if (!h->text_bytes[i] || h->text_bytes[i] > UINT32_MAX)
			return false;
		bytes += h->text_bytes[i];
	}
	return bytes == r->file_bytes;
}

static bool in_range(const struct span *s, uint64_t cnt)
{
	return s->first <= cnt && s->cnt <= cnt - s->first;
}

/* Do all numbers lie in what they are numbers of? The texts have been set. */
static bool numbers_hold(const struct record *r)
{
	const uint32_t *needs = (const void *)r->reader.needs.data;
	const struct record_head *h = r->head;

	for (uint32_t i = 0; i < h->module_cnt; i++) {
		const struct record_module *m = &r->modules[i];

		if (m->path >= h->text_bytes[RECORD_PATHS] || m->fault >= h->text_bytes[RECORD_PATHS] ||
		    !in_range(&m->info, h->text_bytes[RECORD_INFO]) || !in_range(&m->needs, h->need_cnt) ||
		    !in_range(&m->exports, h->text_bytes[RECORD_EXPORTS]))
			return false;
	}
	for (uint32_t i = 0; i < h->name_cnt; i++)
		if (r->reader.needed.offs[i] >= h->text_bytes[RECORD_NAMES])
			return false;
	for (uint32_t i = 0; i < h->need_cnt; i++)
		if (needs[i] >= h->name_cnt)
			return false;
	return true;
}

/* Set everything that points into the file. Return: false if it does not hold. */
static bool use_file(struct record *r)
{
	char *at = r->file;
	char *texts[RECORD_TEXT_CNT];

	if (!head_holds(r))
		return false;
	r->head = (const void *)at;
	r->modules = (const void *)(at + sizeof(*r->head));
	r->reader.needed.offs = (uint32_t *)(void *)(at + sizeof(*r->head) + r->head->module_cnt * sizeof(*r->modules));
	r->reader.needed.cnt = r->head->name_cnt;
	r->reader.needs.data = (char *)(r->reader.needed.offs + r->head->name_cnt);
	r->reader.needs.len = r->head->need_cnt * sizeof(uint32_t);
	at = r->reader.needs.data + r->head->need_cnt * sizeof(uint32_t);
	for (int i = 0; i < RECORD_TEXT_CNT; i++) {
		texts[i] = at;
		at += r->head->text_bytes[i];
		if (at[-1])
			return false;
	}
	r->paths = texts[RECORD_PATHS];
	r->reader.info.data = texts[RECORD_INFO];
	r->reader.exports.data = texts[RECORD_EXPORTS];
	r->reader.needed.text.data = texts[RECORD_NAMES];
	r->reader.needed.text.len = r->head->text_bytes[RECORD_NAMES] - 1;
	return numbers_hold(r);
}

/* It is only ever replaced, so what is mapped does not change. */
static void map_file(struct record *r, int dir)
{
	int fd = openat(dir, depmod_file_names[DEPMOD_RECORD], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	void *at;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && st.st_size > 0) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (at != MAP_FAILED) {
			r->file = at;
			r->file_bytes = (size_t)st.st_size;
		}
	}
	close(fd);
}

struct record *record_load(struct depmod *d, int dir)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->reader.depmod = d;
	map_file(r, dir);
	if (r->file && !use_file(r))
		r->head = NULL;
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	free(r->reader.owners);
	names_free(&r->by_path);
	if (r->file)
		munmap(r->file, r->file_bytes);
	free(r);
}

/* The number of the module with a path. @next: the one that it is if nothing has changed. */
static uint32_t find_module(struct record *r, const char *path, uint32_t next)
{
	uint32_t n;

	if (next < r->head->module_cnt && !strcmp(r->paths + r->modules[next].path, path))
		return next;
	for (uint32_t i = r->by_path.cnt; i < r->head->module_cnt; i++)
		if (names_add(&r->by_path, r->paths + r->modules[i].path) != i)
			break; /* no memory, or one path twice: no more are known */
	n = names_find(&r->by_path, path);
	return n < r->head->module_cnt ? n : NAME_NONE;
}

static struct stamp stamp_at(int dir, const char *name)
{
	struct stat st;

	return dir < 0 || fstatat(dir, name, &st, 0) ? (struct stamp){ 0 } : stamp_of(&st);
}

static void take(struct record *r, struct depmod_module *m, const struct record_module *old)
{
	m->reader = &r->reader;
	m->info = old->info;
	m->exports = old->exports;
	m->needs = old->needs;
	m->err = old->err;
	m->fault = old->fault ? r->paths + old->fault : NULL;
}

static bool match_modules(struct depmod *d, struct record *r)
{
	uint32_t next = 0;
	bool all = true;

	r->same_modules = d->module_cnt == r->head->module_cnt;
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		struct depmod_module *m = &d->modules[i];
		uint32_t n = find_module(r, m->path, next);

		next = n == NAME_NONE ? next : n + 1;
		r->same_modules &= n == i;
		if (n != NAME_NONE && stamp_same(&m->stamp, &r->modules[n].stamp))
			take(r, m, &r->modules[n]);
		else
			all = false;
	}
	return all && r->same_modules;
}

bool record_match(struct depmod *d, struct record *r, int dir)
{
	bool all = true, same_settings = r->head && r->head->settings == record_settings(d);

	for (int i = 0; i < RECORD_INPUT_CNT; i++) {
		struct stamp s = stamp_at(d->dir, inputs[i]);

		r->same_inputs[i] = r->head && stamp_same(&s, &r->head->inputs[i]);
		r->next.inputs[i] = stamp_settled(s, d->begun_ns);
		all &= r->same_inputs[i];
	}
	for (int i = 0; r->head && i < DEPMOD_FILE_CNT; i++) {
		struct stamp s = stamp_at(dir, depmod_file_names[i]);

		s.ctime = 0;
		r->same_outputs[i] = i == DEPMOD_RECORD || (stamp_same(&s, &r->head->outputs[i]) && same_settings);
		all &= r->same_outputs[i];
	}
	return r->head && match_modules(d, r) && all && same_settings;
}

static bool same_bytes(const struct buf *a, const struct span *x, const struct buf *b, const struct span *y)
{
	return x->cnt == y->cnt && (!x->cnt || !memcmp(a->data + x->first, b->data + y->first, x->cnt));
}

static bool same_names(const struct reader *a, const struct span *x, const struct reader *b, const struct span *y)
{
	const uint32_t *p = (const uint32_t *)(const void *)a->needs.data + x->first;
	const uint32_t *q = (const uint32_t *)(const void *)b->needs.data + y->first;

	for (uint32_t i = 0; x->cnt == y->cnt && i < x->cnt; i++)
		if (strcmp(names_text(&a->needed, p[i]), names_text(&b->needed, q[i])))
			return false;
	return x->cnt == y->cnt;
}

void record_compare(const struct depmod *d, struct record *r)
{
	r->same_info = r->same_needs = r->same_modules;
	r->same_exports = r->same_modules && r->head->settings == record_settings(d);
	for (uint32_t i = 0; r->same_modules && i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		const struct record_module *old = &r->modules[i];

		if (m->reader == &r->reader)
			continue;
		r->same_info &= same_bytes(&m->reader->info, &m->info, &r->reader.info, &old->info);
		r->same_exports &= same_bytes(&m->reader->exports, &m->exports, &r->reader.exports, &old->exports);
		r->same_needs &= same_names(m->reader, &m->needs, &r->reader, &old->needs);
	}
}

bool record_keeps(const struct record *r, enum depmod_file file)
{
	if (!r || !r->head || !r->same_outputs[file])
		return false;
	switch (file) {
	case DEPMOD_ALIAS:
	case DEPMOD_ALIAS_BIN:
	case DEPMOD_SOFTDEP:
	case DEPMOD_WEAKDEP:
	case DEPMOD_DEVNAME:
		return r->same_info;
	case DEPMOD_SYMBOLS:
	case DEPMOD_SYMBOLS_BIN:
		return r->same_exports;
	case DEPMOD_BUILTIN_BIN:
		return r->same_inputs[RECORD_BUILTIN];
	case DEPMOD_BUILTIN_ALIAS_BIN:
		return r->same_inputs[RECORD_BUILTIN_MODINFO];
	case DEPMOD_DEP:
	case DEPMOD_DEP_BIN:
		return r->same_exports && r->same_needs;
	default:
		return false;
	}
}
