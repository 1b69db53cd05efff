// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * mac_path: what certain programs may do. /etc/policy/mac_path has a profile for each, and in it lines for what is allowed:
 *
 *	profile PROGRAM      begins one; of several that match, the first counts. A program without one is not confined
 *	PATH RIGHTS          r read, w write, make, remove and rename, x execute, m map to execute, d make devices
 *	socket FAMILY        Linux's number, or unix, inet, inet6, netlink, packet, or *
 *	signal PROGRAM       to processes that run it
 *	mount                also unmount
 *	memory               execute what the program itself has written
 *
 * PROGRAM and PATH are patterns, see text.h. What a program executes has that one's profile, or none.
 */
#include "text.h"

#define ANY_FAMILY (-1)

enum kind { PROFILE, PATH, SOCKET, SIGNAL, MOUNT, MEMORY };
enum { EXECUTE = 1, MAP = 32 }; /* rights besides enum tenon_policy_access */

struct rule {
	enum kind kind;
	int value;           /* of a path its rights, of a socket its family */
	const char *pattern; /* in the text */
};

static bool unload;
module_param(unload, bool, 0444);
MODULE_PARM_DESC(unload, "the policy may be unloaded");

static struct rule *rules; /* do not change once they are read */
static unsigned rule_cnt;

/* ---- deciding ---------------------------------------------------------------------------------------------------- */

/* The first rule of the program's profile; NULL: it has none. */
static const struct rule *profile(const char *program)
{
	for (const struct rule *r = rules; r < rules + rule_cnt; r++)
		if (r->kind == PROFILE && text_matches(r->pattern, program))
			return r + 1;
	return NULL;
}

static bool in_profile(const struct rule *r)
{
	return r < rules + rule_cnt && r->kind != PROFILE;
}

static int decide_path(const char *program, const char *path, int wanted)
{
	const struct rule *r = profile(program);

	for (; r && wanted && in_profile(r); r++)
		if (r->kind == PATH && text_matches(r->pattern, path))
			wanted &= ~r->value;
	return r && wanted ? -TENON_EACCES : 0;
}

static int open(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *path,
		unsigned int access)
{
	int wanted = (int)access;

	(void)ctx, (void)who;
	if (wanted & TENON_POLICY_CHANGE)
		wanted = (wanted & ~TENON_POLICY_CHANGE) | TENON_POLICY_WRITE;
	return decide_path(program, path, wanted);
}

static int exec(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *path)
{
	(void)ctx, (void)who;
	return decide_path(program, path, EXECUTE);
}

static int decide(const char *program, enum kind kind, int value, const char *text)
{
	const struct rule *r = profile(program);

	if (!r)
		return 0;
	for (; in_profile(r); r++)
		if (r->kind == kind && (r->value == ANY_FAMILY || r->value == value) &&
		    (!r->pattern || text_matches(r->pattern, text)))
			return 0;
	return -TENON_EACCES;
}

static int map(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *path)
{
	(void)ctx, (void)who;
	return *path ? decide_path(program, path, MAP) : decide(program, MEMORY, 0, "");
}

static int mount(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *source,
		 const char *target, const char *type)
{
	(void)ctx, (void)who, (void)source, (void)target, (void)type;
	return decide(program, MOUNT, 0, "");
}

static int make_socket(void *ctx, const struct tenon_policy_subject *who, const char *program, int family,
		       unsigned int type, int protocol)
{
	(void)ctx, (void)who, (void)type, (void)protocol;
	return decide(program, SOCKET, family, "");
}

static int kill(void *ctx, const struct tenon_policy_subject *who, const char *program, int pid, const char *target,
		int signo)
{
	(void)ctx, (void)who, (void)pid, (void)signo;
	return decide(program, SIGNAL, 0, target) ? -TENON_EPERM : 0;
}

/* ---- the text ---------------------------------------------------------------------------------------------------- */

static bool parse_rights(const char *word, int *rights)
{
	static const struct {
		char letter;
		int right;
	} letters[] = { { 'r', TENON_POLICY_READ },
			{ 'w', TENON_POLICY_WRITE },
			{ 'x', EXECUTE },
			{ 'm', MAP },
			{ 'd', TENON_POLICY_DEVICE } };

	for (*rights = 0; *word; word++) {
		size_t i = 0;

		while (i < sizeof(letters) / sizeof(letters[0]) && letters[i].letter != *word)
			i++;
		if (i == sizeof(letters) / sizeof(letters[0]))
			return false;
		*rights |= letters[i].right;
	}
	return true;
}

static bool parse_family(const char *word, int *family)
{
	static const struct {
		const char *name;
		int number;
	} names[] = { { "*", ANY_FAMILY }, { "unix", 1 },     { "inet", 2 },
		      { "inet6", 10 },     { "netlink", 16 }, { "packet", 17 } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(word, names[i].name)) {
			*family = names[i].number;
			return true;
		}
	for (*family = 0; *word >= '0' && *word <= '9' && *family < 1000; word++)
		*family = *family * 10 + *word - '0';
	return !*word;
}

static bool parse(char *words[], int cnt, struct rule *r)
{
	*r = (struct rule){ .kind = PATH };
	if (cnt == 1) {
		r->kind = strcmp(words[0], "mount") ? MEMORY : MOUNT;
		return r->kind == MOUNT || !strcmp(words[0], "memory");
	}
	if (cnt != 2)
		return false;
	r->pattern = words[1];
	if (!strcmp(words[0], "profile") || !strcmp(words[0], "signal")) {
		r->kind = words[0][0] == 'p' ? PROFILE : SIGNAL;
		return *r->pattern == '/' || *r->pattern == '*'; /* else it would be nobody's, and confine nobody */
	}
	r->pattern = NULL;
	if (!strcmp(words[0], "socket")) {
		r->kind = SOCKET;
		return parse_family(words[1], &r->value);
	}
	r->pattern = words[0];
	return parse_rights(words[1], &r->value);
}

static int __init read_rules(char *text, size_t lines)
{
	char *words[TEXT_WORDS_MAX];
	int cnt;

	rules = tenon_alloc(THIS_MODULE, lines * sizeof(*rules));
	if (!rules)
		return -TENON_ENOMEM;
	for (unsigned line = 1; (cnt = text_words(&text, words)) >= 0; line++) {
		if (!cnt)
			continue;
		if (!parse(words, cnt, &rules[rule_cnt]) || (!rule_cnt && rules[0].kind != PROFILE))
			return text_refuse(line, "a profile, or a rule of one");
		rule_cnt++;
	}
	return 0;
}

/* The policy first: then nobody looks at the rules. */
static int end(int err)
{
	policy_end(err);
	if (rules)
		tenon_free(rules);
	return err;
}

static int __init mac_path_init(void)
{
	static const struct tenon_policy_ops ops = {
		.open = open, .exec = exec, .map = map, .mount = mount, .socket = make_socket, .kill = kill
	};
	size_t len;
	int err;
	char *text = text_read(&len, &err);

	if (!err)
		err = read_rules(text, text_lines(text, len));
	if (!err)
		err = policy_begin("mac_path", unload, &ops);
	return err ? end(err) : 0;
}

static void __exit mac_path_exit(void)
{
	end(0);
}

module_init(mac_path_init);
module_exit(mac_path_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("What certain programs may do");
MODULE_AUTHOR("The Tenon authors");
MODULE_VERSION("1.0");
MODULE_ALIAS("policy-mac_path");
