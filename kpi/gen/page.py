# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The interface as a page for people: docs/kpi.md."""

from .ctext import CONTEXT_TEXT, limit_note, prototype
from .header import ops, struct
from .model import Callback, Enum, Function, Ops, Struct


def page(files):
    out = ["# The native interface", "",
           "Generated from `kpi/*.def`. What every module may call without a gate is in `tenon/runtime.h`.", "",
           "| part | functions |", "|---|---|"]
    for f in files:
        names = ["[%s](#%s)" % (d.name, d.name) for d in f.decls if isinstance(d, Function)]
        out.append("| [%s](#%s) | %s |" % (f.name, f.name, ", ".join(names)))
    for f in files:
        out += ["", "## " + f.name, "", f.intro]
        for decl in f.decls:
            out += ["", "### " + decl.name, "", sentence(decl.doc.summary), *body(decl)]
    return "\n".join(out) + "\n"


def sentence(text):
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def code(lines):
    return ["", "```c", *lines, "```"]


def body(decl):
    paragraphs = [p for text in decl.doc.text for p in ("", text)]
    if isinstance(decl, Enum):
        return paragraphs + ["", *("* `%s` = %s%s" % (n, v, ": " + t if t else "") for n, v, t in decl.values)]
    if isinstance(decl, Struct):
        return paragraphs + code(struct(decl))
    if isinstance(decl, Ops):
        out = paragraphs + code([line for line in ops(decl) if not line.startswith(("\t/**", "\t *"))])
        for member in decl.members:
            out += ["", "#### %s.%s" % (decl.name, member.name), "", sentence(member.doc.summary), *details(member)]
        return out
    text = prototype(decl)
    return code([("typedef " if isinstance(decl, Callback) else "") + text + ";"]) + paragraphs + details(decl)


def details(func):
    out = [""]
    for arg in func.args:
        if arg.kind != "self":
            note = limit_note(arg)
            out.append("* `%s`: %s%s" % (arg.name, func.doc.args[arg.name], " (%s)" % note if note else ""))
    if func.doc.returns:
        out.append("* **Return**: " + func.doc.returns)
    out += ["  * `-TENON_%s`: %s" % error for error in func.doc.errors]
    out.append("* **Context**: " + CONTEXT_TEXT[func.context])
    if func.doc.owner:
        out.append("* **Owner**: " + func.doc.owner)
    if isinstance(func, Function):
        out.append("* **Checksum**: `0x%08x` of `%s`" % (func.crc(), func.canonical()))
    return out
