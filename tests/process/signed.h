/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Signed modules, made with modpost and openssl in a directory of the test's own, and loading them from memory. */
#ifndef TESTS_PROCESS_SIGNED_H
#define TESTS_PROCESS_SIGNED_H

#include "tests/process/rig.h"

#define FILE_BYTES 16384
#define MARKER "~Module signature appended~\n"
#define MARKER_BYTES 28
#define TRAILER_BYTES 12
#define RSA_BYTES 256

struct bytes {
	uint8_t *at;
	size_t size;
};

extern char dir[];                  /* the directory: own, other, curve with .key and .pem, and scratch files */
extern struct bytes timer, runtime; /* unsigned */
extern struct bytes good;           /* timer, FILE_BYTES with its signature by `own` */

/* Make the directory and all of the above; take them away. */
void signed_begin(void);
void signed_end(void);
/* Open the host, trusting the keys own and curve. */
void signed_open(void);

_Noreturn void bail(const char *what);
/* Run a command of the shell, in printf style; it must succeed. */
void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The first line that a command prints, without its end. */
void output_of(char *line, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The caller frees what these return. */
struct bytes read_bytes(const char *path);
struct bytes copy_of(struct bytes b, size_t room);
struct bytes sign(struct bytes b, const char *key);
/* A signature message, trailer and marker behind @content. */
struct bytes append(struct bytes content, const uint8_t *message, size_t len);

void write_bytes(const char *name, const uint8_t *at, size_t size);
size_t message_size(struct bytes b);

int load_bytes(const uint8_t *at, size_t size, uint32_t flags);
bool refused(struct bytes b, int err, enum tenon_reason reason);
/* Loaded and unloaded again. */
bool taken(struct bytes b, const char *name);

#endif
