/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tmod_why_failed(): the lines that it makes, and what inserts and deletes have in common. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/lib/check/check.h"
#include "user/lib/check/why.h"
#include "user/lib/file.h"
#include "user/lib/line.h"

#define CAP_SYS_MODULE 16

void why_line(struct why *w, const char *format, ...)
{
	va_list ap;
	int len;

	if (w->len + 2 >= w->size)
		return;
	if (w->len)
		w->text[w->len++] = '\n';
	va_start(ap, format);
	len = vsnprintf(w->text + w->len, w->size - w->len, format, ap);
	va_end(ap);
	tmod_printable(w->text + w->len);
	w->len += (size_t)len < w->size - w->len ? (size_t)len : w->size - w->len - 1;
	w->line_cnt++;
}

static bool lacks_capability(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long set = ~0ull;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "CapEff:", 7))
			set = strtoull(line + 7, NULL, 16);
	if (f)
		fclose(f);
	return !(set >> CAP_SYS_MODULE & 1);
}

void why_permission(struct why *w)
{
	char text[128], *mode;

	line_read("/proc/sys/kernel/modules_disabled", text, sizeof(text));
	if (!strcmp(text, "1")) {
		why_line(w,
			 "the kernel loads and unloads no modules any more (/proc/sys/kernel/modules_disabled is 1)");
		why_line(w, "start the computer anew, and load the module before that is set");
	} else if (lacks_capability() && geteuid()) {
		why_line(w, "only root, or who has CAP_SYS_MODULE, may do this: try it with sudo");
	} else if (lacks_capability()) {
		why_line(w, "this process is root without CAP_SYS_MODULE, as in a container: do it outside");
	} else {
		line_read("/sys/kernel/security/lockdown", text, sizeof(text));
		mode = strchr(text, '[');
		if (mode && strncmp(mode, "[none]", 6)) {
			mode[strcspn(mode, "]")] = '\0';
			why_line(w, "the kernel is locked down (%s), as with Secure Boot: it takes signed modules only",
				 mode + 1);
			if (w->path)
				why_signature(w);
		} else {
			why_line(w, "a security policy of the kernel forbids it: dmesg or the audit log tells which");
		}
	}
}

static void say_signature(struct why *w)
{
	struct tmod_signature s = { 0 };
	struct tmod_file *file;
	char signer[256];

	if (tmod_file_open(w->path, &file, NULL, 0))
		return;
	tmod_file_signature(file, &s);
	signer_name(&s, signer, sizeof(signer));
	if (s.signature_len)
		why_line(w, "it is signed by '%s' (%s), but the kernel does not have this key, or the file is changed",
			 signer, s.hash);
	else
		why_line(w, "it has no signature that can be read");
	tmod_file_close(file);
}

void why_signature(struct why *w)
{
	char enforce[16], lockdown[128], *mode;

	say_signature(w);
	line_read("/sys/module/module/parameters/sig_enforce", enforce, sizeof(enforce));
	line_read("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	mode = strchr(lockdown, '[');
	if (mode)
		mode[strcspn(mode, "]")] = '\0';
	if (*enforce == 'Y' || (mode && strcmp(mode, "[none")))
		why_line(w,
			 "the kernel takes only modules signed with a key that it has (sig_enforce: %s, lockdown: %s)",
			 *enforce ? enforce : "?", mode ? mode + 1 : "none");
	why_line(w, "take the module of the kernel's own package, or sign it with a key that the kernel has "
		    "(sign-file; mokutil --import makes one known)");
}

bool why_builtin(const char *name)
{
	char path[256];

	return (size_t)snprintf(path, sizeof(path), "/sys/module/%s", name) < sizeof(path) && !access(path, F_OK);
}

void tmod_why_failed(struct tmod_system *system, enum tmod_operation operation, const char *path_or_name,
		     const char *options, int err, char *text, size_t size)
{
	struct why w = { .system = system,
			 .options = options ? options : "",
			 .err = err < 0 ? err : -err,
			 .text = text,
			 .size = size };

	if (!size)
		return;
	*text = '\0';
	if (operation != TMOD_INSERT || !file_own_name(path_or_name, w.name, sizeof(w.name)))
		tmod_module_name(path_or_name, w.name, sizeof(w.name));
	if (operation == TMOD_INSERT) {
		w.path = path_or_name;
		why_insert(&w);
	} else {
		why_delete(&w);
	}
}
