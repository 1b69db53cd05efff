# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""json_check.py WHAT ARGUMENT... - compare what --json prints with its schema, and with what kmod prints as text."""
import json
import os
import re
import sys

import jsonschema

SCHEMAS = os.path.join(os.path.dirname(__file__), "../../docs/schema")


def load(path, schema):
    """What a command printed, valid by its schema."""
    with open(os.path.join(SCHEMAS, schema + ".json")) as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    jsonschema.validate(value, schema, cls=jsonschema.Draft7Validator)
    return value


def raw(text):
    """The bytes that a string stands for: docs/json.md."""
    return re.sub(rb"\\x([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())


def valid(path, schema):
    assert load(path, schema) is not None


def modinfo(path, theirs):
    """@theirs: what Debian's `modinfo -0` printed for the same files."""
    with open(theirs, "rb") as f:
        parts = re.split(rb"filename: +", f.read())[1:]
    modules = load(path, "modinfo")
    assert len(modules) == len(parts) > 0, (len(modules), len(parts))
    for module, part in zip(modules, parts):
        name, *entries = part.split(b"\0")[:-1]
        fields, parameters, signature = {}, [], {}
        for entry in entries:
            if entry.startswith(b"parm: "):
                parameters.insert(0, entry[5:].lstrip())
                continue
            key, value = entry.split(b"=", 1)
            if key in (b"sig_id", b"signer", b"sig_key", b"sig_hashalgo", b"signature"):
                signature[key] = value.replace(b"\n\t\t", b"")
            else:
                fields.setdefault(key, []).append(value)
        assert raw(module["filename"]) == name
        assert {raw(k): [raw(v) for v in vs] for k, vs in module["fields"].items()} == fields, name
        assert {raw(k): raw(v) for k, v in (module["signature"] or {}).items()} == signature, name
        ours = []
        for p in module["parameters"]:
            text = p["description"] or "" if p["description"] is not None or not p["type"] else p["type"]
            if p["description"] is not None and p["type"] is not None:
                text += " (%s)" % p["type"]
            ours.append(raw(p["name"] + ":" + text))
        assert ours == parameters, (name, ours, parameters)


def depmod(path, theirs):
    """@theirs: what Debian's `depmod -n` printed for the same tree."""
    files = load(path, "depmod")
    lines = []
    for line in files["modules.dep"]:
        lines.append(" ".join([line["module"] + ":"] + line["dependencies"]))
    for line in files.get("modules.alias", []):
        lines.append("alias %(alias)s %(module)s" % line)
    for line in files.get("modules.softdep", []):
        words = ["softdep", line["module"]] + line["ignored"]
        for key in "pre", "post":
            words += [key + ":"] + line[key] if line[key] else []
        lines.append(" ".join(words))
    for line in files.get("modules.symbols", []):
        lines.append("alias symbol:%(symbol)s %(module)s" % line)
    for line in files.get("modules.devname", []):
        lines.append("%s %s %s%d:%d" % (line["module"], line["node"], line["type"][0], line["major"], line["minor"]))
    with open(theirs, "rb") as f:
        want = [re.sub(rb" +", b" ", w).strip() for w in f.read().splitlines() if not w.startswith(b"#")]
    assert sorted(map(raw, lines)) == sorted(want)


def lsmod(path, theirs):
    """@theirs: what lsmod printed as text."""
    with open(theirs) as f:
        want = [line.split() for line in f.read().splitlines()[1:]]
    ours = [[m["name"], str(m["size"]), "-" if m["refcount"] is None else str(m["refcount"])] +
            ([",".join(m["holders"])] if m["holders"] else []) for m in load(path, "lsmod")]
    assert ours == want, (ours, want)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
