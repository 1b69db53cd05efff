#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""
The kernel's own socket, in a network namespace of its own: who has the rights of root there may have the kernel send an
event; what others send to the same group is no event.
"""
import os
import socket
import struct
import subprocess
import sys

from machine import Machine, done, ok

NETLINK_KOBJECT_UEVENT, GROUP = 15, 1
NLMSG_MIN_TYPE, NLM_F_REQUEST = 0x10, 1

if len(sys.argv) == 1:
    if subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL).returncode:
        print("1..0 # SKIP there are no network namespaces for users")
        sys.exit()
    os.execvp("unshare", ["unshare", "-rn", sys.executable, __file__, "inside"])

m = Machine({"one": (["pci:v1*"], []), "two": (["pci:v2*"], [])})
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_KOBJECT_UEVENT)
sender.bind((0, 0))


def from_kernel(action, path, alias):
    text = f"{action}@/devices/{path}\0ACTION={action}\0DEVPATH=/devices/{path}\0MODALIAS={alias}\0".encode()
    sender.sendto(struct.pack("=IHHII", 16 + len(text), NLMSG_MIN_TYPE, NLM_F_REQUEST, 0, 0) + text, (0, 0))


m.start("--no-coldplug", listen=0)
sender.sendto(b"add@/devices/forged\0MODALIAS=pci:v1\0", (0, GROUP))
ok(m.wait_said("a message that is no event of the kernel's is ignored"), "an event that a process made is seen as such",
   m.read("said"))
from_kernel("add", "true", "pci:v2")
ok(m.wait_said("loaded two for /devices/true (pci:v2)"), "the kernel's are heard", m.read("said"))
ok(m.loaded() == ["two"], "... and nothing else", m.loaded())

# More than the socket holds while the daemon stands still.
m.process.send_signal(19)
m.device("quiet", "pci:v1")
for n in range(200000):
    from_kernel("add", f"much{n % 7}", "x" * 1900)
m.process.send_signal(18)
ok(m.wait_said("events were lost; looking at all devices"), "a storm that is too much is seen", m.read("said")[-500:])
ok(m.wait_said("loaded one for /devices/quiet"), "... and what came meanwhile is found", m.read("said")[-500:])
ok(m.stop() == 0, "the daemon ends without an error or a leak", m.read("said")[-2000:])
m.close()
done()
