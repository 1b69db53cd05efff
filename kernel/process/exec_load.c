// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * From a file to an address space with a program, its interpreter and its stack. Programs are ELF; modules that know other
 * formats name the file to load instead (exec_format.h).
 */
#include "kernel/mm/heap.h"
#include "kernel/mm/user_space.h"
#include "kernel/policy/policy.h"
#include "kernel/process/elf.h"
#include "kernel/process/exec.h"
#include "kernel/process/exec_format.h"
#include "kernel/process/process.h"
#include "kernel/random.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define PIE_BASE 0x555555554000ull
#define STACK_AT_FIRST (128ull << 10) /* promised from the beginning, below what execve puts there */

static int read_exactly(struct file *file, void *buf, size_t bytes, uint64_t off)
{
	long got = file_read_kernel(file, buf, bytes, off);

	return got < 0 ? (int)got : (size_t)got == bytes ? 0 : -TENON_ENOEXEC;
}

static int read_plan(struct file *file, struct elf_plan *plan)
{
	struct elf_program_header *headers = NULL;
	struct elf_header h = { 0 };
	long got = file_read_kernel(file, &h, sizeof(h), 0);
	uint64_t off;
	size_t size;
	int err;

	if (got < 0)
		return (int)got;
	err = elf_check(&h, (size_t)got, &off, &size);
	if (err)
		return err;
	headers = heap_alloc(size);
	if (!headers)
		return -TENON_ENOMEM;
	err = read_exactly(file, headers, size, off);
	if (!err)
		err = elf_plan(&h, headers, USER_MMAP_TOP, plan);
	heap_free(headers);
	return err;
}

static int map_part(struct user_space *s, struct file *file, uint64_t off, uint64_t start, uint64_t end, uint8_t access)
{
	struct user_area a = { .start = start,
			       .end = end,
			       .file = file,
			       .offset = off,
			       .access = access,
			       .access_max = AREA_READ | AREA_WRITE | AREA_EXEC,
			       .flags = access & AREA_WRITE ? AREA_CHARGED : 0 };
	int err;

	if (start >= end)
		return 0;
	if (file)
		file_get(file);
	err = space_map(s, &a, false);
	if (err && file)
		file_put(file);
	return err == -TENON_EEXIST ? -TENON_ENOEXEC : err;
}

static int map_segment(struct user_space *s, struct file *file, const struct elf_segment *seg, uint64_t base)
{
	uint64_t data_end = base + seg->file_end, mapped_end = (data_end + USER_PAGE - 1) & ~(USER_PAGE - 1);
	int err = 0;

	if (seg->file_end > seg->start)
		err = map_part(s, file, seg->file_off, base + seg->start, mapped_end, seg->access);
	else
		mapped_end = base + seg->start;
	if (!err)
		err = map_part(s, NULL, 0, mapped_end, base + seg->end, seg->access);
	if (!err && data_end < mapped_end && base + seg->end > data_end && seg->access & AREA_WRITE)
		err = space_poke(s, data_end, NULL, mapped_end - data_end) ? -TENON_ENOEXEC : 0;
	return err;
}

/* Map a whole plan. @base: where one that can be anywhere is put; 0: where there is room. *@base: what to add. */
static int map_plan(struct user_space *s, struct file *file, const struct elf_plan *plan, uint64_t *base)
{
	uint64_t first = plan->segment[0].start, bytes = plan->segment[plan->segment_cnt - 1].end - first;
	int err = 0;

	if (!plan->anywhere) {
		*base = 0;
		if (first < USER_START)
			return -TENON_ENOEXEC;
	} else if (*base) {
		if (bytes > USER_MMAP_TOP - *base || first >= USER_MMAP_TOP - *base - bytes)
			return -TENON_ENOEXEC;
	} else {
		*base = areas_gap(&s->areas, bytes, USER_START, USER_MMAP_TOP, USER_STACK_GUARD);
		if (!*base)
			return -TENON_ENOMEM;
		*base -= first;
	}
	for (unsigned i = 0; i < plan->segment_cnt && !err; i++)
		err = map_segment(s, file, &plan->segment[i], *base);
	return err;
}

/* A file that may be executed, opened to be read. @absolute: of PATH_BYTES, or NULL; with its path. */
static int open_program(const struct path_start *start, const char *path, char **absolute, struct file **file)
{
	struct node *node;
	int err = path_find(start, path, PATH_FOLLOW, &node);

	if (err)
		return err;
	if (!node_is(node, NODE_FILE))
		err = -TENON_EACCES;
	if (!err)
		err = node_permission(node, MAY_EXECUTE, false);
	if (!err)
		err = file_open_node(node, OPEN_READ, file);
	if (!err) {
		err = file_deny_writing(*file);
		if (!err)
			err = policy_execute(POLICY_EXEC, *file, node);
		if (err) {
			file_put(*file);
			*file = NULL; /* the caller puts what it finds there */
		}
	}
	if (!err && absolute) {
		char *buf = heap_alloc(PATH_BYTES), *text = buf ? path_of(node, start->root, buf, PATH_BYTES) : NULL;

		if (text)
			memmove(buf, text, strlen(text) + 1);
		else if (buf)
			buf[0] = '\0';
		*absolute = buf ? heap_resize(buf, strlen(buf) + 1) : NULL;
		if (!*absolute) {
			heap_free(buf);
			file_put(*file);
			*file = NULL;
			err = -TENON_ENOMEM;
		}
	}
	node_put(node);
	return err;
}

