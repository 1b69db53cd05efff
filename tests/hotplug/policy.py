#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""What the configuration allows, and what a person is told of it: always with the device that asked."""
import shutil

from machine import Machine, done, ok, write

MODULES = {
    "base": ([], []),
    "middle": ([], ["base"]),
    "card": (["pci:v1*"], ["middle"]),
    "spare": (["pci:v1*"], []),
    "other": (["pci:v2*"], []),
    "secret": (["pci:v3*"], []),
}


def machine(text):
    m = Machine(MODULES)
    m.configure(text)
    return m


def said(m, *texts):
    return all(text in m.read("said") for text in texts)


m = machine("forbid secret\noptions other debug=1\nblacklist spare\n")
m.start("--no-coldplug")
for n, alias in enumerate(["pci:v1", "pci:v2", "pci:v3"]):
    m.event("add", f"slot{n}", alias)
ok(m.settle(), "events are dealt with", m.read("said"))
ok(m.calls() == ["insert base ", "insert middle ", "insert card ", "insert other debug=1"],
   "dependencies come first, parameters are those of the configuration, blacklisted modules are left out", m.calls())
ok(said(m, f"secret is not loaded for /devices/slot2: {m.config}/test.conf:1 forbids it"),
   "the line that forbids a module is told", m.read("said"))
ok(said(m, "loaded base, which middle wants, for /devices/slot0") or said(m, "loaded base, which card wants, for"),
   "a dependency is told with who wants it", m.read("said"))
m.stop()
m.close()

m = machine("forbid base\n")
m.start("--no-coldplug")
m.event("add", "slot0", "pci:v1")
ok(m.settle(), "events are dealt with", m.read("said"))
ok(said(m, f"card is not loaded for /devices/slot0: {m.config}/test.conf:1 forbids base, which it needs"),
   "a dependency that is forbidden stops what needs it", m.read("said"))
ok(m.calls() == ["insert spare "], "... and not another module for the same device", m.calls())

# Edited in place: same file, same directory.
m.configure("forbid bose\n")
m.event("add", "slot0", "pci:v1")
ok(m.settle() and "insert card " in m.calls(), "a configuration that is edited in place counts from the next device on",
   m.read("said"))
m.configure("allow card\nallow middle\nallow base\n")
m.event("add", "slot1", "pci:v2")
ok(m.settle() and "insert other " not in m.calls(), "what is not allowed is not loaded", m.calls())
ok(said(m, f"other is not loaded for /devices/slot1: {m.config}/test.conf:1 does not allow it"), "... and told",
   m.read("said"))
m.configure("install other echo $MODPROBE_MODULE was asked for >&2\n")
m.event("add", "slot2", "pci:v2")
ok(m.settle() and said(m, "other was asked for"), "an install command is run", m.read("said"))
ok("insert other " not in m.calls(), "... in the module's place", m.calls())
m.stop()
m.close()

# A device may say anything.
m = machine("")
path = f"{m.root}/tree/lib/modules/{m.release}/secret.ko"
m.start("--no-coldplug")
for n, alias in enumerate([path, f"../..{path}", "./secret.ko", "pci:v9\n\x1b[31m\u009b2J", "x" * 3000, "-r", "%s%n"]):
    m.event("add", f"slot{n}", alias)
ok(m.settle() and m.calls() == [], "an alias is no path, option or format", m.calls())
ok(not {"\x1b", "\u009b"} & set(m.read("said")) and said(m, "pci:v9??[31m??2J"),
   "... and cannot write control characters into the log", m.read("said"))
m.stop()
m.close()

# The kernel refuses.
m = machine("")
m.device("slot0", "pci:v1")
m.device("slot1", "pci:v2")
m.failing = "insert:card:12"
run = m.once()
ok(run.returncode == 1, "--once ends with an error if a driver could not be loaded", run.stderr)
ok("could not load card for /devices/slot0 (pci:v1): Cannot allocate memory" in run.stderr, "... which is told",
   run.stderr)
ok(m.loaded() == ["other", "spare"], "... other drivers are loaded, and dependencies of the first are gone", m.loaded())
m.close()

m = machine("")
m.device("slot0", "pci:v1")
m.device("slot1", "pci:v1b")
run = m.once("--dry-run")
ok(run.returncode == 0 and m.calls() == [], "--dry-run loads nothing", run.stderr)
ok(all(run.stderr.count(f"would load {name}") == 1 for name in ("base", "middle", "card", "spare")),
   "... and says of each once that it would", run.stderr)
run = m.once()
ok(run.returncode == 0 and m.loaded() == ["base", "card", "middle", "spare"], "--once loads and ends", run.stderr)
m.close()

m = machine("alias pci:v1* off\n")
m.device("slot0", "pci:v1")
run = m.once()
ok(run.returncode == 0 and m.loaded() == [], "an alias can be turned off", run.stderr)
ok(f"pci:v1* is turned off by {m.config}/test.conf:1; nothing is loaded for /devices/slot0" in run.stderr,
   "... which is reported as modprobe does", run.stderr)
m.close()

# Of two modules for one alias, one is only loaded if the other cannot be.
m = machine("prefer spare over card\n")
m.device("slot0", "pci:v1")
run = m.once("-v")
ok(run.returncode == 0 and m.loaded() == ["spare"], "what is preferred is loaded, and nothing else", run.stderr)
ok(f"card is not loaded for /devices/slot0: {m.config}/test.conf:1 prefers spare" in run.stderr, "... which is reported",
   run.stderr)
m.close()
m = machine("prefer spare over card\n")
m.device("slot0", "pci:v1")
m.failing = "insert:spare:12"
run = m.once()
ok(m.loaded() == ["base", "card", "middle"], "if it cannot be loaded, the other is", run.stderr)
m.close()
m = machine("fallback c*\nforbid spare\n")
m.device("slot0", "pci:v1")
run = m.once()
ok(m.loaded() == ["base", "card", "middle"], "so it is if policy stops the first", run.stderr)
m.close()
m = machine("prefer spare over card\nblacklist spare\n")
m.device("slot0", "pci:v1")
run = m.once()
ok(m.loaded() == ["base", "card", "middle"], "a blacklisted module is preferred to none", run.stderr)
m.close()

# A name that a device gives itself may have line breaks; the kernel's own line comes behind it.
m = Machine({"card": (["hid:b0003*"], []), "evil": ([], [])})
write(f"{m.root}/sys/devices/usb/uevent",
      "HID_ID=0003:1\nHID_NAME=Acme\nMODALIAS=evil\nHID_PHYS=\nMODALIAS=hid:b0003g0001v1p1\n")
run = m.once()
ok(m.loaded() == ["card"] and run.returncode == 0, "a device cannot name a module", run.stderr)
shutil.rmtree(f"{m.root}/sys/devices")
run = m.once()
ok(run.returncode == 1 and "cannot read which devices are there" in run.stderr, "--once without /sys/devices fails", run)
m.close()
done()
