/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Signatures as they are enforced: of a signed module of 16 KiB every single bit flipped and every truncation is refused,
 * each for the reason that goes with its place; and everything else that is not a module with a good signature.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/process/rig.h"

#define FILE_BYTES 16384
#define MARKER "~Module signature appended~\n"
#define MARKER_BYTES 28
#define TRAILER_BYTES 12
#define RSA_BYTES 256

static char dir[] = "/tmp/signature.XXXXXX";

/* ---- files ---- */

struct bytes {
	uint8_t *at;
	size_t size;
};

static _Noreturn void bail(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(2);
}

/* Run a command of the shell. */
static void run(const char *fmt, ...)
{
	char command[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		bail(command);
}

static struct bytes read_bytes(const char *path)
{
	FILE *f = fopen(path, "re");
	struct bytes b = { .at = malloc(1 << 20) };

	if (!f || !b.at)
		bail(path);
	b.size = fread(b.at, 1, 1 << 20, f);
	fclose(f);
	return b;
}

static void write_bytes(const char *name, const uint8_t *at, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f || fwrite(at, 1, size, f) != size || fclose(f))
		bail(path);
}

static struct bytes copy_of(struct bytes b, size_t room)
{
	struct bytes copy = { .at = malloc(b.size + room), .size = b.size };

	if (!copy.at)
		bail("no memory");
	memcpy(copy.at, b.at, b.size);
	return copy;
}

/* @b signed with a key of the test's folder, by modpost. */
static struct bytes sign(struct bytes b, const char *key)
{
	char path[256];

	write_bytes("to-sign.ko", b.at, b.size);
	run("%s --sign %s/%s.key --cert %s/%s.pem %s/to-sign.ko", rig_path("modpost/modpost"), dir, key, dir, key, dir);
	snprintf(path, sizeof(path), "%s/to-sign.ko", dir);
	return read_bytes(path);
}

static size_t message_size(struct bytes b)
{
	const uint8_t *len = b.at + b.size - MARKER_BYTES - 4;

	return (size_t)len[0] << 24 | (size_t)len[1] << 16 | (size_t)len[2] << 8 | len[3];
}

/* A signature message and the rest of it behind @content. */
static struct bytes append(struct bytes content, const uint8_t *message, size_t len)
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

static int load_bytes(const uint8_t *at, size_t size, uint32_t flags)
{
	struct tenon_source src = { .size = size, .constant = at };
	const struct tenon_request req = { .source = &src, .domain = process_kernel(rig_host), .flags = TENON_LOAD_FRESH | flags };

	return tenon_load(rig_core, &req, NULL, &rig_diag);
}

static bool refused(struct bytes b, int err, enum tenon_reason reason)
{
	return rig_says(load_bytes(b.at, b.size, 0), err, reason);
}

static bool taken(struct bytes b, const char *name)
{
	return rig_says(load_bytes(b.at, b.size, 0), 0, TENON_R_NONE) &&
	       rig_says(rig_unload(process_kernel(rig_host), name), 0, TENON_R_NONE);
}

/* ---- the file under test ---- */

static struct bytes timer, runtime; /* unsigned */
static struct bytes good;           /* timer, 16384 bytes with its signature */

