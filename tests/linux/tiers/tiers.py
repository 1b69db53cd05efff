#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""tiers.py [--sample | MODULE...] - try each of Debian's modules, or those named, on linux.ko, and say which tier it reaches.

    R   all that it imports, with its dependencies, is there, and no stub
    T1  it and its dependencies load, init returns 0 (or -ENODEV, where tests/linux/tiers/absent says why), and exit too; a
        stub may have returned 0
    T2  the tables of its drivers, as they were registered, are the aliases in its file
    T3  an operation of the module was executed besides, no stub was called, nothing was left behind
    T4  ... and what it did was compared with an independent answer, which names the module
    K   in T1, and the key map that it registers is the one that ir-keytable has

One line a tier; what each module said is in BUILD/tests/linux/tiers/logs, its tiers and the reason why it has no more go to
BUILD/tests/linux/tiers.tsv, the sums of families to tiers-families.tsv. Status 1: fewer modules than tests/linux/tally says,
or a table that is wrong. --sample: as a test, those of tests/linux/tiers/sample.
"""
import collections
import concurrent.futures
import glob
import os
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, "tests/linux")
sys.path.insert(0, "tests/linux/tiers")
import imports  # noqa: E402
import keymaps  # noqa: E402

BUILD = os.environ.get("O", "build")
HERE = f"{BUILD}/tests/linux/tiers"
TREE = f"{BUILD}/linux-tree/lib/modules/*"
COMMAND = [f"{HERE}/try_module", *glob.glob(TREE), f"{HERE}/linux_stubs.ko", f"{HERE}/watch/watch.ko"]
HELPERS = {"hid": "use_hid", "libphy": "use_phy", "rc_core": "use_rc", "x_tables": "use_nf",
           "ip_set": "use_set", "wire": "use_w1"}  # for modules that need this core
FAMILIES = {"net/sched": "use_traffic", "drivers/input": "use_serio", "lib": "use_text"}  # for modules of a directory
DEADLINE_S = 60
JOBS = 4 * (os.cpu_count() or 1)  # half of the time they wait, for one another and for ticks
ASLEEP_S = 3  # a module that has waited for so long may wait for hardware till its deadline: another one takes its turn,
ALL_JOBS = 4 * JOBS  # and there are at most so many
TURNS = threading.Semaphore(JOBS)
ENODEV = 19


def read_dependencies():
    """What each module is loaded with, itself included, by depmod's index."""
    def name_of(path):
        return os.path.basename(path).removesuffix(".ko").replace("-", "_")

    with open(f"{COMMAND[1]}/modules.dep", encoding="ascii") as f:
        return {name_of(path): {name_of(path), *map(name_of, rest.split())} for path, _, rest in (line.partition(":") for line in f)}


class Result:
    """What a module did. What it asked for and others keep, such as the default source of random numbers, may stay."""

    needs = read_dependencies() if len(COMMAND) == 4 else {}

    def __init__(self, name, out, status):
        self.name = name
        self.error, self.reason = None, "killed" if status < 0 else f"ended with status {status}"
        self.ids, self.done, self.stubs, self.unloads, self.left, self.drivers = set(), [], [], {}, [], False
        self.tested, untested, self.permanent, self.compared, self.keys = [], [], set(), [], {}
        ours, driver = False, ""
        for line in out.splitlines():
            word, _, rest = line.partition(" ")
            if word == "load":
                error, _, self.reason = rest.partition(" ")
                self.error = -int(error)
            elif word == "module":
                ours = rest.split()[0] == name
                driver = rest
                self.drivers |= ours
            elif word == "id" and ours:
                self.ids.add((driver, rest))
            elif word == "entered":
                self.done.append(rest)
            elif word == "compared" and rest.split()[0] == name:
                self.compared.append(rest)
            elif word == "key" and rest.split()[0] == name:
                _, scancode, key = rest.split()
                self.keys[int(scancode, 16)] = int(key)
            elif word == "tested" and rest.split()[0] == name:
                self.tested.append(rest.split()[1:])
            elif word == "unload":
                module, error, *reason = rest.split(" ", 2)
                if module not in self.needs[name]:
                    continue
                self.unloads[module] = int(error)
                if reason and "it has no exit" in reason[0]:
                    self.permanent.add(module)
                elif reason and reason[0]:
                    self.left.append(f"{module}: {reason[0]}")
            elif word == "log":
                if match := re.search(r"stub (\w+)$", rest):
                    self.stubs.append(match[1])
                elif match := re.search(r"alg: No test for (\S+) \((\S+)\)", rest):
                    untested.append([match[1], match[2]])
        self.ended = status == 0
        self.compared += [f"{' '.join(t)} compared with testmgr's vectors" for t in self.tested if t not in untested]
        self.done += self.compared


