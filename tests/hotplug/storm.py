#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""F-43: many devices that ask for the same drivers are one load each, in the order in which the first ones came."""
from machine import Machine, done, ok

DEVICES = 300
NAMES = [f"drv{n:02}" for n in range(20)]
m = Machine({name: ([f"pci:v{name}*"], []) for name in NAMES})

# All events wait before the daemon runs: a storm that comes at once.
for n in range(DEVICES):
    m.event("add", f"same{n}", "pci:vdrv07d1")
for n in range(DEVICES):
    m.event("add", f"unknown{n}", "pci:vnobody")
m.start("--no-coldplug")
ok(m.settle(), "a storm is dealt with", m.read("said"))
ok(m.calls() == ["insert drv07 "], f"F-43 {DEVICES} devices with one alias are one load", m.calls())
ok(m.read("said").count("no module is for /devices/unknown") == 1, "... and one lookup", m.read("said"))
ok("loaded drv07 for /devices/same0 (pci:vdrv07d1)" in m.read("said"), "... for the first of them", m.read("said"))
for n in range(DEVICES):
    m.event("add", f"same{n}", "pci:vdrv07d1")
ok(m.settle() and m.calls() == ["insert drv07 "], "the same again loads nothing", m.calls())
m.stop()
m.close()

m = Machine({name: ([f"pci:v{name}*"], []) for name in NAMES})
order = [NAMES[7 * n % len(NAMES)] for n in range(len(NAMES))]
for n in range(10):
    for name in order if n % 2 == 0 else reversed(order):
        m.event("add", f"{name}.{n}", f"pci:v{name}d{n % 3}")
m.start("--no-coldplug")
ok(m.settle(), "a storm of many kinds is dealt with", m.read("said"))
ok(m.calls() == [f"insert {name} " for name in order],
   "F-43 each driver is loaded once, in the order of the first events", m.calls())

m.event("add", "came", "pci:vdrv07d9")
ok(m.stop() == 0, "the daemon ends without an error or a leak", m.read("said"))
m.close()

# Gone again before its turn.
m = Machine({name: ([f"pci:v{name}*"], []) for name in NAMES})
for n in range(DEVICES):
    m.event("add", f"brief{n}", f"pci:v{NAMES[n % 3]}")
    m.event("remove", f"brief{n}", f"pci:v{NAMES[n % 3]}")
m.event("add", "stays", "pci:vdrv01")
m.start("--no-coldplug")
ok(m.settle() and m.calls() == ["insert drv01 "], "nothing is loaded for devices that have gone", m.calls())
ok(m.stop() == 0, "... and nothing is left of them", m.read("said"))
m.close()
done()
