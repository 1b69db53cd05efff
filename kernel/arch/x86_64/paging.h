/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The kernel's own half of every address space, which docs/kernel.md draws:
 *
 *	DIRECT_START   all memory but the kernel's image, in pages of 2 MiB where they fit, never executable
 *	STACKS_START   stacks, a slot each; what is not a stack is not mapped
 *	DEVICES_START  registers of devices and tables of the firmware, 4 KiB pages
 *	WRITING_START  modules' memory that is not writable where it runs, while it is written
 *	ARENAS_START   arenas and buffers of modules, 4 KiB pages
 *	IMAGE_BASE     -2 GiB: the image; MODULES_START, 1 GiB: modules
 *
 * Its top-level entries are made at boot and never change, so all address spaces share what is below them.
 */
#ifndef KERNEL_ARCH_X86_64_PAGING_H
#define KERNEL_ARCH_X86_64_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/mm/page.h"

#define DIRECT_START 0xffff800000000000ull
#define DIRECT_BYTES (512ull << 30)
#define STACKS_START 0xffff900000000000ull
#define STACKS_BYTES (4ull << 30) /* 131072 slots */
#define DEVICES_START 0xffffa00000000000ull
#define DEVICES_BYTES (64ull << 30)
#define WRITING_START 0xffffb00000000000ull
#define ARENAS_START 0xffffc00000000000ull
#define ARENAS_BYTES (64ull << 30)
#define IMAGE_BASE 0xffffffff80000000ull
#define MODULES_START 0xffffffffc0000000ull
#define MODULES_END 0xffffffffffe00000ull
#define WRITING_BYTES (MODULES_END - MODULES_START)

#define LARGE_PAGE_BYTES (2ul << 20)

/* Bits of an entry (SDM volume 3, 4.5). */
#define PTE_PRESENT (1ull << 0)
#define PTE_WRITE (1ull << 1)
#define PTE_USER (1ull << 2)
#define PTE_WRITE_THROUGH (1ull << 3)
#define PTE_CACHE_OFF (1ull << 4)
#define PTE_ACCESSED (1ull << 5)
#define PTE_DIRTY (1ull << 6)
#define PTE_LARGE (1ull << 7)
#define PTE_GLOBAL (1ull << 8)
#define PTE_KEPT (1ull << 9) /* ours: not present, yet the address is that of a page that a program may not touch now */
#define PTE_DEVICE (1ull << 10) /* ours, of users' tables: registers of a device, no page */
#define PTE_NO_EXEC (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

#define PAGING_ENTRIES 512 /* of a table, at each of the four levels */
#define PAGING_KERNEL_FIRST 256 /* top-level entry of the kernel's half; below it is a program's */

static inline void *direct_address(phys_addr phys)
{
	return (void *)(DIRECT_START + phys);
}

/* The table that an entry leads to. */
static inline uint64_t *paging_table(uint64_t entry)
{
	return direct_address(entry & PTE_ADDRESS);
}

/* The number of the entry for @addr in its table of @level, which is 0 for the one that has pages of 4 KiB. */
static inline unsigned paging_index(uint64_t addr, unsigned level)
{
	return addr >> (PAGE_SHIFT + 9 * level) & (PAGING_ENTRIES - 1);
}

/* Of an address in the direct map or in the image. */
phys_addr direct_phys(const void *address);

/* Make the kernel's page table, from boot_ram(), and go over to it. Other CPUs start with kernel_root. */
void paging_init(void);
extern phys_addr kernel_root;

/* Make what only booting needed, code and memory, pages like any other. Once, in a thread; no CPU is in that code. */
void paging_free_init(void);
extern bool paging_init_freed;

/**
 * kernel_map - map one page in the kernel's half
 * @flags: PTE_WRITE, PTE_NO_EXEC, PTE_CACHE_OFF
 *
 * Nothing was mapped there. Not for the direct map.
 *
 * Return: 0, -TENON_ENOMEM: no page for a table.
 */
int kernel_map(uint64_t addr, phys_addr phys, uint64_t flags);
bool kernel_mapped(uint64_t addr);
/* What the tables take that kernel_map() made: they are kept for what is mapped there next. */
uint64_t kernel_tables_bytes(void);
/* Where the page of 4 KiB is that is mapped at @addr, and stays so meanwhile. Not of the direct map. */
phys_addr kernel_page(uint64_t addr);
/* Return: what was mapped there. The TLBs still have it: tlb_flush_kernel(). */
phys_addr kernel_unmap(uint64_t addr);

/*
 * Frames of 2 MiB in the direct map, and in the windows of modules and of writing to them. @addr and @phys are multiples
 * of that. Context: any.
 */

/* Nothing was mapped at @addr. */
void kernel_map_large(uint64_t addr, phys_addr phys, uint64_t flags);
/**
 * kernel_unmap_large - what was mapped at @addr is so no more; the TLBs still have it: tlb_flush_kernel()
 *
 * Return: the page with the table of its small pages, to be given back after that flush; NULL: there was none.
 */
struct page *kernel_unmap_large(uint64_t addr);
/* Is a frame mapped at @addr, as one page? */
bool kernel_is_large(uint64_t addr);
/**
 * kernel_split - map the frame at @addr by pages of 4 KiB, so that they can have different access
 * Return: 0, -TENON_ENOMEM: no page for a table.
 */
int kernel_split(uint64_t addr);
/* The access of whole pages in a frame that was split. What is taken away the TLBs still have. */
void kernel_protect(uint64_t addr, size_t bytes, uint64_t flags);

/**
 * device_map - where the kernel sees @bytes of a device or of the firmware's tables at @phys
 *
 * For ever, so that who asks again gets the same. Return: NULL: no room or memory.
 */
volatile void *device_map(phys_addr phys, size_t bytes);

/* Waits until no CPU has translations of the kernel's half that were taken away before. Interrupts on, no spin lock. */
void tlb_flush_kernel(void);

/* What a walk over the kernel's half found, leaf by leaf. */
struct paging_report {
	uint64_t leaves, tables;
	uint64_t write_exec; /* both writable and executable: must be 0 */
	uint64_t exec_pages; /* of 4 KiB */
	uint64_t user;       /* that programs may touch: must be 0 */
	uint64_t aliases;    /* leaves with executable memory that another one shows writable: must be 0 */
};

void paging_walk(struct paging_report *report);

#endif
