/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* call: run a function that a loaded module exports. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/shell.h"

#define BUFFER_MAX 65536
#define SHOWN_BYTES 64 /* of a buffer after a call */

/* A call being put together. Its result and the buffers made for it are the shell's results from @first on. */
struct calling {
	struct kpi_call type;
	uint64_t value[KPI_ARGS_MAX];
	size_t buffer[KPI_ARGS_MAX]; /* index of the result that is passed, 0: none (number 0 is the first call's) */
	size_t first;
};

/* Make room for one more result. Return: its index, or -1 after saying why not. */
static long result_new(struct shell *s, const struct args *a, size_t bytes)
{
	struct result r = { .size = bytes };

	if (s->result_cnt == RESULTS_MAX) {
		say(a, "there are %d results already; leave with `exit` and restart", RESULTS_MAX);
		return -1;
	}
	if (bytes) {
		r.bytes = calloc(1, bytes);
		if (!r.bytes) {
			say(a, "out of memory");
			return -1;
		}
	}
	s->results[s->result_cnt] = r;
	return (long)s->result_cnt++;
}

static void results_drop(struct shell *s, size_t from)
{
	while (s->result_cnt > from)
		free(s->results[--s->result_cnt].bytes);
}

void results_free(struct shell *s)
{
	results_drop(s, 0);
}

/* ---- arguments ---- */

/* All of @text as a number in C's notation, also negative. */
static bool number(const char *text, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)text[*text == '-']))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return !*end && !errno;
}

static void pass_buffer(struct shell *s, struct calling *c, size_t result)
{
	struct kpi_arg *arg = &c->type.arg[c->type.argc];

	*arg = (struct kpi_arg){ .kind = KPI_INOUT, .size = (uint32_t)s->results[result].size };
	c->value[c->type.argc] = (uintptr_t)s->results[result].bytes;
	c->buffer[c->type.argc] = result;
}

/* One word. Return: 0, or 1 after saying what is wrong with it. */
static int take_argument(struct shell *s, const struct args *a, size_t i, struct calling *c)
{
	struct kpi_arg *arg = &c->type.arg[c->type.argc];
	uint64_t *value = &c->value[c->type.argc];
	const char *word = a->word[i];
	uint64_t n = 0;
	long result;

	*arg = (struct kpi_arg){ .kind = KPI_VALUE, .size = 8 };
	if (a->quoted[i]) {
		*arg = (struct kpi_arg){ .kind = KPI_STRING, .size = (uint32_t)strlen(word) + 1 };
		*value = (uintptr_t)word;
	} else if (!strncmp(word, "buf:", 4)) {
		if (!number(word + 4, &n) || !n || n > BUFFER_MAX)
			return say(a, "%s: a buffer has 1 to %d bytes", word, BUFFER_MAX);
		result = result_new(s, a, n);
		if (result < 0)
			return 1;
		pass_buffer(s, c, (size_t)result);
	} else if (*word == '@') {
		if (!number(word + 1, &n) || !n || n > c->first)
			return say(a, "%s: there is no such result; results so far: %zu", word, c->first);
		*value = s->results[n - 1].value;
		if (s->results[n - 1].bytes)
			pass_buffer(s, c, n - 1);
	} else if (!number(word, value)) {
		return say(a, "'%s' is not an argument; give a number, \"text\" in quotes, buf:BYTES or @N", word);
	}
	c->type.argc++;
	return 0;
}

/* ---- what came of it ---- */

static void print_buffer(const struct shell *s, size_t result)
{
	const struct result *r = &s->results[result];
	size_t shown = r->size < SHOWN_BYTES ? r->size : SHOWN_BYTES;

	printf("@%zu = %zu bytes:", result + 1, r->size);
	for (size_t i = 0; i < shown; i++)
		printf(" %02x", r->bytes[i]);
	printf("%s |", shown < r->size ? " ..." : "");
	for (size_t i = 0; i < shown; i++)
		putchar(isprint(r->bytes[i]) ? r->bytes[i] : '.');
	puts("|");
}

/* What a function that returns an int leaves in the upper half of the register has no meaning; usually it is 0. */
static void print_result(const struct shell *s, const struct calling *c)
{
	uint64_t v = s->results[c->first].value;

	printf("@%zu = %lld (%#llx)", c->first + 1, (long long)v, (unsigned long long)v);
	if (v > INT32_MAX && v <= UINT32_MAX)
		printf(", as an int %d", (int32_t)(uint32_t)v);
	putchar('\n');
	for (uint8_t i = 0; i < c->type.argc; i++)
		if (c->type.arg[i].kind == KPI_INOUT)
			print_buffer(s, c->buffer[i]);
}

static int call(struct shell *s, const struct args *a, size_t name, struct tenon_domain *only, struct calling *c)
{
	struct process_code code = { .type = &c->type };
	char why[64] = "";
	int64_t result;
	int err;

	if (a->cnt - name - 1 > KPI_ARGS_MAX)
		return say(a, "a function takes at most %d arguments", KPI_ARGS_MAX);
	for (size_t i = name + 1; i < a->cnt; i++)
		if (take_argument(s, a, i, c))
			return 1;
	if (function_find(s, a, a->word[name], only, &code))
		return 1;
	err = process_upcall(s->h, &code, c->value, &result, why);
	tenon_put(code.module, a->word[0]);
	if (err)
		return say(a, "%s: %s%s", a->word[name], why[0] ? why : strerror(-err),
			   err == -TENON_EFAULT     ? "; the module is quarantined: load it again" :
			   err == -TENON_EOWNERDEAD ? "; its domain has died: load it again" :
						      "");
	s->results[c->first].value = (uint64_t)result;
	print_result(s, c);
	return 0;
}

int cmd_call(struct shell *s, const struct args *a)
{
	struct calling c = { .type = { .name = "call", .type = "", .ret = KPI_RET_LONG }, .first = s->result_cnt };
	struct tenon_domain *only = NULL;
	size_t name = 1;
	int status;

	if (a->cnt > 3 && !strcmp(a->word[1], "--domain")) {
		only = tenon_domain_find(s->core, a->word[2]);
		if (!only)
			return say(a, "there is no domain '%s'; `domains` lists them", a->word[2]);
		name = 3;
	}
	if (a->cnt <= name)
		return say_usage(a);
	if (result_new(s, a, 0) < 0)
		return 1;
	status = call(s, a, name, only, &c);
	if (status)
		results_drop(s, c.first);
	return status;
}
