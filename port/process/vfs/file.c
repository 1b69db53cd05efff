/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Operations on files: calls of tenon_linux_file. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/vfs/vfs.h"

#define PATHS_BYTES (4 * PROCESS_PATH_BYTES)

static int look_up(struct vfs *v, struct tenon_domain *domain, const char *name, uint64_t *address)
{
	struct tenon_export e;
	int err = tenon_lookup(process_core(v->h), domain, name, &e);

	if (!err)
		*address = e.value;
	return err;
}

int vfs_open(struct process_host *h, struct tenon_domain *domain, bool load, struct vfs *out, struct tenon_diag *diag)
{
	const struct tenon_request req = { .name = "linux", .domain = domain };
	int err = load ? process_request(h, &req, diag) : 0;

	if (err)
		return err;
	*out = (struct vfs){ .h = h, .linux_ko = tenon_get(process_core(h), domain, "linux") };
	if (!out->linux_ko)
		return -TENON_ENOENT;
	err = look_up(out, domain, TENON_LINUX_FILE, &out->file);
	if (!err)
		err = look_up(out, domain, TENON_LINUX_DISK_ADD, &out->disk_add);
	if (!err)
		err = look_up(out, domain, TENON_LINUX_DISK_SERVE, &out->disk_serve);
	if (!err)
		err = look_up(out, domain, TENON_LINUX_DISK_REMOVE, &out->disk_remove);
	if (err)
		vfs_close(out);
	return err;
}

void vfs_close(struct vfs *v)
{
	tenon_put(v->linux_ko, "vfs");
}

/* Does a number of bytes that were put into a buffer, as a domain says it, go beyond the buffer? An empty one is none. */
static bool is_beyond(const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX], int64_t result)
{
	for (unsigned int i = 0; i < type->argc; i++) {
		uint64_t room = type->arg[i].kind == KPI_OUT_BYTES ? args[type->arg[i].len_arg] : 0;

		if (room && result > 0 && (uint64_t)result > room)
			return true;
	}
	return false;
}

int64_t vfs_upcall(const struct vfs *v, uint64_t address, const struct kpi_call *type,
		   const uint64_t args[KPI_ARGS_MAX])
{
	const struct process_code code = { .module = v->linux_ko, .address = address, .type = type };
	char why[64];
	int64_t result;
	int err = process_upcall(v->h, &code, args, &result, why);

	return err ? err : is_beyond(type, args, result) ? -TENON_EIO : result;
}

int64_t vfs_call(const struct vfs *v, struct tenon_linux_file *call, const void *in, size_t in_len, void *out,
		 size_t out_len)
{
	static const struct kpi_call type = { .name = TENON_LINUX_FILE,
					      .type = "",
					      .argc = 5,
					      .ret = KPI_RET_LONG,
					      .copies = 1,
					      .arg = {
						  { .kind = KPI_INOUT, .size = sizeof(*call) },
						  { .kind = KPI_IN_BYTES, .len_arg = 2, .size = TENON_LINUX_IO_BYTES },
						  { .kind = KPI_VALUE, .size = 8 },
						  { .kind = KPI_OUT_BYTES, .len_arg = 4, .size = TENON_LINUX_IO_BYTES },
						  { .kind = KPI_VALUE, .size = 8 } } };
	const uint64_t args[KPI_ARGS_MAX] = { (uintptr_t)call, (uintptr_t)(in ? in : ""), in_len,
					      (uintptr_t)(out ? out : call), out_len };

	call->size = sizeof(*call);
	return vfs_upcall(v, v->file, &type, args);
}

int64_t vfs_path(const struct vfs *v, struct tenon_linux_file *call, const char *path, const char *second, void *out,
		 size_t out_len)
{
	char paths[PATHS_BYTES];
	size_t len = strlen(path) + 1, more = second ? strlen(second) + 1 : 0;

	if (len + more > sizeof(paths))
		return -TENON_ENAMETOOLONG;
	memcpy(paths, path, len);
	if (second)
		memcpy(paths + len, second, more);
	return vfs_call(v, call, paths, len + more, out, out_len);
}

