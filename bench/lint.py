#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""lint.py TENON ROOT RELEASE DIR - the CPU time of `tenon lint` for 6,000 lines of modprobe.d about the modules of a tree:
a third are `options`, each for another module, the others of each kind; one name of a hundred is spelt wrongly."""
import os
import statistics
import sys

tenon, root, release, out = sys.argv[1:]
LIMIT_MS = 50
with open(f"{root}/lib/modules/{release}/modules.dep") as f:
    names = sorted({line.split(":")[0].split("/")[-1].split(".")[0].replace("-", "_") for line in f})
os.makedirs(f"{out}/modprobe.d")
with open(f"{out}/modprobe.d/many.conf", "w") as f:
    for i in range(6000):
        name = names[i * 7 % len(names)]
        if i % 100 == 99:
            name = name[:2] + name[3:]
        other = names[i * 11 % len(names)]
        f.write([f"options {name} debug=1", f"blacklist {name}", f"alias word-{i} {name}", f"options {name} debug=2",
                 f"softdep {name} pre: {other}", f"install word_{i} /bin/false"][i % 6] + "\n")


def cpu_ms():
    null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(tenon, [tenon, "lint", "-d", root, "-S", release, f"{out}/modprobe.d"], os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1, "many lines are wrong"
    return 1000 * (usage.ru_utime + usage.ru_stime)


times = [cpu_ms() for _ in range(31)]
value = statistics.median(times)
print(f"tools.lint_cpu_ms {value:.4g} {LIMIT_MS} {'ok' if value <= LIMIT_MS else 'over'}  "
      f"# 6000 lines, {len(names)} modules; fastest {min(times):.4g}")
