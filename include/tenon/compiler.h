/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What gcc and clang spell differently. */
#ifndef TENON_COMPILER_H
#define TENON_COMPILER_H

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define TENON_NO_TSAN __attribute__((no_sanitize("thread")))
#endif
#endif
#if defined(__SANITIZE_THREAD__) && !defined(TENON_NO_TSAN)
#define TENON_NO_TSAN __attribute__((no_sanitize("thread")))
#endif
#ifndef TENON_NO_TSAN
#define TENON_NO_TSAN
#endif

#define TENON_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
