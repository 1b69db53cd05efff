// SPDX-License-Identifier: GPL-2.0-only
/* Consoles: the log is the host's, so those that register are kept in a list, and nothing is written to them. */
#include <linux/console.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/semaphore.h>

#include "linux/versions.h"
#include "linux/export.h"

#if LINUX_SINCE(6, 12)
static DEFINE_SEMAPHORE(lock, 1);
#else
static DEFINE_SEMAPHORE(lock);
#endif
static struct task_struct *holder;

#if LINUX_SINCE(6, 12)
struct hlist_head console_list; /* lock held */
EXPORT_SYMBOL_GPL(console_list);
#else
struct console *console_drivers; /* lock held */
EXPORT_SYMBOL_GPL(console_drivers);
#endif
bool console_suspend_enabled = true;
EXPORT_SYMBOL(console_suspend_enabled);
int oops_in_progress;
EXPORT_SYMBOL(oops_in_progress);
int fg_console; /* the one virtual terminal */
EXPORT_SYMBOL(fg_console);
struct tty_driver *console_driver;

void console_lock(void)
{
	down(&lock);
	holder = current;
}
EXPORT_SYMBOL(console_lock);

int console_trylock(void)
{
	if (down_trylock(&lock))
		return 0;
	holder = current;
	return 1;
}
EXPORT_SYMBOL(console_trylock);

void console_unlock(void)
{
	holder = NULL;
	up(&lock);
}
EXPORT_SYMBOL(console_unlock);

int is_console_locked(void)
{
	return holder != NULL;
}
EXPORT_SYMBOL(is_console_locked);

/* Put it into the list, and take it out. Return: was it there? */
#if LINUX_SINCE(6, 12)
static void put(struct console *con)
{
	hlist_add_head(&con->node, &console_list);
}

static bool take(struct console *con)
{
	bool there = !hlist_unhashed(&con->node);

	hlist_del_init(&con->node);
	return there;
}

void console_list_lock(void)
{
	console_lock();
}
EXPORT_SYMBOL(console_list_lock);

void console_list_unlock(void)
{
	console_unlock();
}
EXPORT_SYMBOL(console_list_unlock);

/* Who only walks keeps the others out, too. */
int console_srcu_read_lock(void)
{
	console_lock();
	return 0;
}
EXPORT_SYMBOL(console_srcu_read_lock);

void console_srcu_read_unlock(int cookie)
{
	(void)cookie;
	console_unlock();
}
EXPORT_SYMBOL(console_srcu_read_unlock);
#else
static void put(struct console *con)
{
	con->next = console_drivers;
	console_drivers = con;
}

static bool take(struct console *con)
{
	struct console **at = &console_drivers;

	while (*at && *at != con)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = con->next;
	return true;
}
#endif

void register_console(struct console *con)
{
	if (con->setup && con->setup(con, NULL))
		return;
	console_lock();
	put(con);
	con->flags |= CON_ENABLED;
	console_unlock();
}
EXPORT_SYMBOL(register_console);

int unregister_console(struct console *con)
{
	bool there;

	console_lock();
	there = take(con);
	if (there)
		con->flags &= ~CON_ENABLED;
	console_unlock();
	return there ? 0 : -ENODEV;
}
EXPORT_SYMBOL(unregister_console);

void console_stop(struct console *con)
{
	con->flags &= ~CON_ENABLED;
}
EXPORT_SYMBOL(console_stop);

void console_start(struct console *con)
{
	con->flags |= CON_ENABLED;
}
EXPORT_SYMBOL(console_start);

struct tty_driver *console_device(int *index)
{
	(void)index;
	return NULL;
}

/* As Linux's: ten lines in five seconds, for all who ask. */
int __printk_ratelimit(const char *func)
{
	static DEFINE_RATELIMIT_STATE(limit, 5 * HZ, 10);

	return ___ratelimit(&limit, func);
}
EXPORT_SYMBOL(__printk_ratelimit);

bool printk_timed_ratelimit(unsigned long *last, unsigned int ms)
{
	if (*last && time_in_range(jiffies, *last, *last + msecs_to_jiffies(ms)))
		return false;
	*last = jiffies;
	return true;
}
EXPORT_SYMBOL(printk_timed_ratelimit);
