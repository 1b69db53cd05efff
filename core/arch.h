/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the core must know of a CPU: one table each, in core/arch/. Nothing here runs on that CPU or looks at the
 * host's: any CPU's modules can be linked anywhere. The place being patched is always two things, a pointer to write
 * through and the address it will have when it runs.
 */
#ifndef CORE_ARCH_H
#define CORE_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/string.h"

#include "core/fail.h"
#include "tenon/fmt/elf.h"

/* Value of a symbol whose section is not loaded: using it is an error. */
#define RELOC_DISCARDED ((tenon_addr)0xd15ca2dedd15ca2dull)

/*
 * Slots made by the loader: stubs for branches that do not reach, or GOT entries. One per symbol, found through
 * of_symbol (index of the slot + 1; 0: none yet); a branch with an addend gets one of its own.
 */
struct reloc_slots {
	uint8_t *write;
	tenon_addr run;
	uint32_t cnt, used; /* slots there are, slots given out */
	uint32_t *of_symbol;
};

/* One relocation section against the section it patches. */
struct reloc_job {
	const void *entries; /* Elf64_Rela or Elf32_Rel, as the table says; aligned for it */
	size_t cnt;
	uint32_t section; /* index of the patched section, for diagnoses */

	uint8_t *write; /* the patched section: to write, when it runs, its size in bytes */
	tenon_addr run;
	tenon_addr size;

	const tenon_addr *values; /* by symbol index: run address */
	uint32_t symbol_cnt;

	struct reloc_slots *stubs, *got; /* cnt 0 where none are needed */
	struct tenon_diag *diag;
};

/* What relocations of one section will need at most; summed over the module's sections before it is laid out. */
struct reloc_need {
	const uint8_t *kinds; /* by symbol index: enum tenon_mem of its section, RELOC_KIND_NONE if it is undefined */
	uint8_t kind;         /* of the section being counted: a branch to the same kind always reaches */
	uint8_t *marks;       /* by symbol index: what has been counted for it */
	uint32_t stubs, got;
};

enum { RELOC_KIND_NONE = 0xff, RELOC_MARK_STUB = 1, RELOC_MARK_GOT = 2 };

struct tenon_arch {
	const char *name;
	uint16_t machine;
	bool is64, rela;               /* ELF class; RELA or REL entries */
	tenon_addr branch_reach;       /* bytes either way that every call and jump reaches */
	uint8_t stub_bytes, got_bytes; /* of one slot */
	uint32_t trap_fill;            /* freed text is filled with this: executing it traps */

	/* Refuse unsupported processor flags. Return: 0 or fail_value(ELF_FLAGS). */
	int (*check_flags)(uint32_t e_flags, struct tenon_diag *diag);
	/* Add up the GOT entries, and if @far the stubs too, that @job may need. Ignores what relocate will refuse. */
	void (*count)(const struct reloc_job *job, bool far, struct reloc_need *need);
	/*
	 * Apply all entries: each is checked (symbol index, offset and width inside the section, value fits, alignment)
	 * before anything is written. Must not touch anything outside the section and slots.
	 * Return: 0 or a REL_ reason, at the place, got the value or type at fault, want the symbol's index.
	 */
	int (*relocate)(struct reloc_job *job);
};

/* ---- shared by the tables. __builtin_memcpy: a plain call would stay one in a freestanding build ---- */

static inline bool reloc_inside(const struct reloc_job *job, tenon_addr offset, tenon_addr width)
{
	return offset <= job->size && job->size - offset >= width;
}

static inline bool fits_signed(int64_t v, unsigned int bits)
{
	return (uint64_t)v + (1ull << (bits - 1)) < (1ull << bits);
}

static inline uint32_t get_le32(const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void put_le32(uint8_t *p, uint32_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline uint64_t get_le64(const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void put_le64(uint8_t *p, uint64_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

static inline uint16_t get_le16(const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void put_le16(uint8_t *p, uint16_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

/*
 * The slot for @symbol, made with @emit(write, run, target) if it is new. @shared: false for a branch with an addend.
 */
static inline bool reloc_slot(struct reloc_slots *s, uint32_t symbol, bool shared, uint32_t slot_bytes,
			      tenon_addr target, void (*emit)(uint8_t *write, tenon_addr run, tenon_addr target),
			      tenon_addr *run)
{
	uint32_t idx = shared && s->of_symbol ? s->of_symbol[symbol] : 0;

	if (!idx) {
		if (s->used >= s->cnt)
			return false;
		idx = ++s->used;
		emit(s->write + (size_t)(idx - 1) * slot_bytes, s->run + (tenon_addr)(idx - 1) * slot_bytes, target);
		if (shared && s->of_symbol)
			s->of_symbol[symbol] = idx;
	}
	*run = s->run + (tenon_addr)(idx - 1) * slot_bytes;
	return true;
}

#endif
