#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Completion in the shells themselves: words are typed in a terminal, then the tabulator."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, "tests")
from tap import done, ok  # noqa: E402  (after the path is set)
from terminal import Terminal  # noqa: E402

BUILD = os.path.abspath(os.environ.get("O", "build"))
SECONDS = 30
HOME = tempfile.mkdtemp()


class Shell(Terminal):
    def __init__(self, command, setup):
        super().__init__(command, PATH=f"{BUILD}/tools:{BUILD}/hotplugd:{os.environ['PATH']}", TERM="dumb", PS1="$ ",
                         HOME=HOME, COLUMNS="200", LC_ALL="C.UTF-8")
        self.until(b"$ ")
        self.type(setup.encode() + b"; echo set-'up'\n", b"set-up")

    def complete(self, line, expected):
        """Does the line, with a tabulator behind it, become what is expected?"""
        got = self.type(line.encode() + b"\t", expected[len(line):].encode())
        shown = re.sub(rb"\x07|\r\n|\x1b\[[0-9;?]*[a-zA-Z]", b"", got)
        ok(expected.encode() in shown, f"{line!r} becomes {expected!r}", got)
        os.write(self.fd, b"\x15")


LINES = [
    ("modprobe --all-or", "modprobe --all-or-nothing"),
    ("modprobe --set-ver", "modprobe --set-version="),
    ("tenon what-i", "tenon what-if"),
    ("tenon graph --lo", "tenon graph --loaded"),
    ("tenon what-if modp", "tenon what-if modprobe"),
    ("tenon-hotplugd --no-c", "tenon-hotplugd --no-coldplug"),
    ("kmod static", "kmod static-nodes"),
    ("depmod --symb", "depmod --symbol-prefix="),
    ("rmmod --syslog --verb", "rmmod --syslog --verbose"),
    ("insmod READM", "insmod README.md"),
    ("tenon lint --sar", "tenon lint --sarif"),
    ("tenon diff READM", "tenon diff README.md"),
    ("depmod --all-r", "depmod --all-releases"),
]

# A module file whose parameters are commands, and what completion makes of them.
TRAP = f"{HOME}/trap"
with open(f"{HOME}/mi", "wb") as file:
    for text in (f"parm=a$(touch${{IFS}}{TRAP}):x", f"parm=b`touch${{IFS}}{TRAP}`:x", "parm=honest:x", "license=GPL", "name=evil"):
        file.write(text.encode() + b"\0")
subprocess.run(["as", "-o", f"{HOME}/plain.o", "/dev/null"], check=True)
subprocess.run(["objcopy", "--add-section", f".modinfo={HOME}/mi", "--set-section-flags", ".modinfo=alloc,readonly",
                f"{HOME}/plain.o", f"{HOME}/evil.ko"], check=True)
EVIL = [(f"insmod {HOME}/evil.ko hon", f"insmod {HOME}/evil.ko honest="), (f"insmod {HOME}/evil.ko ", ""), (f"insmod {HOME}/evil.ko a", ""),
        (f"tenon check {HOME}/evil.ko b", "")]

for name, command, setup in [
        ("bash", ["bash", "--norc", "--noprofile", "-i"], "bind 'set bell-style none'; source user/completions/tenon.bash"),
        ("zsh", ["zsh", "-f", "-i"],
         f"fpath=({os.getcwd()}/user/completions $fpath); autoload -U compinit; compinit -u -D")]:
    if not shutil.which(name):
        ok(True, f"{name} # SKIP it is not installed")
        continue
    shell = Shell(command, setup)
    for line, expected in LINES:
        shell.complete(line, expected)
    for line, expected in EVIL:
        if expected:
            shell.complete(line, expected)
        else:
            os.write(shell.fd, line.encode() + b"\t\t")
            time.sleep(1)
            os.write(shell.fd, b"\x15")
    ok(not os.path.exists(TRAP), f"{name} runs nothing that a module file says")
    shell.close()

if shutil.which("fish"):
    environment = {**os.environ, "PATH": f"{BUILD}/tools:{BUILD}/hotplugd:{os.environ['PATH']}", "HOME": HOME}
    for line, expected in LINES:
        script = f"source user/completions/tenon.fish; complete -C '{line}'"
        run = subprocess.run(["fish", "-N", "-c", script], env=environment, capture_output=True, text=True, timeout=SECONDS)
        found = [text.split("\t")[0] for text in run.stdout.splitlines()]
        ok(expected.split()[-1] in found, f"fish: {line!r} may become {expected!r}", run)
else:
    ok(True, "fish # SKIP it is not installed")
shutil.rmtree(HOME)
done()
