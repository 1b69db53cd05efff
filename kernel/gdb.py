# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""For gdb, with the kernel as its program: each time that it stops, it learns the symbols of the modules that are there."""
import glob
import os

import gdb

BUILD = os.path.dirname(os.path.dirname(os.path.dirname(gdb.current_progspace().filename)))
known = {}  # (name, address of its text): an address by which gdb forgets it


def files():
    """The modules' files, by the names that modules have."""
    found = {}
    for path in glob.glob(f"{BUILD}/modules/x86_64/*/*.ko"):
        found[os.path.basename(path)[:-3].replace("-", "_")] = path
    return found


def records():
    """What the kernel keeps of each module: kernel/module/record.h."""
    at = gdb.parse_and_eval("'kernel/module/record.c'::records")
    while at:
        yield at.dereference()
        at = at["next"]


def sections(record):
    for i in range(int(record["section_cnt"])):
        section = record["sections"][i]
        if int(section["size"]):
            yield section["address"]["name"].string(), int(section["run"])


def present():
    """Of each module its sections. Before the kernel has its page table none can be read."""
    there = {}
    try:
        for record in records():
            if record["module"]:
                there[record["name"].string(), int(record["text"])] = list(sections(record))
    except gdb.MemoryError:
        pass
    return there


def update(_event):
    there = present()
    for key in [key for key in known if key not in there]:
        gdb.execute(f"remove-symbol-file -a {known.pop(key):#x}", to_string=True)
    paths = files()
    for key in [key for key in there if key not in known and key[0] in paths]:
        places = " ".join(f"-s {name} {address:#x}" for name, address in there[key])
        gdb.execute(f"add-symbol-file {paths[key[0]]} {places}", to_string=True)
        known[key] = key[1]


gdb.execute("set confirm off")
gdb.events.stop.connect(update)
