// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups: there is the root, which all tasks are in. Memory is not accounted by group, as with Linux's option
 * cgroup_disable=memory; input and output are, by Linux's own block/blk-cgroup.c.
 */
#include <linux/backing-dev.h>
#include <linux/blk-cgroup.h>
#include <linux/cgroup.h>
#include <linux/cpuset.h>
#include <linux/device_cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm_inline.h>

#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

struct cgroup_subsys memory_cgrp_subsys;
EXPORT_SYMBOL(memory_cgrp_subsys);
struct static_key_true memory_cgrp_subsys_enabled_key = { .key = STATIC_KEY_INIT_FALSE };
EXPORT_SYMBOL_GPL(memory_cgrp_subsys_enabled_key);
struct static_key_true memory_cgrp_subsys_on_dfl_key = { .key = STATIC_KEY_INIT_FALSE };
EXPORT_SYMBOL_GPL(memory_cgrp_subsys_on_dfl_key);
struct static_key_true io_cgrp_subsys_on_dfl_key = { .key = STATIC_KEY_INIT_FALSE };
EXPORT_SYMBOL_GPL(io_cgrp_subsys_on_dfl_key);
#if LINUX_SINCE(6, 12)
DEFINE_STATIC_KEY_FALSE(memcg_kmem_online_key);
EXPORT_SYMBOL(memcg_kmem_online_key);
DEFINE_STATIC_KEY_FALSE(memcg_bpf_enabled_key);
EXPORT_SYMBOL(memcg_bpf_enabled_key);
#else
DEFINE_STATIC_KEY_FALSE(memcg_kmem_enabled_key);
EXPORT_SYMBOL(memcg_kmem_enabled_key);
#endif
DEFINE_STATIC_KEY_FALSE(cpusets_pre_enable_key);
DEFINE_STATIC_KEY_FALSE(cpusets_enabled_key);

struct mem_cgroup *root_mem_cgroup;

static struct cgroup root_group;
struct css_set init_css_set = { .refcount = REFCOUNT_INIT(1) };

static int start(struct cgroup_subsys *ss, int id)
{
	struct cgroup_subsys_state *css = ss->css_alloc(NULL);

	if (IS_ERR(css))
		return (int)PTR_ERR(css);
	css->cgroup = &root_group;
	css->ss = ss;
	css->flags = CSS_NO_REF | CSS_ONLINE;
	init_css_set.subsys[id] = css;
	return ss->css_online(css);
}

/* After the library's data is there, before any block or network device. */
int linux_cgroups_start(void)
{
	int err = start(&io_cgrp_subsys, io_cgrp_id);

	err = err ?: start(&net_cls_cgrp_subsys, net_cls_cgrp_id);
	return err ?: start(&net_prio_cgrp_subsys, net_prio_cgrp_id);
}

struct cgroup_subsys_state *cgroup_get_e_css(struct cgroup *group, struct cgroup_subsys *ss)
{
	(void)group;
	return init_css_set.subsys[ss->id];
}
EXPORT_SYMBOL_GPL(cgroup_get_e_css);

/* A walk over a group and those below it is over after the first. */
struct cgroup_subsys_state *css_next_descendant_pre(struct cgroup_subsys_state *at, struct cgroup_subsys_state *root)
{
	return at ? NULL : root;
}
EXPORT_SYMBOL_GPL(css_next_descendant_pre);

struct cgroup_subsys_state *css_next_descendant_post(struct cgroup_subsys_state *at, struct cgroup_subsys_state *root)
{
	return at ? NULL : root;
}

/* The root may use all devices. */
int devcgroup_check_permission(short type, u32 major, u32 minor, short access)
{
	(void)type, (void)major, (void)minor, (void)access;
	return 0;
}
EXPORT_SYMBOL(devcgroup_check_permission);

bool cgroup_freezing(struct task_struct *task)
{
	(void)task;
	return false;
}

/* No file system shows the groups. */
int cgroup_add_dfl_cftypes(struct cgroup_subsys *ss, struct cftype *files)
{
	(void)ss, (void)files;
	return 0;
}

int cgroup_add_legacy_cftypes(struct cgroup_subsys *ss, struct cftype *files)
{
	(void)ss, (void)files;
	return 0;
}

int cgroup_rm_cftypes(struct cftype *files)
{
	(void)files;
	return 0;
}

/* ---- what Linux's mm/memcontrol.c does without groups ---- */

bool mem_cgroup_kmem_disabled(void)
{
	return true;
}

void __mod_lruvec_state(struct lruvec *lruvec, enum node_stat_item item, int change)
{
	__mod_node_page_state(lruvec_pgdat(lruvec), item, change);
}

#if LINUX_SINCE(6, 12)
void __lruvec_stat_mod_folio(struct folio *folio, enum node_stat_item item, int change)
{
	__mod_node_page_state(folio_pgdat(folio), item, change);
}
EXPORT_SYMBOL(__lruvec_stat_mod_folio);
#else
void __mod_lruvec_page_state(struct page *page, enum node_stat_item item, int change)
{
	__mod_node_page_state(page_pgdat(page), item, change);
}
EXPORT_SYMBOL(__mod_lruvec_page_state);
#endif

void __mod_lruvec_kmem_state(void *p, enum node_stat_item item, int change)
{
	(void)p;
	__mod_node_page_state(NODE_DATA(0), item, change);
}

void __count_memcg_events(struct mem_cgroup *group, enum vm_event_item event, unsigned long cnt)
{
	(void)group, (void)event, (void)cnt;
}

void mem_cgroup_update_lru_size(struct lruvec *lruvec, enum lru_list list, int zone, int change)
{
	(void)lruvec, (void)list, (void)zone, (void)change;
}

struct lruvec *folio_lruvec_lock_irqsave(struct folio *folio, unsigned long *flags)
{
	struct lruvec *lruvec = &folio_pgdat(folio)->__lruvec;

	spin_lock_irqsave(&lruvec->lru_lock, *flags);
	return lruvec;
}

#if !LINUX_SINCE(6, 12)
void folio_memcg_lock(struct folio *folio)
{
	(void)folio;
	rcu_read_lock();
}

void folio_memcg_unlock(struct folio *folio)
{
	(void)folio;
	rcu_read_unlock();
}

void lock_page_memcg(struct page *page)
{
	(void)page;
	rcu_read_lock();
}

void unlock_page_memcg(struct page *page)
{
	(void)page;
	rcu_read_unlock();
}
#endif

struct wb_domain *mem_cgroup_wb_domain(struct bdi_writeback *wb)
{
	(void)wb;
	return NULL;
}

struct mem_cgroup *mem_cgroup_from_slab_obj(void *p)
{
	(void)p;
	return NULL;
}

void mem_cgroup_flush_foreign(struct bdi_writeback *wb)
{
	(void)wb;
}

#if LINUX_SINCE(6, 12)
void mem_cgroup_flush_stats_ratelimited(struct mem_cgroup *group)
{
	(void)group;
}
#else
void mem_cgroup_flush_stats_delayed(void)
{
}
#endif
