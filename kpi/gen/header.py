# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The C header of one definition file, and the one that includes them all."""

from functools import partial

from .ctext import CONTEXT_TEXT, SPDX, limit_note, member_text, prototype, wrapped
from .model import Callback, Enum, Ops, Struct


def header(file):
    guard = "TENON_KPI_%s_H" % file.name.upper()
    out = [SPDX, "/* Generated from kpi/%s.def: change that. */" % file.name, "#ifndef " + guard, "#define " + guard, "",
           '#include "tenon/kpi_types.h"', "", "/*"]
    out += [(" * " + line).rstrip() for line in file.intro.split("\n")] + [" */", ""]
    for decl in file.decls:
        out += [*definition(decl), ""]
    return "\n".join(out + ["#endif", ""])


def all_headers(files):
    out = [SPDX, "/* Generated: the whole native interface, from kpi/. */", "#ifndef TENON_KPI_H", "#define TENON_KPI_H", ""]
    out += ['#include "tenon/kpi/%s.h"' % f.name for f in files]
    return "\n".join(out + ["", "#endif", ""])


def definition(decl):
    if isinstance(decl, Enum):
        return constants(decl)
    if isinstance(decl, Struct):
        return [*comment(decl.doc), *struct(decl)]
    if isinstance(decl, Ops):
        return [*comment(decl.doc), *ops(decl)]
    if isinstance(decl, Callback):
        return [*comment(decl.doc, decl), *declaration(decl, "typedef ")]
    return [*comment(decl.doc, decl), *declaration(decl)]


def declaration(func, before="", name=None, indent=""):
    """Broken between arguments where it is too long for a line."""
    text = before + prototype(func, name, separator=",\0") + ";"
    lines = wrapped(text.replace(" ", "\1").replace("\0", " "), indent, indent + "\t\t", 108)
    return [line.replace("\1", " ") for line in lines]


def comment(doc, func=None, indent=""):
    """A documentation comment in full."""
    fill = partial(wrapped, width=110 if indent else 118)
    body = fill("%s - %s" % (doc.name, doc.summary), " * ", " *   ")
    for arg in func.args if func else []:
        text = "THIS_MODULE" if arg.kind == "self" else doc.args[arg.name]
        note = limit_note(arg)
        body += fill("@%s: %s%s" % (arg.name, text, " (%s)" % note if note else ""), " * ", " *   ")
    for text in doc.text:
        body += [" *", *fill(text, " * ", " * ")]
    if func:
        body.append(" *")
        if doc.returns:
            body += fill("Return: " + doc.returns, " * ", " *   ")
        for name, text in doc.errors:
            body += fill("-TENON_%s: %s" % (name, text), " *   ", " *     ")
        body += fill("Context: " + CONTEXT_TEXT[func.context], " * ", " *   ")
        if doc.owner:
            body += fill("Owner: " + doc.owner, " * ", " *   ")
    return [indent + line for line in ["/**", *body, " */"]]


def constants(enum):
    if len(enum.values) == 1 and enum.values[0][0] == enum.name:
        return [*comment(enum.doc), "#define %s %s" % enum.values[0][:2]]
    rows = [("%s = %s," % (name, number), text) for name, number, text in enum.values]
    return [*comment(enum.doc), "enum %s {" % enum.name, *columns(rows), "};"]


def struct(decl):
    return ["struct %s {" % decl.name, *columns([(member_text(m), m.text) for m in decl.members]), "};"]


def columns(rows):
    width = max(len(left) for left, _ in rows)
    return ["\t" + ("%-*s /* %s */" % (width, left, text) if text else left) for left, text in rows]


def ops(decl):
    out = ["struct %s {" % decl.name]
    for member in decl.members:
        out += [*comment(member.doc, member, "\t"), *declaration(member, name="(*%s)" % member.name, indent="\t")]
    return out + ["};"]