static int load_interpreter(const struct path_start *start, struct file *program, const struct elf_plan *plan,
			    struct user_space *s, uint64_t *base, uint64_t *entry)
{
	char path[ELF_INTERPRETER_BYTES];
	struct elf_plan *own = heap_alloc(sizeof(*own));
	struct file *file = NULL;
	int err = own ? read_exactly(program, path, plan->interpreter_bytes, plan->interpreter_off) : -TENON_ENOMEM;

	if (!err && path[plan->interpreter_bytes - 1])
		err = -TENON_ENOEXEC;
	if (!err)
		err = open_program(start, path, NULL, &file);
	if (!err)
		err = read_plan(file, own);
	if (!err)
		err = map_plan(s, file, own, base);
	if (!err)
		*entry = *base + own->entry;
	if (file)
		file_put(file);
	heap_free(own);
	return err;
}

static int make_stack(struct user_space *s, const struct elf_plan *plan, struct exec_stack *stack, uint64_t *sp)
{
	struct user_area a = { .end = USER_STACK_TOP,
			       .access = AREA_READ | AREA_WRITE,
			       .flags = AREA_STACK | AREA_CHARGED,
			       .access_max = AREA_READ | AREA_WRITE | AREA_EXEC };
	int err;

	if (plan->executable_stack)
		a.access |= AREA_EXEC;
	stack->top = USER_STACK_TOP;
	random_bytes(stack->random, sizeof(stack->random));
	err = exec_stack_make(stack);
	if (err)
		return err;
	a.start = (stack->sp & ~(USER_PAGE - 1)) - STACK_AT_FIRST;
	err = space_map(s, &a, false);
	if (!err && space_poke(s, stack->sp, stack->image, stack->bytes))
		err = -TENON_ENOMEM;
	heap_free(stack->image);
	s->arg_start = stack->arg_start;
	s->arg_end = s->env_start = stack->arg_end;
	s->env_end = stack->env_end;
	*sp = stack->sp;
	return err;
}

/* All of it, into an empty space. */
static int fill(const struct path_start *start, struct file *file, const char *path, const struct exec_words *words,
		struct elf_plan *plan, struct exec_image *image)
{
	const struct credentials *c = process_credentials();
	uint64_t base = PIE_BASE, interpreter = 0;
	struct user_space *s = image->space;
	int err = map_plan(s, file, plan, &base);

	if (err)
		return err;
	image->entry = base + plan->entry;
	s->brk_start = s->brk = base + plan->segment[plan->segment_cnt - 1].end;
	if (plan->interpreter_bytes)
		err = load_interpreter(start, file, plan, s, &interpreter, &image->entry);
	if (err)
		return err;
	const struct exec_aux aux[] = {
		{ AUX_PHDR, plan->headers ? base + plan->headers : 0 },
		{ AUX_PHENT, sizeof(struct elf_program_header) },
		{ AUX_PHNUM, plan->header_cnt },
		{ AUX_PAGESZ, USER_PAGE },
		{ AUX_BASE, interpreter },
		{ AUX_FLAGS, 0 },
		{ AUX_ENTRY, base + plan->entry },
		{ AUX_UID, c->uid },
		{ AUX_EUID, c->euid },
		{ AUX_GID, c->gid },
		{ AUX_EGID, c->egid },
		{ AUX_SECURE, 0 },
		{ AUX_CLKTCK, 100 },
	};
	struct exec_stack stack = { .words = words, .aux = aux, .aux_cnt = sizeof(aux) / sizeof(*aux), .path = path };

	return make_stack(s, plan, &stack, &image->sp);
}

/* Open the file at *@path or the program that runs it: with its path and words then. */
static int find_program(const struct path_start *start, const char **path, const struct exec_words **words,
			struct exec_format *format, char **absolute, struct file **file)
{
	int depth, err;

	for (depth = 0; depth <= FORMAT_DEPTH_MAX; depth++) {
		err = open_program(start, *path, absolute, file);
		if (!err)
			err = exec_format_find(*file, *path, *words, format);
		if (err <= 0)
			return err;
		file_put(*file);
		heap_free(*absolute);
		*file = NULL;
		*absolute = NULL;
		*path = (const char *)format->program.path;
		*words = &format->words;
	}
	return -TENON_ELOOP;
}

int exec_load(struct fs_context *fs, const char *path, const struct exec_words *words, struct exec_image *image)
{
	struct elf_plan *plan = heap_alloc(sizeof(*plan));
	struct exec_format format = { 0 };
	const char *last = strrchr(path, '/');
	struct file *file = NULL;
	struct path_start start;
	int err;

	*image = (struct exec_image){ 0 };
	if (!plan)
		return -TENON_ENOMEM;
	strscpy(image->name, last ? last + 1 : path, sizeof(image->name));
	fs_context_start(fs, &start);
	err = find_program(&start, &path, &words, &format, &image->path, &file);
	if (!err)
		err = read_plan(file, plan);
	if (!err) {
		image->space = space_make();
		err = image->space ? fill(&start, file, path, words, plan, image) : -TENON_ENOMEM;
	}
	path_start_put(&start);
	if (file)
		file_put(file);
	heap_free(format.words.bytes);
	heap_free(plan);
	if (err)
		exec_image_drop(image);
	return err;
}

void exec_image_drop(struct exec_image *image)
{
	if (image->space)
		space_put(image->space);
	heap_free(image->path);
	*image = (struct exec_image){ 0 };
}
