/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The port's functions; host.h says exactly what each must do. */
#ifndef PORT_TEMPLATE_H
#define PORT_TEMPLATE_H

#include "tenon/core.h"
#include "tenon/kpi_host.h"

extern const struct tenon_host template_host;
extern const struct tenon_kpi_host template_kpi_host; /* kpi.c */

/* required.c */
void *template_alloc(void *context, size_t size);
void template_free(void *context, void *p, size_t size);
int template_block_map(void *context, struct tenon_block *b);
void template_block_unmap(void *context, struct tenon_block *b);
int template_block_write(void *context, struct tenon_block *b);
int template_protect(void *context, const struct tenon_range *ranges, size_t cnt);
void template_lock(void *context);
void template_unlock(void *context);
void template_sync_cpus(void *context);
uint64_t template_now_ns(void *context);
void template_log(void *context, enum tenon_log_level level, const char *text, size_t len);
void template_panic(void *context, const char *why);

/* optional.c */
int template_wait(void *context, uint64_t deadline_ns);
void template_wake(void *context);
struct tenon_thread *template_thread(void *context);
int template_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src);
int template_verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size);
int template_bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address);
int template_call(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		  char why[64]);
void template_event(void *context, const struct tenon_module *m, const struct tenon_diag *diag);

#endif
