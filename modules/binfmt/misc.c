// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Formats that root registers, as with Linux's module of this name: a line
 *
 *	:NAME:M:OFFSET:MAGIC:MASK:INTERPRETER:FLAGS
 *	:NAME:E::EXTENSION::INTERPRETER:FLAGS
 *
 * written to /proc/sys/fs/binfmt_misc/register, with any other character instead of ':'. In MAGIC and MASK \xHH is a byte. Of the
 * flags there is P. Written to `status`, 0 and 1 turn all off and on, and -1 forgets them all; while there are any the module
 * stays.
 */
#include "tenon/module.h"

#define MAGIC_BYTES 128
#define FORMAT_CNT 64
#define FIELD_CNT 7
#define FOREVER_NS (~0ull)

enum { NAME, TYPE, OFFSET, MAGIC, MASK, INTERPRETER, FLAGS };

struct format {
	struct format *next;
	unsigned offset, len, flags; /* len 0: by the extension, which is in magic */
	char name[64], interpreter[TENON_BINFORMAT_PATH_BYTES];
	uint8_t magic[MAGIC_BYTES + 1], mask[MAGIC_BYTES];
};

static struct format *formats; /* with the mutex, as the next two */
static unsigned format_cnt;
static bool enabled = true;
static tenon_handle mutex, registration, idle;

/* ---- recognising ------------------------------------------------------------------------------------------------- */

static bool fits(const struct format *f, const uint8_t *head, size_t len, const char *path)
{
	const char *dot = strrchr(path, '.');

	if (!f->len)
		return dot && !strchr(dot, '/') && !strcmp(dot + 1, (const char *)f->magic);
	if (f->offset + f->len > len)
		return false;
	for (unsigned i = 0; i < f->len; i++)
		if ((head[f->offset + i] ^ f->magic[i]) & f->mask[i])
			return false;
	return true;
}

static int recognise(void *ctx, const void *head, size_t len, const char *path, struct tenon_binformat_program *p)
{
	const struct format *f;

	(void)ctx;
	if (tenon_mutex_lock(mutex, FOREVER_NS))
		return -TENON_EINTR;
	f = enabled ? formats : NULL;
	while (f && !fits(f, head, len, path))
		f = f->next;
	if (f) {
		*p = (struct tenon_binformat_program){ .size = sizeof(*p), .flags = f->flags };
		memcpy(p->path, f->interpreter, sizeof(p->path));
	}
	tenon_mutex_unlock(mutex);
	return f ? 0 : -TENON_ENOEXEC;
}

/* ---- registering ------------------------------------------------------------------------------------------------- */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* Return: how many bytes, or -TENON_EINVAL. */
static int unescape(const char *text, uint8_t bytes[MAGIC_BYTES])
{
	int cnt = 0;

	for (; *text; cnt++) {
		if (cnt == MAGIC_BYTES)
			return -TENON_EINVAL;
		if (text[0] != '\\' || text[1] != 'x') {
			bytes[cnt] = (uint8_t)*text++;
			continue;
		}
		if (digit(text[2]) < 0 || digit(text[3]) < 0)
			return -TENON_EINVAL;
		bytes[cnt] = (uint8_t)(digit(text[2]) << 4 | digit(text[3]));
		text += 4;
	}
	return cnt;
}

static int parse_magic(char *field[FIELD_CNT], struct format *f)
{
	const char *at = field[OFFSET];
	int len = unescape(field[MAGIC], f->magic), mask_len = unescape(field[MASK], f->mask);

	for (; *at >= '0' && *at <= '9' && f->offset < TENON_BINFORMAT_HEAD_BYTES; at++)
		f->offset = f->offset * 10 + (unsigned)(*at - '0');
	if (*at || len <= 0 || (mask_len && mask_len != len) || f->offset + (unsigned)len > TENON_BINFORMAT_HEAD_BYTES)
		return -TENON_EINVAL;
	if (!mask_len)
		memset(f->mask, 0xff, sizeof(f->mask));
	f->len = (unsigned)len;
	return 0;
}