static void make_files(void)
{
	struct bytes trial;
	size_t tail;

	if (!mkdtemp(dir))
		bail(dir);
	run("cp %s %s/own.pem", rig_path("keys/signing.pem"), dir);
	run("cp %s %s/own.key", rig_path("keys/signing.key"), dir);
	run("cd %s && openssl req -new -x509 -newkey rsa:2048 -nodes -batch -subj /CN=other -keyout other.key -out other.pem "
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

/* ---- every bit ---- */

/* What may be said about a flipped bit of this byte: the only reason, or NONE where the message's form decides. */
static enum tenon_reason expected(size_t at, size_t message, size_t trailer)
{
	if (at < message)
		return TENON_R_SIG_MISMATCH;
	if (at >= trailer + TRAILER_BYTES)
		return TENON_R_SIG_MISSING; /* the marker is none */
	if (at >= trailer)
		return at < trailer + 8 ? TENON_R_SIG_TRAILER : TENON_R_NONE;
	return at >= trailer - RSA_BYTES ? TENON_R_SIG_MISMATCH : TENON_R_NONE;
}

static bool possible(enum tenon_reason r)
{
	return r == TENON_R_SIG_FORMAT || r == TENON_R_SIG_UNKNOWN_KEY || r == TENON_R_SIG_MISMATCH || r == TENON_R_SIG_LENGTH;
}

/* Where the serial number of the own certificate stands: 20 or fewer bytes, as openssl prints them. */
static size_t find_serial(const uint8_t *message, size_t len, size_t *serial_len)
{
	char command[512], hex[128] = "";
	uint8_t serial[64];
	FILE *f;

	snprintf(command, sizeof(command), "openssl x509 -noout -serial -in %s/own.pem | cut -d= -f2", dir);
	f = popen(command, "r");
	if (!f || !fgets(hex, sizeof(hex), f))
		bail("openssl says no serial number");
	pclose(f);
	*serial_len = strcspn(hex, "\n") / 2;
	for (size_t i = 0; i < *serial_len; i++)
		sscanf(hex + 2 * i, "%2hhx", &serial[i]);
	for (size_t i = 0; i + *serial_len <= len; i++)
		if (!memcmp(message + i, serial, *serial_len))
			return i;
	bail("the message does not contain the serial number");
}

struct counts {
	uint32_t refused, wrong, by[TENON_R_COUNT];
};

static void flip_bits(size_t from, size_t to, struct counts *c)
{
	size_t trailer = good.size - MARKER_BYTES - TRAILER_BYTES, message = trailer - message_size(good), serial_len;
	size_t serial = message + find_serial(good.at + message, trailer - message, &serial_len);
	struct bytes b = copy_of(good, 0);

	for (size_t at = from; at < to; at++) {
		enum tenon_reason want = expected(at, message, trailer);

		if (at - serial < serial_len)
			want = TENON_R_SIG_UNKNOWN_KEY;
		for (int bit = 0; bit < 8; bit++) {
			int err;

			b.at[at] ^= (uint8_t)(1 << bit);
			err = load_bytes(b.at, b.size, TENON_LOAD_NO_START);
			b.at[at] ^= (uint8_t)(1 << bit);
			c->refused += err < 0;
			c->by[rig_diag.reason]++;
			if (want ? rig_diag.reason == want : possible(rig_diag.reason))
				continue;
			c->wrong++;
			diag("byte %zu bit %d: %d %s, wanted %s", at, bit, err, rig_text(), tenon_reason_name(want));
		}
	}
	free(b.at);
}

static void every_bit(void)
{
	/* The message up to the signature's value, and the length in the trailer: there the form decides. */
	size_t form = message_size(good) - RSA_BYTES + 4;
	struct counts c = { 0 };

	flip_bits(0, good.size, &c);
	ok(good.size == FILE_BYTES && c.refused == 8 * FILE_BYTES, "F-29 131072 of 131072 single-bit flips are refused (%u)",
	   c.refused);
	ok(!c.wrong, "F-29 each for the reason of its place");
	for (int r = 0; r < TENON_R_COUNT; r++)
		if (c.by[r])
			diag("%s: %u", tenon_reason_name((enum tenon_reason)r), c.by[r]);
	ok(c.by[TENON_R_SIG_MISMATCH] >= 8 * (FILE_BYTES - form - 8 - MARKER_BYTES) &&
		   c.by[TENON_R_SIG_MISSING] == 8 * MARKER_BYTES && c.by[TENON_R_SIG_TRAILER] == 8 * 8,
	   "F-29 content, message, trailer and marker have their own diagnosis");
}

static void every_truncation(void)
{
	size_t wrong = 0;

	for (size_t size = 0; size < good.size; size++) {
		int err = load_bytes(good.at, size, TENON_LOAD_NO_START);

		wrong += size ? err != -TENON_ENOKEY || rig_diag.reason != TENON_R_SIG_MISSING :
				err != -TENON_ENOEXEC || rig_diag.reason != TENON_R_FILE_EMPTY;
	}
	ok(!wrong, "F-29 16384 of 16384 truncations are refused (%zu wrong)", wrong);
	wrong = 0;
	for (size_t size = 1; size < good.size; size++)
		wrong += load_bytes(good.at + size, good.size - size, TENON_LOAD_NO_START) >= 0 ||
			 (rig_diag.reason != TENON_R_SIG_MISMATCH && rig_diag.reason != TENON_R_SIG_LENGTH &&
			  rig_diag.reason != TENON_R_SIG_TRAILER && rig_diag.reason != TENON_R_SIG_MISSING);
	ok(!wrong, "F-29 nor does it load with the beginning cut off (%zu wrong)", wrong);
}

/* ---- wrong as a whole ---- */

static void trailing_data(void)
{
	struct bytes b = copy_of(good, 4096);
	size_t wrong = 0;

	b.size++;
	for (int byte = 0; byte < 256; byte++) {
		b.at[good.size] = (uint8_t)byte;
		wrong += load_bytes(b.at, b.size, 0) != -TENON_ENOKEY || rig_diag.reason != TENON_R_SIG_MISSING;
	}
	ok(!wrong, "F-29 a byte behind the end: refused");
	memset(b.at + good.size, 0, 4096);
	b.size = good.size + 4096;
	ok(refused(b, -TENON_ENOKEY, TENON_R_SIG_MISSING), "F-29 a page of zeros behind the end: refused");
	memcpy(b.at + good.size, MARKER, MARKER_BYTES);
	b.size = good.size + MARKER_BYTES;
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_TRAILER), "F-29 a second marker: refused");
	free(b.at);
}

