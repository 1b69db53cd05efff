# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""json_check.py WHAT ARGUMENT... - compare what --json prints with its schema, and with what kmod prints as text."""
import json
import os
import re
import subprocess
import sys
import warnings

import jsonschema

SCHEMAS = os.path.join(os.path.dirname(__file__), "../../docs/schema")


def load(path, schema):
    """What a command printed, valid by its schema."""
    with open(os.path.join(SCHEMAS, schema + ".json")) as f:
        schema = json.load(f)
    jsonschema.Draft7Validator.check_schema(schema)
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    warnings.simplefilter("ignore", DeprecationWarning)
    resolver = jsonschema.RefResolver("file://" + os.path.realpath(SCHEMAS) + "/", schema)
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(value)
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


def depends(path, theirs):
    """@theirs: what Debian's `modprobe --show-depends` printed; it repeats modules."""
    want = []
    with open(theirs) as f:
        for line in f.read().splitlines():
            word, *rest = line.split(" ", 2)
            step = [word, rest[0], rest[1].strip() if len(rest) > 1 else ""]
            want += [step] if step not in want else []
    ours = []
    for i, step in enumerate(load(path, "modprobe-depends")):
        assert all(n < i for n in step["after"]), step
        if step["builtin"]:
            ours.append(["builtin", step["module"], ""])
        elif step["action"] == "install":
            ours.append(["install", *(step["command"] + " " + step["options"]).strip().split(" ", 1)])
        else:
            ours.append(["insmod", step["path"], step["options"]])
            assert step["file_bytes"] == os.path.getsize(step["path"])
    assert ours == want, (ours, want)


def sizes(path):
    """Memory as readelf's list of sections gives it."""
    with open(path) as f:
        steps = json.load(f)
    for step in steps:
        text = subprocess.run(["readelf", "-SW", step["path"]], capture_output=True, text=True, check=True).stdout
        sums = {False: 0, True: 0}
        for line in text.splitlines():
            m = re.match(r"\s*\[ *\d+\] (\S+) +\S+ +\S+ \S+ (\S+) \S+ +(\S*) +\d+ +\d+ +(\d+)$", line)
            if m and "A" in m[3] and m[1] not in (".modinfo", "__versions"):
                align, init = max(int(m[4]), 1), m[1].startswith(".init")
                sums[init] = (sums[init] + align - 1) // align * align + int(m[2], 16)
        assert (step["memory_bytes"], step["init_bytes"]) == (sums[False], sums[True]), (step, sums)
    assert len(steps) > 3


def graph(path, tree, dot):
    """@tree: whose modinfo says what depends on what; @dot: the same as a file that graphviz reads."""
    value = load(path, "graph")
    names = [n["name"] for n in value["nodes"]]
    paths = {}
    for directory, _, files in os.walk(tree):
        for file in files:
            paths[file.split(".")[0].replace("-", "_")] = os.path.join(directory, file)
    assert len(set(names)) == len(names)
    want = set()
    for name in (n["name"] for n in value["nodes"] if n["state"] != "builtin"):
        out = subprocess.run(["modinfo", "-F", "depends", paths[name]], capture_output=True, text=True, check=True).stdout
        want |= {(name, d.replace("-", "_")) for d in out.strip().split(",") if d}
    ours = {(e["from"], e["to"]) for e in value["edges"] if e["kind"] == "dependency"}
    assert ours == want, ours ^ want
    plain = subprocess.run(["dot", "-Tplain", dot], capture_output=True, text=True, check=True).stdout.splitlines()
    assert sorted(n.split()[1].strip('"') for n in plain if n.startswith("node ")) == sorted(names)
    drawn = [e.split()[1:3] for e in plain if e.startswith("edge ")]
    assert sorted(drawn) == sorted([e["from"], e["to"]] for e in value["edges"])


def config(path, theirs):
    """@theirs: what Debian's `modprobe -c` printed."""
    value = load(path, "modprobe-config")
    ours = [(e["directive"] + " " + e["name"] + " " + e["value"]).strip() for e in value["configuration"]]
    ours += ["alias %(alias)s %(module)s" % a for a in value["aliases"]]
    ours += ["alias symbol:%(symbol)s %(module)s" % a for a in value["symbols"]]
    with open(theirs, encoding="utf-8") as f:
        want = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    assert sorted(ours) == sorted(want), set(ours) ^ set(want)


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
