# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The interface as data: kpi_table.c for hosts, kpi_symvers for modpost."""

from .ctext import SPDX
from .model import VALUES, Callback, DefError, Ops

KINDS = {"value": "KPI_VALUE", "self": "KPI_SELF", "handle": "KPI_HANDLE", "string": "KPI_STRING", "in": "KPI_IN",
         "out": "KPI_OUT", "inout": "KPI_INOUT", "in_bytes": "KPI_IN_BYTES", "out_bytes": "KPI_OUT_BYTES",
         "ops": "KPI_OPS", "code": "KPI_CODE", "pointer": "KPI_POINTER"}
COPIED = {"string", "in", "out", "inout", "in_bytes", "out_bytes", "ops"}


def quoted(text):
    return '"%s"' % text


def functions(files):
    """All of them, in order of name."""
    return sorted((d for f in files for d in f.decls if hasattr(d, "crc")), key=lambda d: d.name)


def tables(files):
    """Callback tables, and callbacks that stand alone."""
    return sorted((d for f in files for d in f.decls if isinstance(d, (Ops, Callback))), key=lambda d: d.name)


def symvers(files):
    return "".join("0x%08x\t%s\tinterface\t%s\n" % (f.crc(), f.name, f.canonical()) for f in functions(files))


def chosen(files, names):
    """The functions that are named, or belong to a part that is (log for kpi/log.def), in order of name."""
    known = {f.name for f in files} | {c.name for c in functions(files)}
    unknown = [n for n in names if n not in known]
    if unknown:
        raise DefError(("offer", 1), "'%s' is neither a part nor a function of the interface" % unknown[0])
    return sorted((d for f in files for d in f.decls if hasattr(d, "crc") and (f.name in names or d.name in names)),
                  key=lambda d: d.name)


def used_tables(files, calls):
    names = {a.type for c in calls for a in c.args if a.kind in ("ops", "code")}
    return [t for t in tables(files) if t.name in names]


def table(files, names=None):
    calls = functions(files) if names is None else chosen(files, names)
    ops = used_tables(files, calls)
    index = {o.name: i for i, o in enumerate(ops)}
    out = [SPDX, "/* Generated from kpi/: the interface as data. See tenon/kpi_call.h. */",
           '#include "tenon/kpi.h"', '#include "tenon/kpi_call.h"', ""]
    for o in ops:
        out += ["static const struct kpi_call %s_calls[] = {" % o.name]
        out += [entry(c, c.name, "", 0, "NULL", index) for c in o.calls()] + ["};", ""]
    out += ["const struct kpi_ops kpi_ops_table[] = {"]
    out += ['\t{ "%s", %d, %s_calls },' % (o.name, len(o.calls()), o.name) for o in ops]
    out += ["};", "const uint32_t kpi_ops_cnt = %d;" % len(ops), "", "const struct kpi_call kpi_calls[] = {"]
    out += [entry(c, c.name, c.canonical(), c.crc(), "(void (*)(void))" + c.name, index) for c in calls]
    out += ["};", "const uint32_t kpi_call_cnt = %d;" % len(calls), "",
            "/* For tenon_provide(). */", "const struct tenon_export kpi_exports[] = {"]
    out += [export(c) for c in calls]
    out += ["};", "const size_t kpi_export_cnt = %d;" % len(calls), ""]
    return "\n".join(out)


def entry(func, name, text, crc, fn, index):
    context = "KPI_" + func.context.upper()
    args = ", ".join(describe(func, a, index) for a in func.args)
    copies = any(a.kind in COPIED for a in func.args)
    return '\t{ "%s", "%s", 0x%08x, %s, %d, KPI_RET_%s, %d,\n\t  { %s },\n\t  %s },' % (
        name, text or func.signature(name), crc, context, len(func.args), func.ret.upper(), copies, args or "{ KPI_VALUE, 0, 0, 0 }", fn)


def describe(func, arg, index):
    """A struct kpi_arg."""
    size = arg.limit
    if arg.kind == "value":
        size = "sizeof(%s)" % VALUES[arg.type]
    elif arg.kind in ("in", "out", "inout"):
        size = "sizeof(struct %s)" % arg.type
    length = func.len_index(arg) if arg.len_name else 0
    return "{ %s, %d, %d, %s }" % (KINDS[arg.kind], length, index.get(arg.type, 0) if arg.kind in ("ops", "code") else 0, size)


def export(func):
    return '\t{ .name = "%s", .value = (uintptr_t)%s, .crc = 0x%08x,\n\t  .flags = TENON_EXPORT_INTERFACE,\n\t  .type = %s },' % (
        func.name, func.name, func.crc(), quoted(func.canonical()))