def aliases_of(path):
    with open(path, "rb") as f:
        data = f.read()
    return {a.decode() for a in re.findall(rb"\0alias=([^\0]*)\0", data)} | \
        {a.decode() for a in re.findall(rb"\0(?=alias=)alias=([^\0]*)(?=\0)", data)}


def plain(alias):
    """The device's version, of which modpost makes several aliases a range, left open."""
    return re.sub(r"^(usb:v\S{1,4}p\S{1,4}d)[^c]*?(dc)", r"\1\2", alias)


def kind_of(alias):
    return alias.split(":")[0]


def compare_ids(result, aliases):
    """Registered ids that the file has no alias for, aliases that no id was registered for, and how many are in both.

    A table of which the file has no alias at all is one that its source does not declare to modpost: there is nothing to
    compare it with.
    """
    want = {plain(a) for a in aliases}
    tables = collections.defaultdict(set)
    for driver, alias in result.ids:
        tables[driver, kind_of(alias)].add(plain(alias))
    ids = set().union(*(table for table in tables.values() if table & want))
    want = {a for a in want if kind_of(a) in map(kind_of, ids)}
    bare = {a for a in want if a.endswith("C*") and a[:-2] in want}  # modpost writes an of: alias twice
    return ids - want, want - bare - ids, len(ids & want)


def asleep_s(pid, begun):
    """How long no thread of a process has run or waited for a CPU, at least; 0 where that is not known."""
    busy_ns = 0
    try:
        for task in glob.glob(f"/proc/{pid}/task/*/schedstat"):
            with open(task, encoding="ascii") as f:
                busy_ns += sum(map(int, f.read().split()[:2]))
    except (OSError, ValueError):
        return 0
    return time.monotonic() - begun - busy_ns / 1e9


def wait(p, begun):
    """Its output; while it sleeps for long it has no turn."""
    has_turn = True
    try:
        while True:
            try:
                return p.communicate(timeout=1)[0], p.returncode
            except subprocess.TimeoutExpired:
                if time.monotonic() - begun > DEADLINE_S:
                    p.kill()
                    return p.communicate()[0], -signal.SIGKILL
                if has_turn and asleep_s(p.pid, begun) > ASLEEP_S:
                    TURNS.release()
                    has_turn = False
    finally:
        if has_turn:
            TURNS.release()