static void other_signatures(void)
{
	struct bytes other = sign(timer, "other"), hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko"));
	struct bytes signed_hello = sign(hello, "own"), b;
	size_t len = message_size(signed_hello);

	ok(refused(timer, -TENON_ENOKEY, TENON_R_SIG_MISSING), "no signature: refused");
	ok(refused(other, -TENON_ENOKEY, TENON_R_SIG_UNKNOWN_KEY), "an unknown key: refused");
	b = append(timer, signed_hello.at + hello.size, len);
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "F-29 the signature of another module: refused");
	free(b.at);
	b = append(good, other.at + timer.size, message_size(other));
	ok(refused(b, -TENON_ENOKEY, TENON_R_SIG_UNKNOWN_KEY), "two signatures, the last of an unknown key: refused");
	free(b.at);
	b = append(good, good.at + timer.size, message_size(good));
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "two signatures, the last not over the first: refused");
	free(b.at);
	b = append(other, good.at + timer.size, message_size(good));
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "a good signature behind an unknown one: refused");
	free(b.at);
	free(other.at);
	free(hello.at);
	free(signed_hello.at);
}

/* Messages that are no bare signature, made by openssl over the same content with the trusted key. */
static void other_messages(void)
{
	static const struct {
		const char *name, *options;
	} kinds[] = {
		{ "with attributes, among them a date", "-md sha256 -nocerts -nosmimecap" },
		{ "that brings certificates", "-md sha256 -noattr -nosmimecap" },
		{ "with a digest of SHA-1", "-md sha1 -noattr -nocerts -nosmimecap" },
		{ "of two signers", "-md sha256 -noattr -nocerts -nosmimecap -signer other.pem -inkey other.key" },
		{ "that contains the content", "-md sha256 -noattr -nocerts -nosmimecap -nodetach" },
	};
	struct bytes message, b;
	char path[256];

	write_bytes("content", timer.at, timer.size);
	snprintf(path, sizeof(path), "%s/message", dir);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int err;

		run("cd %s && openssl cms -sign -binary -outform DER -in content -out message -signer own.pem -inkey own.key %s 2>log",
		    dir, kinds[i].options);
		message = read_bytes(path);
		b = append(timer, message.at, message.size);
		err = load_bytes(b.at, b.size, 0);
		ok(err == -TENON_EKEYREJECTED &&
			   (rig_diag.reason == TENON_R_SIG_MISMATCH || rig_diag.reason == TENON_R_SIG_FORMAT),
		   "F-29 a message %s: refused (%s)", kinds[i].name, tenon_reason_name(rig_diag.reason));
		free(b.at);
		free(message.at);
	}
	b = append(timer, (const uint8_t *)"not a message", 13);
	ok(refused(b, -TENON_EKEYREJECTED, TENON_R_SIG_FORMAT), "what is no message: refused");
	free(b.at);
}

/* ---- good ones ---- */

static void accepted(void)
{
	struct bytes curve = sign(timer, "curve"), b;
	struct bytes signed_runtime = sign(runtime, "own");

	ok(rig_says(load_bytes(signed_runtime.at, signed_runtime.size, 0), 0, TENON_R_NONE), "the signed runtime is taken");
	ok(taken(good, "timer"), "the module that all this was done to is taken");
	ok(taken(curve, "timer"), "so is one signed by a P-256 key");
	free(curve.at);
	b = sign(timer, "own");
	ok(b.size == good.size && !memcmp(b.at, good.at, b.size), "signing again makes the same bytes");
	free(b.at);
	free(signed_runtime.at);
}

/* ---- bytes that change ---- */

