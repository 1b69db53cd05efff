/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The log: to the console at once, as comments of TAP (`# ...`), and the last lines kept. */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"
#include "tenon/runtime.h"

#define KEPT_BYTES 4096u

static char kept[KEPT_BYTES + 1];
static size_t kept_len;

/* Half of what is kept makes room when it is full. */
static void put(const char *text, size_t len)
{
	if (len > KEPT_BYTES / 2)
		len = KEPT_BYTES / 2;
	if (kept_len + len > KEPT_BYTES) {
		kept_len -= KEPT_BYTES / 2;
		memmove(kept, kept + KEPT_BYTES / 2, kept_len);
	}
	memcpy(kept + kept_len, text, len);
	kept_len += len;
	kept[kept_len] = '\0';
	console_write(text, len);
}

/* Interrupts wait meanwhile, for theirs are lines of their own. */
void mps2_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	uint32_t irq = irq_save();

	(void)context, (void)level;
	console_write("# ", 2);
	put(text, len);
	put("\n", 1);
	irq_restore(irq);
}

const char *mps2_log_text(void)
{
	return kept;
}

void mps2_log_clear(void)
{
	kept_len = 0;
	kept[0] = '\0';
}
