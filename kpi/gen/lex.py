# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Definition files as tokens."""

import re
from dataclasses import dataclass

from .model import DefError

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<doc>/\*\*(?!/).*?\*/)
  | (?P<comment>/\*.*?\*/)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>-?(?:0x[0-9a-fA-F]+|\d+)\b)
  | (?P<mark><=|[(){}\[\];,=])
""", re.VERBOSE | re.DOTALL)


@dataclass
class Token:
    kind: str  # doc comment name number mark end
    text: str
    where: tuple


def comment_lines(text):
    """The lines of a comment without its frame of slashes and stars."""
    body = re.sub(r"^/\*+|\*+/$", "", text)
    lines = [re.sub(r"^\s*\* ?", "", line) if i else line.strip() for i, line in enumerate(body.split("\n"))]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


def tokens(path, text):
    out, pos, line = [], 0, 1
    while pos < len(text):
        m = TOKEN.match(text, pos)
        if not m:
            what = "comment that does not end" if text.startswith("/*", pos) else "unexpected character %r" % text[pos]
            raise DefError((path, line), what)
        if m.lastgroup != "space":
            out.append(Token(m.lastgroup, m.group(), (path, line)))
        line += m.group().count("\n")
        pos = m.end()
    out.append(Token("end", "end of file", (path, line)))
    return out
