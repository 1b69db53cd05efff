/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tmod_why_failed(): the lines that it makes, and what inserts and deletes have in common. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/lib/check/check.h"
#include "user/lib/check/why.h"
#include "user/lib/file.h"

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

void why_permission(struct why *w)
{
	struct tmod_kernel kernel;

	tmod_kernel_read(&kernel);
	if (kernel.disabled) {
		why_line(w, "the kernel loads and unloads no modules any more (%s is 1)", TMOD_DISABLED_FILE);
		why_line(w, "restart the computer, and load the module before that is set");
	} else if (!kernel.permitted && geteuid()) {
		why_line(w, "only root, or who has CAP_SYS_MODULE, may do this: try it with sudo");
	} else if (!kernel.permitted) {
		why_line(w, "this process is root without CAP_SYS_MODULE, as in a container: do it outside");
	} else if (w->path && tmod_kernel_blacklists(w->name)) {
		why_line(w, "the kernel was started with module_blacklist=, which names %s (%s)", w->name,
			 TMOD_CMDLINE_FILE);
		why_line(w, "take the name out of the kernel's command line, and restart");
	} else if (kernel.locked_down) {
		why_line(w, "the kernel is locked down (%s), as with Secure Boot: it takes signed modules only",
			 kernel.lockdown);
		if (w->path)
			why_signature(w);
	} else {
		why_line(w, "a security policy of the kernel forbids it: dmesg or the audit log has the details");
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
	struct tmod_kernel kernel;

	say_signature(w);
	tmod_kernel_read(&kernel);
	if (kernel.enforced)
		why_line(w,
			 "the kernel takes only modules signed with a key that it has (sig_enforce: %s, lockdown: %s)",
			 *kernel.sig_enforce ? kernel.sig_enforce : "?", kernel.lockdown);
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
