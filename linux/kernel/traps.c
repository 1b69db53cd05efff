// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traps that Linux's code expects: the undefined instruction of a WARN, which is said and passed over, and accesses that
 * have an entry in an exception table (asm/extable.h). The tables are the library's and those of the modules that there
 * are. And instructions for ports, where the host does not let them pass: no device answers, so all bits read as ones,
 * as on a bus without it. Anything else, and a BUG, is a fault of whoever it happened in.
 */
#include <linux/bitfield.h>
#include <linux/bug.h>
#include <linux/extable.h>
#include <linux/module.h>
#include <linux/string.h>
#include <asm/extable.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"

#define UD2_BYTES 2

extern struct bug_entry linux_bug_table[], linux_bug_table_end[];
extern struct exception_table_entry linux_ex_table[], linux_ex_table_end[];
extern struct exception_table_entry linux_uaccess_table[], linux_uaccess_table_end[];

static LIST_HEAD(modules);
static arch_spinlock_t modules_lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* From a register's number in x86's instructions, as the tables have it, to that in struct linux_trap: DWARF's. */
static const u8 dwarf[16] = { 0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15 };

void linux_traps_add(struct module *mod)
{
	arch_spin_lock(&modules_lock);
	list_add(&mod->bug_list, &modules);
	arch_spin_unlock(&modules_lock);
}

void linux_traps_remove(struct module *mod)
{
	arch_spin_lock(&modules_lock);
	list_del(&mod->bug_list);
	arch_spin_unlock(&modules_lock);
}

static struct bug_entry *bug_in(struct bug_entry *b, const struct bug_entry *end, unsigned long pc)
{
	for (; b < end; b++)
		if ((unsigned long)&b->bug_addr_disp + (unsigned long)(long)b->bug_addr_disp == pc)
			return b;
	return NULL;
}

static const struct exception_table_entry *exception_in(const struct exception_table_entry *e,
							const struct exception_table_entry *end, unsigned long pc)
{
	for (; e < end; e++)
		if ((unsigned long)&e->insn + (unsigned long)(long)e->insn == pc)
			return e;
	return NULL;
}

static struct bug_entry *find_bug_at(unsigned long pc)
{
	struct bug_entry *b = bug_in(linux_bug_table, linux_bug_table_end, pc);
	struct module *mod;

	arch_spin_lock(&modules_lock);
	list_for_each_entry(mod, &modules, bug_list) {
		if (b)
			break;
		b = bug_in(mod->bug_table, mod->bug_table + mod->num_bugs, pc);
	}
	arch_spin_unlock(&modules_lock);
	return b;
}

static const struct exception_table_entry *find_exception(unsigned long pc)
{
	const struct exception_table_entry *e = exception_in(linux_uaccess_table, linux_uaccess_table_end, pc);
	struct module *mod;

	if (!e)
		e = exception_in(linux_ex_table, linux_ex_table_end, pc);

	arch_spin_lock(&modules_lock);
	list_for_each_entry(mod, &modules, bug_list) {
		if (e)
			break;
		e = exception_in(mod->extable, mod->extable + mod->num_exentries, pc);
	}
	arch_spin_unlock(&modules_lock);
	return e;
}

static bool fix_bug(struct linux_trap *t)
{
	struct bug_entry *b = find_bug_at(t->pc);
	const char *file;

	if (!b)
		return false;
	file = (const char *)&b->file_disp + b->file_disp;
	if (!(b->flags & BUGFLAG_WARNING)) {
		_printk(KERN_CRIT "kernel BUG at %s:%u!\n", file, b->line);
		return false;
	}
	if (b->flags & BUGFLAG_ONCE && b->flags & BUGFLAG_DONE)
		goto done;
	if (b->flags & BUGFLAG_ONCE)
		b->flags |= BUGFLAG_DONE;
	_printk(KERN_WARNING "WARNING: at %s:%u\n", file, b->line);
	linux_watch_warning(t);
done:
	t->pc += UD2_BYTES;
	return true;
}

static bool fix_access(struct linux_trap *t)
{
	const struct exception_table_entry *e = find_exception(t->pc);
	unsigned long *reg, *cx = &t->reg[dwarf[1]];
	long imm;

	if (!e)
		return false;
	reg = &t->reg[dwarf[FIELD_GET(EX_DATA_REG_MASK, e->data) & 15]];
	imm = FIELD_GET(EX_DATA_IMM_MASK, e->data);
	switch (FIELD_GET(EX_DATA_TYPE_MASK, e->data)) {
	case EX_TYPE_DEFAULT:
	case EX_TYPE_UACCESS:
		break;
	case EX_TYPE_IMM_REG:
		*reg = (unsigned long)imm;
		break;
	case EX_TYPE_UCOPY_LEN:
		*cx = *reg + (unsigned long)imm * *cx;
		break;
	default:
		return false;
	}
	if (e->data & EX_FLAG_CLEAR_AX)
		t->reg[dwarf[0]] = 0;
	if (e->data & EX_FLAG_CLEAR_DX)
		t->reg[dwarf[2]] = 0;
	t->pc = (unsigned long)&e->fixup + (unsigned long)(long)e->fixup;
	return true;
}

/* INS and OUTS: what is read is ones, and the registers move on. */
static void pass_string(struct linux_trap *t, bool reads, unsigned long bytes, bool repeated)
{
	unsigned long cnt = repeated ? t->reg[dwarf[1]] : 1;

	if (reads)
		memset((void *)t->reg[dwarf[7]], 0xff, cnt * bytes);
	t->reg[dwarf[reads ? 7 : 6]] += cnt * bytes;
	if (repeated)
		t->reg[dwarf[1]] = 0;
}

/* Intel's manual, volume 2: IN E4 E5 EC ED, OUT E6 E7 EE EF, INS 6C 6D, OUTS 6E 6F; odd: 4 bytes, or 2 after 66. */
static bool fix_port(struct linux_trap *t)
{
	const u8 *code = (const u8 *)t->pc;
	unsigned long bytes, *ax = &t->reg[dwarf[0]];
	bool repeated = false, word = false;
	int at = 0;

	if (t->address == t->pc) /* there is no code */
		return false;
	for (; at < 2 && (code[at] == 0x66 || code[at] == 0xf3); at++) {
		word |= code[at] == 0x66;
		repeated |= code[at] == 0xf3;
	}
	bytes = !(code[at] & 1) ? 1 : word ? 2 : 4;
	if ((code[at] & 0xfc) == 0x6c)
		pass_string(t, !(code[at] & 2), bytes, repeated);
	else if ((code[at] & 0xf4) != 0xe4)
		return false;
	else if (!(code[at] & 2))
		*ax = bytes == 4 ? U32_MAX : *ax | GENMASK(8 * bytes - 1, 0);
	t->pc += at + ((code[at] & 0xfc) == 0xe4 ? 2 : 1);
	return true;
}

int linux_trap_fix(struct linux_trap *t)
{
	if (t->illegal ? fix_bug(t) : fix_access(t) || fix_port(t))
		return 1;
	linux_watch_fault(t, t->illegal && find_bug_at(t->pc));
	return 0;
}
