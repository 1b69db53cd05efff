/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Writing the record of this run. */
#include <errno.h>
#include <unistd.h>

#include "user/lib/depmod/record.h"

struct making {
	struct depmod *d;
	struct buf needs;
	struct names needed;
	uint32_t *
	    numbers[DEPMOD_THREADS_MAX + 1]; /* of the names of each reader, in needed; the last is of the old record */
};

static unsigned int reader_number(const struct depmod *d, const struct reader *r)
{
	return d->record && r == &d->record->reader ? DEPMOD_THREADS_MAX : (unsigned int)(r - d->readers);
}

/* Number the names that a module needs. */
static bool add_needs(struct making *k, const struct depmod_module *m)
{
	const uint32_t *needs = (const uint32_t *)(const void *)m->reader->needs.data + m->needs.first;
	uint32_t **numbers = &k->numbers[reader_number(k->d, m->reader)];
	size_t bytes = m->reader->needed.cnt * sizeof(**numbers);

	if (!*numbers) {
		*numbers = malloc(bytes + 1);
		if (!*numbers)
			return false;
		memset(*numbers, 0xff, bytes);
	}
	for (uint32_t i = 0; i < m->needs.cnt; i++) {
		uint32_t *number = &(*numbers)[needs[i]];

		if (*number == NAME_NONE)
			*number = names_add(&k->needed, names_text(&m->reader->needed, needs[i]));
		buf_add(&k->needs, number, sizeof(*number));
	}
	return true;
}

/* The next part of an array, of a module that has @cnt. */
static struct span span_behind(const struct span *last, uint32_t cnt)
{
	return (struct span){ last->first + last->cnt, cnt };
}

static void add_modules(const struct depmod *d, struct buf *out)
{
	struct record_module r = { .path = 1 }; /* after the NUL, so that 0 is no fault */

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		uint32_t behind = r.path + (uint32_t)strlen(m->path) + 1;

		/* Only what is wrong with the file itself holds as long as the file does not change. */
		r.stamp = m->err && m->err != -ENOEXEC && m->err != -EILSEQ ? STAMP_NONE :
									      stamp_settled(m->stamp, d->begun_ns);
		r.err = m->err;
		r.fault = m->fault ? behind : 0;
		r.info = span_behind(&r.info, m->info.cnt);
		r.exports = span_behind(&r.exports, m->exports.cnt);
		r.needs = span_behind(&r.needs, m->needs.cnt);
		buf_add(out, &r, sizeof(r));
		r.path = behind + (m->fault ? (uint32_t)strlen(m->fault) + 1 : 0);
	}
}

static void add_paths(const struct depmod *d, struct buf *out)
{
	buf_char(out, '\0');
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		buf_string(out, d->modules[i].path);
		if (d->modules[i].fault)
			buf_string(out, d->modules[i].fault);
	}
}

static void add_info(const struct depmod *d, struct buf *out)
{
	for (uint32_t i = 0; i < d->module_cnt; i++)
		if (d->modules[i].info.cnt)
			buf_add(out, d->modules[i].reader->info.data + d->modules[i].info.first,
				d->modules[i].info.cnt);
}

static void add_exports(const struct depmod *d, struct buf *out)
{
	for (uint32_t i = 0; i < d->module_cnt; i++)
		if (d->modules[i].exports.cnt)
			buf_add(out, d->modules[i].reader->exports.data + d->modules[i].exports.first,
				d->modules[i].exports.cnt);
}

/* A text ends with a NUL, even if it has nothing else. Return: its bytes. */
static uint64_t end_text(struct buf *out, size_t start)
{
	buf_char(out, '\0');
	return out->len - start;
}

/* All parts, after room for the head. */
static void add_parts(struct depmod *d, const struct names *needed, const struct buf *needs, struct buf *out)
{
	struct record_head *h = &d->record->next;
	size_t start;

	h->name_cnt = needed->cnt;
	h->need_cnt = (uint32_t)(needs->len / sizeof(uint32_t));
	buf_add(out, h, sizeof(*h));
	add_modules(d, out);
	if (needed->cnt)
		buf_add(out, needed->offs, needed->cnt * sizeof(*needed->offs));
	if (needs->len)
		buf_add(out, needs->data, needs->len);
	start = out->len;
	add_paths(d, out);
	h->text_bytes[RECORD_PATHS] = end_text(out, start);
	start = out->len;
	add_info(d, out);
	h->text_bytes[RECORD_INFO] = end_text(out, start);
	start = out->len;
	add_exports(d, out);
	h->text_bytes[RECORD_EXPORTS] = end_text(out, start);
	start = out->len;
	if (needed->cnt)
		buf_add(out, needed->text.data, needed->text.len);
	h->text_bytes[RECORD_NAMES] = end_text(out, start);
}

int depmod_record(struct depmod *d, const struct tmod_messages *to, struct buf *out)
{
	struct record_head *h = &d->record->next;
	const struct reader *old = d->record->same_needs ? &d->record->reader : NULL;
	struct making k = { .d = d };
	bool ok = true;

	(void)to;
	for (uint32_t i = 0; i < d->module_cnt && ok && !old; i++)
		ok = add_needs(&k, &d->modules[i]);
	ok = ok && !k.needs.failed && !k.needed.text.failed;
	h->magic = RECORD_MAGIC;
	h->module_cnt = d->module_cnt;
	h->settings = record_settings(d);
	if (ok)
		add_parts(d, old ? &old->needed : &k.needed, old ? &old->needs : &k.needs, out);
	h->bytes = out->len;
	if (ok && !out->failed)
		h->body_sum = record_sum(out->data + sizeof(*h), out->len - sizeof(*h));
	buf_free(&k.needs);
	names_free(&k.needed);
	for (unsigned int i = 0; i <= DEPMOD_THREADS_MAX; i++)
		free(k.numbers[i]);
	return ok ? 0 : -ENOMEM;
}

int record_finish(struct record *r, int fd, const struct stamp outputs[DEPMOD_FILE_CNT])
{
	memcpy(r->next.outputs, outputs, sizeof(r->next.outputs));
	r->next.head_sum = record_sum(&r->next, offsetof(struct record_head, head_sum));
	if (pwrite(fd, &r->next, sizeof(r->next), 0) != sizeof(r->next))
		return errno ? -errno : -EIO;
	return 0;
}
