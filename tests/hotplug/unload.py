#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""Drivers go when their last device has gone and the idle time has passed, if this process has loaded them."""
import os
import shutil
import signal
import time

from machine import Machine, done, ok, write

MODULES = {
    "base": ([], []),
    "card": (["pci:v1*"], ["base"]),
    "reader": (["pci:v2*"], ["base"]),
    "busy": (["pci:v3*"], []),
    "stuck": (["pci:v4*"], []),
    "clock": (["pci:v5*"], []),
    "before": (["pci:v6*"], []),
}


def tick(m):
    """When a driver that became idle now has gone, those that were idle before have been looked at."""
    m.plug("clock", "pci:v5")
    m.settle()
    m.unplug("clock", "pci:v5")
    return m.wait(lambda: "clock" not in m.loaded())


m = Machine(MODULES)
for path in "sys/module/before/initstate", "sys/module/before/refcnt":
    write(f"{m.root}/{path}", "0\n" if path.endswith("refcnt") else "live\n")
m.failing = "delete:stuck:16"
m.start("--idle=1")
m.plug("a", "pci:v1x")
m.plug("b", "pci:v1y")
m.plug("c", "pci:v2")
m.plug("d", "pci:v6")
ok(m.settle() and m.loaded() == ["base", "before", "card", "reader"], "drivers are loaded", m.loaded())
m.unplug("a", "pci:v1x")
m.unplug("d", "pci:v6")
ok(tick(m) and m.loaded() == ["base", "before", "card", "reader"],
   "a driver stays while a device is there; one that was loaded before stays without", m.calls())
m.unplug("b", "pci:v1y")
ok(m.wait(lambda: "card" not in m.loaded()), "with the last device the driver goes", m.read("said"))
ok(m.wait_said("unloaded card"), "... and it is told", m.read("said"))
ok(tick(m) and m.loaded() == ["base", "before", "reader"], "what another driver needs stays", m.calls())
m.unplug("c", "pci:v2")
ok(m.wait(lambda: m.loaded() == ["before"]), "... and goes with that one", m.calls())
ok(m.calls()[-2:] == ["delete reader", "delete base"], "... behind it", m.calls())

m.plug("e", "pci:v3")
ok(m.settle() and "busy" in m.loaded(), "a driver is loaded", m.loaded())
write(f"{m.root}/sys/module/busy/refcnt", "1\n")
m.unplug("e", "pci:v3")
ok(tick(m) and tick(m) and "delete busy" not in m.calls(), "a driver in use stays, and nobody tries", m.calls())
write(f"{m.root}/sys/module/busy/refcnt", "0\n")
ok(m.wait(lambda: "busy" not in m.loaded()), "... and goes when it is used no more", m.read("said"))

m.plug("f", "pci:v3")
m.settle()
m.device("g", "")
m.bind("busy", "g")
m.unplug("f", "pci:v3")
ok(tick(m) and "busy" in m.loaded(), "a driver stays that a device is bound to which did not ask for it", m.loaded())
m.unbind("busy")
ok(m.wait(lambda: "busy" not in m.loaded()), "... until that has gone, too", m.read("said"))

m.plug("h", "pci:v4")
m.settle()
m.unplug("h", "pci:v4")
ok(m.wait_said("stuck stays loaded without a device: Device or resource busy"), "a module that does not go is told",
   m.read("said"))
ok(tick(m) and tick(m) and m.calls().count("delete stuck") == 1, "... and tried once", m.calls())

# Back in time, and unloaded by somebody else.
m.plug("i", "pci:v1")
m.settle()
m.event("remove", "i")
m.event("add", "i", "pci:v1")
ok(tick(m) and "delete card" not in m.calls()[-3:] and "card" in m.loaded(), "a driver stays whose device comes back",
   m.calls())
ok(m.stop() == 0, "the daemon ends without an error or a leak", m.read("said"))
ok("card" in m.loaded(), "... and leaves drivers where they are", m.loaded())
m.close()

def start_recording():
    """A machine whose daemon writes down, in run/drivers, what it has loaded."""
    m = Machine(MODULES)
    os.mkdir(f"{m.root}/run")
    m.more = {"RUNTIME_DIRECTORY": f"{m.root}/run:/nowhere"}
    m.start("--idle=1")
    return m


def ticks(m):
    """Time on the CPU until now."""
    with open(f"/proc/{m.process.pid}/stat") as stat:
        return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))