static int parse(char *field[FIELD_CNT], struct format *f)
{
	const char *flag = field[FLAGS];

	if (!*field[NAME] || strchr(field[NAME], '/') || strscpy(f->name, field[NAME], sizeof(f->name)) < 0 ||
	    field[INTERPRETER][0] != '/' || strscpy(f->interpreter, field[INTERPRETER], sizeof(f->interpreter)) < 0)
		return -TENON_EINVAL;
	for (; *flag == 'P'; flag++)
		f->flags = TENON_BINFORMAT_KEEP_NAME;
	if (*flag || field[TYPE][0] == 0 || field[TYPE][1])
		return -TENON_EINVAL;
	if (field[TYPE][0] == 'M')
		return parse_magic(field, f);
	if (field[TYPE][0] != 'E' || !*field[MAGIC] || strchr(field[MAGIC], '/'))
		return -TENON_EINVAL;
	return strscpy((char *)f->magic, field[MAGIC], sizeof(f->magic)) < 0 ? -TENON_EINVAL : 0;
}

/* @text is changed. Return: 0, -TENON_EINVAL, -TENON_EEXIST, -TENON_ENOSPC, -TENON_ENOMEM. */
static int add(char *text)
{
	char *field[FIELD_CNT], separator = *text++;
	struct format *f = NULL;
	int err = -TENON_EINVAL;

	for (int i = 0; separator && i < FIELD_CNT; i++) {
		char *end = strchr(text, separator);

		if (!end && i < FLAGS)
			return -TENON_EINVAL;
		field[i] = text;
		if (end)
			*end = '\0';
		text = end ? end + 1 : text + strlen(text);
	}
	if (separator && !*text)
		f = tenon_alloc(THIS_MODULE, sizeof(*f));
	if (!f)
		return separator && !*text ? -TENON_ENOMEM : -TENON_EINVAL;
	*f = (struct format){ .next = formats };
	err = parse(field, f);
	for (const struct format *other = formats; other && !err; other = other->next)
		err = strcmp(other->name, f->name) ? 0 : -TENON_EEXIST;
	if (!err && format_cnt == FORMAT_CNT)
		err = -TENON_ENOSPC;
	if (err) {
		tenon_free(f);
		return err;
	}
	formats = f;
	format_cnt++;
	return 0;
}

static void forget_all(void)
{
	struct format *next;

	for (; formats; formats = next) {
		next = formats->next;
		tenon_free(formats);
	}
	format_cnt = 0;
}

static int set_status(const char *text)
{
	if (!strcmp(text, "-1"))
		forget_all();
	else if (!strcmp(text, "0") || !strcmp(text, "1"))
		enabled = *text == '1';
	else
		return -TENON_EINVAL;
	return 0;
}

static int control(void *ctx, const void *bytes, size_t len, uint32_t status)
{
	char *text = tenon_alloc(THIS_MODULE, len + 1);
	int err = text ? tenon_mutex_lock(mutex, FOREVER_NS) : -TENON_ENOMEM;

	(void)ctx;
	if (!err) {
		memcpy(text, bytes, len);
		text[len && text[len - 1] == '\n' ? len - 1 : len] = '\0';
		err = status ? set_status(text) : add(text);
		tenon_mutex_unlock(mutex);
	}
	if (text)
		tenon_free(text);
	return err;
}

static long show(void *ctx, void *text, size_t len)
{
	size_t used;

	(void)ctx;
	if (tenon_mutex_lock(mutex, FOREVER_NS))
		return -TENON_EINTR;
	used = (size_t)tenon_snprintf(text, len, enabled ? "enabled\n" : "disabled\n");
	for (const struct format *f = formats; f && used < len; f = f->next)
		used += (size_t)tenon_snprintf((char *)text + used, len - used, "%s %s\n", f->name, f->interpreter);
	tenon_mutex_unlock(mutex);
	return used < len ? (long)used : (long)len - 1;
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

/* Nobody else would remember what was registered. */
static int may_go(void *unused)
{
	(void)unused;
	return __atomic_load_n(&formats, __ATOMIC_RELAXED) || !__atomic_load_n(&enabled, __ATOMIC_RELAXED);
}

static int __init binfmt_misc_init(void)
{
	static const struct tenon_binformat_ops ops = { .recognise = recognise, .control = control, .show = show };

	mutex = tenon_mutex_create(THIS_MODULE);
	idle = tenon_idle_register(THIS_MODULE, may_go, NULL);
	registration = tenon_binformat_register(THIS_MODULE, &ops, NULL);
	return tenon_handle_error(mutex) ?: tenon_handle_error(idle) ?: tenon_handle_error(registration);
}

static void __exit binfmt_misc_exit(void)
{
	tenon_binformat_unregister(registration);
	tenon_idle_unregister(idle);
	tenon_mutex_destroy(mutex);
	forget_all();
}

module_init(binfmt_misc_init);
module_exit(binfmt_misc_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Formats of programs that are registered by a file");
MODULE_AUTHOR("The Tenon authors");
