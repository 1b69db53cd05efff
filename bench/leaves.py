#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""leaves.py KERNEL INITRD - boot a guest that prints @on when it has modules, and waits for a line on its console. Print how
many leaf entries of the page table are in use where modules lie."""
import sys
import tempfile

from guest import Guest

MODULES_START = 0xffffffffc0000000


def leaves(g):
    entries = (line.split(":")[0] for line in g.command("info tlb").splitlines() if line.startswith("ffffffff"))
    return sum(int(e, 16) >= MODULES_START for e in entries)


def main():
    with tempfile.TemporaryDirectory() as directory:
        g = Guest(sys.argv[1], sys.argv[2], directory)
        g.wait_for(b"@on")
        print(leaves(g))
        g.end()


main()
