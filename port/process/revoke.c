/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Revocation: it wins over every signature. The list is read at the start and may grow while the host runs; nothing is
 * ever taken off. What was accepted is remembered, so that modules that are loaded already can be looked up too.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/internal.h"
#include "port/process/trust.h"

/* One line: `hash HEX` or `key HEX`, colons in HEX ignored. Return: 0 or -TENON_EINVAL. */
static int parse(char *line, struct revoked *r)
{
	char *rest, *word = strtok_r(line, " \t\n", &rest), *hex = strtok_r(NULL, " \t\n", &rest);
	unsigned char *bytes;
	long len;

	*r = (struct revoked){ 0 };
	if (!word || !hex || (strcmp(word, "hash") && strcmp(word, "key")))
		return -TENON_EINVAL;
	r->key = *word == 'k';
	bytes = OPENSSL_hexstr2buf(hex, &len);
	if (!bytes || len < 1 || len > REVOKED_BYTES_MAX || (!r->key && len != CONTENT_HASH_BYTES)) {
		OPENSSL_free(bytes);
		return -TENON_EINVAL;
	}
	r->len = (size_t)len;
	memcpy(r->bytes, bytes, r->len);
	OPENSSL_free(bytes);
	return 0;
}

static int add(struct trust *t, const struct revoked *r)
{
	struct revoked *more;

	pthread_mutex_lock(&t->lock);
	more = realloc(t->revoked, (t->revoked_cnt + 1) * sizeof(*more));
	if (more) {
		t->revoked = more;
		t->revoked[t->revoked_cnt++] = *r;
	}
	pthread_mutex_unlock(&t->lock);
	return more ? 0 : -TENON_ENOMEM;
}

/* Empty lines and # comments are skipped. */
int revoked_read(struct trust *t, const char *path)
{
	FILE *f = file_stream(path);
	struct revoked r;
	char line[1024];
	int err = 0;

	if (!f)
		return -TENON_EINVAL;
	while (!err && fgets(line, sizeof(line), f)) {
		const char *word = line + strspn(line, " \t\n");

		if (!*word || *word == '#')
			continue;
		err = parse(line, &r);
		if (!err)
			err = add(t, &r);
	}
	fclose(f);
	return err;
}

int process_revoke(struct process_host *h, const char *entry)
{
	struct revoked r;
	char line[1024];
	int err;

	if (strlen(entry) >= sizeof(line))
		return -TENON_EINVAL;
	strcpy(line, entry);
	err = parse(line, &r);
	return err ? err : add(h->trust, &r);
}

/* ---- what signatures were about ---- */

bool identify(struct identity *id, X509 *cert, const void *data, size_t size)
{
	const ASN1_OCTET_STRING *key_id = X509_get0_subject_key_id(cert);
	size_t len = key_id ? (size_t)ASN1_STRING_length(key_id) : 0;
	unsigned char hash[EVP_MAX_MD_SIZE];

	*id = (struct identity){ 0 }; /* compared as a whole */
	if (!EVP_Digest(data, size, id->content, NULL, EVP_sha256(), NULL) ||
	    !X509_pubkey_digest(cert, EVP_sha1(), hash, NULL))
		return false;
	memcpy(id->key, hash, sizeof(id->key));
	id->key_id_len = len <= sizeof(id->key_id) ? len : 0; /* a longer one cannot be named in the list */
	if (id->key_id_len)
		memcpy(id->key_id, ASN1_STRING_get0_data(key_id), id->key_id_len);
	return true;
}

static bool names(const struct revoked *r, const unsigned char *bytes, size_t len)
{
	return r->len == len && !memcmp(r->bytes, bytes, len);
}

/* By content, by the identifier in the certificate, or by the hash of the key. Lock held. */
static bool is_revoked(const struct trust *t, const struct identity *id)
{
	for (size_t i = 0; i < t->revoked_cnt; i++) {
		const struct revoked *r = &t->revoked[i];

		if (!r->key && names(r, id->content, sizeof(id->content)))
			return true;
		if (r->key && (names(r, id->key, sizeof(id->key)) || names(r, id->key_id, id->key_id_len)))
			return true;
	}
	return false;
}

/* Its number, a new one if it was never accepted before; 0: no memory. Lock held. */
static size_t number_of(struct trust *t, const struct identity *id)
{
	struct identity *more;

	for (size_t i = 0; i < t->accepted_cnt; i++)
		if (!memcmp(&t->accepted[i], id, sizeof(*id)))
			return i + 1;
	more = realloc(t->accepted, (t->accepted_cnt + 1) * sizeof(*more));
	if (!more)
		return 0;
	t->accepted = more;
	t->accepted[t->accepted_cnt++] = *id;
	return t->accepted_cnt;
}

int accept(struct process_host *h, const struct identity *id)
{
	struct trust *t = h->trust;
	int err = -TENON_EACCES;
	size_t number;

	pthread_mutex_lock(&t->lock);
	if (!is_revoked(t, id)) {
		number = number_of(t, id);
		tenon_set_signer(h->core, number);
		err = number ? 0 : -TENON_ENOMEM;
	}
	pthread_mutex_unlock(&t->lock);
	return err;
}

struct search {
	struct trust *trust;
	int (*fn)(const struct tenon_module *m, void *arg);
	void *arg;
};

static int look_at(const struct tenon_module *m, void *arg)
{
	const struct search *s = arg;
	size_t number = (size_t)tenon_module_signer(m);
	bool revoked;

	pthread_mutex_lock(&s->trust->lock);
	revoked = number && is_revoked(s->trust, &s->trust->accepted[number - 1]);
	pthread_mutex_unlock(&s->trust->lock);
	return revoked ? s->fn(m, s->arg) : 0;
}

int process_each_revoked(struct process_host *h, int (*fn)(const struct tenon_module *m, void *arg), void *arg)
{
	struct search s = { h->trust, fn, arg };

	return tenon_for_each(h->core, look_at, &s);
}
