#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""trace.py KERNEL INITRD FUNCTION... - boot a guest and print "FUNCTION INSTRUCTIONS" for each function: from its first
instruction to its return, whatever runs meanwhile included, the least of its calls. What is counted lies between two lines
that the guest prints, @on and @off; after each it waits for a line on its console."""
import os
import re
import subprocess
import sys
import tempfile

from guest import Guest

CALL_BYTES_MAX = 7
PC = re.compile(r"^Trace [^[]*\[[0-9a-f]+/([0-9a-f]+)/")


def trace(kernel, initrd, log, directory):
    g = Guest(kernel, initrd, directory, "-D", log)
    g.wait_for(b"@on")
    g.command("stop", "singlestep on", "log exec,nochain", "cont")
    g.go_on()
    g.wait_for(b"@off")
    g.command("stop", "log none", "cont")
    g.end()


def symbols(kernel):
    out = subprocess.run(["nm", kernel], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: int(address, 16) for address, kind, name in map(str.split, out.splitlines()) if kind in "tT"}


def count(log, entries):
    """The least count for each name of @entries, a dictionary of addresses."""
    least, inside, before = {}, {}, 0
    for number, line in enumerate(log):
        found = PC.match(line)
        if not found:
            continue
        pc = int(found.group(1), 16)
        for name, (start, site) in list(inside.items()):
            if site < pc <= site + CALL_BYTES_MAX:
                least[name] = min(least.get(name, number), number - start)
                del inside[name]
        name = entries.get(pc)
        if name and name not in inside:
            inside[name] = number, before
        before = pc
    return least


def main():
    kernel, initrd, *names = sys.argv[1:]
    known = symbols(kernel)
    with tempfile.TemporaryDirectory() as directory:
        log = os.path.join(directory, "log")
        trace(kernel, initrd, log, directory)
        with open(log) as lines:
            least = count(lines, {known[n]: n for n in names})
    for n in names:
        print(n, least.get(n, 0))


main()
