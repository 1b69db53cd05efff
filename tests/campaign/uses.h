/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the workloads share. */
#ifndef TESTS_CAMPAIGN_USES_H
#define TESTS_CAMPAIGN_USES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workload.h"

#define DISK_BYTES (64 << 10)

extern uint8_t sent[DISK_BYTES], got[DISK_BYTES];

/* How long an answer is waited for: by far longer if the module has no faults, since the machine may be busy with other things. */
extern int patience_ms;

/* What it does is right, or the answer is WRONG. */
void expect(bool right);
/* A call that must succeed did not. */
void fail(void);
/* Bytes of `sent`, which @seed determines. */
void fill(size_t bytes, unsigned seed);

bool is_filesystem(const char *module);

/* ---- files.c ---- */
void use_files(const char *type, enum disk disk);

/* ---- network.c: @unused is a descriptor that it has no use for ---- */
void use_card(int unused);

/* ---- sockets.c ---- */
void use_tcpip(int unused);

/* ---- routes.c: lo and eth0 are on ---- */
void use_rest_of_tcpip(void);

#endif
