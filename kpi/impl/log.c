/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The log as modules see it: kpi/log.def. A domain has tokens for lines, which come back with time; what it writes
 * without one is counted, and reported in one line when it writes the next, or ends.
 */
#include "kpi/impl/impl.h"

#define PREFIX_BYTES (TENON_NAME_BYTES + 2)

/* Domain's lock. */
static void refill(struct kpi_domain *d)
{
	const uint64_t a_token = 1000000000u / d->quota.log_per_s;
	uint64_t now = now_ns(), cnt;

	cnt = (now - d->log_ns) / a_token;
	if (cnt >= d->quota.log_burst - d->log_tokens) {
		d->log_tokens = d->quota.log_burst;
		d->log_ns = now;
	} else {
		d->log_tokens += (uint32_t)cnt;
		d->log_ns += cnt * a_token;
	}
}

static void tell_dropped(const struct kpi_domain *d, uint32_t cnt)
{
	struct line l = { 0 };

	if (!cnt)
		return;
	line_add(&l, "domain ");
	line_add(&l, d->log_name);
	line_add(&l, ": too many lines, ");
	line_add_number(&l, cnt, 10);
	line_add(&l, " left out");
	line_log(&l, TENON_LOG_WARNING);
}

void log_flush(struct kpi_domain *d)
{
	uint32_t cnt;

	kpi.host->lock(&d->lock);
	cnt = d->log_dropped;
	d->log_dropped = 0;
	kpi.host->unlock(&d->lock);
	tell_dropped(d, cnt);
}

/* May one more line be written? */
static bool take_token(struct kpi_domain *d)
{
	const char *name = tenon_domain_name(d->pub->core);
	uint32_t dropped = 0;
	bool ok;

	kpi.host->lock(&d->lock);
	if (d->log_tokens < 2)
		refill(d);
	/* The last one is for the line that says how many were left out. */
	ok = d->log_tokens > 1;
	if (ok) {
		d->log_tokens--;
		dropped = d->log_dropped;
		d->log_dropped = 0;
	} else {
		/* For when the core's domain is gone. */
		if (!d->log_dropped++)
			memcpy(d->log_name, name, strlen(name) + 1);
	}
	kpi.host->unlock(&d->lock);
	tell_dropped(d, dropped);
	return ok;
}

int tenon_log(int level, const void *text, size_t len)
{
	const struct tenon_host *core = kpi.core_host;
	struct caller c = caller_any();
	char line[PREFIX_BYTES + TENON_LOG_BYTES + 1];
	size_t prefix = 0;

	if (level < TENON_LEVEL_ERR || level > TENON_LEVEL_DEBUG || len > TENON_LOG_BYTES)
		return -TENON_EINVAL;
	if (!take_token(c.d))
		return -TENON_EAGAIN;
	if (c.m) {
		prefix = strlen(tenon_module_name(c.m));
		memcpy(line, tenon_module_name(c.m), prefix);
		memcpy(line + prefix, ": ", 2);
		prefix += 2;
	}
	if (len && ((const char *)text)[len - 1] == '\n')
		len--;
	len = tenon_text_escape(line + prefix, sizeof(line) - prefix, text, len);
	core->log(core->context, (enum tenon_log_level)level, line, prefix + len);
	return 0;
}
