/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A plan while it is made and run: what the files of this directory share.
 *
 * A request is one module that was asked for; a word can ask for several. A step is done for one or more requests that
 * want it. When a step fails, the requests that require it have failed, and what only failed requests want is not done.
 * Steps are in an order in which they can be done one after the other; a step never waits for a later one.
 */
#ifndef LIB_PLAN_PLAN_H
#define LIB_PLAN_PLAN_H

#include "user/lib/buf.h"
#include "user/lib/config/arena.h"
#include "user/lib/names.h"
#include "user/lib/plan/lookup.h"
#include "tenon/mod.h"

#define NO_STEP UINT32_MAX
#define NO_WANT UINT32_MAX
#define NO_RIVAL UINT32_MAX

/* A module, or a module as an alias names it: options and commands may go by either. */
struct node {
	const char *name;
	const char *alias;          /* NULL: it goes by its own name */
	uint32_t base;              /* the node of the same module without an alias */
	struct lookup_module info;  /* of a base */
	const char *file;           /* of a base: a path that was asked for, instead of the one in the tree */
	bool known;                 /* of a base: info is there */
	uint32_t step;              /* of a base, or NO_STEP */
	bool asked_kernel;          /* of a base, when unloading: the next two are there */
	bool loaded;                /* and not yet planned to be unloaded */
	int refcount;               /* without what is planned to be unloaded */
	uint32_t visited, required; /* number of the request for which it was, from 1 */
};

/* When a request that gives way to others of its word is done. */
enum turn { TURN_NOW, TURN_LATER, TURN_NEVER };

struct request {
	const char *name;
	uint32_t word;
	int err;          /* set when it has failed */
	uint32_t rivals;  /* requests before it that are preferred: the first, or NO_RIVAL */
	bool replaced;    /* another request is done if it fails */
	uint32_t pending; /* steps that it requires and that are not done yet */
	enum turn turn;
};

/* A request that is preferred to another one, by a line of the configuration. */
struct rival {
	uint32_t request, next;
	const struct tmod_entry *by;
};

struct want {
	uint32_t request, next;
	bool required;
};

enum progress { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED, STEP_LEFT_OUT };

/* What tmod_step does not show. */
struct step_state {
	uint32_t wants;     /* the first; never NO_WANT */
	uint32_t after_off; /* in tmod_plan.after */
	enum progress progress;
};

struct tmod_plan {
	struct tmod_system *system;
	const struct tmod_messages *messages;
	unsigned int flags;
	bool unloads;
	struct arena strings;
	struct names keys;   /* of nodes: a name, or name '\\' alias; a key's number is the node's */
	struct buf nodes;    /* of struct node */
	struct buf requests; /* of struct request */
	struct buf rivals;   /* of struct rival */
	struct buf wants;    /* of struct want */
	struct buf after;    /* of uint32_t */
	struct buf steps;    /* of struct tmod_step */
	struct buf states;   /* of struct step_state, one for each step */
};

#define PLAN_GET(type, name, field)                                                  \
	static inline type *plan_##name(const struct tmod_plan *p, uint32_t number) \
	{                                                                            \
		return (type *)(void *)p->field.data + number;                      \
	}                                                                            \
	static inline uint32_t plan_##name##_cnt(const struct tmod_plan *p)         \
	{                                                                            \
		return (uint32_t)(p->field.len / sizeof(type));                     \
	}

/* plan_node(p, number), plan_node_cnt(p) and so on. Pointers are good until one more is added. */
PLAN_GET(struct node, node, nodes)
PLAN_GET(struct request, request, requests)
PLAN_GET(struct rival, rival, rivals)
PLAN_GET(struct want, want, wants)
PLAN_GET(struct tmod_step, step, steps)
PLAN_GET(struct step_state, state, states)

/** plan_open - an empty plan. Return: 0, -ENOMEM. */
int plan_open(struct tmod_system *system, unsigned int flags, struct tmod_plan **plan);

/** plan_add_node - the node of a module, which is added if it is not there. @alias: or NULL. NAME_NONE: no memory. */
uint32_t plan_add_node(struct tmod_plan *p, const char *name, const char *alias);

/** plan_know - ask the tree about a node's module, once. Return: 0 or a negative errno value, after a message. */
int plan_know(struct tmod_plan *p, uint32_t node);

/** plan_add_request - a request for one module. Return: its number, NAME_NONE: no memory. */
uint32_t plan_add_request(struct tmod_plan *p, const char *name, uint32_t word);

/**
 * plan_add_step - add a step for a request
 * @step: without `after` and `required`
 * @after, @after_cnt: steps it has to wait for; copied; the same may come twice
 *
 * Return: its number, NO_STEP: no memory.
 */
uint32_t plan_add_step(struct tmod_plan *p, const struct tmod_step *step, uint32_t request, bool required,
		       const uint32_t *after, size_t after_cnt);

/** plan_add_want - let a request want a step that is there. Return: 0, -ENOMEM. */
int plan_add_want(struct tmod_plan *p, uint32_t step, uint32_t request, bool required);

/* Fill in what points to memory that no longer moves. */
void plan_finish(struct tmod_plan *p);

/** plan_say_missing - after a word that is not known: say so if there is no tree at all, and which ones there are */
void plan_say_missing(const struct tmod_plan *p, enum tmod_level level);

/** plan_lookup - add the nodes of what a word stands for to @nodes (of uint32_t). Return: as tmod_lookup(). */
int plan_lookup(struct tmod_plan *p, const char *word, struct buf *nodes);

/**
 * plan_softdeps - add the nodes that a module's softdeps name to @pre and @post (of uint32_t)
 * Return: 0 or a negative errno value.
 */
int plan_softdeps(struct tmod_plan *p, uint32_t node, struct buf *pre, struct buf *post);

/** plan_command - the line with a command that goes by the node's name or alias, or NULL. */
const struct tmod_entry *plan_command(struct tmod_plan *p, enum tmod_directive directive, uint32_t node);

/** plan_deps - add the nodes of all that a module needs to @deps (of uint32_t), in their order. Return: as above. */
int plan_deps(struct tmod_plan *p, uint32_t node, struct buf *deps);

#endif