struct changing {
	struct bytes first, later; /* what is read the first time, and every other time */
	size_t given;
	uint32_t reads;
};

static int64_t changing_read(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	struct changing *c = src->host;
	struct bytes from = c->given < c->first.size ? c->first : c->later;

	memcpy(buf, from.at + offset, len);
	c->given += len;
	c->reads++;
	return (int64_t)len;
}

static int load_changing(struct changing *c)
{
	struct tenon_source src = { .size = c->first.size, .read_at = changing_read, .host = c };
	const struct tenon_request req = { .source = &src, .domain = process_kernel(rig_host), .flags = TENON_LOAD_FRESH };

	return tenon_load(rig_core, &req, NULL, &rig_diag);
}

static void change_between_reads(void)
{
	struct bytes evil = copy_of(good, 0);
	struct changing c = { .first = good, .later = evil };
	int err;

	memset(evil.at, 0xcc, timer.size);
	err = load_changing(&c);
	ok(rig_says(err, 0, TENON_R_NONE) && c.given == good.size,
	   "F-29 each byte is read once (%zu in %u reads): what changes afterwards has no effect", c.given, c.reads);
	rig_sleep(30 * MS);
	process_log_clear(rig_host);
	ok(!rig_unload(process_kernel(rig_host), "timer") && rig_logged("ticks"), "F-29 the module that was signed has run");
	c = (struct changing){ .first = evil, .later = good };
	err = load_changing(&c);
	ok(rig_says(err, -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH), "F-29 nor does a good file help that comes later");
	free(evil.at);
}

/* ---- revocation ---- */

static int count_module(const struct tenon_module *m, void *arg)
{
	char *names = arg;

	strcat(strcat(names, tenon_module_name(m)), " ");
	return 0;
}

/* The text of `hash HEX` of a file's content, from sha256sum. */
static void hash_of(struct bytes content, char entry[128])
{
	char command[512];
	FILE *f;

	write_bytes("content", content.at, content.size);
	snprintf(command, sizeof(command), "sha256sum <%s/content", dir);
	f = popen(command, "r");
	strcpy(entry, "hash ");
	if (!f || !fgets(entry + 5, 65, f))
		bail("no sha256sum");
	pclose(f);
}

static void revoke_content(void)
{
	char entry[128], names[256] = "";

	ok(rig_says(load_bytes(good.at, good.size, 0), 0, TENON_R_NONE), "the module is loaded");
	process_each_revoked(rig_host, count_module, names);
	ok(!*names, "no loaded module is revoked");
	hash_of(timer, entry);
	ok(!process_revoke(rig_host, entry), "its content is revoked");
	process_each_revoked(rig_host, count_module, names);
	ok(!strcmp(names, "timer "), "F-31 the loaded module is reported (%s)", names);
	ok(!rig_unload(process_kernel(rig_host), "timer") && refused(good, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED),
	   "F-31 it is not loaded again: revocation wins over its signature");
}

/* The key's identifier, in the certificate that openssl shows. */
static void revoke_key(void)
{
	char command[512], entry[512] = "key ", names[256] = "";
	struct bytes hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko"));
	struct bytes by_own = sign(hello, "own"), by_curve = sign(hello, "curve");
	FILE *f;

	snprintf(command, sizeof(command), "openssl x509 -noout -ext subjectKeyIdentifier -in %s/own.pem | tail -n 1", dir);
	f = popen(command, "r");
	if (!f || !fgets(entry + 4, 256, f))
		bail("no key identifier");
	pclose(f);
	ok(taken(by_own, "hello"), "the key is good");
	ok(process_revoke(rig_host, "key") == -TENON_EINVAL && process_revoke(rig_host, "hash 00") == -TENON_EINVAL &&
		   process_revoke(rig_host, "trust 0011") == -TENON_EINVAL && process_revoke(rig_host, "") == -TENON_EINVAL,
	   "what is no revocation is refused");
	ok(!process_revoke(rig_host, entry), "the key is revoked");
	ok(refused(by_own, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED), "F-31 what it signed is refused");
	ok(taken(by_curve, "hello"), "what another key signed is taken");
	process_each_revoked(rig_host, count_module, names);
	ok(!strcmp(names, "runtime "), "F-31 what it signed and is loaded is reported (%s)", names);
	free(hello.at);
	free(by_own.at);
	free(by_curve.at);
}

