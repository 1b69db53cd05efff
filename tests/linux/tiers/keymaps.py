# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The key maps of remote controls as Debian's package ir-keytable has them, for tiers.py to compare modules with."""
import glob
import os
import re
import tomllib

MAPS = "/lib/udev/rc_keymaps/*.toml"
CODES = "debian/amd64/usr/src/linux-headers-*-common/include/uapi/linux/input-event-codes.h"


def read_codes(build):
    """Numbers of keys by their names."""
    with open(glob.glob(os.path.join(build, CODES))[0], encoding="utf-8") as f:
        text = f.read()
    codes = {name: int(number, 0) for name, number in re.findall(r"^#define\s+((?:KEY|BTN)_\w+)\s+(0x[0-9a-f]+|\d+)", text, re.M)}
    return codes | {name: codes[of] for name, of in re.findall(r"^#define\s+((?:KEY|BTN)_\w+)\s+((?:KEY|BTN)_\w+)", text, re.M)}


def read_keymaps(build):
    """For each module that a map was made from: keys by scancode."""
    codes = read_codes(build)
    maps = {}
    for path in glob.glob(MAPS):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if match := re.match(r"# Generated .*/(rc-[\w-]+)\.c\n", text):
            tables = (protocol.get("scancodes", {}) for protocol in tomllib.loads(text)["protocols"])
            maps[match[1].replace("-", "_")] = {int(scan, 16): codes[key] for table in tables for scan, key in table.items()}
    return maps
