/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Findings in the Static Analysis Results Interchange Format, version 2.1.0: what services that show findings read. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "user/tools/lint.h"

/* 3.27.10; a finding that was mended is no failure any more. */
static const char *level_name(enum tmod_level level)
{
	return level <= TMOD_ERROR ? "error" : level == TMOD_WARNING ? "warning" : "note";
}

/* A path as a URI (RFC 3986): absolute ones with the scheme, others relative. */
static json_t *uri(const char *path)
{
	char text[4096 * 3 + 8], *to = text + sprintf(text, "%s", *path == '/' ? "file://" : "");

	for (; *path && to < text + sizeof(text) - 4; path++) {
		if (isalnum((unsigned char)*path) || strchr("-._~/", *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	}
	return json_stringn(text, (size_t)(to - text));
}

static json_t *message(const char *text)
{
	json_t *object = json_object();

	json_put(object, "text", json_text(text));
	return object;
}

json_t *sarif_log(json_t **results)
{
	json_t *log = json_object(), *runs = json_array(), *run = json_object(), *tool = json_object();
	json_t *driver = json_object(), *rules = json_array();
	size_t cnt;
	const struct tmod_lint_rule *all = tmod_lint_rules(&cnt);

	for (size_t i = 0; i < cnt; i++) {
		json_t *rule = json_object();

		json_put(rule, "id", json_text(all[i].id));
		json_put(rule, "shortDescription", message(all[i].what));
		json_add(rules, rule);
	}
	*results = json_array();
	json_put(driver, "name", json_text("tenon lint"));
	json_put(driver, "rules", rules);
	json_put(tool, "driver", driver);
	json_put(run, "tool", tool);
	json_put(run, "columnKind", json_text("utf16CodeUnits"));
	json_put(run, "results", *results);
	json_add(runs, run);
	json_put(log, "$schema", json_text("https://json.schemastore.org/sarif-2.1.0.json"));
	json_put(log, "version", json_text("2.1.0"));
	json_put(log, "runs", runs);
	return log;
}

void sarif_add(json_t *results, const struct tmod_finding *f)
{
	json_t *result = json_object(), *locations = json_array(), *location = json_object();
	json_t *physical = json_object(), *artifact = json_object(), *region = json_object();

	json_put(artifact, "uri", uri(f->file));
	json_put(physical, "artifactLocation", artifact);
	if (f->line) {
		json_put(region, "startLine", json_integer(f->line));
		if (f->column)
			json_put(region, "startColumn", json_integer(f->column));
		json_put(physical, "region", region);
	} else {
		json_decref(region);
	}
	json_put(location, "physicalLocation", physical);
	json_add(locations, location);
	json_put(result, "ruleId", json_text(f->rule));
	json_put(result, "level", json_text(level_name(f->level)));
	json_put(result, "message", message(f->text));
	json_put(result, "locations", locations);
	json_add(results, result);
}
