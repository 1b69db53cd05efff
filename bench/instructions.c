// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A plug-in of QEMU's (-plugin FILE) that counts the instructions which the guest executes; a CPU that waits executes none.
 * At an instruction MARK(N) of a guest's program (bench/guest/mark.h) it prints "mark N COUNT". With the argument
 * profile=FILE it writes lines "ADDRESS TIMES INSTRUCTIONS" at the end: how often each piece of code was executed from the
 * first mark to the last, and how long it is.
 *
 * The interface is that of QEMU's docs/devel/tcg-plugins, version 1; Debian's packages have no header of it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define PIECES (1u << 20)

enum { NO_REGISTERS = 0, ADD_U64 = 0 };

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*tb_translated)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*insn_executed)(unsigned cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_translated translated);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*ends)(uint64_t id, void *data), void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op, void *counter, uint64_t by);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, insn_executed executed, int flags,
					    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_outs(const char *text);

EXPORT int qemu_plugin_version = 1;

/* Code in the order in which it was translated; the same piece perhaps again. */
struct piece {
	uint64_t address, times, insn_cnt;
	uint64_t before; /* @times at the first mark, and at the last */
	uint64_t after;
};

static uint64_t executed_cnt;
static struct piece *pieces;
static size_t piece_cnt;
static bool marked;
static const char *profile;

static void at_mark(unsigned cpu, void *number)
{
	char line[64];

	(void)cpu;
	snprintf(line, sizeof(line), "mark %u %llu\n", (unsigned)(uintptr_t)number, (unsigned long long)executed_cnt);
	qemu_plugin_outs(line);
	for (size_t i = 0; i < piece_cnt; i++)
		*(marked ? &pieces[i].after : &pieces[i].before) = pieces[i].times;
	marked = true;
}

/* nopl 0x7e0000NN(%rax) */
static bool is_mark(const struct qemu_plugin_insn *insn, unsigned *number)
{
	const uint8_t *b = qemu_plugin_insn_data(insn);

	*number = qemu_plugin_insn_size(insn) == 7 ? b[3] : 0;
	return qemu_plugin_insn_size(insn) == 7 && !memcmp(b, "\x0f\x1f\x80", 3) && !memcmp(b + 4, "\x00\x00\x7e", 3);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t cnt = qemu_plugin_tb_n_insns(tb);
	unsigned number;

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &executed_cnt, cnt);
	for (size_t i = 0; i < cnt; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (is_mark(insn, &number))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, NO_REGISTERS, (void *)(uintptr_t)number);
	}
	if (!profile || piece_cnt == PIECES)
		return;
	pieces[piece_cnt] = (struct piece){ .address = qemu_plugin_tb_vaddr(tb), .insn_cnt = cnt };
	qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &pieces[piece_cnt++].times, 1);
}

static void ends(uint64_t id, void *data)
{
	FILE *f = profile ? fopen(profile, "w") : NULL;

	(void)id;
	(void)data;
	for (size_t i = 0; f && i < piece_cnt; i++)
		if (pieces[i].after > pieces[i].before)
			fprintf(f, "%llx %llu %llu\n", (unsigned long long)pieces[i].address,
				(unsigned long long)(pieces[i].after - pieces[i].before),
				(unsigned long long)pieces[i].insn_cnt);
	if (f)
		fclose(f);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc > 0 && !strncmp(argv[0], "profile=", 8)) {
		profile = strdup(argv[0] + 8);
		pieces = calloc(PIECES, sizeof(*pieces));
		if (!pieces)
			return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ends, NULL);
	return 0;
}
