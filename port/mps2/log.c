/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The log: to the console at once, as comments of TAP (`# ...`), and the last lines kept. */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"
#include "tenon/kpi.h"
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

/* As kpi/log.def says: control characters as \xNN. */
static void put_escaped(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[5];

		if ((c >= ' ' && c != 0x7f) || c == '\t')
			put(text + i, 1);
		else
			put(escape, (size_t)tenon_snprintf(escape, sizeof(escape), "\\x%02x", c));
	}
}

/* Interrupts wait meanwhile, for theirs are lines of their own. */
static void put_line(const char *prefix, const char *text, size_t len)
{
	uint32_t irq = irq_save();

	console_write("# ", 2);
	if (prefix) {
		put(prefix, strlen(prefix));
		put(": ", 2);
	}
	put_escaped(text, len);
	put("\n", 1);
	irq_restore(irq);
}

void mps2_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)context, (void)level;
	put_line(NULL, text, len);
}

int tenon_log(int level, const void *text, size_t len)
{
	const struct tenon_module *m = tenon_current(mps2_thread(NULL));
	const char *line = text;

	if (level < TENON_LEVEL_ERR || level > TENON_LEVEL_DEBUG || len > TENON_LOG_BYTES)
		return -TENON_EINVAL;
	if (len && line[len - 1] == '\n')
		len--;
	put_line(m ? tenon_module_name(m) : NULL, line, len);
	return 0;
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
