// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * mac_modules: who may load which modules, and what may be loaded on need. /etc/policy/mac_modules has a line for what is
 * allowed; all else is refused:
 *
 *	load PROGRAM MODULE          "kernel" for the kernel itself and what it starts, such as modprobe for a request
 *	unload PROGRAM MODULE
 *	request USER PROGRAM ALIAS   a program needs what has this alias; USER: a number, root, or *
 *
 * PROGRAM, MODULE and ALIAS are patterns, see text.h.
 */
#include "text.h"

enum kind { LOAD, UNLOAD, REQUEST };

struct rule {
	enum kind kind;
	bool any_user;
	uint32_t user;
	const char *program, *object; /* in the text */
};

static bool unload;
module_param(unload, bool, 0444);
MODULE_PARM_DESC(unload, "the policy may be unloaded");

static struct rule *rules; /* do not change once they are read */
static unsigned rule_cnt;

static int decide(enum kind kind, const struct tenon_policy_subject *who, const char *program, const char *object)
{
	if (!who->pid || (who->helper && kind != REQUEST))
		program = "kernel";
	for (const struct rule *r = rules; r < rules + rule_cnt; r++)
		if (r->kind == kind && (r->any_user || r->user == who->uid) && text_matches(r->program, program) &&
		    text_matches(r->object, object))
			return 0;
	return -TENON_EPERM;
}

static int load(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *name,
		const char *domain)
{
	(void)ctx, (void)domain;
	return decide(LOAD, who, program, name);
}

static int unload_module(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *name)
{
	(void)ctx;
	return decide(UNLOAD, who, program, name);
}

static int request(void *ctx, const struct tenon_policy_subject *who, const char *program, const char *alias)
{
	(void)ctx;
	return decide(REQUEST, who, program, alias);
}

static bool parse_user(const char *word, struct rule *r)
{
	r->user = 0;
	r->any_user = !strcmp(word, "*");
	if (r->any_user || !strcmp(word, "root"))
		return true;
	for (; *word >= '0' && *word <= '9' && r->user < 100000000; word++)
		r->user = r->user * 10 + (uint32_t)(*word - '0');
	return !*word;
}

static bool parse(char *words[], int cnt, struct rule *r)
{
	if (cnt == 4 && !strcmp(words[0], "request")) {
		r->kind = REQUEST;
		return parse_user(words[1], r);
	}
	r->any_user = true;
	r->kind = strcmp(words[0], "unload") ? LOAD : UNLOAD;
	return cnt == 3 && (r->kind == UNLOAD || !strcmp(words[0], "load"));
}

static int __init read_rules(char *text, size_t lines)
{
	char *words[TEXT_WORDS_MAX];
	int cnt;

	rules = tenon_alloc(THIS_MODULE, lines * sizeof(*rules));
	if (!rules)
		return -TENON_ENOMEM;
	for (unsigned line = 1; (cnt = text_words(&text, words)) >= 0; line++) {
		struct rule *r = &rules[rule_cnt];

		if (!cnt)
			continue;
		if (!parse(words, cnt, r))
			return text_refuse(line, "load or unload PROGRAM MODULE, or request USER PROGRAM ALIAS");
		r->program = words[cnt - 2];
		r->object = words[cnt - 1];
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

static int __init mac_modules_init(void)
{
	static const struct tenon_policy_ops ops = { .load = load, .unload = unload_module, .request = request };
	size_t len;
	int err;
	char *text = text_read(&len, &err);

	if (!err)
		err = read_rules(text, text_lines(text, len));
	if (!err)
		err = policy_begin("mac_modules", unload, &ops);
	return err ? end(err) : 0;
}

static void __exit mac_modules_exit(void)
{
	end(0);
}

module_init(mac_modules_init);
module_exit(mac_modules_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Who may load which modules");
MODULE_AUTHOR("The Tenon authors");
MODULE_VERSION("1.0");
MODULE_ALIAS("policy-mac_modules");
