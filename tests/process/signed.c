/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/process/signed.h"

char dir[] = "/tmp/signature.XXXXXX";
struct bytes timer, runtime, good;

/* ---- files ---- */

_Noreturn void bail(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(2);
}

void run(const char *fmt, ...)
{
	char command[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		bail(command);
}

void output_of(char *line, size_t size, const char *fmt, ...)
{
	char command[4096];
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	f = popen(command, "r");
	if (!f || !fgets(line, (int)size, f))
		bail(command);
	pclose(f);
	line[strcspn(line, "\n")] = 0;
}

struct bytes read_bytes(const char *path)
{
	FILE *f = fopen(path, "re");
	struct bytes b = { .at = malloc(1 << 20) };

	if (!f || !b.at)
		bail(path);
	b.size = fread(b.at, 1, 1 << 20, f);
	fclose(f);
	return b;
}

void write_bytes(const char *name, const uint8_t *at, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f || fwrite(at, 1, size, f) != size || fclose(f))
		bail(path);
}

struct bytes copy_of(struct bytes b, size_t room)
{
	struct bytes copy = { .at = malloc(b.size + room), .size = b.size };

	if (!copy.at)
		bail("no memory");
	memcpy(copy.at, b.at, b.size);
	return copy;
}

struct bytes sign(struct bytes b, const char *key)
{
	char path[256];

	write_bytes("to-sign.ko", b.at, b.size);
	run("%s --sign %s/%s.key --cert %s/%s.pem %s/to-sign.ko", rig_path("modpost/modpost"), dir, key, dir, key, dir);
	snprintf(path, sizeof(path), "%s/to-sign.ko", dir);
	return read_bytes(path);
}

size_t message_size(struct bytes b)
{
	const uint8_t *len = b.at + b.size - MARKER_BYTES - 4;

	return (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];
}

struct bytes append(struct bytes content, const uint8_t *message, size_t len)
{
	struct bytes b = copy_of(content, len + TRAILER_BYTES + MARKER_BYTES);
	const uint8_t trailer[TRAILER_BYTES] = { 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len };

	memcpy(b.at + b.size, message, len);
	memcpy(b.at + b.size + len, trailer, sizeof(trailer));
	memcpy(b.at + b.size + len + sizeof(trailer), MARKER, MARKER_BYTES);
	b.size += len + sizeof(trailer) + MARKER_BYTES;
	return b;
}

/* ---- loading bytes ---- */

int load_bytes(const uint8_t *at, size_t size, uint32_t flags)
{
	struct tenon_source src = { .size = size, .constant = at };
	const struct tenon_request req = { .source = &src,
					   .domain = process_kernel(rig_host),
					   .flags = TENON_LOAD_FRESH | flags };

	return tenon_load(rig_core, &req, NULL, &rig_diag);
}

bool refused(struct bytes b, int err, enum tenon_reason reason)
{
	return rig_says(load_bytes(b.at, b.size, 0), err, reason);
}

bool taken(struct bytes b, const char *name)
{
	return rig_says(load_bytes(b.at, b.size, 0), 0, TENON_R_NONE) &&
	       rig_says(rig_unload(process_kernel(rig_host), name), 0, TENON_R_NONE);
}

/* ---- the files under test ---- */

void signed_begin(void)
{
	struct bytes trial;
	size_t tail;

	if (!mkdtemp(dir))
		bail(dir);
	run("cp %s %s/own.pem", rig_path("keys/signing.pem"), dir);
	run("cp %s %s/own.key", rig_path("keys/signing.key"), dir);
	run("cd %s && openssl req -new -x509 -newkey rsa:2048 -nodes -batch -subj /CN=other -keyout other.key -out "
	    "other.pem "
	    "2>log && openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch -subj /CN=curve "
	    "-keyout curve.key -out curve.pem 2>log",
	    dir);
	timer = read_bytes(rig_path("modules/x86_64/examples/timer.ko"));
	runtime = read_bytes(rig_path("modules/x86_64/runtime/runtime.ko"));
	trial = sign(timer, "own");
	tail = trial.size - timer.size;
	free(trial.at);
	if (timer.size + tail > FILE_BYTES)
		bail("timer.ko has grown beyond 16 KiB");
	memset(timer.at + timer.size, 0, FILE_BYTES - tail - timer.size);
	timer.size = FILE_BYTES - tail;
	good = sign(timer, "own");
}

void signed_end(void)
{
	run("rm -rf %s", dir);
	free(good.at);
	free(timer.at);
	free(runtime.at);
}

void signed_open(void)
{
	static char own[256], curve[256];
	const char *certs[] = { own, curve };
	const struct process_options o = { .certificates = certs, .certificate_cnt = 2 };

	snprintf(own, sizeof(own), "%s/own.pem", dir);
	snprintf(curve, sizeof(curve), "%s/curve.pem", dir);
	rig_open(&o);
}