def run(name, *how):
    TURNS.acquire()
    begun = time.monotonic()
    with subprocess.Popen([*COMMAND, name, *how], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        out, status = wait(p, begun)
    with open("-".join((f"{HERE}/logs/{name}", *map(os.path.basename, how))), "wb") as f:
        f.write(out)
    return Result(name, out.decode(errors="replace"), status)


def family_of(path):
    return "/".join(path.partition("/kernel/")[2].split("/")[:-1][:2])


def run_both(name, family):
    """As it is used, and if that goes wrong, as it is loaded and unloaded only."""
    helpers = [helper for core, helper in HELPERS.items() if core in Result.needs[name] - {name}] or \
        [helper for directory, helper in FAMILIES.items() if directory == family]
    used = run(name, *(f"{HERE}/watch/{helper}.ko" for helper in helpers[:1]))
    loaded = run(name, "only-load") if used.error == 0 and why_not(used, set()) else used
    return used, loaded


def with_init(files):
    """Those that have an init."""
    found = set()
    for first in range(0, len(files), imports.BATCH):
        batch = files[first:first + imports.BATCH]
        out = subprocess.run(["nm", "-A", "-p", *batch], capture_output=True, text=True, check=True).stdout
        found.update(line.split(":", 1)[0] for line in out.splitlines() if line.endswith(" T init_module"))
    return found


def read_absent():
    """Whose -ENODEV is right: a reason a line, and below it, indented, the names."""
    with open("tests/linux/tiers/absent", encoding="ascii") as f:
        return {name for line in f if line.startswith("\t") for name in line.split()}


def compared_elsewhere():
    """Modules that tests/linux/linux_test compares with independent answers, of which none is wrong."""
    out = subprocess.run([f"{BUILD}/tests/linux/linux_test"], capture_output=True, text=True, check=False).stdout
    good, bad = {}, set()
    for match in re.finditer(r"^(not )?ok \d+ - kernel: ([a-z0-9_-]+)(.*)$", out, re.M):
        name = match[2].replace("-", "_")
        if match[1]:
            bad.add(name)
        elif match[3] != " unloads":
            good.setdefault(name, []).append(match[2] + match[3])
    return {name: lines for name, lines in good.items() if name not in bad}


def why_not(result, absent):
    """Why it is not in T1, or None."""
    if result.error is None:
        return f"load: {result.reason}"
    if result.error and not (result.error == ENODEV and result.name in absent):
        return f"load: {result.error} {result.reason}"
    if not result.ended:
        return f"unload: {result.reason}"
    if result.name in result.permanent:
        return "it has no exit"
    bad = {m: e for m, e in result.unloads.items() if e and not result.permanent}
    return f"unload: {bad}" if bad else None


def compare_keys(keys, wanted):
    """Why the key map that a module registered is not the wanted one, or None."""
    if wanted is None:
        return "ir-keytable has no such map"
    unlike = sorted(scancode for scancode in keys.keys() | wanted.keys() if keys.get(scancode) != wanted.get(scancode))
    return f"unlike ir-keytable: {' '.join(f'{u:x}' for u in unlike)}" if unlike else None


def judge(path, used, result, lacks, absent, starts, wanted_keys):
    """A row of the table: the tiers it has, and why not the next. @used and @result: see run_both."""
    name = result.name
    tiers = set()
    why = []
    if not lacks:
        tiers.add("R")
    reason = why_not(result, absent)
    if reason is None and starts:
        tiers.add("T1")
    if reason:
        why.append(reason)
    if result.ids:
        extra, missing, equal = compare_ids(result, aliases_of(path))
        if extra:
            why.append(f"ids without alias: {sorted(extra)[:3]}")
            tiers.add("wrong")
        elif missing:
            why.append(f"aliases without id: {sorted(missing)[:3]}")
        elif equal:
            tiers.add("T2")
    if used.keys:
        unlike = compare_keys(used.keys, wanted_keys)
        if unlike:
            why.append(unlike)
        elif "T1" in tiers:
            tiers.add("K")
    if used.stubs:
        why.append("stubs: " + " ".join(used.stubs))
    if used.left:
        why.append("left: " + "; ".join(used.left))
    wrong = why_not(used, absent)
    if reason is None and wrong:
        why.append(f"used: {wrong}")
    elif reason is None and not result.error and not lacks and used.done and not used.stubs and not used.left:
        tiers.add("T3")
        if used.compared:
            tiers.add("T4")
    return name, family_of(path), tiers, used.done, " | ".join(why)


def write_tables(rows):
    with open(f"{BUILD}/tests/linux/tiers.tsv", "w", encoding="utf-8") as f:
        for name, family, tiers, done, why in rows:
            print(name, family, " ".join(sorted(tiers)), "; ".join(done), why, sep="\t", file=f)
    families = collections.defaultdict(collections.Counter)
    for _, family, tiers, _, _ in rows:
        families[family].update(["all", *tiers])
    with open(f"{BUILD}/tests/linux/tiers-families.tsv", "w", encoding="utf-8") as f:
        for family, count in sorted(families.items()):
            print(family, *(f"{t} {count[t]}" for t in ("all", "R", "T1", "T2", "T3", "T4", "K")), sep="\t", file=f)


def try_all(names):
    """Rows of the table, for these modules or for all."""
    files = sorted(glob.glob(f"{BUILD}/debian/amd64/lib/modules/*/**/*.ko", recursive=True))
    lacking = imports.missing(imports.read(files), imports.read([imports.LINUX])[imports.LINUX][0])
    lacking = {os.path.basename(f)[:-len(".ko")].replace("-", "_"): lacks for f, lacks in lacking.items()}
    absent = read_absent()
    os.makedirs(f"{HERE}/logs", exist_ok=True)
    path_of = {os.path.basename(f)[:-len(".ko")].replace("-", "_"): f for f in files}
    todo = [n for n in path_of if not names or n in names]
    with concurrent.futures.ThreadPoolExecutor(ALL_JOBS) as pool:
        results = list(pool.map(run_both, todo, (family_of(path_of[n]) for n in todo)))
    elsewhere = compared_elsewhere()
    for used, _ in results:
        used.compared += elsewhere.get(used.name, [])
        used.done += elsewhere.get(used.name, [])
    starts = with_init(files)
    maps = keymaps.read_keymaps(BUILD)
    return [judge(path_of[n], *both, lacking[n], absent, path_of[n] in starts, maps.get(n)) for n, both in zip(todo, results)]


def read_words(path):
    with open(path, encoding="ascii") as f:
        return {words[0]: words[1:] for words in map(str.split, f) if words and words[0] != "#"}


def sample():
    """As TAP: modules of each family that reached what tests/linux/tiers/sample says reach it again."""
    if not os.path.exists(COMMAND[0]) or not os.path.exists(COMMAND[-1]):
        print("1..0 # SKIP linux.ko, Debian's modules or the kernel's headers are not there")
        return 0
    want = read_words("tests/linux/tiers/sample")
    rows = {row[0]: row for row in try_all(want)}
    bad = 0
    for number, (name, tiers) in enumerate(want.items(), 1):
        _, _, got, done, why = rows.get(name, ("", "", set(), [], "there is no such module"))
        fell = not set(tiers) <= got or "wrong" in got
        bad += fell
        print(f"{'not ok' if fell else 'ok'} {number} - {name} reaches {' '.join(tiers)}")
        if fell:
            print(f"# {' '.join(sorted(got))}: {'; '.join(done)} {why}")
    print(f"1..{len(want)}")
    return bad > 0


def main(names):
    if names == ["--sample"]:
        return sample()
    rows = try_all(names)
    write_tables(rows)
    count = collections.Counter(t for row in rows for t in row[2])
    tally = read_words("tests/linux/tally")
    bad = count["wrong"] > 0
    for tier, key in (("R", "real"), ("T1", "t1"), ("T2", "t2"), ("T3", "t3"), ("T4", "t4"), ("K", "keymaps")):
        least = 0 if names else int(tally[key][0])
        bad |= count[tier] < least
        print(f"count {tier} {count[tier]} of {len(rows)} modules" + f", fewer than {least} of tests/linux/tally" * (count[tier] < least))
    if count["wrong"]:
        print(f"wrong tables: {' '.join(row[0] for row in rows if 'wrong' in row[2])}")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
