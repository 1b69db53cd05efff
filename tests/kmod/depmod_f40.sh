#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# F-40: index files that are out of date, damaged or hostile are detected: by bounds, by times, the record of depmod -A
# also by its sums.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

small=6.1.0-small
k=$T/lib/modules/$small
mkdir -p "$k"
for name in fs/ext4/ext4 fs/jbd2/jbd2 fs/mbcache lib/crc16; do
	cp "$debian/kernel/$name.ko" "$k/"
done
cp "$debian"/modules.builtin* "$k/"
: >"$k/modules.order"
sleep 2.1 # so that the record has all modules
"$tools/depmod" -A -b "$T" $small

cat >"$T/damage.py" <<'END'
import subprocess, sys
tools, root, release = sys.argv[1:4]
tree = "%s/lib/modules/%s/" % (root, release)
ask = [tools + "/modprobe", "-d", root, "-S", release, "-C", "/dev/null"]

def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, errors="replace")
    assert done.returncode in (0, 1), done
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    assert done.returncode == 0 or done.stderr, done
    return done

def each(name, command, step):
    """Answers with one byte wrong after the other, and with the file cut: how often an error, how often the right one."""
    good = open(tree + name, "rb").read()
    right = run(command).stdout
    told = same = 0
    for at in list(range(0, 24)) + list(range(24, len(good), step)):
        for bad in good[:at] + bytes([good[at] ^ 0xff]) + good[at + 1:], good[:at]:
            open(tree + name, "wb").write(bad)
            done = run(command)
            told += "run depmod" in done.stderr or "run: depmod" in done.stderr
            same += done.stdout == right
    open(tree + name, "wb").write(good)
    return told, same

told, same = each("modules.dep.bin", ask + ["--show-depends", "ext4"], 31)
assert told > 30 and same > 10, (told, same)
told, same = each("modules.alias.bin", ask + ["-R", "fs-ext4"], 31)
assert told > 30 and same > 10, (told, same)

def hostile(children, word):
    """A trie whose nodes are their own children."""
    first, last = min(children), max(children)
    node = bytes([first, last]) + b"".join(
        (0x20000000 | 12).to_bytes(4, "big") if c in children else b"\0\0\0\0" for c in range(first, last + 1))
    name = tree + "modules.alias.bin"
    good = open(name, "rb").read()
    open(name, "wb").write(good[:8] + (0x20000000 | 12).to_bytes(4, "big") + node)
    run(ask + ["-R", word])
    open(name, "wb").write(good)

for children in b"a", b"*", b"*a", b"?*a", b"[*?a":
    hostile(children, "a" * 300)
END
ok "F-40 damaged and hostile: an error that says what to run, or an answer, within bounds" \
	timeout 300 python3 "$T/damage.py" "$tools" "$T" $small

# What -A believed of an earlier run would show: all modules are the same, so none would be read.
cp "$k/modules.tenon.bin" "$T/record"
believed() { # how many modules were not read
	rm -f "$T/opened"
	LD_PRELOAD=$O/tests/kmod/failing.so FAILING_LOG=$T/opened "$O/tools/tenon" depmod -A -b "$T" $small 2>/dev/null
	echo $((4 - $(grep -c '\.ko$' "$T/opened")))
}
ok "F-40 sums: a whole record is believed" [ "$(believed)" -eq 4 ]
size=$(wc -c <"$T/record")
bad=
for at in $(seq 0 53 $((size - 1))); do
	cp "$T/record" "$k/modules.tenon.bin"
	touch -d '1 minute ago' "$k/modules.dep"
	touch "$k/crc16.ko"
	byte=$(od -An -tu1 -j "$at" -N 1 "$T/record")
	printf "\\$(printf %o $((byte ^ 64)))" | dd of="$k/modules.tenon.bin" bs=1 seek="$at" conv=notrunc 2>/dev/null
	[ "$(believed)" -eq 0 ] || bad="$bad $at"
done
ok "F-40 sums: one with a bit changed is not" [ -z "$bad" ]
cp "$T/record" "$k/modules.tenon.bin"
truncate -s -1 "$k/modules.tenon.bin"
touch "$k/crc16.ko"
ok "F-40 sums: nor one that is cut" [ "$(believed)" -eq 0 ]

# Times: whatever is newer, older or gone, -A makes what a full run makes.
current() {
	"$tools/depmod" -A -b "$T" $small && "$tools/depmod" -b "$T" -o "$T/full" $small &&
		cmp "$k/modules.dep.bin" "$T/full/lib/modules/$small/modules.dep.bin" &&
		cmp "$k/modules.builtin.bin" "$T/full/lib/modules/$small/modules.builtin.bin"
}
sed 's/ext3/ext9/' "$k/ext4.ko" >"$T/new" && mv "$T/new" "$k/ext4.ko"
ok "F-40 times: a module that is newer than modules.dep" current
touch -d 2001-01-01 "$k/jbd2.ko"
mv "$k/mbcache.ko" "$T/"
ok "F-40 times: one that is gone" current
mv "$T/mbcache.ko" "$k/updated.ko"
ok "F-40 times: one that is older than modules.dep" current
echo kernel/none.ko >"$k/modules.builtin"
ok "F-40 times: another list of built-in modules" current
echo ext4.ko >"$k/modules.order"
ok "F-40 times: another order" current

# The tree does not have what an index says.
rm "$k/crc16.ko"
fresh
ok "F-40 times: modprobe says what to run if a file is gone" fails_with "if the tree has changed, run depmod" \
	in_kernel "$tools/modprobe" -d "$T" -S $small ext4
rm "$k/modules.dep.bin"
ok "F-40 times: ... and if an index is" fails_with "run: depmod $small" in_kernel "$tools/modprobe" -d "$T" -S $small ext4
tap_done
