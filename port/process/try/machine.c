/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The report for programs: JSON, and JUnit's XML for continuous integration. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "port/process/try/try.h"

#define TEXT_BYTES 4200 /* the longest text is a path */

/* What is not UTF-8, in the name of a file or a parameter, becomes '?', for neither JSON nor XML has it. */
static void to_utf8(const char *text, char *to, size_t size)
{
	json_t *valid = json_string(text);

	snprintf(to, size, "%s", text);
	if (!valid)
		for (; *to; to++)
			*to = *to & 0x80 ? '?' : *to;
	json_decref(valid);
}

static json_t *json_of_text(const char *text)
{
	char valid[TEXT_BYTES];

	to_utf8(text, valid, sizeof(valid));
	return json_string(valid);
}

static json_t *json_of_lines(const struct lines *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->cnt; i++)
		json_array_append_new(list, json_of_text(l->line[i]));
	return list;
}

static json_t *json_of_place(const struct place *p)
{
	return json_pack("{s:o, s:o}", "function", json_of_text(p->function), "line", json_of_text(p->line));
}

static json_t *json_of_finding(const struct finding *f)
{
	json_t *places = json_array();

	for (unsigned int i = 0; i < f->place_cnt; i++)
		json_array_append_new(places, json_of_place(&f->place[i]));
	return json_pack("{s:s, s:s, s:o, s:I, s:o, s:o, s:o}", "kind", f->kind, "text", finding_text(f), "name",
			 json_of_text(f->name), "bytes", (json_int_t)f->size, "backtrace", places, "against",
			 f->against.function[0] ? json_of_place(&f->against) : json_null(), "holder",
			 json_of_text(f->holder));
}

void report_json(const struct report *r)
{
	json_t *findings = json_array(), *not_entered = json_array(), *all;

	for (size_t i = 0; i < r->finding_cnt; i++)
		json_array_append_new(findings, json_of_finding(&r->findings[i]));
	for (size_t i = 0; i < r->function_cnt; i++)
		if (!r->functions[i].entered)
			json_array_append_new(not_entered, json_of_text(r->functions[i].name));
	all =
	    json_pack("{s:o, s:o, s:s, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i}", "file",
		      json_of_text(r->file), "module", json_of_text(r->name), "verdict", verdict_name(r->verdict), "ms",
		      r->ms, "findings", findings, "log", json_of_lines(&r->log), "imports", json_of_lines(&r->imports),
		      "registered", json_of_lines(&r->registered), "exercised", json_of_lines(&r->exercised),
		      "not_exercised", json_of_lines(&r->unused), "not_entered", not_entered, "stubs",
		      json_of_lines(&r->stubs), "ended", json_of_text(r->ended), "failed", json_of_text(r->failed),
		      "failed_allocation", (int)r->failed_allocation, "explored", (int)r->explored);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* Text of a module in XML: characters that XML does not have become '?'. */
static void put_xml(FILE *f, const char *given)
{
	char valid[TEXT_BYTES], *text = valid;

	to_utf8(given, valid, sizeof(valid));
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc((unsigned char)*text < ' ' && *text != '\n' && *text != '\t' ? '?' : *text, f);
		}
	}
}

static void put_place(FILE *f, const char *before, const struct place *p)
{
	fputs(before, f);
	put_xml(f, p->function);
	fputs(p->line[0] ? " at " : "", f);
	put_xml(f, p->line);
}

static void put_findings(FILE *f, const struct report *r)
{
	for (size_t i = 0; i < r->finding_cnt; i++) {
		const struct finding *one = &r->findings[i];

		fprintf(f, "%s: %s", one->kind, finding_text(one));
		for (unsigned int n = 0; n < one->place_cnt; n++)
			put_place(f, n ? ", from " : ", in ", &one->place[n]);
		if (one->against.function[0])
			put_place(f, ", against ", &one->against);
		fputs(one->holder[0] ? ", held by " : "", f);
		put_xml(f, one->holder);
		fputc('\n', f);
	}
}

bool report_junit(const struct report *r, const char *path)
{
	FILE *f = fopen(path, "we");
	bool skipped = r->verdict == VERDICT_NOT_TRIED, bad = r->verdict != VERDICT_CLEAN && !skipped;

	if (!f) {
		fprintf(stderr, "tenon-try: %s: %s\n", path, strerror(errno));
		return false;
	}
	fprintf(f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tenon-try\" tests=\"1\" failures=\"%d\" "
		"skipped=\"%d\">\n  <testcase classname=\"module\" name=\"",
		bad, skipped);
	put_xml(f, r->name[0] ? r->name : r->file);
	fprintf(f, "\" time=\"%.3f\">\n", r->ms / 1e3);
	if (bad || skipped) {
		fprintf(f, "    <%s message=\"%s\">", skipped ? "skipped" : "failure", verdict_name(r->verdict));
		put_findings(f, r);
		put_xml(f, r->failed);
		for (size_t i = 0; i < r->stubs.cnt; i++) {
			fputs("\nnot in linux.ko: ", f);
			put_xml(f, r->stubs.line[i]);
		}
		fprintf(f, "</%s>\n", skipped ? "skipped" : "failure");
	}
	fputs("  </testcase>\n</testsuite>\n", f);
	if (!fclose(f))
		return true;
	fprintf(stderr, "tenon-try: %s: %s\n", path, strerror(errno));
	return false;
}
