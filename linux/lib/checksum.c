// SPDX-License-Identifier: GPL-2.0-only
/* Checksums of packets that are copied meanwhile, and of IPv6's pseudo-header: RFC 1071, RFC 8200 8.1. */
#include <linux/in6.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "linux/export.h"

__wsum csum_partial_copy_nocheck(const void *from, void *to, int len)
{
	memcpy(to, from, (size_t)len);
	return csum_partial(to, len, 0);
}
EXPORT_SYMBOL(csum_partial_copy_nocheck);

/* 0: not all could be copied. Else not 0, for the sum begins with all ones, which is 0 of another form. */
__wsum csum_and_copy_from_user(const void __user *from, void *to, int len)
{
	if (_copy_from_user(to, from, (unsigned long)len))
		return 0;
	return csum_partial(to, len, (__force __wsum)~0u);
}

__wsum csum_and_copy_to_user(const void *from, void __user *to, int len)
{
	if (_copy_to_user(to, from, (unsigned long)len))
		return 0;
	return csum_partial(from, len, (__force __wsum)~0u);
}

__sum16 csum_ipv6_magic(const struct in6_addr *from, const struct in6_addr *to, __u32 len, __u8 proto, __wsum sum)
{
	const __be32 rest[2] = { htonl(len), htonl(proto) };

	sum = csum_partial(from, sizeof(*from), sum);
	sum = csum_partial(to, sizeof(*to), sum);
	return csum_fold(csum_partial(rest, sizeof(rest), sum));
}
EXPORT_SYMBOL(csum_ipv6_magic);
