// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device "nls", so that people and tests can ask character sets. A program writes lines and reads answers:
 *
 *     cp437 80 8182 U+00C7        CHARSET, then bytes in hexadecimal or Unicode characters
 *     U+00C7 U+00FC,U+00E9 80     an answer for each; '-' where there is none
 *
 * The answer to the last write stays until anybody reads or writes again, so that `echo` and then `cat` work. A character
 * set that is not there is requested as a file system would request it: its module is loaded.
 */
#include "linux/native/native.h"

#define CHARSET_BYTES 32
#define ITEM_BYTES 256

struct answer {
	size_t len, read, room; /* bytes */
	char text[];
};

struct line {
	const char *at, *end;
	struct answer *out;
};

static tenon_handle device, mutex;
static struct answer *last; /* mutex held */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int put(struct answer *a, const char *text, size_t len)
{
	if (len > a->room - a->len)
		return -TENON_ENOSPC;
	memcpy(a->text + a->len, text, len);
	a->len += len;
	return 0;
}

/* The next word of the line into @word with its NUL. Return: its length, 0 at the end, -TENON_EINVAL: too long. */
static int next_word(struct line *l, char *word, size_t size)
{
	size_t len = 0;

	while (l->at < l->end && *l->at == ' ')
		l->at++;
	while (l->at < l->end && *l->at != ' ') {
		if (len == size - 1)
			return -TENON_EINVAL;
		word[len++] = *l->at++;
	}
	word[len] = 0;
	return (int)len;
}

/* U+XXXX to bytes. */
static int encode(struct nls_table *nls, const char *digits, struct answer *out)
{
	unsigned char bytes[8];
	char text[17];
	unsigned int code = 0;
	int len;

	if (!*digits || strlen(digits) > 4)
		return -TENON_EINVAL;
	for (; *digits; digits++) {
		if (hex(*digits) < 0)
			return -TENON_EINVAL;
		code = code << 4 | (unsigned int)hex(*digits);
	}
	len = linux_nls_encode(nls, (unsigned short)code, bytes, sizeof(bytes));
	if (len <= 0)
		return put(out, "-", 1);
	for (int i = 0; i < len; i++)
		tenon_snprintf(text + 2 * i, 3, "%02X", bytes[i]);
	return put(out, text, (size_t)len * 2);
}

/* Bytes to characters, up to the first invalid one. */
static int decode(struct nls_table *nls, const char *word, int word_len, struct answer *out)
{
	unsigned char bytes[ITEM_BYTES / 2];
	int cnt = word_len / 2, at = 0, err = 0;

	if (word_len % 2)
		return -TENON_EINVAL;
	for (int i = 0; i < cnt; i++) {
		if (hex(word[2 * i]) < 0 || hex(word[2 * i + 1]) < 0)
			return -TENON_EINVAL;
		bytes[i] = (unsigned char)(hex(word[2 * i]) << 4 | hex(word[2 * i + 1]));
	}
	while (at < cnt && !err) {
		unsigned short code = 0;
		int taken = linux_nls_decode(nls, bytes + at, cnt - at, &code);
		char text[8];

		if (at)
			err = put(out, ",", 1);
		if (taken <= 0 || taken > cnt - at)
			return err ? err : put(out, "-", 1);
		tenon_snprintf(text, sizeof(text), "U+%04X", code);
		if (!err)
			err = put(out, text, 6);
		at += taken;
	}
	return err;
}

/* Answer one line. On a virtual CPU. */
static long convert(void *arg)
{
	struct line *l = arg;
	char word[ITEM_BYTES];
	struct nls_table *nls;
	int len = next_word(l, word, CHARSET_BYTES), err = 0;

	if (len <= 0)
		return len;
	nls = linux_nls_load(word);
	if (!nls)
		return -TENON_ENOENT;
	for (bool first = true; !err && (len = next_word(l, word, sizeof(word))) > 0; first = false) {
		if (!first)
			err = put(l->out, " ", 1);
		if (!err)
			err = !strncmp(word, "U+", 2) ? encode(nls, word + 2, l->out) : decode(nls, word, len, l->out);
	}
	linux_nls_unload(nls);
	if (!err)
		err = len < 0 ? len : put(l->out, "\n", 1);
	return err;
}

/* Exchange the answer. Return: 0 or a negative errno value, and @a stays the caller's. */
static int keep(struct answer *a)
{
	int err = tenon_mutex_lock(mutex, NEVER_NS);
	struct answer *old = last;

	if (err)
		return err;
	last = a;
	tenon_mutex_unlock(mutex);
	tenon_free(old);
	return 0;
}

static long nls_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	const char *at = data, *end = at + len;
	struct answer *answer;
	size_t room = len * 4 + 64; /* of two digits come at most the seven of "U+XXXX," */
	long err = 0;

	(void)ctx, (void)file, (void)offset;
	answer = tenon_alloc(THIS_MODULE, sizeof(*answer) + room);
	if (!answer)
		return -TENON_ENOMEM;
	answer->room = room;
	while (at < end && !err) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct line line = { .at = at, .end = stop ? stop : end, .out = answer };

		at = stop ? stop + 1 : end;
		err = lx_on_cpu(convert, &line);
	}
	if (!err)
		err = keep(answer);
	if (err)
		tenon_free(answer);
	return err ? err : (long)len;
}

/* @offset, which counts what was written too, has no meaning here. */
static long nls_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	int err = tenon_mutex_lock(mutex, NEVER_NS);
	size_t left = !err && last ? last->len - last->read : 0;
	struct answer *done = NULL;

	(void)ctx, (void)file, (void)offset;
	if (err)
		return err;
	if (len > left)
		len = left;
	if (len) {
		memcpy(data, last->text + last->read, len);
		last->read += len;
	}
	if (last && last->read == last->len) {
		done = last;
		last = NULL;
	}
	tenon_mutex_unlock(mutex);
	tenon_free(done);
	return (long)len;
}

static const struct tenon_chrdev_ops ops = {
	.read = nls_read,
	.write = nls_write,
};

/* If another compartment has the device already, this one has none. */
int nls_device_create(void)
{
	tenon_handle h = tenon_mutex_create(THIS_MODULE);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	mutex = h;
	h = tenon_chrdev_register(THIS_MODULE, "nls", &ops, NULL);
	err = tenon_handle_error(h);
	if (!err)
		device = h;
	if (err && err != -TENON_EEXIST)
		tenon_mutex_destroy(mutex);
	return err == -TENON_EEXIST ? 0 : err;
}

void nls_device_destroy(void)
{
	if (device)
		tenon_chrdev_unregister(device);
	tenon_free(last);
	tenon_mutex_destroy(mutex);
}
