// SPDX-License-Identifier: GPL-2.0-only
/*
 * Static keys: branches that are a jump or a no-operation, rewritten when their key changes. The file has each branch as
 * its key's default wants it; where the key, perhaps of another module, has another state, it is rewritten before init.
 */
#include <linux/jump_label_ratelimit.h>
#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

#define SHORT_JUMP 0xeb /* jmp rel8 */
#define LONG_JUMP 0xe9  /* jmp rel32 */

/* x86 no-operations of the lengths of the two jumps (Intel SDM, volume 2, NOP). */
static const u8 nop2[] = { 0x66, 0x90 };
static const u8 nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

static LIST_HEAD(modules);
static DEFINE_MUTEX(labels);

/* Is the branch a jump now? Return: 1, or 0 for a no-operation, or -EINVAL for anything else; its bytes in *@len. */
static int is_jump(const u8 *code, size_t *len)
{
	*len = code[0] == SHORT_JUMP || !memcmp(code, nop2, sizeof(nop2)) ? 2 : 5;
	if (code[0] == SHORT_JUMP || code[0] == LONG_JUMP)
		return 1;
	return memcmp(code, *len == 2 ? nop2 : nop5, *len) ? -EINVAL : 0;
}

/* Rewrite one branch, if its key wants that. */
static int update(struct jump_entry *e)
{
	u8 *code = (u8 *)jump_entry_code(e), jump[5];
	bool want = static_key_enabled(jump_entry_key(e)) != jump_entry_is_branch(e);
	size_t len;
	int now = is_jump(code, &len);
	s32 distance = (s32)(jump_entry_target(e) - (unsigned long)code - len);

	if (now < 0 || now == want)
		return now < 0 ? now : 0;
	jump[0] = len == 2 ? SHORT_JUMP : LONG_JUMP;
	memcpy(jump + 1, &distance, len - 1);
	return lx_text_write(code, want ? jump : len == 2 ? nop2 : nop5, len);
}

/* The branches of one module, of one key unless @key is NULL. */
static int update_module(struct module *mod, const struct static_key *key)
{
	int err = 0;

	for (unsigned int i = 0; i < mod->num_jump_entries && !err; i++)
		if (!key || jump_entry_key(&mod->jump_entries[i]) == key)
			err = update(&mod->jump_entries[i]);
	return err;
}

static void update_key(const struct static_key *key)
{
	struct module *mod;

	list_for_each_entry(mod, &modules, list)
		if (update_module(mod, key))
			_printk(KERN_ERR "%s: a branch could not be rewritten\n", mod->name);
}

int linux_jump_labels_start(struct module *mod)
{
	int err;

	mutex_lock(&labels);
	err = update_module(mod, NULL);
	if (!err)
		list_add(&mod->list, &modules);
	mutex_unlock(&labels);
	return err;
}

void linux_jump_labels_stop(struct module *mod)
{
	mutex_lock(&labels);
	list_del(&mod->list);
	mutex_unlock(&labels);
}

/* Add @by to the key's count, or set it to 0 or 1 if @by is 0; branches follow a change between 0 and more. */
static void change(struct static_key *key, int by, int to)
{
	int old, new;

	mutex_lock(&labels);
	old = atomic_read(&key->enabled);
	new = by ? old + by : to;
	atomic_set(&key->enabled, new);
	if (!old != !new)
		update_key(key);
	mutex_unlock(&labels);
}

int static_key_count(struct static_key *key)
{
	return atomic_read(&key->enabled);
}
EXPORT_SYMBOL_GPL(static_key_count);

bool static_key_slow_inc(struct static_key *key)
{
	change(key, 1, 0);
	return true;
}
EXPORT_SYMBOL_GPL(static_key_slow_inc);

void static_key_slow_dec(struct static_key *key)
{
	change(key, -1, 0);
}
EXPORT_SYMBOL_GPL(static_key_slow_dec);

void static_key_enable(struct static_key *key)
{
	change(key, 0, 1);
}
EXPORT_SYMBOL_GPL(static_key_enable);

void static_key_disable(struct static_key *key)
{
	change(key, 0, 0);
}
EXPORT_SYMBOL_GPL(static_key_disable);

#if LINUX_SINCE(6, 12)
/* Only if it is more than 0: then no branch changes. */
bool static_key_fast_inc_not_disabled(struct static_key *key)
{
	bool more;

	mutex_lock(&labels);
	more = atomic_read(&key->enabled) > 0;
	if (more)
		atomic_inc(&key->enabled);
	mutex_unlock(&labels);
	return more;
}
EXPORT_SYMBOL_GPL(static_key_fast_inc_not_disabled);
#endif

bool static_key_slow_inc_cpuslocked(struct static_key *key)
{
	return static_key_slow_inc(key);
}

void static_key_slow_dec_cpuslocked(struct static_key *key)
{
	static_key_slow_dec(key);
}

/* ---- keys that are set back later, if nobody sets them again ---- */

void jump_label_update_timeout(struct work_struct *work)
{
	static_key_slow_dec(&container_of(work, struct static_key_deferred, work.work)->key);
}
EXPORT_SYMBOL_GPL(jump_label_update_timeout);

void __static_key_slow_dec_deferred(struct static_key *key, struct delayed_work *work, unsigned long timeout)
{
	(void)key;
	schedule_delayed_work(work, timeout);
}
EXPORT_SYMBOL_GPL(__static_key_slow_dec_deferred);

void __static_key_deferred_flush(void *key, struct delayed_work *work)
{
	(void)key;
	flush_delayed_work(work);
}
EXPORT_SYMBOL_GPL(__static_key_deferred_flush);
