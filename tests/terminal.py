# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A program on a pseudo-terminal: what it writes is waited for, what it reads is typed."""
import os
import pty
import select
import time


def available():
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        return False
    return True


class Terminal:
    def __init__(self, command, **environment):
        """environment: what differs from our own; None: not set."""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for name, value in environment.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            os.execvp(command[0], command)

    def until(self, *texts, seconds=30):
        """Read until the texts have come, in this order, or the time is over. Return what has come."""
        got, at, end = b"", 0, time.monotonic() + seconds
        while time.monotonic() < end:
            for text in texts:
                found = got.find(text, at)
                if found < 0:
                    break
                at, texts = found + len(text), texts[1:]
            if not texts:
                break
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    got += os.read(self.fd, 4096)
                except OSError:
                    break
        return got

    def type(self, text, *answers):
        """Type; read until the answers have come."""
        os.write(self.fd, text)
        return self.until(*answers)

    def wait(self):
        """Return: the exit status."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)
