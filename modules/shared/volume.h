/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What file systems have in common: a volume with one mutex over everything, which is broken when something on it cannot
 * be, and is not changed any more from then on.
 */
#ifndef MODULES_SHARED_VOLUME_H
#define MODULES_SHARED_VOLUME_H

#include "tenon/module.h"

struct volume {
	tenon_handle handle, mutex;
	bool writable, broken;
};

/**
 * VOLUME_CALL - a callback's work with the mutex held
 * @begin: volume_lock or volume_begin_change
 *
 * Return: what @begin says if that is an error, or the value of @call.
 */
#define VOLUME_CALL(v, begin, call)            \
	({                                     \
		struct volume *v_ = (v);       \
		long result_ = begin(v_);      \
                                               \
		if (!result_) {                \
			result_ = (call);      \
			volume_unlock(v_);     \
		}                              \
		result_;                       \
	})

/* The volume is not what it should be: @why, in the log, once. Return: -TENON_EUCLEAN. */
static inline int volume_broken(struct volume *v, const char *why, uint64_t number)
{
	if (!v->broken) {
		pr_err("%s: %llu\n", why, (unsigned long long)number);
		v->broken = true;
		tenon_volume_fail(v->handle);
	}
	return -TENON_EUCLEAN;
}

/* Bytes of the volume. Return: 0 or a negative errno. */
static inline int volume_read(struct volume *v, uint64_t offset, void *to, size_t bytes)
{
	long done = tenon_volume_read(v->handle, offset, to, bytes);

	return done < 0 ? (int)done : 0;
}

static inline int volume_write(struct volume *v, uint64_t offset, const void *from, size_t bytes)
{
	long done = v->writable ? tenon_volume_write(v->handle, offset, from, bytes) : -TENON_EROFS;

	return done < 0 ? (int)done : 0;
}

/* Return: 0, or a negative errno: the domain is being ended. */
static inline int volume_lock(struct volume *v)
{
	return tenon_mutex_lock(v->mutex, ~0ull);
}

static inline void volume_unlock(struct volume *v)
{
	tenon_mutex_unlock(v->mutex);
}

/* The same, to change something; what is broken is changed no more: -TENON_EROFS. */
static inline int volume_begin_change(struct volume *v)
{
	int err = volume_lock(v);

	if (!err && (v->broken || !v->writable)) {
		volume_unlock(v);
		err = -TENON_EROFS;
	}
	return err;
}

#endif
