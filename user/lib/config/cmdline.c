/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the kernel's command line says of modules: "module.parameter=value", and "modprobe.blacklist=module,module".
 *
 * As in the kernel (Documentation/admin-guide/kernel-parameters.rst) quotes keep blanks in a word, and those around a
 * whole word belong to the value: "a.b=c d" is a.b="c d". The quotes stay in what is read, because it is passed on as text;
 * core/param_text.c, which sets parameters, takes them off and refuses one that is left open.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "user/lib/config/config.h"
#include "user/lib/say.h"

#define SOURCE "kernel command line"
/* What cannot be in the name of a module or a parameter. */
#define SPECIAL ".=\" \t\n\v\f\r"

char *cmdline_word(char **at)
{
	bool quoted = false;
	char *word = *at, *p;

	while (isspace((unsigned char)*word))
		word++;
	for (p = word; *p && (quoted || !isspace((unsigned char)*p)); p++)
		quoted ^= *p == '"';
	*at = *p ? p + 1 : p;
	*p = '\0';
	return p > word && !quoted ? word : NULL;
}

static bool normalise(char *name, const struct tmod_messages *messages)
{
	if (tmod_alias_name(name, name, strlen(name) + 1))
		return *name;
	say(messages, TMOD_ERROR, SOURCE ": ignoring the module name '%s': brackets that do not match", name);
	return false;
}

static void blacklist(struct tmod_config *c, char *names, const struct tmod_messages *messages)
{
	char *rest;

	for (char *name = strtok_r(names, ",\"", &rest); name; name = strtok_r(NULL, ",\"", &rest))
		if (normalise(name, messages))
			config_add(c, TMOD_BLACKLIST, name, "", SOURCE, 0);
}

static void read_word(struct tmod_config *c, char *word, const struct tmod_messages *messages)
{
	bool quoted = *word == '"';
	char *name = word + quoted, *dot = name + strcspn(name, SPECIAL), *equals;

	if (*dot != '.')
		return;
	equals = dot + 1 + strcspn(dot + 1, SPECIAL);
	if (equals == dot + 1 || (*equals ? *equals != '=' : quoted))
		return;
	*dot = '\0';
	if (!strcmp(name, "modprobe") && !strncmp(dot + 1, "blacklist=", 10)) {
		blacklist(c, equals + 1, messages);
	} else if (normalise(name, messages)) {
		if (quoted) {
			/* The quote goes after the '=', and what is between moves to where it was. */
			memmove(word, name, (size_t)(equals + 1 - name));
			*equals = '"';
		}
		config_add(c, TMOD_OPTIONS, word, options_normalise(dot + 1 - quoted), SOURCE, 0);
	}
}

int cmdline_read(struct tmod_config *c, const char *bytes, size_t size, const struct tmod_messages *messages)
{
	char *at = arena_copy(&c->arena, bytes, size), *word;

	if (!at)
		return -ENOMEM;
	while (*at) {
		word = cmdline_word(&at);
		/* What is after is for init. */
		if (word && !strcmp(word, "--"))
			break;
		if (word)
			read_word(c, word, messages);
	}
	return 0;
}
