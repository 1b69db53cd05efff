#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The generator of the interface: checksums, messages, and what the compilers say to its output. Prints TAP."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KPI = os.path.join(TOP, "kpi")
sys.path.insert(0, KPI)

from gen import check, model, parse, table  # noqa: E402  (after the path is set)

WORK = tempfile.mkdtemp()
DEFS = sorted(f for f in os.listdir(KPI) if f.endswith(".def"))
REAL = {name: open(os.path.join(KPI, name), encoding="utf-8").read() for name in DEFS}
results = []


def ok(passed, name, detail=""):
    results.append(passed)
    print("%sok %d - %s" % ("" if passed else "not ", len(results), name), flush=True)
    if not passed:
        print("".join("# %s\n" % line for line in str(detail).split("\n")), end="")
    return passed


def generate(defs, out="out"):
    """Run the generator on a {name: text}. Return: exit status, messages, output directory."""
    directory = os.path.join(WORK, "defs")
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    for name, text in defs.items():
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            f.write(text)
    out = os.path.join(WORK, out)
    run = subprocess.run([os.path.join(KPI, "generate"), out, *(os.path.join(directory, n) for n in defs)],
                         capture_output=True, text=True, check=False)
    return run.returncode, run.stderr.replace(directory + "/", ""), out


def read(out, name):
    with open(os.path.join(out, name), encoding="utf-8") as f:
        return f.read()


def checksums(defs):
    """{function: (checksum, type)}; nothing if the generator refuses. Without a process for each, there are many."""
    try:
        files = [parse.Parser(name, text).file() for name, text in defs.items()]
        check.check(files, check.read_errnos(TOP + "/include/tenon/errno.h"))
    except model.DefError as error:
        print("# %s" % error)
        return {}
    return versions(table.symvers(files))


def versions(text):
    """The same of the text of kpi_symvers."""
    rows = [line.split("\t") for line in text.splitlines()]
    return {name: (crc, type_) for crc, name, kind, type_ in rows if kind == "interface"}


