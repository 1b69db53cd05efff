// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Modules: what insmod, modprobe and rmmod ask for. Errors are those of Linux's manual pages. */
#include "kernel/module/module.h"
#include "kernel/mm/heap.h"
#include "kernel/module/unpack.h"
#include "kernel/process/process.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"

enum { /* of finit_module */
       IGNORE_MODVERSIONS = 1,
       IGNORE_VERMAGIC = 2,
       COMPRESSED_FILE = 4,
};

#define ELF_HEADER_BYTES 64

static bool may_change_modules(void)
{
	return !process_credentials()->euid && !tenon_modules_disabled(module_core);
}

/* @file is the heap's, and is given back. */
static int64_t load(void *file, size_t bytes, user_addr params, uint32_t flags)
{
	char *text = heap_alloc(TENON_PARAMS_BYTES);
	long len = text ? user_string_in(text, params, TENON_PARAMS_BYTES) : -TENON_ENOMEM;
	int64_t err = len < 0 ? len : 0;

	if (err == -TENON_ENAMETOOLONG)
		err = -TENON_E2BIG;
	if (!err)
		err = module_load(file, bytes, text, flags | TENON_LOAD_FRESH | TENON_LOAD_NO_DEPS);
	heap_free(text);
	heap_free(file);
	return err;
}

int64_t sys_init_module(const uint64_t arg[6])
{
	uint64_t bytes = arg[1];
	void *file;

	if (!may_change_modules())
		return -TENON_EPERM;
	if (bytes < ELF_HEADER_BYTES)
		return -TENON_ENOEXEC;
	file = bytes <= HEAP_BYTES_MAX ? heap_alloc(bytes) : NULL;
	if (!file)
		return -TENON_ENOMEM;
	if (user_copy_in(file, arg[0], bytes)) {
		heap_free(file);
		return -TENON_EFAULT;
	}
	return load(file, bytes, arg[2], 0);
}

/* One private copy, before anything is looked at: whoever writes to the file then changes nothing. */
static int read_file(struct file *from, void **file, size_t *bytes)
{
	uint64_t size = from->node->size;
	long got;

	if (!from->readable)
		return -TENON_EBADF;
	if (!node_is(from->node, NODE_FILE) || !size)
		return -TENON_EINVAL;
	if (size > HEAP_BYTES_MAX)
		return -TENON_EFBIG;
	*file = heap_alloc(size);
	if (!*file)
		return -TENON_ENOMEM;
	got = file_read_kernel(from, *file, size, 0);
	if (got >= 0 && (uint64_t)got == size) {
		*bytes = size;
		return 0;
	}
	heap_free(*file);
	return got < 0 ? (int)got : -TENON_EIO;
}

int64_t sys_finit_module(const uint64_t arg[6])
{
	uint32_t asked = (uint32_t)arg[2], flags = 0;
	struct file *from;
	size_t bytes = 0;
	void *file, *packed;
	int err;

	if (!may_change_modules())
		return -TENON_EPERM;
	if (asked & ~(uint32_t)(IGNORE_MODVERSIONS | IGNORE_VERMAGIC | COMPRESSED_FILE))
		return -TENON_EINVAL;
	if (asked & IGNORE_MODVERSIONS)
		flags |= TENON_LOAD_IGNORE_CRC;
	if (asked & IGNORE_VERMAGIC)
		flags |= TENON_LOAD_IGNORE_VERMAGIC;
	from = file_of(arg[0]);
	if (!from)
		return -TENON_EBADF;
	err = read_file(from, &file, &bytes);
	file_put(from);
	if (!err && asked & COMPRESSED_FILE) {
		packed = file;
		err = module_unpack(packed, bytes, &file, &bytes);
		heap_free(packed);
	}
	return err ? err : load(file, bytes, arg[1], flags);
}

int64_t sys_delete_module(const uint64_t arg[6])
{
	char name[TENON_NAME_BYTES];
	long len;

	if (!may_change_modules())
		return -TENON_EPERM;
	len = user_string_in(name, arg[0], sizeof(name));
	if (len == -TENON_ENAMETOOLONG)
		return -TENON_ENOENT; /* none has such a name */
	if (len < 0)
		return len;
	return module_unload(name, !((uint32_t)arg[1] & OPEN_NONBLOCK));
}
