/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In Linux 6.12 what allocates memory is a macro, which may note who asks, over a function whose name ends with _noprof.
 * We have the functions: here the old names mean these. Included after Linux's headers.
 */
#ifndef LINUX_MM_NOPROF_H
#define LINUX_MM_NOPROF_H

#include "linux/versions.h"

#if LINUX_SINCE(6, 12)
#undef krealloc
#define krealloc krealloc_noprof
#define __kmalloc __kmalloc_noprof
#define __kmalloc_node __kmalloc_node_noprof
#define __kmalloc_node_track_caller __kmalloc_node_track_caller_noprof
#define kmalloc_trace __kmalloc_cache_noprof
#define kmalloc_node_trace __kmalloc_cache_node_noprof
#define kmalloc_large __kmalloc_large_noprof
#define kmalloc_large_node __kmalloc_large_node_noprof
#undef kmem_cache_alloc
#define kmem_cache_alloc kmem_cache_alloc_noprof
#undef kmem_cache_alloc_node
#define kmem_cache_alloc_node kmem_cache_alloc_node_noprof
#undef kmem_cache_alloc_lru
#define kmem_cache_alloc_lru kmem_cache_alloc_lru_noprof
#undef kmem_cache_alloc_bulk
#define kmem_cache_alloc_bulk kmem_cache_alloc_bulk_noprof
#undef vmalloc
#define vmalloc vmalloc_noprof
#undef vmalloc_node
#define vmalloc_node vmalloc_node_noprof
#undef vmalloc_user
#define vmalloc_user vmalloc_user_noprof
#undef vmalloc_32
#define vmalloc_32 vmalloc_32_noprof
#undef vmalloc_32_user
#define vmalloc_32_user vmalloc_32_user_noprof
#undef vmalloc_huge
#define vmalloc_huge vmalloc_huge_noprof
#undef vzalloc
#define vzalloc vzalloc_noprof
#undef vzalloc_node
#define vzalloc_node vzalloc_node_noprof
#undef __vmalloc
#define __vmalloc __vmalloc_noprof
#undef __vmalloc_node
#define __vmalloc_node __vmalloc_node_noprof
#undef __vmalloc_node_range
#define __vmalloc_node_range __vmalloc_node_range_noprof
#undef __alloc_pages
#define __alloc_pages __alloc_pages_noprof
#undef alloc_pages
#define alloc_pages alloc_pages_noprof
#undef __folio_alloc
#define __folio_alloc __folio_alloc_noprof
#undef folio_alloc
#define folio_alloc folio_alloc_noprof
#undef __alloc_pages_bulk
#define __alloc_pages_bulk alloc_pages_bulk_noprof
#undef __get_free_pages
#define __get_free_pages get_free_pages_noprof
#undef get_zeroed_page
#define get_zeroed_page get_zeroed_page_noprof
#undef alloc_pages_exact
#define alloc_pages_exact alloc_pages_exact_noprof
#endif

#endif
