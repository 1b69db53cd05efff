/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* depmod -n --json: an object with an array for each text file, of its lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* "alias PATTERN MODULE"; a pattern may have blanks. */
static json_t *alias(char *text)
{
	char *module = strrchr(text, ' ');

	if (strncmp(text, "alias ", 6) || module < text + 6)
		return NULL;
	*module++ = '\0';
	return json_pack("{so so}", "alias", json_text(text + 6), "module", json_text(module));
}

/* "alias symbol:NAME MODULE" */
static json_t *symbol(char *text)
{
	char *module = strrchr(text, ' ');

	if (strncmp(text, "alias symbol:", 13) || module < text + 13)
		return NULL;
	*module++ = '\0';
	return json_pack("{so so}", "symbol", json_text(text + 13), "module", json_text(module));
}

/* "softdep MODULE pre: A B post: C". Some modules say neither pre nor post, which modprobe ignores. */
static json_t *softdep(char *text)
{
	json_t *pre, *post, *ignored, *to;
	char *rest, *module, *word = strtok_r(text, " ", &rest);

	module = word ? strtok_r(NULL, " ", &rest) : NULL;
	if (!module)
		return NULL;
	pre = json_array();
	post = json_array();
	to = ignored = json_array();
	while ((word = strtok_r(NULL, " \t", &rest))) {
		if (!strcmp(word, "pre:"))
			to = pre;
		else if (!strcmp(word, "post:"))
			to = post;
		else
			json_add(to, json_text(word));
	}
	return json_pack("{so so so so}", "module", json_text(module), "pre", pre, "post", post, "ignored", ignored);
}

/* "weakdep MODULE A B" */
static json_t *weakdep(char *text)
{
	char *rest, *word = strtok_r(text, " ", &rest), *module = word ? strtok_r(NULL, " ", &rest) : NULL;

	return module ?
		   json_pack("{so so}", "module", json_text(module), "weak", json_words(rest, strlen(rest), " \t")) :
		   NULL;
}

/* "PATH: PATH PATH" */
static json_t *dep(char *text)
{
	char *colon = strchr(text, ':');

	return colon ? json_pack("{so so}", "module", json_bytes(text, (size_t)(colon - text)), "dependencies",
				 json_words(colon + 1, strlen(colon + 1), " ")) :
		       NULL;
}

/* "MODULE NODE cMAJOR:MINOR" */
static json_t *devname(char *text)
{
	char *rest, *module = strtok_r(text, " ", &rest), *node = strtok_r(NULL, " ", &rest), type;
	int major, minor;

	if (!node || sscanf(rest, "%c%d:%d", &type, &major, &minor) != 3)
		return NULL;
	return json_pack("{so so ss si si}", "module", json_text(module), "node", json_text(node), "type",
			 type == 'b' ? "block" : "char", "major", major, "minor", minor);
}

static const struct {
	const char *file;
	json_t *(*line)(char *text);
} files[] = {
	{ "modules.dep", dep },         { "modules.alias", alias },    { "modules.softdep", softdep },
	{ "modules.weakdep", weakdep }, { "modules.symbols", symbol }, { "modules.devname", devname },
};

int depmod_json(void *data, const char *file, const char *bytes, size_t len)
{
	char *text = strndup(bytes, len), *rest, *line;
	json_t *lines = json_array();
	size_t i = 0;

	while (i < sizeof(files) / sizeof(files[0]) && strcmp(files[i].file, file))
		i++;
	line = text ? strtok_r(text, "\n", &rest) : NULL;
	for (; line && i < sizeof(files) / sizeof(files[0]); line = strtok_r(NULL, "\n", &rest)) {
		json_t *one = *line == '#' ? NULL : files[i].line(line);

		if (one)
			json_add(lines, one);
	}
	json_put(data, file, lines);
	free(text);
	return text ? 0 : -ENOMEM;
}
