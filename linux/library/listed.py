#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""listed.py SOURCE AUTO_CONF FILES - those of the listed files that are compiled for a kernel: they are in its source, and Linux's
own makefiles build them in for its configuration. In the order of the list, one a line."""
import functools
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE, CONFIG = sys.argv[1:3]
ALONE = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}  # no make's part


def makefile(directory):
    """The text of DIRECTORY's makefile; None if there is none."""
    for name in ("Kbuild", "Makefile"):
        if os.path.exists(f"{SOURCE}/{directory}/{name}"):
            with open(f"{SOURCE}/{directory}/{name}", encoding="utf-8") as f:
                return f.read()
    return None


@functools.lru_cache(None)
def objects(directory):
    """What it has for this configuration."""
    made = subprocess.run(["make", "-s", "-r", "-R", "-f", f"{HERE}/built_in.mk", f"SOURCE={SOURCE}", f"CONFIG={CONFIG}",
                           f"DIR={directory}"], stdout=subprocess.PIPE, text=True, check=True, env=ALONE)
    return set(made.stdout.split())


@functools.lru_cache(None)
def leads(directory):
    """Does a makefile above lead to DIRECTORY? Those of the top are not looked at, nor those of arch/."""
    above = os.path.dirname(directory)
    while above and not directory.startswith("arch/"):
        if makefile(above) is not None and f"{directory}/" in objects(above):
            return leads(above)
        above = os.path.dirname(above)
    return "/" not in directory or directory.startswith("arch/")


def has(path):
    """What no makefile names is a part of another file."""
    directory = os.path.dirname(path)
    while makefile(directory) is None:
        directory = os.path.dirname(directory)
    name = f"{path[:-2]}.o"
    return leads(directory) and (name in objects(directory) or os.path.basename(name) not in makefile(directory))


with open(sys.argv[3], encoding="utf-8") as lines:
    for text in lines:
        path = text.split(None, 1)[0] if text.strip() and not text.startswith("#") else ""
        if path.endswith(".c") and os.path.exists(f"{SOURCE}/{path}") and has(path):
            print(path)