def crc32(data):
    """CRC-32 of ISO 3309, a bit at a time."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xedb88320 if crc & 1 else 0)
    return crc ^ 0xffffffff


def changed(before, after):
    return {name for name in before if before[name] != after.get(name)} | (set(after) - set(before))


def replaced(name, old, new, cnt=1):
    """The real definitions with a change in one file, which must be possible."""
    assert old in REAL[name], (name, old)
    return {**REAL, name: REAL[name].replace(old, new, cnt)}


# ---- checksums ----

BASE = checksums(REAL)


def test_base():
    ok(len(BASE) > 40 and versions(read(generate(REAL)[2], "kpi_symvers")) == BASE, "the real definitions give checksums")
    ok(crc32(b"123456789") == 0xcbf43926, "the test's own CRC-32 has the published check value")
    bad = [n for n, (crc, type_) in BASE.items() if int(crc, 16) != crc32(type_.encode())]
    ok(not bad, "each checksum is the CRC-32 of the text beside it", bad)
    ok(len({crc for crc, _ in BASE.values()}) == len(BASE), "no two are equal")


def test_each_type():
    """Every function, with the kind or type of one argument or its return type changed: it, and nothing else."""
    wrong, cnt = [], 0
    for file, text in REAL.items():
        for m in re.finditer(r"^(thread|any) (\S+) (tenon_\w+)\(([^;]*)\);", text, re.MULTILINE):
            context, ret, name, args = m.groups()
            new = []
            if ret not in ("u64", "void"):
                new.append((" %s tenon" % ret, " u64 tenon") if "out" not in args else (context, context))
            new.append(("%s %s" % (context, ret), "%s %s" % ("any" if context == "thread" else "thread", ret)))
            for arg in args.split(", "):
                old_type = arg.rsplit(" ", 1)[0]
                if old_type in ("u64", "size_t", "int", "pointer") and "len" not in arg:
                    new.append((arg, arg.replace(old_type, "ulong")))
                if old_type.startswith("handle"):
                    new.append((arg, arg.replace(old_type, "handle(other)")))
            for old, to in new:
                if old == to:
                    continue
                cnt += 1
                declaration = m.group(0).replace(old, to, 1)
                after = checksums({**REAL, file: text.replace(m.group(0), declaration)})
                if changed(BASE, after) != {name}:
                    wrong.append((name, old, to, changed(BASE, after)))
    ok(not wrong and cnt > 100, "%d changes of one type or context change that function's checksum only" % cnt, wrong)


def test_nothing():
    """Changes that no caller can see."""
    same = {
        "a comment": replaced("timer.def", "@at_ns: when it first expires", "@at_ns: when it expires first"),
        "an argument's name": {**REAL, "mutex.def": REAL["mutex.def"].replace("deadline_ns", "until_ns")},
        "a callback's argument's name": {**REAL, "timer.def": REAL["timer.def"].replace(
            "@arg: as given", "@data: as given").replace("tenon_timer_fn(pointer arg)", "tenon_timer_fn(pointer data)")},
        "a structure's name": {**REAL, "memory.def": re.sub(r"tenon_arena\b", "tenon_range", REAL["memory.def"])},
        "a limit": replaced("random.def", "TENON_RANDOM_BYTES = 256", "TENON_RANDOM_BYTES = 512"),
        "one more constant": replaced("log.def", "TENON_LEVEL_INFO = 6,", "TENON_LEVEL_INFO = 6, TENON_LEVEL_MORE = 9,"),
        "a file's name": {("zz.def" if n == "clock.def" else n): t for n, t in REAL.items()},
    }
    first, second = REAL["mutex.def"].split("/**\n * tenon_mutex_lock", 1)
    lock, rest = second.split("/**\n * tenon_mutex_unlock", 1)
    same["the order of entries"] = {**REAL, "mutex.def": first + "/**\n * tenon_mutex_unlock" + rest +
                                    "\n/**\n * tenon_mutex_lock" + lock}
    for what, defs in same.items():
        after = checksums(defs)
        ok(after == BASE, "F-25 %s changes nothing" % what, changed(BASE, after))


def test_users():
    """A structure, callback or callback table: exactly the functions that take it."""
    cases = [
        ("a member's type", "memory.def", "u32 page_bytes;", "int page_bytes;", {"tenon_arena_create"}),
        ("a member's name", "buffer.def", "pointer address;", "pointer base;", {"tenon_buffer_create"}),
        ("an array's length", "trap.def", "reg[32]", "reg[34]", {"tenon_trap_register"}),
        ("a constant that is an array's length", "chrdev.def", "IOCTL_BYTES = 256", "IOCTL_BYTES = 512",
         {"tenon_chrdev_register"}),
        ("a structure in a callback table", "chrdev.def", "u32 mode;", "int mode;", {"tenon_chrdev_register"}),
        ("a callback's return type", "timer.def", "callback any void", "callback any int", {"tenon_timer_create"}),
        ("a callback's context", "timer.def", "callback any void", "callback thread void", {"tenon_timer_create"}),
        ("a callback's argument", "thread.def", "tenon_thread_fn(pointer arg)", "tenon_thread_fn(ulong arg)",
         {"tenon_thread_create"}),
        ("a callback's name in a table", "chrdev.def", "thread void release(", "thread void forget(",
         {"tenon_chrdev_register"}),
    ]
    for what, file, old, new, users in cases:
        defs = replaced(file, old, new)
        defs[file] = defs[file].replace("* tenon_timer_fn - called when a timer expires\n * @arg: as given to tenon_timer_create\n",
                                        "* tenon_timer_fn - called when a timer expires\n * @arg: as given to tenon_timer_create\n"
                                        + (" *\n * Return: 0\n" if "any int" in new else ""))
        defs[file] = defs[file].replace("* release - ", "* forget - ") if "forget" in new else defs[file]
        after = checksums(defs)
        ok(changed(BASE, after) == users, "%s changes the checksum of its user only" % what, changed(BASE, after))


# ---- mistakes ----

HEAD = "/* SPDX-License-Identifier: X */\n/* Intro. */\n"
DOC = "/**\n * tenon_f - does\n%s *\n * Return: 0\n%s */\n"


def function(args, declaration, tail=""):
    """A file with one function; its declaration is on the line after its comment."""
    return HEAD + DOC % ("".join(" * @%s: text\n" % a for a in args), tail) + declaration + "\n"


MISTAKES = [
    ("no licence", "any int tenon_f(void);\n", "a.def:1: the first line is a comment with SPDX-License-Identifier"),
    ("no introduction", "/* SPDX-License-Identifier: X */\n/** tenon_f - does */\nany void tenon_f(void);\n",
     "a.def:2: expected a comment (/* ... */) that says what this file is about, found '/** tenon_f - does */'"),
    ("no comment", HEAD + "any int tenon_f(void);\n",
     "a.def:3: expected a documentation comment (/** name - summary ... */), found 'any'"),
    ("open comment", HEAD + "\n/** tenon_f\n", "a.def:4: comment that does not end"),
    ("odd character", function([], "any int tenon_f(void) $"), "a.def:8: unexpected character '$'"),
    ("no semicolon", function([], "any int tenon_f(void)"), "a.def:9: expected ';', found 'end of file'"),
    ("unknown context", function([], "irq int tenon_f(void);"),
     "a.def:8: a function begins with its context, 'thread' or 'any', not 'irq'"),
    ("unknown return type", function([], "any short tenon_f(void);"), "a.def:8: 'short' is not a return type: "),
    ("unknown argument type", function(["x"], "any int tenon_f(char x);"),
     "a.def:9: 'char' is not a kind or type of an argument: "),
    ("narrow argument", function(["x"], "any int tenon_f(u8 x);"), "a.def:9: 'u8' is not a kind or type of an argument: "),
    ("seven arguments", function("abcdefg", "any int tenon_f(int a, int b, int c, int d, int e, int f,\n\tint g);"),
     "a.def:15: tenon_f has 7 arguments, at most 6 are possible"),
    ("an argument twice", function(["x"], "any int tenon_f(int x, int x);"), "a.def:9: 'x' is twice in tenon_f"),
    ("an argument not described", function([], "any int tenon_f(int x);"), "a.def:8: tenon_f: argument 'x' is not described"),
    ("a described stranger", function(["x", "y"], "any int tenon_f(int x);"),
     "a.def:3: tenon_f: '@y' is described but is not an argument"),
    ("the wrong name", function([], "any int tenon_g(void);"),
     "a.def:3: the comment describes 'tenon_f', the definition is of 'tenon_g'"),
    ("unknown errno", function([], "any int tenon_f(void);", " * -EHOPELESS: text\n"),
     "a.def:3: tenon_f: -EHOPELESS is not in tenon/errno.h"),
    ("an empty error", function([], "any int tenon_f(void);", " * -EINVAL:\n"), "a.def:3: tenon_f: '-EINVAL' says nothing"),
    ("no owner", function([], "any int tenon_f(self);"), "a.def:3: tenon_f takes 'self': 'Owner:' must say"),
    ("no return", HEAD + "/**\n * tenon_f - does\n */\nany int tenon_f(void);\n", "a.def:3: tenon_f: 'Return:' is missing"),
    ("a return of nothing", function([], "any void tenon_f(void);"),
     "a.def:3: tenon_f: 'Return:' is described but nothing is returned"),
    ("self not first", function(["x"], "any int tenon_f(int x, self);", " * Owner: it\n"),
     "a.def:10: 'self' must be the first argument"),
    ("unknown structure", function(["x"], "any int tenon_f(in struct tenon_s x);"), "a.def:9: 'tenon_s' is not a structure"),
    ("unknown table", function(["x"], "any int tenon_f(ops tenon_s x);"), "a.def:9: 'tenon_s' is not a callback table"),
    ("unknown callback", function(["x"], "any int tenon_f(code tenon_s x);"), "a.def:9: 'tenon_s' is not a callback"),
    ("a buffer's missing length", function(["x"], "any int tenon_f(in bytes x[len <= 4]);"),
     "a.def:9: the length of 'x', 'len', is not a size_t argument of tenon_f"),
    ("a narrow length", function(["x", "len"], "any int tenon_f(in bytes x[len <= 4], int len);"),
     "a.def:10: the length of 'x', 'len', is not a size_t argument of tenon_f"),
    ("a limit of nothing", function(["x"], "any int tenon_f(string x[0]);"), "a.def:9: the limit of 'x' must be between 1 and"),
    ("unknown limit", function(["x"], "any int tenon_f(string x[TENON_MAX]);"), "a.def:9: 'TENON_MAX' is not a constant"),
    ("out without an answer", function(["x", "len"], "any u64 tenon_f(out bytes x[len <= 4], size_t len);"),
     "a.def:10: tenon_f has an out argument and must return int, long or a handle"),
    ("a stranger's name", HEAD + "/** f - does */\nany void f(void);\n", "a.def:4: 'f' does not begin with tenon_"),
    ("defined twice", HEAD + "/** tenon_f - does */\nany void tenon_f(void);\n" * 2,
     "a.def:6: 'tenon_f' is defined already, at a.def:4"),
    ("a structure without its size", HEAD + "/** tenon_s - is */\nstruct tenon_s { u64 size; };\n",
     "a.def:4: the first member of struct tenon_s must be 'u32 size'"),
    ("a hole", HEAD + "/** tenon_s - is */\nstruct tenon_s {\n\tu32 size;\n\tu64 x;\n};\n",
     "a.def:6: struct tenon_s has a hole before 'x' on 32-bit CPUs"),
    ("a hole on one kind of CPU", HEAD + "/** tenon_s - is */\nstruct tenon_s {\n\tu32 size;\n\tpointer x;\n};\n",
     "a.def:6: struct tenon_s has a hole before 'x' on 64-bit CPUs"),
    ("a hole at the end", HEAD + "/** tenon_s - is */\nstruct tenon_s {\n\tu32 size;\n\tu8 x;\n};\n",
     "a.def:4: struct tenon_s has a hole at its end on 32-bit CPUs"),
    ("a callback that takes a callback", HEAD + "/**\n * tenon_c - is\n * @x: text\n */\n"
     "callback any void tenon_c(code tenon_c x);\n", "a.def:7: a callback cannot take 'code'"),
    ("no such file", None, "No such file"),
]


def test_mistakes():
    for what, text, message in MISTAKES:
        if text is None:
            run = subprocess.run([KPI + "/generate", WORK + "/bad", WORK + "/none.def"], capture_output=True, text=True,
                                 check=False)
            status, messages = run.returncode, run.stderr
        else:
            status, messages, _ = generate({"a.def": text}, "bad")
        ok(status == 1 and message in messages and messages.count("\n") == 1, "refused: " + what, messages)
    ok(not os.path.exists(WORK + "/bad"), "nothing is written when something is wrong")


# ---- output ----

SMALL = HEAD + """
/** TENON_MAX - most */
const TENON_MAX = 40;
/** tenon_s - is */
struct tenon_s { u32 size; u32 x; };
/**
 * tenon_c - is called
 * @s: text
 *
 * Return: 0
 */
