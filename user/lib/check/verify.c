/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Was a file's signature made with the key of a certificate that is given? As the kernel looks at it: the message signs
 * all bytes before it, there are no chains of certificates, and dates do not matter (Linux,
 * Documentation/admin-guide/module-signing.rst). libcrypto is loaded when it is needed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/cmserr.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>

#include "user/lib/check/check.h"

#define FUNCTIONS(F)                                                                                                   \
	F(BIO_f_null) F(BIO_free) F(BIO_free_all) F(BIO_new) F(BIO_new_mem_buf) F(BIO_push) F(CMS_ContentInfo_free) F(CMS_get0_SignerInfos) F(CMS_get0_eContentType)        \
	F(CMS_is_detached) F(CMS_signed_get_attr_count) F(CMS_verify) F(ERR_clear_error) F(ERR_peek_last_error)        \
	F(OBJ_obj2nid) F(OPENSSL_sk_new_null) F(OPENSSL_sk_num) F(OPENSSL_sk_pop_free) F(OPENSSL_sk_push)              \
	F(OPENSSL_sk_value) F(PEM_read_bio_X509) F(X509_free) F(d2i_CMS_ContentInfo) F(d2i_X509)

struct crypto {
#define MEMBER(name) __typeof__(&(name)) name;
	FUNCTIONS(MEMBER)
};

/* Return: 0 or -ENOSYS. */
static int load(struct crypto *lib)
{
#ifdef TMOD_STATIC
	(void)lib;
	return -ENOSYS;
#else
	void *handle = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_NODELETE);

#define FIND(name) lib->name = handle ? (__typeof__(&(name)))dlsym(handle, #name) : NULL;
	FUNCTIONS(FIND)
#define MISSING(name) || !lib->name
	return 0 FUNCTIONS(MISSING) ? -ENOSYS : 0;
#endif
}

/* Nobody is asked for the phrase of a certificate that is encrypted. */
static int no_phrase(char *phrase, int size, int writing, void *unused)
{
	(void)phrase, (void)size, (void)writing, (void)unused;
	return -1;
}

static void add(const struct crypto *lib, OPENSSL_STACK *list, X509 *cert)
{
	if (cert && !lib->OPENSSL_sk_push(list, cert))
		lib->X509_free(cert);
}

/* Certificates in text form, or one in binary form. Return: 0, -ENOMSG without any, -EBADMSG if one is damaged. */
static int parse_certificates(const struct crypto *lib, const uint8_t *bytes, size_t size, OPENSSL_STACK *list)
{
	BIO *bio = size ? lib->BIO_new_mem_buf(bytes, (int)size) : NULL;
	X509 *cert;

	if (!bio)
		return size ? -ENOMEM : -ENOMSG;
	while ((cert = lib->PEM_read_bio_X509(bio, NULL, no_phrase, NULL)))
		add(lib, list, cert);
	lib->BIO_free(bio);
	if (ERR_GET_REASON(lib->ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return -EBADMSG;
	if (!lib->OPENSSL_sk_num(list))
		add(lib, list, lib->d2i_X509(NULL, &bytes, (long)size));
	return lib->OPENSSL_sk_num(list) ? 0 : -ENOMSG;
}

static int read_certificates(const struct crypto *lib, const char *path, OPENSSL_STACK *list)
{
	struct image img = { 0 };
	int err = image_open(&img, AT_FDCWD, path);

	if (!err) {
		err = image_need(&img, 0, img.size);
		if (!err)
			err = parse_certificates(lib, img.data, img.size, list);
		image_close(&img);
	}
	image_free(&img);
	return err;
}

/* The kernel takes no other content, and no signed attributes (crypto/asymmetric_keys/pkcs7_verify.c). */
static bool kernel_takes(const struct crypto *lib, CMS_ContentInfo *cms)
{
	const OPENSSL_STACK *infos = (const OPENSSL_STACK *)lib->CMS_get0_SignerInfos(cms);
	int cnt = lib->OPENSSL_sk_num(infos);
	bool takes = cnt > 0 && lib->CMS_is_detached(cms) == 1 &&
		     lib->OBJ_obj2nid(lib->CMS_get0_eContentType(cms)) == NID_pkcs7_data;

	for (int i = 0; i < cnt && takes; i++)
		takes = lib->CMS_signed_get_attr_count(lib->OPENSSL_sk_value(infos, i)) <= 0;
	return takes;
}

/*
 * What was signed, for CMS_verify. It copies a content that is a memory BIO and, in OpenSSL 3.0, loses the copy where a
 * message cannot be started on; with a filter before the memory it reads what it is given.
 */
static BIO *content_bio(const struct crypto *lib, const void *data, size_t size)
{
	BIO *filter = lib->BIO_new(lib->BIO_f_null()), *memory = lib->BIO_new_mem_buf(data, (int)size);

	if (filter && memory)
		return lib->BIO_push(filter, memory);
	lib->BIO_free(filter);
	lib->BIO_free(memory);
	return NULL;
}

static enum verdict judge(const struct crypto *lib, OPENSSL_STACK *list, const struct tmod_file *f)
{
	const uint8_t *at = f->message;
	CMS_ContentInfo *cms = lib->d2i_CMS_ContentInfo(NULL, &at, (long)f->message_size);
	BIO *content = content_bio(lib, f->image.data, (size_t)(f->message - f->image.data));
	enum verdict verdict = VERDICT_DAMAGED;

	if (cms && content && at == f->message + f->message_size) {
		if (!kernel_takes(lib, cms))
			verdict = VERDICT_OTHER_FORM;
		else if (lib->CMS_verify(cms, (STACK_OF(X509) *)list, NULL, content, NULL,
					 CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1)
			verdict = VERDICT_GOOD;
		else if (ERR_GET_REASON(lib->ERR_peek_last_error()) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND)
			verdict = VERDICT_UNKNOWN_KEY;
		else
			verdict = VERDICT_WRONG;
	}
	lib->BIO_free_all(content);
	lib->CMS_ContentInfo_free(cms);
	return verdict;
}

int verify(struct tmod_file *f, const char *certificates, enum verdict *verdict)
{
	struct crypto lib;
	OPENSSL_STACK *list;
	int err = load(&lib);

	if (err)
		return err;
	list = lib.OPENSSL_sk_new_null();
	err = list ? read_certificates(&lib, certificates, list) : -ENOMEM;
	if (!err)
		err = image_need(&f->image, 0, f->image.size);
	if (!err)
		*verdict = judge(&lib, list, f);
	lib.OPENSSL_sk_pop_free(list, (void (*)(void *))lib.X509_free);
	lib.ERR_clear_error();
	return err;
}
