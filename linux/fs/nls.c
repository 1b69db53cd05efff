// SPDX-License-Identifier: GPL-2.0-only
/* Character sets, for the device: Linux's own list of them in plain C types. */
#include <linux/nls.h>

#include "linux/glue.h"

struct nls_table *linux_nls_load(const char *charset)
{
	return load_nls(charset);
}

void linux_nls_unload(struct nls_table *nls)
{
	unload_nls(nls);
}

int linux_nls_decode(struct nls_table *nls, const unsigned char *bytes, int len, unsigned short *code)
{
	wchar_t wide = 0;
	int taken = nls->char2uni(bytes, len, &wide);

	*code = (unsigned short)wide;
	return taken;
}

int linux_nls_encode(struct nls_table *nls, unsigned short code, unsigned char *out, int room)
{
	return nls->uni2char(code, out, room);
}
