// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What the runtime needs of the interface, for its tests. */
#include "tests/runtime/runtime.h"

#include <string.h>

char fake_line[2048];
size_t fake_len;
int fake_level, fake_random;

int tenon_log(int level, const void *text, size_t len);
int tenon_log(int level, const void *text, size_t len)
{
	fake_level = level;
	fake_len = len;
	memcpy(fake_line, text, len);
	fake_line[len] = '\0';
	return 0;
}

int tenon_random(void *data, size_t len);
int tenon_random(void *data, size_t len)
{
	if (fake_random < 0)
		return fake_random;
	memset(data, 0xa5, len);
	return (int)len;
}

uint32_t fake_rand(uint32_t bound)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13; /* xorshift64 */
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % bound;
}
