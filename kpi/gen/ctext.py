# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Pieces of C that the headers and the page share."""

import textwrap

from .model import RETURNS, SMALL, VALUES

SPDX = "/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */"
CONTEXT_TEXT = {"thread": "thread; may sleep", "any": "any, also a trap or with preemption off"}


def declare(ctype, name):
    return ctype + name if ctype.endswith("*") else ctype + " " + name


def arg_text(arg):
    """An argument as C declares it."""
    if arg.kind == "value":
        return declare(VALUES[arg.type], arg.name)
    ctype = {
        "self": "struct tenon_this_module *", "handle": "tenon_handle", "string": "const char *",
        "pointer": "void *", "in_bytes": "const void *", "out_bytes": "void *",
        "in": "const struct %s *", "out": "struct %s *", "inout": "struct %s *",
        "ops": "const struct %s *", "code": "%s *",
    }[arg.kind]
    return declare(ctype % arg.type if "%s" in ctype else ctype, arg.name)


def prototype(func, name=None, separator=", "):
    """The declaration without its semicolon; @name replaces the function's own, as for a pointer to it."""
    return "%s(%s)" % (declare(RETURNS[func.ret], name or func.name),
                       separator.join(arg_text(a) for a in func.args) or "void")


def member_text(member):
    ctype = {"pointer": "void *", "handle": "tenon_handle", **VALUES, **SMALL}[member.type]
    return declare(ctype, member.name) + ("[%d]" % member.cnt if member.cnt else "") + ";"


def wrapped(text, first, rest, width=118):
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)


def limit_note(arg):
    """What the border enforces besides the type."""
    if arg.kind == "string":
        return "at most %s bytes with NUL" % arg.limit
    if arg.kind.endswith("bytes"):
        return "%s bytes, at most %s" % (arg.len_name, arg.limit)
    return ""
