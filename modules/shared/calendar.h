/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The Gregorian calendar. */
#ifndef MODULES_SHARED_CALENDAR_H
#define MODULES_SHARED_CALENDAR_H

#include <stdint.h>

#define NS_PER_SECOND 1000000000ull
#define SECONDS_PER_DAY 86400

/* Days from 1 January 1970 to a day of @year, 1970 or later; @month from 1. */
static inline int64_t calendar_days(unsigned year, unsigned month, unsigned day)
{
	static const uint16_t before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned leaps = year / 4 - year / 100 + year / 400; /* of the years up to it */
	int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (is_leap && month < 3)
		leaps--;
	return (int64_t)(year - 1970) * 365 + (int64_t)leaps - 477 + before[month - 1] + day - 1;
}

#endif
