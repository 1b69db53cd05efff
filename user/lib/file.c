/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One module file: .modinfo, and what its signature says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modsig.h"
#include "user/lib/file.h"
#include "user/lib/pkcs7.h"
#include "tenon/fmt/modsig.h"

/* By number, in signatures of kernels before 4.3 (their module_signature.h, and kmod). */
static const char *const old_types[] = { "PGP", "X509" };
static const char *const old_hashes[] = {
	"md4", "md5", "sha1", "rmd160", "sha256", "sha384", "sha512", "sha224", "sm3"
};
#define OLD_ALGORITHMS 2 /* DSA, RSA */

/* The signature of an old form before a trailer at @end; what is none counts as no signature. */
static int read_old_signature(struct tmod_file *f, size_t end)
{
	const struct tenon_modsig *sig = (const void *)(f->image.data + end);
	size_t len = (size_t)sig->sig_len_be[0] << 24 | (size_t)sig->sig_len_be[1] << 16 |
		     (size_t)sig->sig_len_be[2] << 8 | sig->sig_len_be[3];
	size_t all = len + sig->signer_len + sig->key_id_len;

	if (memcmp(sig + 1, TENON_MODSIG_MARKER, TENON_MODSIG_MARKER_BYTES) || sig->algo >= OLD_ALGORITHMS ||
	    sig->id_type >= sizeof(old_types) / sizeof(old_types[0]) ||
	    sig->hash >= sizeof(old_hashes) / sizeof(old_hashes[0]) || !len || all >= end)
		return 0;
	f->old = sig;
	f->message = f->image.data + end - all;
	f->message_size = all;
	return image_need(&f->image, end - all, all);
}

/* Find the signature and read it. A trailer that is no trailer counts as none, as for the tools of kmod. */
static int read_signature(struct tmod_file *f)
{
	const size_t end = sizeof(struct tenon_modsig) + TENON_MODSIG_MARKER_BYTES;
	struct modsig_parts parts;
	struct tenon_diag diag;
	int err;

	if (f->image.size < end)
		return 0;
	err = image_need(&f->image, f->image.size - end, end);
	if (err)
		return err;
	if (modsig_split(f->image.data, f->image.size, &parts, &diag))
		return read_old_signature(f, f->image.size - end);
	if (!parts.message)
		return 0;
	f->message = parts.message;
	f->message_size = parts.message_size;
	return image_need(&f->image, (uint64_t)(parts.message - f->image.data), parts.message_size);
}

int tmod_file_open(const char *path, struct tmod_file **file, char *text, size_t text_size)
{
	struct tmod_file *f = calloc(1, sizeof(*f));
	struct tenon_diag diag = { 0 };
	int err;

	if (text_size)
		*text = '\0';
	if (!f)
		return -ENOMEM;
	err = image_open(&f->image, AT_FDCWD, path);
	if (err) {
		image_free(&f->image);
		free(f);
		return err;
	}
	err = image_elf(&f->image, &f->elf, &diag);
	if (!err)
		err = image_modinfo(&f->image, &f->elf, &f->info);
	if (!err)
		err = read_signature(f);
	if (err) {
		if (diag.reason) {
			tmod_module_name(path, diag.module, sizeof(diag.module));
			tenon_diag_format(&diag, text, text_size);
		}
		tmod_file_close(f);
		return err;
	}
	*file = f;
	return 0;
}

void tmod_file_close(struct tmod_file *f)
{
	if (!f)
		return;
	image_close(&f->image);
	image_free(&f->image);
	free(f);
}

bool tmod_file_info(const struct tmod_file *f, const char **at, struct tmod_info *info)
{
	return image_info_next(&f->info, at, info);
}

bool file_own_name(const char *path, char *name, size_t size)
{
	struct tmod_file *file;
	const char *at = NULL;
	struct tmod_info info;
	bool found = false;

	if (tmod_file_open(path, &file, NULL, 0))
		return false;
	while (!found && tmod_file_info(file, &at, &info)) {
		found =
		    info.key_len == strlen("name") && !memcmp(info.key, "name", info.key_len) && info.value_len < size;
		if (found)
			snprintf(name, size, "%s", info.value);
	}
	tmod_file_close(file);
	return found;
}

/* Notes: sizes of name and contents, a kind, then both, each filled up to four bytes (System V ABI, chapter 5). */
#define NOTE_HEADER_BYTES 12
#define NOTE_BUILD_ID     3

void tmod_file_build_id(struct tmod_file *f, char *text, size_t size)
{
	static const char name[4] = "GNU";
	struct elf_section s;
	uint32_t header[3];
	const uint8_t *at;
	size_t len = 0;

	*text = '\0';
	if (!elf_find_section(&f->elf, ".note.gnu.build-id", &s) || s.type != SHT_NOTE ||
	    s.size < NOTE_HEADER_BYTES + sizeof(name) || image_need(&f->image, s.offset, s.size))
		return;
	at = f->image.data + s.offset;
	memcpy(header, at, sizeof(header));
	if (header[0] != sizeof(name) || header[2] != NOTE_BUILD_ID ||
	    header[1] > s.size - NOTE_HEADER_BYTES - sizeof(name) || memcmp(at + NOTE_HEADER_BYTES, name, sizeof(name)))
		return;
	for (at += NOTE_HEADER_BYTES + sizeof(name); header[1]-- && len + 2 < size; at++)
		len += (size_t)snprintf(text + len, size - len, "%02x", *at);
}

void tmod_file_signature(const struct tmod_file *f, struct tmod_signature *out)
{
	*out = (struct tmod_signature){ 0 };
	if (f->old) {
		out->id_type = old_types[f->old->id_type];
		snprintf(out->hash, sizeof(out->hash), "%s", old_hashes[f->old->hash]);
		out->signer = (const char *)f->message;
		out->signer_len = f->old->signer_len;
		out->key = f->message + out->signer_len;
		out->key_len = f->old->key_id_len;
		out->signature = out->key + out->key_len;
		out->signature_len = f->message_size - out->signer_len - out->key_len;
	} else if (f->message) {
		out->id_type = "PKCS#7";
		pkcs7_read(f->message, f->message_size, out);
	}
}
