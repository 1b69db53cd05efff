#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""A person at the console: job control, editing, vi."""
import sys

sys.dont_write_bytecode = True

from guest import PROMPT, Console, done, is_equal, ok  # noqa: E402  (after the path is set)


def job_control(c):
    c.begin(b"cat")
    c.type(b"line\r")
    is_equal("cat reads a line", c.wait(b"line\r\nline\r\n"), b"")
    c.type(b"\x03")
    is_equal("^C ends it", c.wait(b"^C\r\n" + PROMPT), b"")
    is_equal("... with the status of its signal", c.run(b"echo $?"), "130")
    c.begin(b"cat")
    c.type(b"\x1a")
    ok("^Z stops a job", c.wait(b"Stopped") is not None and c.wait(PROMPT) is not None)
    ok("jobs shows it", "Stopped" in c.run(b"jobs"))
    is_equal("ps shows it", c.run(b"ps -o stat,args | grep '[c]at'")[:1], "T")
    c.type(b"fg\r")
    c.wait(b"exec cat")
    c.wait(b"\r\n")
    c.type(b"again\r")
    is_equal("fg: it reads again", c.wait(b"again\r\nagain\r\n"), b"")
    c.type(b"\x1a")
    c.wait(PROMPT)
    c.run(b"bg")
    ok("bg: it is stopped for reading in the background", "tty input" in wait_for_job(c))
    c.run(b"kill -KILL %1; wait")
    c.run(b"sleep 1000 &")
    ok("a job that does not read runs in the background", "Running" in c.run(b"jobs"))
    c.run(b"kill $!; wait")
    c.run(b"")
    is_equal("no job is left", c.run(b"jobs"), "")
    is_equal("a pipeline ends as one", c.run(b"yes | head -n 1"), "y")


def wait_for_job(c):
    """What jobs says once it no longer says that it runs."""
    while True:
        jobs = c.run(b"jobs")
        if jobs is None or "Running" not in jobs:
            return jobs or ""


def editing(c):
    c.begin(b"cat >typed")
    c.type(b"wrong\x15one two\x17three\x7fE\r\x04")
    c.wait(PROMPT)
    is_equal("a line is edited: kill, erase word, erase", c.run(b"cat typed"), "one threE")
    is_equal("the size of the screen", c.run(b"stty rows 30 cols 100; stty size"), "30 100")
    c.begin(b"vi typed")
    c.wait(b"1/1")
    c.type(b"yypitop ")
    c.wait(b"I typed")
    c.type(b"\x1b")  # alone: with more behind it, it would be taken for a key that sends several bytes
    c.wait(b"- typed")
    c.type(b":wq\r")
    c.wait(PROMPT)
    is_equal("vi", c.run(b"cat typed"), "one threE\ntop one threE")
    is_equal("... and the terminal is as before", c.run(b"echo sane"), "sane")
    c.begin(b"top -d 60")
    ok("top shows itself", c.wait(b"top -d 60") is not None)
    c.type(b"q")
    ok("... and ends", c.wait(PROMPT) is not None)


def main():
    c = Console()
    ok("a prompt", c.wait(PROMPT) is not None)
    job_control(c)
    editing(c)
    done(c)


main()
