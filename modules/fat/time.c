/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Times: two seconds are one, from 1980 to 2107. */
#include "../shared/calendar.h"
#include "fat.h"

uint64_t fat_time_ns(uint16_t date, uint16_t time)
{
	unsigned month = date >> 5 & 15, day = date & 31;
	int64_t seconds =
	    calendar_days(1980 + (date >> 9), month >= 1 && month <= 12 ? month : 1, day ? day : 1) * SECONDS_PER_DAY;

	seconds += (time >> 11) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2;
	return (uint64_t)seconds * NS_PER_SECOND;
}

void fat_set_time(uint64_t ns, uint16_t *date, uint16_t *time)
{
	int64_t day = (int64_t)(ns / NS_PER_SECOND / SECONDS_PER_DAY);
	uint32_t second = (uint32_t)(ns / NS_PER_SECOND % SECONDS_PER_DAY);
	unsigned year = 1980, month = 1;

	if (day < calendar_days(1980, 1, 1)) {
		day = calendar_days(1980, 1, 1);
		second = 0;
	} else if (day >= calendar_days(2108, 1, 1)) {
		day = calendar_days(2107, 12, 31);
		second = SECONDS_PER_DAY - 1;
	}
	while (day >= calendar_days(year + 1, 1, 1))
		year++;
	while (month < 12 && day >= calendar_days(year, month + 1, 1))
		month++;
	*date = (uint16_t)((year - 1980) << 9 | month << 5 | (unsigned)(day - calendar_days(year, month, 1) + 1));
	if (time)
		*time = (uint16_t)(second / 3600 << 11 | second / 60 % 60 << 5 | second % 60 / 2);
}

void fat_touch(struct fat_raw *raw, bool created)
{
	uint64_t now = tenon_realtime_ns();

	fat_set_time(now, &raw->modified_date, &raw->modified_time);
	if (!created)
		return;
	raw->accessed_date = raw->created_date = raw->modified_date;
	raw->created_time = raw->modified_time;
	raw->created_10ms = (uint8_t)(now / NS_PER_SECOND % 2 * 100 + now % NS_PER_SECOND / 10000000);
}
