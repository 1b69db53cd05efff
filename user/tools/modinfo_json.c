/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modinfo --json */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/json.h"
#include "user/tools/modinfo.h"

/* One module that is being described. */
struct description {
	json_t *object, *fields, *parameters;
	json_t *by_name; /* the parameters, too */
};

static struct description begin(const char *name, const char *path)
{
	struct description d = { json_object(), json_object(), json_array(), json_object() };

	json_put(d.object, "name", json_text(name));
	json_put(d.object, "filename", json_text(path));
	json_put(d.object, "builtin", json_boolean(!path));
	json_put(d.object, "fields", d.fields);
	json_put(d.object, "parameters", d.parameters);
	return d;
}

static bool has_key(const struct tmod_info *info, const char *key)
{
	return strlen(key) == info->key_len && !memcmp(info->key, key, info->key_len);
}

/* The parameter of that name, which is added if it is not there. */
static json_t *parameter(const struct description *d, json_t *name)
{
	json_t *p = json_object_get(d->by_name, json_string_value(name));

	if (p) {
		json_decref(name);
		return p;
	}
	p = json_object();
	json_put(d->by_name, json_string_value(name), json_incref(p));
	json_put(p, "name", name);
	json_put(p, "description", json_null());
	json_put(p, "type", json_null());
	json_add(d->parameters, p);
	return p;
}

static int add_info(void *data, const struct tmod_info *info)
{
	const struct description *d = data;
	const char *colon = memchr(info->value, ':', info->value_len);
	bool is_type = has_key(info, "parmtype");
	json_t *key, *values;

	if (is_type || has_key(info, "parm")) {
		size_t len = colon ? (size_t)(colon - info->value) : 0;

		if (colon)
			json_put(parameter(d, json_bytes(info->value, len)), is_type ? "type" : "description",
				 json_bytes(colon + 1, info->value_len - len - 1));
		return 0;
	}
	key = json_bytes(info->key, info->key_len);
	values = json_object_get(d->fields, json_string_value(key));
	if (!values) {
		values = json_array();
		json_put(d->fields, json_string_value(key), values);
	}
	json_add(values, json_bytes(info->value, info->value_len));
	json_decref(key);
	return 0;
}

/* "00:FF:..." */
static json_t *hex(const uint8_t *bytes, size_t len)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	json_t *string = NULL;

	for (size_t i = 0; to && i < len; i++)
		fprintf(to, "%s%02X", i ? ":" : "", bytes[i]);
	if (to && !fclose(to))
		string = json_bytes(text, size);
	free(text);
	return string;
}

static json_t *signature(const struct tmod_file *file)
{
	struct tmod_signature s;
	json_t *object;

	tmod_file_signature(file, &s);
	if (!s.id_type)
		return json_null();
	object = json_object();
	json_put(object, "sig_id", json_text(s.id_type));
	json_put(object, "signer", s.signer ? json_bytes(s.signer, s.signer_len) : json_null());
	json_put(object, "sig_key", hex(s.key, s.key_len));
	json_put(object, "sig_hashalgo", *s.hash ? json_text(s.hash) : json_null());
	json_put(object, "signature", hex(s.signature, s.signature_len));
	return object;
}

void modinfo_json_file(json_t *modules, const char *path, struct tmod_file *file)
{
	struct description d;
	struct tmod_info info;
	const char *at = NULL;
	char name[256], build_id[160];

	tmod_module_name(path, name, sizeof(name));
	d = begin(name, path);
	while (tmod_file_info(file, &at, &info))
		add_info(&d, &info);
	tmod_file_build_id(file, build_id, sizeof(build_id));
	json_put(d.object, "build_id", *build_id ? json_text(build_id) : json_null());
	json_put(d.object, "signature", signature(file));
	json_decref(d.by_name);
	json_add(modules, d.object);
}

int modinfo_json_builtin(json_t *modules, struct tmod_tree *tree, const char *name)
{
	struct description d = begin(name, NULL);
	int err = tmod_tree_builtin_info(tree, name, add_info, &d);

	json_put(d.object, "build_id", json_null());
	json_put(d.object, "signature", json_null());
	json_decref(d.by_name);
	json_add(modules, d.object);
	return err == -ENOENT ? 0 : err;
}
