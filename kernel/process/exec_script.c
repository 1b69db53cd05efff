// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/exec_script.h"

#include "kernel/mm/heap.h"
#include "kernel/process/exec.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Part a line "PROGRAM [ARGUMENT]" into its two; the argument, which may have blanks in it, is NULL if there is none.
 */
static int split(char *line, const char **program, const char **argument)
{
	char *end = strchr(line, '\n'), *at = line;

	if (!end)
		return -TENON_ENOEXEC;
	while (end > line && blank(end[-1]))
		end--;
	*end = '\0';
	while (blank(*at))
		at++;
	*program = at;
	while (*at && !blank(*at))
		at++;
	while (blank(*at))
		*at++ = '\0';
	*argument = *at ? at : NULL;
	return **program ? 0 : -TENON_ENOEXEC;
}

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

int exec_script_read(struct file *file, const char *path, const struct exec_words *words, struct exec_script *script)
{
	struct exec_words made = { .arg_cnt = words->arg_cnt ? words->arg_cnt + 1 : 2, .env_cnt = words->env_cnt };
	const char *argument;
	char line[SCRIPT_LINE_BYTES + 3];
	long got = file_read_kernel(file, line, SCRIPT_LINE_BYTES + 1, 0);
	int err;

	if (got < 2 || line[0] != '#' || line[1] != '!')
		return got < 0 ? (int)got : 0;
	if (got <= SCRIPT_LINE_BYTES)
		line[got++] = '\n'; /* the end of the file ends a line, too */
	line[got] = '\0';
	err = split(line + 2, &script->program, &argument);
	if (!err)
		err = exec_words_add(&made, script->program, strlen(script->program));
	if (!err && argument) {
		made.arg_cnt++;
		err = exec_words_add(&made, argument, strlen(argument));
	}
	if (!err)
		err = exec_words_add(&made, path, strlen(path));
	if (!err)
		err = add_rest(&made, words);
	if (err) {
		heap_free(made.bytes);
		return err;
	}
	/* Only now: @path may be in the line of the script before. */
	memcpy(script->line, script->program, strlen(script->program) + 1);
	script->program = script->line;
	heap_free(script->words.bytes);
	script->words = made;
	return 1;
}
