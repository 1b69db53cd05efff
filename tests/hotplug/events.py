#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""How the daemon learns of devices: those that are there, events, bad and lost ones; and how it is told what to do."""
import os
import shutil
import signal
import subprocess

from machine import DAEMON, SECONDS, Machine, done, ok, write

MODULES = {"one": (["pci:v1*"], []), "two": (["usb:v2*"], []), "three": (["pci:v3*"], [])}
GOOD = b"add@/devices/x\0ACTION=add\0MODALIAS=pci:v1\0"

m = Machine(MODULES)
m.device("pci0/a", "pci:v1")
m.device("pci0/a/usb/b", "usb:v2")
m.start()
ok(m.calls() == ["insert one ", "insert two "], "before it is ready, drivers of devices that are there are loaded",
   m.calls())
ok("loaded two for /devices/pci0/a/usb/b (usb:v2)" in m.read("said"), "... for those behind others, too",
   m.read("said"))

bad = [b"", b"\0", b"add", b"add\0", b"add@\0", b"@/devices/x\0", b"add@x\0", GOOD[:-1], b"libudev\0\xfe\xed\xca\xfe",
       b"add@/devices/x\0MODALIAS=", b"\xff" * 9000, GOOD + b"X" * 9000]
for message in bad:
    m.ours.send(message)
harmless = [b"add@/devices/x\0MODALIAS\0=\0\0\0", b"bind@/devices/x\0MODALIAS=pci:v3\0",
            b"change@/devices/x\0MODALIAS=pci:v3\0", b"remove@/devices/none\0", b"add@/devices/x\0MODALIAS=\0",
            b"add@/devices/x\0XMODALIAS=pci:v3\0", b"addx@/devices/x\0MODALIAS=pci:v3\0"]
for message in harmless:
    m.ours.send(message)
ok(m.settle() and len(m.calls()) == 2, "messages that ask for nothing load nothing", m.calls())
told = m.read("said").count("a message that is no event of the kernel's is ignored")
ok(told == len(bad), f"{len(bad)} bad ones are seen as such", f"{told}\n{m.read('said')}")

# Two devices change places while nobody listens.
shutil.rmtree(f"{m.root}/sys/devices/pci0/a")
m.device("pci0/c", "pci:v3")
write(f"{m.root}/lost", "")
m.event("change", "wake")
ok(m.wait_said("events were lost; looking at all devices"), "events that are lost are told", m.read("said"))
ok(m.settle() and m.loaded() == ["one", "three", "two"], "... and all devices looked at", m.loaded())
ok(m.stop() == 0, "the daemon ends without an error or a leak", m.read("said"))
m.close()

# A device moves, and the one behind it with it, for which there is no event.
m = Machine(MODULES)
m.device("pci0/a", "pci:v1")
m.device("pci0/a/usb/b", "usb:v2")
m.start("--idle=0")
m.device("unseen", "pci:v3")
for old in "DEVPATH_OLD=/devices/eth0", "DEVPATH_OLD=/devices/pci0/a/us", "DEVPATH_OLD=/devices/pci0/", "DEVPATH_OLD=", "":
    m.ours.send(f"move@/devices/none\0{old}\0".encode())
ok(m.settle() and m.loaded() == ["one", "two"], "for moves of other devices nobody looks at all devices", m.loaded())
os.rename(f"{m.root}/sys/devices/pci0/a", f"{m.root}/sys/devices/pci0/moved")
m.ours.send(b"move@/devices/pci0/moved\0DEVPATH_OLD=/devices/pci0/a\0MODALIAS=pci:v1\0")
ok(m.wait(lambda: m.loaded() == ["one", "three", "two"]) and not [c for c in m.calls() if c.startswith("delete")],
   "for that of a known one, it is done, and drivers stay", m.calls())
m.unplug("pci0/moved/usb/b", "usb:v2")
ok(m.wait(lambda: m.loaded() == ["one", "three"]), "... until the devices go from where they are now", m.calls())
m.stop()
m.close()

m = Machine(MODULES)
m.device("a", "pci:v1")
m.start("--no-coldplug", "--idle=0")
ok(m.settle() and m.calls() == [], "--no-coldplug: devices that are there get no drivers", m.calls())
m.process.send_signal(signal.SIGHUP)
ok(m.wait(lambda: m.calls() == ["insert one "]), "SIGHUP: now they do", m.read("said"))
shutil.rmtree(f"{m.root}/sys/devices/a")
m.process.send_signal(signal.SIGHUP)
ok(m.wait(lambda: m.loaded() == []), "... and what has gone without an event is found out", m.read("said"))
m.module("new", ["pci:v9*"])
m.depmod()
m.event("add", "n", "pci:v9")
ok(m.settle() and m.loaded() == ["new"], "indexes that are replaced are read anew", m.read("said"))
ok(m.stop(signal.SIGINT) == 0 and m.manager.recv(64) == b"STOPPING=1", "SIGINT ends it, and it says so")
m.close()

m = Machine({})
for n in range(50):
    m.device(f"d{n}", f"pci:v{n}")
run = m.once()
ok(run.returncode == 1 and f"{m.release}/modules.dep.bin: No such file or directory; depmod makes it" in run.stderr,
   "without a module tree it fails, and says why", run.stderr)
m.start()
m.module("late", ["pci:v7*"])
m.depmod()
m.event("add", "n", "pci:v7")
ok(m.settle() and m.loaded() == ["late"], "... or waits until there is one", m.read("said"))
m.stop()
m.close()

# The journal's way of telling levels, if the journal is what standard error leads to.
m = Machine(MODULES)
m.device("a", "pci:v1")
with open(f"{m.root}/journal", "w+") as journal:
    st = os.fstat(journal.fileno())
    for stream, start in (f"{st.st_dev}:{st.st_ino}", "<5>loaded one"), ("1:1", "tenon-hotplugd: loaded one"):
        shutil.rmtree(f"{m.root}/sys/module")
        os.mkdir(f"{m.root}/sys/module")
        journal.truncate(0)
        journal.seek(0)
        subprocess.run(m.command("--once"), env=m.environment(JOURNAL_STREAM=stream), stderr=journal, check=True)
        text = m.read("journal")
        found = any(line.startswith(start) for line in text.splitlines())
        ok(found, f"messages begin with {start.split('l')[0]!r}", text)

# Without events it is of no use: the service manager has to know.
script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3</dev/null'
run = subprocess.run(["sh", "-c", script, "sh", *m.command("--no-coldplug")], env=m.environment(), text=True,
                     capture_output=True, timeout=SECONDS)
ok(run.returncode == 1 and "cannot read events: Socket operation on non-socket" in run.stderr,
   "a socket that cannot be read is a failure", run.stderr)
m.close()


def refuses(text, *arguments):
    run = subprocess.run([DAEMON, *arguments], text=True, capture_output=True)
    ok(run.returncode == 1 and text in run.stderr, f"{' '.join(arguments)} is refused", run.stderr)


refuses("--idle needs seconds or \"never\", not '-1'", "--idle=-1")
refuses("--idle needs seconds or \"never\", not '1h'", "--idle", "1h")
refuses("--idle needs seconds or \"never\", not ''", "--idle=")
refuses("--idle needs seconds or \"never\", not '9223372036854775807'", "--idle=9223372036854775807")
refuses("unrecognized option", "--fork")
refuses("there are no arguments, but 'ext4' was given", "ext4")
done()
