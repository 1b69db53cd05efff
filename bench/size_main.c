/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What a microcontroller links that uses all of core.h, but for Linux's modules and the texts of diagnoses
 * (tenon_diag_format, tenon_explain_versions). Never run: linked with --gc-sections, so that its core sections are what
 * the core costs. See size.ld.
 */
#include "tenon/core.h"

extern const void *const api[];

/* In the order of core.h. */
const void *const api[] = {
	tenon_create,
	tenon_destroy,
	tenon_accept,
	tenon_set_sig_mode,
	tenon_sig_mode,
	tenon_set_signer,
	tenon_module_signer,
	tenon_disable_modules,
	tenon_modules_disabled,
	tenon_set_policy,
	tenon_domain_open,
	tenon_domain_close,
	tenon_domain_kill,
	tenon_quarantine,
	tenon_reclaim,
	tenon_domain_name,
	tenon_domain_kind,
	tenon_domain_host,
	tenon_domain_find,
	tenon_provide,
	tenon_lookup,
	tenon_load,
	tenon_unload,
	tenon_get,
	tenon_try_get,
	tenon_put,
	tenon_module_info,
	tenon_for_each,
	tenon_for_each_user,
	tenon_for_each_export,
	tenon_for_each_import,
	tenon_for_each_region,
	tenon_find_address,
	tenon_module_name,
	tenon_module_domain,
	tenon_module_caller,
	tenon_module_state,
	tenon_module_this,
	tenon_state_name,
	tenon_thread_add,
	tenon_thread_remove,
	tenon_own,
	tenon_disown,
	tenon_for_each_owned,
	tenon_stats,
	&tenon_native,
	&tenon_arch_arm,
};