callback any int tenon_c(inout struct tenon_s s);
/** tenon_o - has */
ops tenon_o {
	/**
	 * get - gets
	 * @data: text
	 * @len: text
	 *
	 * Return: 0
	 */
	thread long get(out bytes data[len <= TENON_MAX], size_t len);
	/**
	 * put - puts
	 * @s: text
	 */
	any void put(in struct tenon_s s);
};
/**
 * tenon_f - does
 * @h: text
 * @o: text
 * @c: text
 * @p: text
 * @name: text
 *
 * Return: it
 * Owner: it
 */
thread handle(thing) tenon_f(self, handle(thing) h, ops tenon_o o, code tenon_c c, pointer p, string name[7]);
/**
 * tenon_a - does
 * @n: text
 * @s: text
 *
 * Return: 0
 */
any int tenon_a(u64 n, out struct tenon_s s);
"""

PROGRAM = r"""
#include <stdio.h>
#include "tenon/kpi.h"
#include "tenon/kpi_call.h"
tenon_handle tenon_f(struct tenon_this_module *self, tenon_handle h, const struct tenon_o *o, tenon_c *c, void *p, const char *name)
{ (void)self, (void)h, (void)o, (void)c, (void)p, (void)name; return 7; }
int tenon_a(uint64_t n, struct tenon_s *s) { (void)n, (void)s; return 8; }
static void show(const struct kpi_call *c)
{
	printf("%s %d %d %d:", c->name, c->context, c->argc, c->ret);
	for (int i = 0; i < c->argc; i++)
		printf(" %d,%d,%s,%u", c->arg[i].kind, c->arg[i].len_arg,
		       c->arg[i].kind == KPI_OPS || c->arg[i].kind == KPI_CODE ? kpi_ops_table[c->arg[i].ops].name : "", c->arg[i].size);
	printf("\n");
}
int main(void)
{
	for (uint32_t i = 0; i < kpi_call_cnt; i++)
		show(&kpi_calls[i]);
	for (uint32_t i = 0; i < kpi_ops_cnt; i++)
		for (int j = 0; j < kpi_ops_table[i].cnt; j++)
			show(&kpi_ops_table[i].calls[j]);
	return kpi_calls[0].fn != (void (*)(void))tenon_a || kpi_export_cnt != 2 || kpi_exports[1].value != (uintptr_t)tenon_f ||
	       kpi_exports[1].crc != kpi_calls[1].crc || kpi_exports[1].flags != TENON_EXPORT_INTERFACE;
}
"""
# name, enum kpi_context, arguments, enum kpi_ret; for each argument enum kpi_kind, length's index, table, bytes
TABLE = """\
tenon_a 1 2 1: 0,0,,8 5,0,,8
tenon_f 0 6 5: 1,0,,0 2,0,,0 9,0,tenon_o,0 10,0,tenon_c,0 11,0,,0 3,0,,7
tenon_c 1 1 1: 6,0,,8
get 0 2 2: 8,1,,40 0,0,,8
put 1 1 0: 4,0,,8
"""
WARN = ("-std=gnu11 -O2 -Wall -Wextra -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla "
        "-Wundef -Wpadded -Werror").split()
ARM = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-ffreestanding"]


def compiles(compiler, out, source, output, *more, warn=WARN):
    run = subprocess.run([*compiler, *warn, "-I" + TOP + "/include", "-I" + out + "/include", *more, "-o", output, source],
                         capture_output=True, text=True, check=False)
    return ok(run.returncode == 0, "%s is compiled by %s" % (os.path.basename(source), compiler[0]), run.stderr)


def test_headers():
    """Every header by itself, with a warning for each hole that a compiler sees in a structure."""
    out = generate(REAL)[2]
    for compiler in (["gcc"], ["clang"], ["aarch64-linux-gnu-gcc"], ["riscv64-linux-gnu-gcc"], ARM):
        for name in DEFS:
            source = "%s/%s.c" % (WORK, name[:-4])
            with open(source, "w", encoding="utf-8") as f:
                f.write('#include "tenon/kpi/%s.h"\n' % name[:-4])
            run = subprocess.run([*compiler, *WARN, "-I" + TOP + "/include", "-I" + out + "/include", "-fsyntax-only", source],
                                 capture_output=True, text=True, check=False)
            if run.returncode:
                break
        ok(run.returncode == 0, "%d headers are each compiled by %s" % (len(DEFS), compiler[0]), run.stderr)
        compiles(compiler, out, out + "/kpi_table.c", WORK + "/table.o", "-c", warn=[w for w in WARN if w != "-Wpadded"])
    wide = [line for name in DEFS for line in read(out, "include/tenon/kpi/%s.h" % name[:-4]).split("\n")
            if len(line.expandtabs(8)) > 120]
    ok(not wide, "no line is over 120 columns", "\n".join(wide))
    page = read(out, "docs/kpi.md")
    ok(all("### %s\n" % name in page for name in BASE), "every function is on the page")


def test_table():
    """What the compiled tables say, against what the small definitions were meant to say."""
    out = generate({"small.def": SMALL}, "small")[2]
    with open(WORK + "/program.c", "w", encoding="utf-8") as f:
        f.write(PROGRAM)
    for compiler in ("gcc", "clang"):
        if compiles([compiler], out, WORK + "/program.c", WORK + "/program", out + "/kpi_table.c", warn=["-Wall", "-Werror"]):
            run = subprocess.run([WORK + "/program"], capture_output=True, text=True, check=False)
            ok(run.returncode == 0 and run.stdout == TABLE, "the table compiled by %s is right" % compiler, run.stdout)


def test_arm_exports():
    """On a 32-bit CPU an export has seven words; the second is the function's address."""
    out = generate({"small.def": SMALL}, "small")[2]
    if not compiles(ARM, out, out + "/kpi_table.c", WORK + "/arm.o", "-c", warn=["-Wall", "-Werror"]):
        return
    symbols = subprocess.run(["arm-none-eabi-nm", WORK + "/arm.o"], capture_output=True, text=True, check=True).stdout
    start = int(re.search(r"(\w+) R kpi_exports\n", symbols).group(1), 16)
    dump = subprocess.run(["arm-none-eabi-objdump", "-r", "-j", ".rodata", WORK + "/arm.o"], capture_output=True, text=True,
                          check=True).stdout
    relocs = {int(a, 16) - start: s for a, s in re.findall(r"^(\w{8}) R_ARM_ABS32\s+(\S+)", dump, re.MULTILINE)}
    ok(relocs.get(4) == "tenon_a" and relocs.get(32) == "tenon_f" and 8 not in relocs, "exports on 32-bit ARM", relocs)


