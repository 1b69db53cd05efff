/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the running kernel says of a module, in /sys/module. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libkmod/internal.h"

static bool attribute_path(const struct kmod_module *mod, const char *attribute, char path[PATH_MAX])
{
	return (size_t)snprintf(path, PATH_MAX, "/sys/module/%s/%s", mod->name, attribute) < PATH_MAX;
}

/* The file's first line, without its newline. Return: 0 or a negative errno value. */
static int read_line(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		err = -errno;
	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return err;
}

static int read_attribute(const struct kmod_module *mod, const char *attribute, char *text, size_t size)
{
	char path[PATH_MAX];

	return attribute_path(mod, attribute, path) ? read_line(path, text, size) : -ENAMETOOLONG;
}

/* Return: 0, or -EINVAL if it is no number. */
static int read_number(const struct kmod_module *mod, const char *attribute, long *number)
{
	char text[32], *end;
	int err = read_attribute(mod, attribute, text, sizeof(text));

	if (err)
		return err;
	errno = 0;
	*number = strtol(text, &end, 10);
	return end == text || *end || errno ? -EINVAL : 0;
}

static const char *const states[] = {
	[KMOD_MODULE_BUILTIN] = "builtin",
	[KMOD_MODULE_LIVE] = "live",
	[KMOD_MODULE_COMING] = "coming",
	[KMOD_MODULE_GOING] = "going",
};

API const char *kmod_module_initstate_str(enum kmod_module_initstate state)
{
	return (unsigned int)state <= KMOD_MODULE_GOING ? states[state] : NULL;
}

API int kmod_module_get_initstate(const struct kmod_module *mod)
{
	char text[16], path[PATH_MAX];
	struct stat st;
	int err;

	if (!mod)
		return -ENOENT;
	if (module_is_builtin(mod))
		return KMOD_MODULE_BUILTIN;
	err = read_attribute(mod, "initstate", text, sizeof(text));
	/* The kernel makes the directory first. */
	if (err && attribute_path(mod, "", path) && !stat(path, &st))
		return KMOD_MODULE_COMING;
	for (int state = KMOD_MODULE_LIVE; !err && state <= KMOD_MODULE_GOING; state++)
		if (!strcmp(text, states[state]))
			return state;
	return err ? err : -EINVAL;
}

API int kmod_module_get_refcnt(const struct kmod_module *mod)
{
	long number = 0;
	int err = mod ? read_number(mod, "refcnt", &number) : -ENOENT;

	return err ? err : (int)number;
}

static int take_size(void *data, const struct tmod_loaded *m)
{
	*(long *)data = (long)m->size;
	return m->size ? 0 : -ENOENT;
}

API long kmod_module_get_size(const struct kmod_module *mod)
{
	long number = 0;
	int err = mod ? read_number(mod, "coresize", &number) : -ENOENT;

	/* Some kernels say it in /proc/modules only. */
	if (mod && err == -ENOENT)
		err = tmod_loaded_read(mod->name, take_size, &number);
	return err ? err : number;
}

/* Call @each for each name in a directory. Return: false: it cannot be read, or @each said so. */
static bool each_name(const struct kmod_module *mod, const char *directory,
		      bool (*each)(const struct kmod_module *mod, const char *name, struct kmod_list **list),
		      struct kmod_list **list)
{
	char path[PATH_MAX];
	struct dirent *e;
	bool good = true;
	DIR *dir = attribute_path(mod, directory, path) ? opendir(path) : NULL;

	if (!dir) {
		LOG(mod->ctx, LOG_ERR, "could not open '%s': %s\n", path, strerror(errno));
		return false;
	}
	while (good && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			good = each(mod, e->d_name, list);
	closedir(dir);
	return good;
}

static bool add_holder(const struct kmod_module *mod, const char *name, struct kmod_list **list)
{
	char holder[NAME_MAX + 1];

	return module_name(name, holder) && !module_list_get(list, mod->ctx, holder, NULL);
}

API struct kmod_list *kmod_module_get_holders(const struct kmod_module *mod)
{
	struct kmod_list *list = NULL;

	if (!mod || each_name(mod, "holders", add_holder, &list))
		return list;
	kmod_module_unref_list(list);
	return NULL;
}

struct section {
	unsigned long address;
	char name[];
};

static bool add_section(const struct kmod_module *mod, const char *name, struct kmod_list **list)
{
	struct section *section = malloc(sizeof(*section) + strlen(name) + 1);
	char path[PATH_MAX], text[32] = "";
	int len = section ? snprintf(path, sizeof(path), "/sys/module/%s/sections/%s", mod->name, name) : 0;
	int err = section && (size_t)len < sizeof(path) ? read_line(path, text, sizeof(text)) : -ENOMEM;

	if (err)
		LOG(mod->ctx, LOG_ERR, "could not read the address of section '%s' of '%s': %s\n", name, mod->name,
		    strerror(-err));
	if (!err) {
		section->address = strtoul(text, NULL, 16);
		strcpy(section->name, name);
	}
	if (!err && list_add(list, section))
		return true;
	free(section);
	return false;
}

API struct kmod_list *kmod_module_get_sections(const struct kmod_module *mod)
{
	struct kmod_list *list = NULL;

	if (!mod || each_name(mod, "sections", add_section, &list))
		return list;
	kmod_module_section_free_list(list);
	return NULL;
}

API const char *kmod_module_section_get_name(const struct kmod_list *entry)
{
	return entry ? ((const struct section *)entry->data)->name : NULL;
}

API unsigned long kmod_module_section_get_address(const struct kmod_list *entry)
{
	return entry ? ((const struct section *)entry->data)->address : (unsigned long)-1;
}

API void kmod_module_section_free_list(struct kmod_list *list)
{
	list_free(list, free);
}
