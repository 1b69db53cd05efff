# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""depmod_again.py DEPMOD MODULES WORK-DIR SEED COUNT - change a tree of modules at random, COUNT times; after each change
`depmod -A` must leave the same indexes as a full run makes of the same tree. MODULES is the directory that modules are
taken from. Prints how many runs did nothing and how many kept an index."""
import os
import random
import shutil
import subprocess
import sys
import time

depmod, source, work, seed, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
r = random.Random(seed)
release = "6.1.0-again"
tree = f"{work}/tree/lib/modules/{release}"
full = f"{work}/full/lib/modules/{release}"
conf = f"{work}/depmod.conf"
indexes = ["dep", "dep.bin", "alias", "alias.bin", "softdep", "symbols", "symbols.bin", "builtin.bin",
           "builtin.alias.bin", "devname"]
record = "modules.tenon.bin"
directories = ["kernel", "kernel/a", "kernel/a/b", "updates", "extra"]
files = sorted(os.path.join(at, name) for at, _, names in os.walk(source) for name in names if name.endswith(".ko"))
small = [f for f in files if os.path.getsize(f) < 60000]
needing = [f for f in small if b"\0phy_drivers_register\0" in open(f, "rb").read()]
stock = r.sample(small, 40) + r.sample(needing, 20) + [f for f in files if os.path.basename(f) == "libphy.ko"] * 3


def modules():
    return sorted(os.path.join(at, n) for at, _, names in os.walk(tree) for n in names if n.endswith(".ko"))


def put(old=False):
    to = f"{tree}/{r.choice(directories)}/{os.path.basename(r.choice(stock))}"
    shutil.copyfile(r.choice(stock), to + ".new")
    if old:
        os.utime(to + ".new", (1, 1))
    os.rename(to + ".new", to)


def overwrite():
    """The same size and time, and perhaps not even a later tick of the clock."""
    path = r.choice(modules())
    st = os.stat(path)
    data = bytearray(open(path, "rb").read())
    at = data.find(b"alias=")
    if at > 0:
        data[at + 6 + r.randrange(3)] = r.randrange(97, 122)
    with open(path, "r+b") as f:
        f.write(data)
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


def need():
    """Another symbol is needed, or the one before again; nothing else changes."""
    ways = b"\0phy_drivers_register\0", b"\0phy_drivers_registex\0"
    there = modules()
    for path in r.sample(there, min(10, len(there))):
        data = open(path, "rb").read()
        way = ways[ways[1] in data]
        if way in data and b"__crc_phy_drivers" not in data:
            with open(path, "wb") as f:
                f.write(data.replace(way, ways[way == ways[0]]))
            return


def damage(name, cut):
    path = f"{tree}/{name}"
    if not os.path.exists(path):
        return
    data = bytearray(open(path, "rb").read())
    if cut:
        data = data[:r.randrange(len(data) + 1)]
    elif data:
        for _ in range(r.randrange(1, 4)):
            data[r.randrange(len(data))] ^= 1 << r.randrange(8)
    with open(path + ".new", "wb") as f:
        f.write(data)
    os.rename(path + ".new", path)


def write(path, lines):
    with open(path, "w") as f:
        f.writelines(line + "\n" for line in lines)


def order():
    names = [os.path.relpath(m, tree) for m in modules()]
    r.shuffle(names)
    write(f"{tree}/modules.order", names[:r.randrange(len(names) + 1)])


def builtin():
    names = r.sample(["a", "b-c", "d", "e_f"], 3)
    write(f"{tree}/modules.builtin", [f"kernel/{n}.ko" for n in names])
    with open(f"{tree}/modules.builtin.modinfo", "w") as f:
        f.writelines(f"{n}.alias=x-{r.randrange(9)}*\0" for n in names)


def configure():
    words = directories + ["built-in"]
    r.shuffle(words)
    write(conf, ["search " + " ".join(words[:r.randrange(1, 6)])] + ["exclude b"] * r.randrange(2) +
          ["override crc16 * extra"] * r.randrange(2))


def touch():
    m = r.choice(modules())
    os.utime(m, r.choice([None, (5, 5)]))


def remove():
    os.unlink(r.choice(modules()))


def move():
    m = r.choice(modules())
    os.rename(m, f"{tree}/{r.choice(directories)}/{os.path.basename(m)}")


def damaged_module():
    path = f"{tree}/kernel/{os.path.basename(r.choice(stock))}"
    with open(path, "wb") as f:
        f.write(open(r.choice(stock), "rb").read()[:r.randrange(5000)])


def damaged_record():
    damage(record, r.randrange(2))
    touch()
    os.utime(r.choice(modules()))  # without a record only what is newer counts


def run(*args):
    done = subprocess.run([depmod, "-C", conf, "-b", f"{work}/tree", *args, release], capture_output=True, text=True)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done
    return done


changes = [put, put, put, lambda: put(True), overwrite, overwrite, need, need, need, touch, touch, touch, remove, move, order, builtin,
           configure, damaged_module, damaged_record, lambda: damage("modules." + r.choice(indexes), r.randrange(2)),
           lambda: run(), lambda: None, lambda: None]
for directory in directories:
    os.makedirs(f"{tree}/{directory}")
for _ in range(40):
    put()
order()
builtin()
configure()
run("-A")
idle = kept = 0
for n in range(count):
    if n % 20 == 0:  # what is older than two seconds need not be read again
        time.sleep(2.1)
        run("-A")
    done = [r.choice(changes) for _ in range(r.choice([1, 1, 2, 4]))]
    if len(modules()) < 10:
        done.append(put)
    for change in done:
        change()
    before = {i: os.stat(f"{tree}/modules.{i}").st_ino for i in indexes if os.path.exists(f"{tree}/modules.{i}")}
    again = run("-A")
    whole = run("-o", f"{work}/full")
    assert again.returncode == whole.returncode, (n, again, whole)
    for i in indexes:
        a, b = (open(f"{where}/modules.{i}", "rb").read() for where in (tree, full))
        assert a == b, f"seed {seed}, step {n}: modules.{i} differs after {[c.__name__ for c in done]}"
    same = sum(os.stat(f"{tree}/modules.{i}").st_ino == before.get(i) for i in indexes)
    idle += same == len(indexes)
    kept += 0 < same < len(indexes)
print(f"{count} changes: {idle} times no index was written, {kept} times some")
sys.exit(not idle or not kept)
