# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A machine for the hotplug daemon: devices, modules, a kernel (tests/shim), all in a directory; a socket for events."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests")
from tap import done, ok  # noqa: E402, F401  (after the path is set; the tests take both from here)

BUILD = os.path.abspath(os.environ.get("O", "build"))
DAEMON = f"{BUILD}/hotplugd/asan/tenon-hotplugd"
SECONDS = 60  # after which what is waited for will not come


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


class Machine:
    """@modules: name -> (aliases, names of modules that it needs)"""

    def __init__(self, modules):
        self.root = tempfile.mkdtemp()
        self.release = os.uname().release
        self.config = f"{self.root}/modprobe.d"
        self.process = None
        self.failing = ""  # TENON_TEST_FAIL
        self.more = {}  # of the environment
        self.ours, self.daemons = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(f"{self.root}/manager")
        self.manager.settimeout(SECONDS)
        for directory in "sys/devices", "sys/module", "proc", "modprobe.d", "tree":
            os.makedirs(f"{self.root}/{directory}")
        write(f"{self.root}/log", "")
        write(f"{self.root}/said", "")
        for name, (aliases, needs) in modules.items():
            self.module(name, aliases, needs)
        if modules:
            self.depmod()

    def close(self):
        shutil.rmtree(self.root)

    # --- files ---

    def module(self, name, aliases, needs=()):
        directory = f"{self.root}/tree/lib/modules/{self.release}"
        strings = ["license=GPL", f"name={name}", "depends=" + ",".join(needs)]
        strings += [f"alias={alias}" for alias in aliases]
        source = '.section .modinfo, "a"\n' + "".join(f'.asciz "{text}"\n' for text in strings)
        source += f'.section __ksymtab_strings, "a"\n.asciz "{name}_symbol"\n.section __ksymtab, "a"\n.long 0\n'
        source += f".text\n.global {name}_symbol\n{name}_symbol:\n"
        source += "".join(f".quad {other}_symbol\n" for other in needs)
        os.makedirs(directory, exist_ok=True)
        subprocess.run(["as", "-o", f"{directory}/{name}.ko", "-"], input=source, text=True, check=True)

    def depmod(self):
        subprocess.run([f"{BUILD}/tools/asan/depmod", "-b", f"{self.root}/tree", self.release], check=True,
                       stderr=subprocess.DEVNULL)

    def configure(self, text, name="test.conf"):
        write(f"{self.config}/{name}", text)

    def read(self, name):
        with open(f"{self.root}/{name}") as file:
            return file.read()

    def calls(self):
        """What the kernel was asked for: "insert NAME PARAMETERS", "delete NAME"."""
        log = re.sub(r"finit_module (.*) '(.*)' \d+", r"insert \1 \2", self.read("log"))
        return re.sub(r"delete_module (.*) \d+", r"delete \1", log).splitlines()

    def loaded(self):
        return sorted(os.listdir(f"{self.root}/sys/module"))

    # --- devices ---

    def device(self, path, alias):
        """A device that is there without an event."""
        write(f"{self.root}/sys/devices/{path}/uevent", f"DRIVER=none\nMODALIAS={alias}\n")

    def event(self, action, path, alias=""):
        path = f"/devices/{path}"
        text = f"{action}@{path}\0ACTION={action}\0DEVPATH={path}\0SUBSYSTEM=pci\0"
        text += f"MODALIAS={alias}\0" if alias else ""
        self.ours.send((text + "SEQNUM=1\0").encode())

    def plug(self, path, alias):
        self.device(path, alias)
        self.event("add", path, alias)

    def unplug(self, path, alias):
        shutil.rmtree(f"{self.root}/sys/devices/{path}")
        self.event("remove", path, alias)

    def bind(self, module, path):
        """Let a device be bound to a module's driver."""
        directory = f"{self.root}/sys/module/{module}/drivers/pci:{module}"
        os.makedirs(directory, exist_ok=True)
        os.symlink(f"{self.root}/sys/devices/{path}", f"{directory}/{os.path.basename(path)}")

    def unbind(self, module):
        shutil.rmtree(f"{self.root}/sys/module/{module}/drivers")

    # --- the daemon ---

    def command(self, *options):
        return [DAEMON, "-v", "-d", f"{self.root}/tree", "-C", self.config, *options]

    def environment(self, **more):
        keep = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        asan = keep.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return {**keep, "ASAN_OPTIONS": asan, "LD_PRELOAD": f"{BUILD}/tests/shim/shim.so",
                "TENON_TEST_ROOT": self.root, "TENON_TEST_PATHS": "/sys", "TENON_TEST_FAIL": self.failing,
                "NOTIFY_SOCKET": f"{self.root}/manager", **more}

    def start(self, *options, listen=1):
        """Start it with a socket in the manner of systemd, which names the process for which it is; or with none."""
        script = f'LISTEN_PID=$$ LISTEN_FDS={listen} exec "$@"'
        self.process = subprocess.Popen(["sh", "-c", script, "sh", *self.command(*options)], env=self.environment(**self.more),
                                        stdout=subprocess.DEVNULL, stderr=open(f"{self.root}/said", "w"), pass_fds=[3],
                                        preexec_fn=lambda: os.dup2(self.daemons.fileno(), 3))
        ok(self.manager.recv(64) == b"READY=1", "the daemon says that it is ready", self.read("said"))

    def once(self, *options):
        return subprocess.run(self.command("--once", *options), env=self.environment(), text=True, capture_output=True,
                              timeout=SECONDS)

    def wait(self, condition):
        """Wait until condition() holds. Return: whether it did."""
        end = time.monotonic() + SECONDS
        while not condition() and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.01)
        return condition()

    def wait_said(self, text):
        return self.wait(lambda: text in self.read("said"))

    def settle(self):
        """Wait until all events that were sent have been dealt with: a last device, which no module is for."""
        self.serial = getattr(self, "serial", 0) + 1
        self.event("add", f"last{self.serial}", f"nothing:{self.serial}")
        return self.wait_said(f"no module is for /devices/last{self.serial} ")

    def stop(self, number=signal.SIGTERM):
        """Return: the status; the sanitizers make it another than 0."""
        self.process.send_signal(number)
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
