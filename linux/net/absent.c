// SPDX-License-Identifier: GPL-2.0-only
/* Data of parts of Linux's network that are not there (answers.S): switched off, or empty. */
#include <linux/bpf-cgroup.h>
#include <linux/jump_label.h>
#include <linux/memcontrol.h>
#include <net/calipso.h>
#include <net/cipso_ipv4.h>

#include "linux/export.h"

DEFINE_STATIC_KEY_FALSE(memcg_sockets_enabled_key);
EXPORT_SYMBOL(memcg_sockets_enabled_key);
struct static_key_false cgroup_bpf_enabled_key[MAX_CGROUP_BPF_ATTACH_TYPE];
EXPORT_SYMBOL(cgroup_bpf_enabled_key);
int cipso_v4_cache_enabled, cipso_v4_cache_bucketsize, cipso_v4_rbm_optfmt, cipso_v4_rbm_strictvalid;
int calipso_cache_enabled, calipso_cache_bucketsize;
