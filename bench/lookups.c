/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * lookups TREE FILE [REPETITIONS] - look up each line of a file as udev does, in one context that keeps its indexes,
 * and print the least nanoseconds that a repetition took for each, and how many modules were found. Runs with any
 * libkmod.so.2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/libkmod/libkmod.h"

#define WORDS_MAX 100000

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t read_words(const char *path, char **words)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0, cnt = 0;

	while (file && cnt < WORDS_MAX && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		words[cnt++] = strdup(line);
	}
	free(line);
	if (file)
		fclose(file);
	return cnt;
}

static size_t look_up_all(struct kmod_ctx *ctx, char *const *words, size_t cnt)
{
	size_t found = 0;

	for (size_t i = 0; i < cnt; i++) {
		struct kmod_list *list = NULL, *entry;

		kmod_module_new_from_lookup(ctx, words[i], &list);
		kmod_list_foreach(entry, list)
			found++;
		kmod_module_unref_list(list);
	}
	return found;
}

int main(int argc, char **argv)
{
	static char *words[WORDS_MAX];
	static const char *const no_config[] = { NULL };
	size_t cnt = argc > 2 ? read_words(argv[2], words) : 0, found = 0;
	struct kmod_ctx *ctx = argc > 2 ? kmod_new(argv[1], no_config) : NULL;
	uint64_t least = UINT64_MAX;

	if (!cnt || !ctx || kmod_load_resources(ctx)) {
		fprintf(stderr, "usage: lookups TREE FILE [REPETITIONS]\n");
		return 1;
	}
	for (int i = argc > 3 ? atoi(argv[3]) : 1; i > 0; i--) {
		uint64_t start = now_ns();

		found = look_up_all(ctx, words, cnt);
		if (now_ns() - start < least)
			least = now_ns() - start;
	}
	printf("%llu %zu\n", (unsigned long long)(least / cnt), found);
	kmod_unref(ctx);
	for (size_t i = 0; i < cnt; i++)
		free(words[i]);
	return 0;
}
