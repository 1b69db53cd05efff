/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What an ELF program (System V ABI, chapter 5; AMD64 supplement) asks to be mapped. Nothing here touches memory: a
 * header and program headers become a plan, or the file is refused. All numbers of the file are checked before they are
 * used.
 */
#ifndef KERNEL_PROCESS_ELF_H
#define KERNEL_PROCESS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELF_SEGMENTS_MAX = 32,       /* that are loaded */
	ELF_HEADERS_MAX = 128,       /* program headers of any kind */
	ELF_INTERPRETER_BYTES = 256, /* its path, with NUL */
};

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, program_off, section_off;
	uint32_t flags;
	uint16_t header_bytes, program_bytes, program_cnt, section_bytes, section_cnt, names;
};

struct elf_program_header {
	uint32_t type, flags;
	uint64_t off, addr, phys, file_bytes, bytes, align;
};

struct elf_segment {
	uint64_t start, end; /* whole pages */
	uint64_t file_off;   /* of start, a multiple of a page */
	uint64_t file_end;   /* where the file's bytes end; from there to end there are zeros */
	uint8_t access;      /* AREA_ */
};

struct elf_plan {
	struct elf_segment segment[ELF_SEGMENTS_MAX]; /* rising, not overlapping */
	unsigned segment_cnt;
	bool anywhere; /* ET_DYN: all addresses count from where it is put */
	uint64_t entry;
	uint64_t headers; /* address of the program headers, 0: not loaded */
	unsigned header_cnt;
	uint64_t interpreter_off, interpreter_bytes; /* 0 bytes: none */
	bool executable_stack;
};

/**
 * elf_check - is it a program for this CPU, and where are its program headers?
 * @bytes: of the file that are at @h
 *
 * Return: 0 with *@off and *@size, at most ELF_HEADERS_MAX headers; -TENON_ENOEXEC.
 */
int elf_check(const struct elf_header *h, size_t bytes, uint64_t *off, size_t *size);

/**
 * elf_plan - from program headers to a plan
 * @limit: no address is at or beyond it
 *
 * Return: 0 or -TENON_ENOEXEC.
 */
int elf_plan(const struct elf_header *h, const struct elf_program_header *headers, uint64_t limit,
	     struct elf_plan *plan);

#endif