static void revoked_from_the_start(void)
{
	char cert[256], list[256], entry[128];
	const char *certs[] = { cert };
	const struct process_options o = { .certificates = certs, .certificate_cnt = 1, .revoked = list };

	snprintf(cert, sizeof(cert), "%s/own.pem", dir);
	snprintf(list, sizeof(list), "%s/revoked", dir);
	hash_of(timer, entry);
	run("printf '# a comment\\n\\n%s\\n' >%s", entry, list);
	rig_open(&o);
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE) && refused(good, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED),
	   "F-31 a list that is given at the start holds too");
	ok(rig_close(), "the host closes");
}

/* ---- modes ---- */

static int taints_of(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	if (!strcmp(info.name, "timer"))
		*(int *)arg = (int)info.taints;
	return 0;
}

static int timer_taints(void)
{
	int taints = -1;

	tenon_for_each(rig_core, taints_of, &taints);
	return taints;
}

static void audit(void)
{
	struct bytes bad = copy_of(good, 0);

	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_AUDIT), "signatures are audited");
	process_log_clear(rig_host);
	ok(!load_bytes(timer.at, timer.size, 0) && timer_taints() == TENON_TAINT_UNSIGNED,
	   "audit: a module without signature is taken, and tainted");
	ok(rig_logged("timer: not signed by a trusted key") == 1, "audit: and that is in the log");
	process_log_clear(rig_host);
	rig_unload(process_kernel(rig_host), "timer");
	bad.at[bad.size - MARKER_BYTES - TRAILER_BYTES - 1] ^= 1;
	ok(!load_bytes(bad.at, bad.size, 0) && timer_taints() == TENON_TAINT_UNSIGNED &&
		   rig_logged("timer: not signed by a trusted key") == 1,
	   "audit: so is one with a bad one");
	rig_unload(process_kernel(rig_host), "timer");
	ok(!load_bytes(good.at, good.size, 0) && timer_taints() == 0, "audit: one with a good one is not tainted");
	rig_unload(process_kernel(rig_host), "timer");
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_OFF) && !load_bytes(timer.at, timer.size, 0) && timer_taints() == 0,
	   "off: signatures are not looked at");
	rig_unload(process_kernel(rig_host), "timer");
	rig_unload(process_kernel(rig_host), "runtime");
	free(bad.at);
}

static void one_way(void)
{
	struct bytes old = read_bytes(rig_path("modules/x86_64/faulty/wrong-vermagic.ko")), signed_old = sign(old, "curve");

	ok(tenon_set_sig_mode(rig_core, TENON_SIG_OFF) == -TENON_EPERM &&
		   tenon_set_sig_mode(rig_core, TENON_SIG_AUDIT) == -TENON_EPERM &&
		   tenon_sig_mode(rig_core) == TENON_SIG_ENFORCE && !tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE),
	   "F-30 enforce cannot be left");
	ok(rig_says(load_bytes(signed_old.at, signed_old.size, TENON_LOAD_IGNORE_VERMAGIC), -TENON_EINVAL, TENON_R_VERMAGIC),
	   "F-30 nor can another version be forced in");
	free(old.at);
	free(signed_old.at);
}

static void disabled(void)
{
	struct bytes hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko")), by_curve = sign(hello, "curve");
	int err;

	ok(!tenon_modules_disabled(rig_core), "modules can be loaded and unloaded");
	tenon_disable_modules(rig_core);
	ok(tenon_modules_disabled(rig_core) && refused(by_curve, -TENON_EPERM, TENON_R_MODULES_DISABLED),
	   "F-30 disabled: a good module is not loaded");
	err = rig_unload(process_kernel(rig_host), "runtime");
	ok(rig_says(err, -TENON_EPERM, TENON_R_MODULES_DISABLED), "F-30 disabled: nor is one unloaded");
	free(hello.at);
	free(by_curve.at);
}

int main(void)
{
	char own[256], curve[256];
	const char *certs[] = { own, curve };
	const struct process_options o = { .certificates = certs, .certificate_cnt = 2 };

	make_files();
	revoked_from_the_start();
	snprintf(own, sizeof(own), "%s/own.pem", dir);
	snprintf(curve, sizeof(curve), "%s/curve.pem", dir);
	rig_open(&o);
	audit();
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE), "signatures are enforced");
	every_bit();
	every_truncation();
	trailing_data();
	other_signatures();
	other_messages();
	accepted();
	change_between_reads();
	one_way();
	revoke_content();
	revoke_key();
	disabled();
	run("rm -rf %s", dir);
	free(good.at);
	free(timer.at);
	free(runtime.at);
	return tap_done(); /* the host stays open: nothing can be unloaded any more */
}
