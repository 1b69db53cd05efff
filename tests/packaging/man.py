#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Manual pages are sound, and a command's options are the same in its page, its --help and the shells' completion."""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "tests")
from tap import done, ok  # noqa: E402  (after the path is set)

BUILD = os.path.abspath(os.environ.get("O", "build"))
PAGES = "user/man"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def help_options(text):
    """The options of lines as "  -o, --outdir=DIR  what", without values."""
    options = set()
    for line in text.splitlines():
        if re.match(r"\s+-", line):
            for word in re.split(r"[ ,\t]+", line.strip()):
                if not word.startswith("-"):
                    break
                options.add(word.split("=")[0])
    return options


def page_options(path):
    """The options of the page's lists: ".It Fl o , Fl Fl outdir Ns = Ns Ar dir"."""
    options = set()
    with open(path) as page:
        for line in page:
            if line.startswith(".It Fl"):
                for item in line.removeprefix(".It ").split(" , "):
                    words = item.split()
                    assert words[0] == "Fl", line
                    options.add("--" + words[2] if words[1] == "Fl" else "-" + words[1])
    return options


def differ(a, b):
    return " ".join(sorted(a ^ b))


if shutil.which("mandoc"):
    for page in sorted(glob.glob(f"{PAGES}/*.[1-8]")):
        lint = run("mandoc", "-T", "lint", "-W", "warning", page)
        ok(lint.returncode == 0 and not lint.stdout, f"mandoc has nothing to say of {page}", lint.stdout + lint.stderr)
        with open(page) as text:
            for name, section in re.findall(r"^\.Xr (\S+) (\d)", text.read(), re.M):
                ours = re.match(r"tenon|kmod|modprobe|insmod|rmmod|lsmod|modinfo|depmod", name)
                if ours and not os.path.exists(f"{PAGES}/{name}.{section}"):
                    ok(False, f"{page} refers to {name}({section})")
else:
    ok(True, "mandoc # SKIP it is not installed")

ok(help_options("  -a, --all, --any=X\n  -b  what -c is\n") == {"-a", "--all", "--any", "-b"},
   "options are found in a help text")
names = ["depmod", "insmod", "kmod", "lsmod", "modinfo", "modprobe", "rmmod"]
listed = re.findall(r"^  ([a-z-]+)", run(f"{BUILD}/tools/asan/tenon", "help").stdout, re.M)
ok(set(names) <= set(listed), "tenon help lists kmod's commands", listed)
with open(f"{PAGES}/tenon.8") as page:
    described = re.findall(r"^\.It Cm (\S+)", page.read(), re.M)
ok(sorted(described) == sorted(listed), "tenon(8) lists the same commands", differ(set(described), set(listed)))

programs = {name: [f"{BUILD}/tools/asan/tenon", name] for name in names}
programs |= {f"tenon-{name}": [f"{BUILD}/tools/asan/tenon", name] for name in listed if name not in names}
programs |= {"tenon-hotplugd": [f"{BUILD}/hotplugd/asan/tenon-hotplugd"]}
for name, command in programs.items():
    told = run(*command, "--help")
    options = help_options(told.stdout)
    if name == "kmod":
        options |= help_options(run(*command, "static-nodes", "--help").stdout)
    ok(told.returncode == 0 and {"-h", "--help"} <= options, f"{name} --help lists options", told)
    path = f"{PAGES}/{name}.8"
    if not os.path.exists(path):
        ok(False, f"{name} has a page")
        continue
    described = page_options(path)
    ok(described == options, f"{name}(8) has the options of {name} --help", differ(described, options))
    if name == "kmod":
        continue
    for shell in "bash", "zsh":
        if not shutil.which(shell):
            continue
        script = {"bash": "user/completions/tenon.bash", "zsh": "user/completions/_tenon"}[shell]
        found = run(shell, "-c", f'. "$0"; _tenon_options "$@"', script, *command).stdout.split("\n")
        found = {re.split("[=:]", line)[0] for line in found if line}
        ok(found == options, f"{shell} completes the options of {name}", differ(found, options))
# What is parsed: every long option in a command's table is in its --help, or is named in its page as one of old
# releases; abbreviations that a longer option would make ambiguous are neither.
ABBREVIATIONS = {"modprobe": {"--al", "--a"}}
SOURCES = {"modprobe": "modprobe_arguments.c", "kmod": "kmod_static_nodes.c"}


def parsed_options(source, kind="(?:no|required)_argument"):
    with open(source) as text:
        return {"--" + name for name in re.findall(r'\{ "([a-z0-9-]+)", ' + kind, text.read())}


for name, command in programs.items():
    source = f"user/tools/{SOURCES.get(name, name.removeprefix('tenon-').replace('-', '_') + '.c')}"
    if not os.path.exists(source):
        continue
    options = help_options(run(*command, "--help").stdout)
    if name == "kmod":
        options |= help_options(run(*command, "static-nodes", "--help").stdout)
    mentioned = set()
    for page in (name, "tenon-unload" if name == "tenon-load" else name):  # one source
        with open(f"{PAGES}/{page}.8") as text:
            mentioned |= {"--" + option for option in re.findall(r"Fl Fl ([a-z-]+)", text.read())}
    hidden = parsed_options(source) - options - ABBREVIATIONS.get(name, set())
    ok(hidden <= mentioned, f"{name}(8) names all that {name} parses", " ".join(sorted(hidden - mentioned)))
    switches = parsed_options(source, "no_argument") & options - {"--help", "--version"}
    refused = [option for option in sorted(switches)
               if re.search("unrecognized|ambiguous", run(*command, *(["static-nodes"] if name == "kmod" else []),
                                                          option, "--help").stderr)]
    ok(not refused, f"{name} parses all that its --help has", " ".join(refused))
done()
