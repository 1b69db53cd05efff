/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For Linux's files of locks: what they export is for modules, which get functions of ours under these names, so that the
 * order of a watched module's locks can be seen (kernel/lock_calls.c). Linux's own code calls Linux's.
 */
#undef EXPORT_SYMBOL
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL(sym) EXPORT_WATCHED(sym, watched_##sym, "")
#define EXPORT_SYMBOL_GPL(sym) EXPORT_WATCHED(sym, watched_##sym, "_gpl")
#define EXPORT_WATCHED(sym, function, suffix) LINUX_EXPORT_AS(sym, function, suffix, "")

/* These take no lock, or one that has no owner, or are deadlocks' own business. */
#define watched___init_rwsem __init_rwsem
#define watched___mutex_init __mutex_init
#define watched_atomic_dec_and_mutex_lock atomic_dec_and_mutex_lock
#define watched_down_read_non_owner down_read_non_owner
#define watched_downgrade_write downgrade_write
#define watched_in_lock_functions in_lock_functions
#define watched_mutex_is_locked mutex_is_locked
#define watched_up_read_non_owner up_read_non_owner
#define watched_ww_mutex_lock ww_mutex_lock
#define watched_ww_mutex_lock_interruptible ww_mutex_lock_interruptible
#define watched_ww_mutex_trylock ww_mutex_trylock
#define watched_ww_mutex_unlock ww_mutex_unlock
