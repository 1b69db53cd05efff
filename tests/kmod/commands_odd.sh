#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Whatever the words are, and however the indexes are damaged: an answer or an error, never a crash.
# Not quick
. tests/tap.sh
. tests/kmod/tree.sh

M=$T/machine
mkdir -p "$M/lib/modules/$release/kernel" "$M/proc"
for module in fs/ext4/ext4 fs/jbd2/jbd2 fs/mbcache lib/crc16 fs/fuse/fuse; do
	cp "$debian/kernel/$module.ko" "$M/lib/modules/$release/kernel/"
done
cp "$debian"/modules.builtin* "$debian/modules.order" "$M/lib/modules/$release/"
"$tools/depmod" -b "$M" "$release"
mkdir -p "$M/sys/devices/x/y"
echo "MODALIAS=fs-ext4" >"$M/sys/devices/x/y/uevent"
echo "ext4 1 0 - Live 0x0" >"$M/proc/modules"

cat >"$T/run.py" <<'END'
import json, os, random, subprocess, sys
tool, shim, root, release, what = sys.argv[1:6]
environment = dict(os.environ, LD_PRELOAD=shim, TENON_TEST_ROOT=root, TENON_TEST_RELEASE=release,
                   ASAN_OPTIONS="verify_asan_link_order=0")
commands = [["why"], ["why-not"], ["graph", "--plan"], ["what-if", "modprobe"], ["what-if", "modprobe", "-r"],
            ["what-if", "rmmod"], ["modprobe", "-D"], ["modprobe", "-R"]]
said = {0: 0, 1: 0}

def run(command, word):
    if command[0] == "what-if":
        command = [command[0], "--json", *command[1:]]
    else:
        command = [*command, "--json"]
    run = subprocess.run([tool, *command, word], capture_output=True, env=environment)
    assert run.returncode in said, (command, word, run)
    assert b"Sanitizer" not in run.stderr and b"runtime error" not in run.stderr, run.stderr.decode()
    assert run.stdout or b"ERROR: " in run.stderr or b"FATAL: " in run.stderr, (command, word, run)
    if run.stdout:
        json.loads(run.stdout.decode())
    said[run.returncode] += 1

def words():
    for word in [b"ext4", b"fs-ext4", b"", b"a" * 5000, b"a[b", b"]", b"x\xff\ny", b"/", b".", b"..", b"/dev/", b"/sys/", b"/dev/null/x", b"*",
                 b"-", b"\\x41", b"fs-*", b"a b", b"/sys/devices/x/y", b"/sys/../proc", b"%s%n", b"ext4.ko", b"=", b"'"]:
        for command in commands:
            if not word.startswith(b"-"):
                run(command, word)

def indexes():
    tree = "%s/lib/modules/%s/" % (root, release)
    random.seed(2)
    for name in "modules.dep.bin", "modules.alias.bin", "modules.builtin.bin", "modules.softdep":
        data = open(tree + name, "rb").read()
        for i in range(15):
            bad = bytearray(data)
            for _ in range(1 + i % 4):
                bad[random.randrange(len(bad) if i % 2 else min(len(bad), 200))] = random.randrange(256)
            open(tree + name, "wb").write(bad[:random.randrange(len(bad)) if i % 5 == 4 else len(bad)])
            for command, word in (["why"], "jbd2"), (["why-not"], "fs-ext4"), (["graph", "--plan"], "ext4"), \
                    (["why-not"], "etx4"), (["what-if", "modprobe"], "fuse"), (["modprobe", "-c"], ""):
                run(command, word)
        open(tree + name, "wb").write(data)

globals()[what]()
assert said[0] > 10 and said[1] > 20, said
END
ok "odd words" python3 "$T/run.py" "$tools/tenon" "$O/tests/shim/shim.so" "$M" "$release" words
ok "damaged indexes" python3 "$T/run.py" "$tools/tenon" "$O/tests/shim/shim.so" "$M" "$release" indexes
tap_done
