// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/exec_format.h"

#include "kernel/init.h"
#include "kernel/mm/heap.h"
#include "kernel/module/request.h"
#include "kernel/process/exec.h"
#include "kernel/process/types.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/fmt/elf.h"
#include "tenon/runtime.h"

#define MACHINE_AT 18 /* e_machine of an ELF header */

/* The strings of @words behind the first. */
static int add_rest(struct exec_words *to, const struct exec_words *words)
{
	const char *at = words->bytes, *end = words->bytes + words->used;
	int err = 0;

	if (words->arg_cnt)
		at += strlen(at) + 1;
	for (; !err && at < end; at += strlen(at) + 1)
		err = exec_words_add(to, at, strlen(at));
	return err;
}

static int add_one(struct exec_words *to, const char *word)
{
	to->arg_cnt++;
	return exec_words_add(to, word, strlen(word));
}

/* What the program gets: itself, its argument, the file, perhaps the name it was started by, and its arguments. */
static int make_words(const struct tenon_binformat_program *p, const char *path, const struct exec_words *words,
		      struct exec_words *made)
{
	int err = add_one(made, (const char *)p->path);

	made->env_cnt = words->env_cnt;
	if (!err && p->argument[0])
		err = add_one(made, (const char *)p->argument);
	if (!err)
		err = add_one(made, path);
	if (!err && p->flags & TENON_BINFORMAT_KEEP_NAME && words->arg_cnt)
		err = add_one(made, words->bytes);
	made->arg_cnt += words->arg_cnt ? words->arg_cnt - 1 : 0;
	return err ? err : add_rest(made, words);
}

static bool is_ours(const uint8_t *head, size_t len)
{
	return len > MACHINE_AT + 1 && !memcmp(head, "\177ELF", 4) && head[MACHINE_AT] == EM_X86_64 &&
	       !head[MACHINE_AT + 1];
}

/* Text that nobody has marked is nothing that a module could know. The first process begins before there is modprobe. */
static bool may_be_known(const uint8_t *head, size_t len)
{
	bool text = true;

	for (size_t i = 0; i < 4 && i < len; i++)
		text &= (head[i] >= ' ' && head[i] < 127) || head[i] == '\n' || head[i] == '\t';
	return process_init && len > 1 && (!text || (head[0] == '#' && head[1] == '!'));
}

int exec_format_find(struct file *file, const char *path, const struct exec_words *words, struct exec_format *format)
{
	uint8_t head[TENON_BINFORMAT_HEAD_BYTES];
	struct tenon_binformat_program program;
	struct exec_words made = { 0 };
	long len = file_read_kernel(file, head, sizeof(head), 0);
	int err;

	if (len < 0 || is_ours(head, (size_t)len))
		return len < 0 ? (int)len : 0;
	err = kpi_binformat_recognise(head, (size_t)len, path, &program);
	if (err == -TENON_ENOEXEC && may_be_known(head, (size_t)len) &&
	    !module_request("binfmt-%02x%02x", head[0], head[1]))
		err = kpi_binformat_recognise(head, (size_t)len, path, &program);
	if (err)
		return err == -TENON_ENOEXEC ? 0 : err;
	err = make_words(&program, path, words, &made);
	if (err) {
		heap_free(made.bytes);
		return err;
	}
	/* Only now: @path may be that of the file before, in the same place. */
	format->program = program;
	heap_free(format->words.bytes);
	format->words = made;
	return 1;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Where Linux's binfmt_misc has them, as long as there is a module that they are of. Opening one asks for it. */
static struct node *directory;

static int show(struct text *t, void *data)
{
	char *bytes = heap_alloc(TENON_BINFORMAT_TEXT_BYTES);
	long len = bytes ? kpi_binformat_text(true, bytes, TENON_BINFORMAT_TEXT_BYTES, 1) : -TENON_ENOMEM;

	(void)data;
	if (len > 0)
		text_printf(t, "%.*s", (int)len, bytes);
	heap_free(bytes);
	return len < 0 ? (int)len : 0;
}

static int store(const char *bytes, size_t len, void *data)
{
	return (int)kpi_binformat_text(false, (void *)(uintptr_t)bytes, len, data != NULL);
}

static const struct attr register_file = { "register", 0200, NULL, store };
static const struct attr status_file = { "status", 0644, show, store };

int exec_format_files_add(void)
{
	int err = attr_file(directory, &register_file, NULL);

	if (err)
		return err;
	err = attr_file(directory, &status_file, directory);
	if (err)
		attr_remove(directory, register_file.name);
	return err;
}

void exec_format_files_remove(void)
{
	attr_remove(directory, register_file.name);
	attr_remove(directory, status_file.name);
}

static bool want(struct node *dir, const char *name)
{
	(void)dir;
	return (!strcmp(name, register_file.name) || !strcmp(name, status_file.name)) && !module_request("binfmt_misc");
}

int __init exec_format_files_init(struct node *sys)
{
	static const struct node_ops ops = {
		.lookup = ramfs_lookup,
		.list = ramfs_dir_list,
		.want = want,
		.release = ramfs_release,
	};
	struct node *fs;
	int err = attr_dir(sys, "fs", &fs);

	if (err)
		return err;
	err = attr_dir_of(fs, "binfmt_misc", &ops, &directory);
	node_put(fs);
	return err;
}