# A driver that nobody here needs, and the kernel uses, with no idle time.
m = Machine(MODULES)
m.start("--idle=0")
m.plug("a", "pci:v3")
m.settle()
write(f"{m.root}/sys/module/busy/refcnt", "1\n")
m.unplug("a", "pci:v3")
m.settle()
before = ticks(m)
time.sleep(2)
ok(ticks(m) - before < os.sysconf("SC_CLK_TCK") and "busy" in m.loaded(), "it is not asked about all the time", ticks(m))
write(f"{m.root}/sys/module/busy/refcnt", "0\n")
ok(m.wait(lambda: "busy" not in m.loaded()), "... but again", m.calls())
m.stop()
m.close()

# Somebody unloads a driver, and it is loaded once more: that is another one.
m = start_recording()
m.plug("a", "pci:v5")
m.settle()
first = m.read("run/drivers")
os.rename(f"{m.root}/sys/module/clock", f"{m.root}/old")
m.plug("b", "pci:v5b")
m.settle()
node = os.stat(f"{m.root}/sys/module/clock").st_ino
ok(m.wait(lambda: m.read("run/drivers") == f"clock {node}\n") and m.read("run/drivers") != first,
   "a driver that is loaded again is on record as the new one", (first, node))
m.stop()
m.close()

# Killed and started again: the next one knows what was loaded.
m = start_recording()
m.plug("a", "pci:v1")
m.plug("b", "pci:v2")
m.plug("c", "pci:v3")
m.settle()
ok(tick(m), "a driver is unloaded, others stay", m.calls())
node = {name: os.stat(f"{m.root}/sys/module/{name}").st_ino for name in m.loaded()}
expected = "".join(f"{name} {node[name]}\n" for name in ("busy", "reader", "card", "base"))
ok(m.wait(lambda: m.read("run/drivers") == expected), "they are on record", m.read("run/drivers"))
ok(os.listdir(f"{m.root}/run") == ["drivers"], "... and nothing else is left", os.listdir(f"{m.root}/run"))
m.stop(signal.SIGKILL)
m.unplug("a", "pci:v1")
shutil.rmtree(f"{m.root}/sys/devices/c")
write(f"{m.root}/run/drivers", m.read("run/drivers").replace(f"busy {node['busy']}", f"busy {node['busy'] + 1}") +
      f"../card {node['card']}\nbefore\nbase {node['base']} x\n\n nothing 1\nstuck 0\n9")
m.start("--idle=1")
ok(m.wait(lambda: "card" not in m.loaded()), "the next one unloads what is used no more", m.read("said"))
ok(tick(m) and m.loaded() == ["base", "busy", "reader"],
   "... not what a device needs, nor what was loaded anew meanwhile", m.calls())
m.unplug("b", "pci:v2")
ok(m.wait(lambda: m.loaded() == ["busy"]) and m.calls()[-2:] == ["delete reader", "delete base"],
   "... which goes with the device", m.calls())
ok(m.wait(lambda: m.read("run/drivers") == ""), "... and from the record", m.read("run/drivers"))
ok(m.stop() == 0, "the daemon ends without an error or a leak", m.read("said"))
ok(m.manager.recv(64) == b"STOPPING=1", "... and tells the service manager")
os.rename(f"{m.root}/run", f"{m.root}/gone")
m.start("--idle=0")
m.plug("d", "pci:v5")
ok(m.wait_said("run/drivers: No such file or directory; when this process ends, what it has loaded will stay"),
   "a record that cannot be written is told", m.read("said"))
m.unplug("d", "pci:v5")
ok(m.wait(lambda: "clock" not in m.loaded()), "... and it works on", m.calls())
m.stop()
m.close()

m = Machine(MODULES)
m.start("--idle=never")
m.plug("a", "pci:v5")
m.settle()
m.unplug("a", "pci:v5")
m.plug("b", "pci:v5")
m.unplug("b", "pci:v5")
ok(m.settle() and m.calls() == ["insert clock "], "--idle=never keeps drivers", m.calls())
m.stop()
m.close()

# Another program is faster: here a command, while what card needs is loaded.
m = Machine(MODULES)
theirs = f"{m.root}/sys/module/card"
m.configure(f"install base mkdir {theirs}; echo 0 >{theirs}/refcnt; echo live >{theirs}/initstate\n")
m.start("--idle=0")
m.plug("a", "pci:v1")
ok(m.settle() and m.loaded() == ["card"] and m.calls() == [], "what another program loads meanwhile is there", m.calls())
m.unplug("a", "pci:v1")
ok(tick(m) and m.calls() == ["insert clock ", "delete clock"], "... and is not unloaded", m.calls())
ok("loaded card" not in m.read("said"), "... nor told as loaded", m.read("said"))
m.stop()
m.close()

m = Machine(MODULES)
m.start("--idle=0")
m.plug("a", "pci:v5")
m.settle()
m.unplug("a", "pci:v5")
ok(m.wait(lambda: m.calls() == ["insert clock ", "delete clock"]), "--idle=0 unloads at once", m.calls())
m.stop()
m.close()
done()
