// SPDX-License-Identifier: GPL-2.0-only
/* Parameters: the functions for each type that modules name, and setting them from a text. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/export.h"

/* ---- types ---- */

#define INTEGER(name, type, format, parse)                                                                             \
	int param_set_##name(const char *val, const struct kernel_param *kp)                                           \
	{                                                                                                              \
		return parse(val, 0, (type *)kp->arg);                                                                 \
	}                                                                                                              \
	EXPORT_SYMBOL(param_set_##name);                                                                               \
	int param_get_##name(char *buf, const struct kernel_param *kp)                                                 \
	{                                                                                                              \
		return scnprintf(buf, PAGE_SIZE, format "\n", *(type *)kp->arg);                                       \
	}                                                                                                              \
	EXPORT_SYMBOL(param_get_##name);                                                                               \
	const struct kernel_param_ops param_ops_##name = { .set = param_set_##name, .get = param_get_##name };         \
	EXPORT_SYMBOL(param_ops_##name)

INTEGER(byte, unsigned char, "%hhu", kstrtou8);
INTEGER(short, short, "%hi", kstrtos16);
INTEGER(ushort, unsigned short, "%hu", kstrtou16);
INTEGER(int, int, "%i", kstrtoint);
INTEGER(uint, unsigned int, "%u", kstrtouint);
INTEGER(long, long, "%li", kstrtol);
INTEGER(ulong, unsigned long, "%lu", kstrtoul);
INTEGER(ullong, unsigned long long, "%llu", kstrtoull);
INTEGER(hexint, unsigned int, "%#08x", kstrtouint);

int param_set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ? val : "1", kp->arg);
}
EXPORT_SYMBOL(param_set_bool);

int param_get_bool(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}
EXPORT_SYMBOL(param_get_bool);

const struct kernel_param_ops param_ops_bool = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set_bool,
	.get = param_get_bool,
};
EXPORT_SYMBOL(param_ops_bool);

int param_set_invbool(const char *val, const struct kernel_param *kp)
{
	bool value;
	int err = kstrtobool(val, &value);

	if (!err)
		*(bool *)kp->arg = !value;
	return err;
}
EXPORT_SYMBOL(param_set_invbool);

int param_get_invbool(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%c\n", *(bool *)kp->arg ? 'N' : 'Y');
}
EXPORT_SYMBOL(param_get_invbool);

const struct kernel_param_ops param_ops_invbool = { .set = param_set_invbool, .get = param_get_invbool };
EXPORT_SYMBOL(param_ops_invbool);

/* A bool that is kept in an int. */
int param_set_bint(const char *val, const struct kernel_param *kp)
{
	bool value;
	int err = kstrtobool(val ? val : "1", &value);

	if (!err)
		*(int *)kp->arg = value;
	return err;
}
EXPORT_SYMBOL(param_set_bint);

const struct kernel_param_ops param_ops_bint = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set_bint,
	.get = param_get_int,
};
EXPORT_SYMBOL(param_ops_bint);

/* The text stays as long as the module: no copy is needed. */
int param_set_charp(const char *val, const struct kernel_param *kp)
{
	*(const char **)kp->arg = val;
	return 0;
}
EXPORT_SYMBOL(param_set_charp);

int param_get_charp(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%s\n", *(char **)kp->arg);
}
EXPORT_SYMBOL(param_get_charp);

const struct kernel_param_ops param_ops_charp = { .set = param_set_charp, .get = param_get_charp };
EXPORT_SYMBOL(param_ops_charp);

int param_set_copystring(const char *val, const struct kernel_param *kp)
{
	return strscpy(kp->str->string, val, kp->str->maxlen) < 0 ? -ENOSPC : 0;
}
EXPORT_SYMBOL(param_set_copystring);

int param_get_string(char *buf, const struct kernel_param *kp)
{
	return scnprintf(buf, PAGE_SIZE, "%s\n", kp->str->string);
}
EXPORT_SYMBOL(param_get_string);

const struct kernel_param_ops param_ops_string = { .set = param_set_copystring, .get = param_get_string };
EXPORT_SYMBOL(param_ops_string);

/* Values separated by commas; @val is our text, which may be cut up. */
static int param_array_set(const char *val, const struct kernel_param *kp)
{
	const struct kparam_array *arr = kp->arr;
	struct kernel_param element = *kp;
	char *rest = (char *)val, *item;
	unsigned int cnt = 0;
	int err = 0;

	while (!err && (item = strsep(&rest, ","))) {
		if (cnt == arr->max)
			return -EINVAL;
		element.arg = (char *)arr->elem + (size_t)arr->elemsize * cnt++;
		err = arr->ops->set(item, &element);
	}
	if (!err && arr->num)
		*arr->num = cnt;
	return err;
}

static void param_array_free(void *arg)
{
	const struct kparam_array *arr = arg;

	for (unsigned int i = 0; arr->ops->free && i < (arr->num ? *arr->num : arr->max); i++)
		arr->ops->free((char *)arr->elem + (size_t)arr->elemsize * i);
}

static int param_array_get(char *buf, const struct kernel_param *kp)
{
	const struct kparam_array *arr = kp->arr;
	struct kernel_param element = *kp;
	int len = 0;

	for (unsigned int i = 0; i < (arr->num ? *arr->num : arr->max); i++) {
		int more;

		if (len)
			buf[len - 1] = ',';
		element.arg = (char *)arr->elem + (size_t)arr->elemsize * i;
		more = arr->ops->get(buf + len, &element);
		if (more < 0)
			return more;
		len += more;
	}
	return len;
}

const struct kernel_param_ops param_array_ops = {
	.set = param_array_set,
	.get = param_array_get,
	.free = param_array_free,
};
EXPORT_SYMBOL(param_array_ops);

/* ---- the text ---- */

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

/* Cut "key", "key=value" or "key=\"a value\"" off. Blanks inside quotes count. Return: false at the end. */
static bool next_argument(char **text, char **key, char **value)
{
	char *p = skip_spaces(*text);
	bool quoted = false;

	if (!*p)
		return false;
	*key = p;
	*value = NULL;
	for (; *p && (quoted || !isspace(*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !*value)
			*value = p;
	}
	*text = *p ? p + 1 : p;
	*p = '\0';
	if (!*value)
		return true;
	*(*value)++ = '\0';
	if (**value == '"' && p - *value >= 2 && p[-1] == '"') {
		p[-1] = '\0';
		(*value)++;
	}
	return true;
}

static int set_one(struct module *mod, const char *key, char *value)
{
	for (unsigned int i = 0; i < mod->num_kp; i++) {
		const struct kernel_param *kp = &mod->kp[i];

		if (!same_name(kp->name, key))
			continue;
		if (!value && !(kp->ops->flags & KERNEL_PARAM_OPS_FL_NOARG))
			return -EINVAL;
		return kp->ops->set(value, kp);
	}
	return -ENOENT;
}

int linux_params_set(struct module *mod, char *text)
{
	char *key, *value;

	while (text && next_argument(&text, &key, &value)) {
		int err = set_one(mod, key, value);

		if (!err)
			continue;
		_printk(KERN_ERR "%s: '%s' is not a value for parameter %s\n", mod->name, value ? value : "", key);
		return err;
	}
	return 0;
}

void linux_params_free(struct module *mod)
{
	for (unsigned int i = 0; i < mod->num_kp; i++)
		if (mod->kp[i].ops->free)
			mod->kp[i].ops->free(mod->kp[i].arg);
}
