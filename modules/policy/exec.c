// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * mac_exec: only what is on a list is executed: programs, scripts, interpreters and libraries. /etc/policy/mac_exec has a line
 * for each, as sha256sum prints it: its SHA-256 first, the rest is for people. The list itself is signed, as modules are
 * (modpost --sign), by a key that the kernel trusts. Memory that a program has written is not executed.
 */
#include "text.h"

struct digest {
	uint8_t bytes[TENON_POLICY_DIGEST_BYTES];
};

static bool unload;
module_param(unload, bool, 0444);
MODULE_PARM_DESC(unload, "the policy may be unloaded");

static struct digest *list; /* sorted; does not change once it is read */
static size_t digest_cnt;

static bool is_listed(const struct digest *d)
{
	size_t low = 0, high = digest_cnt;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(d, &list[middle], sizeof(*d));

		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static int execute(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *path)
{
	struct digest d;
	long got;

	(void)ctx, (void)who, (void)program;
	if (!*path)
		return -TENON_EACCES;
	got = tenon_policy_digest(&d, sizeof(d));
	if (got < 0)
		return (int)got;
	return is_listed(&d) ? 0 : -TENON_EACCES;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse(const char *word, struct digest *d)
{
	if (strlen(word) != 2 * sizeof(d->bytes))
		return false;
	for (size_t i = 0; i < sizeof(d->bytes); i++) {
		int high = digit(word[2 * i]), low = digit(word[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		d->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Heapsort: what is at @at gets its place below. */
static void __init sift(size_t at, size_t cnt)
{
	for (size_t child; (child = 2 * at + 1) < cnt; at = child) {
		struct digest other;

		if (child + 1 < cnt && memcmp(&list[child], &list[child + 1], sizeof(other)) < 0)
			child++;
		if (memcmp(&list[at], &list[child], sizeof(other)) >= 0)
			return;
		other = list[at];
		list[at] = list[child];
		list[child] = other;
	}
}

static void __init sort(void)
{
	for (size_t i = digest_cnt / 2; i-- > 0;)
		sift(i, digest_cnt);
	for (size_t cnt = digest_cnt; cnt-- > 1;) {
		struct digest largest = list[0];

		list[0] = list[cnt];
		list[cnt] = largest;
		sift(0, cnt);
	}
}

static int __init read_list(char *text, size_t lines)
{
	char *words[TEXT_WORDS_MAX];
	int cnt;

	list = tenon_alloc(THIS_MODULE, lines * sizeof(*list));
	if (!list)
		return -TENON_ENOMEM;
	for (unsigned line = 1; (cnt = text_words(&text, words)) >= 0; line++) {
		if (!cnt)
			continue;
		if (!parse(words[0], &list[digest_cnt]))
			return text_refuse(line, "a SHA-256 in 64 digits from 0 to f");
		digest_cnt++;
	}
	sort();
	return 0;
}

/* What was read is ours alone, so what is verified is what is parsed. */
static int __init verify(char *text, size_t *len)
{
	long signed_len = *len > TENON_POLICY_TEXT_BYTES ? -TENON_EFBIG : tenon_policy_verify(text, *len);

	if (signed_len < 0) {
		pr_err("/etc/policy/%s is not signed by a trusted key (%ld)\n", THIS_MODULE->name, signed_len);
		return (int)signed_len;
	}
	*len = (size_t)signed_len;
	text[*len] = '\0';
	return memchr(text, 0, *len) ? -TENON_EINVAL : 0;
}

/* The policy first: then nobody looks at the list. */
static int end(int err)
{
	policy_end(err);
	if (list)
		tenon_free(list);
	return err;
}

static int __init mac_exec_init(void)
{
	static const struct tenon_policy_ops ops = { .exec = execute, .map = execute };
	size_t len, lines = 1;
	int err;
	char *text = text_read(&len, &err);

	if (!err)
		err = verify(text, &len);
	for (size_t i = 0; !err && i < len; i++)
		lines += text[i] == '\n';
	if (!err)
		err = read_list(text, lines);
	if (!err)
		err = policy_begin("mac_exec", unload, &ops);
	return err ? end(err) : 0;
}

static void __exit mac_exec_exit(void)
{
	end(0);
}

module_init(mac_exec_init);
module_exit(mac_exec_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Only programs on a signed list are executed");
MODULE_AUTHOR("The Tenon authors");
MODULE_VERSION("1.0");
MODULE_ALIAS("policy-mac_exec");