def test_files():
    out = generate(REAL, "once")[2]
    header = os.path.join(out, "include/tenon/kpi/log.h")
    os.utime(header, (1, 1))
    generate(replaced("timer.def", "@at_ns: when it first expires", "@at_ns: when it expires first"), "once")
    ok(os.stat(header).st_mtime == 1, "an output that stays equal keeps its time")
    ok("when it expires first" in read(out, "include/tenon/kpi/timer.h"), "one that changes is written")
    other = generate({n: REAL[n] for n in reversed(DEFS)}, "twice")[2]
    generate(REAL, "once")
    same = subprocess.run(["diff", "-r", out, other], capture_output=True, text=True, check=False)
    ok(same.returncode == 0, "the order on the command line does not matter", same.stdout)
    status, messages, out = generate({n: REAL[n] for n in ("log.def", "memory.def")}, "part")
    ok(status == 0 and sorted(os.listdir(out + "/include/tenon/kpi")) == ["log.h", "memory.h"],
       "a port may offer a part of the interface", messages)


def table_bytes(names):
    """Of the table for a kernel that offers these, compiled; None if it is refused."""
    source, out = WORK + "/offer.c", generate(REAL, "once")[2]
    done = subprocess.run([os.path.join(KPI, "generate"), "--offer", source, *names,
                           *(os.path.join(KPI, d) for d in DEFS)], capture_output=True, check=False)
    if done.returncode or not compiles(["gcc"], out, source, WORK + "/offer.o", "-c", "-Os", warn=["-Wall", "-Werror"]):
        return None
    size = subprocess.run(["size", WORK + "/offer.o"], capture_output=True, text=True, check=True).stdout
    return int(size.split()[6])


def test_offer():
    """A kernel's table is as large as what it offers."""
    parts = [d[:-4] for d in DEFS]
    whole, five = table_bytes(parts), table_bytes(["log", "random", "tenon_alloc", "tenon_free", "tenon_clock_ns"])
    cnt = len(re.findall(r"^0x", read(os.path.join(WORK, "once"), "kpi_symvers"), re.MULTILINE))
    ok(whole and five and five / 5 < 1.5 * whole / cnt, "a table of five functions is as large as five", (five, whole, cnt))
    ok(table_bytes(["log", "tenon_nothing"]) is None, "what is not in the interface cannot be offered")


def main():
    for test in (test_base, test_each_type, test_nothing, test_users, test_mistakes, test_headers, test_table,
                 test_arm_exports, test_files, test_offer):
        test()
    print("1..%d" % len(results))
    return not all(results)


try:
    sys.exit(main())
finally:
    shutil.rmtree(WORK)
