/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What keeps the running kernel, or this process, from loading modules, whatever module it is; and one list of names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fmt/modname.h"
#include "tenon/mod.h"
#include "user/lib/config/config.h"
#include "user/lib/line.h"

#define CAP_SYS_MODULE 16

/* Root in a container may have lost it. */
static bool has_capability(void)
{
	FILE *in = fopen("/proc/self/status", "re");
	unsigned long long set = ~0ull;
	char line[256];

	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, "CapEff:", 7))
			set = strtoull(line + 7, NULL, 16);
	if (in)
		fclose(in);
	return set >> CAP_SYS_MODULE & 1;
}

void tmod_kernel_read(struct tmod_kernel *k)
{
	char text[128], *mode;

	*k = (struct tmod_kernel){ .permitted = has_capability() };
	k->modules = !access(TMOD_LOADED_FILE, F_OK);
	line_read(TMOD_DISABLED_FILE, text, sizeof(text));
	k->disabled = *text == '1';
	line_read(TMOD_ENFORCE_FILE, k->sig_enforce, sizeof(k->sig_enforce));
	/* The mode in brackets: "none [integrity] confidentiality". */
	line_read(TMOD_LOCKDOWN_FILE, text, sizeof(text));
	mode = strchr(text, '[');
	snprintf(k->lockdown, sizeof(k->lockdown), "%.*s", mode ? (int)strcspn(mode + 1, "]") : 4,
		 mode ? mode + 1 : "none");
	k->locked_down = strcmp(k->lockdown, "none");
	k->enforced = *k->sig_enforce == 'Y' || k->locked_down;
}

/* Is the word "module_blacklist=..."? '-' is as good as '_'. Return: what follows, or NULL. */
static char *blacklist_of(char *word)
{
	static const char key[] = "module_blacklist=";

	for (size_t i = 0; i < sizeof(key) - 1; i++)
		if (modname_fold(word[i]) != key[i])
			return NULL;
	return word + sizeof(key) - 1;
}

bool tmod_kernel_blacklists(const char *name)
{
	char text[8192], *at = text, *word, *list = NULL, *item;

	line_read(TMOD_CMDLINE_FILE, text, sizeof(text));
	/* The last one counts, and names as they are spelt there. */
	while (*at) {
		word = cmdline_word(&at);
		if (word && !strcmp(word, "--"))
			break;
		if (word && blacklist_of(word))
			list = blacklist_of(word);
	}
	if (list)
		list += *list == '"';
	if (list)
		list[strcspn(list, "\"")] = '\0';
	while ((item = strsep(&list, ",")))
		if (!strcmp(item, name))
			return true;
	return false;
}