int vfs_stat(const struct vfs *v, const char *path, bool follow, struct tenon_linux_stat *out)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_STAT, .flags = follow ? 0 : AT_SYMLINK_NOFOLLOW };
	int64_t got = vfs_path(v, &call, path, NULL, out, sizeof(*out));

	return got < 0 ? (int)got : got == sizeof(*out) ? 0 : -TENON_EIO;
}

int vfs_file_open(const struct vfs *v, const char *path, int flags, unsigned int mode, uint64_t *file)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_OPEN, .flags = (unsigned int)flags, .mode = mode };
	int err = (int)vfs_path(v, &call, path, NULL, NULL, 0);

	*file = call.file;
	return err;
}

int vfs_file_close(const struct vfs *v, uint64_t file)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_CLOSE, .file = file };

	return (int)vfs_call(v, &call, NULL, 0, NULL, 0);
}

/* Pieces of what one call carries, until one is short. */
static int64_t transfer(const struct vfs *v, struct tenon_linux_file *call, const char *from, char *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t part = len - done < TENON_LINUX_IO_BYTES ? len - done : TENON_LINUX_IO_BYTES;
		int64_t moved =
		    from ? vfs_call(v, call, from + done, part, NULL, 0) : vfs_call(v, call, NULL, 0, to + done, part);

		if (moved > (int64_t)part)
			moved = -TENON_EIO; /* nonsense */
		if (moved < 0)
			return done ? (int64_t)done : moved;
		done += (size_t)moved;
		if ((size_t)moved < part)
			break;
	}
	return (int64_t)done;
}

int64_t vfs_read(const struct vfs *v, uint64_t file, void *data, size_t len, uint64_t *offset)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_READ, .file = file, .offset = *offset };
	int64_t got = transfer(v, &call, NULL, data, len);

	*offset = call.offset;
	return got;
}

int64_t vfs_write(const struct vfs *v, uint64_t file, const void *data, size_t len, uint64_t *offset)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_WRITE, .file = file, .offset = *offset };
	int64_t put = transfer(v, &call, data, NULL, len);

	*offset = call.offset;
	return put;
}

/* The entries of one answer, at least one. What a domain says is not believed: lengths are checked. */
static int each_of(const char *at, size_t len,
		   int (*fn)(const char *name, uint64_t number, unsigned int type, void *arg), void *arg)
{
	struct tenon_linux_entry e;
	char name[NAME_MAX + 1];
	int ret = len < sizeof(e) ? -TENON_EIO : 0;

	while (!ret && len >= sizeof(e)) {
		size_t bytes;

		memcpy(&e, at, sizeof(e));
		bytes = (sizeof(e) + e.name_len + 7) & ~7ull;
		if (e.name_len > NAME_MAX || bytes > len)
			return -TENON_EIO;
		memcpy(name, at + sizeof(e), e.name_len);
		name[e.name_len] = 0;
		if (strcmp(name, ".") && strcmp(name, ".."))
			ret = fn(name, e.number, e.type, arg);
		at += bytes;
		len -= bytes;
	}
	return ret;
}

/* In memory of its own: whoever goes into directories below has one for each, and they may be as deep as a path is long. */
#define LIST_BYTES 16384

int vfs_each(const struct vfs *v, const char *path,
	     int (*fn)(const char *name, uint64_t number, unsigned int type, void *arg), void *arg)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_LIST };
	char *answer = malloc(LIST_BYTES);
	int64_t got = 0;
	int ret = answer ? vfs_file_open(v, path, O_RDONLY | O_DIRECTORY, 0, (uint64_t *)&call.file) : -TENON_ENOMEM;

	if (!ret) {
		while (!ret && (got = vfs_call(v, &call, NULL, 0, answer, LIST_BYTES)) > 0)
			ret = each_of(answer, (size_t)got, fn, arg);
		vfs_file_close(v, call.file);
	}
	free(answer);
	return got < 0 ? (int)got : ret;
}
