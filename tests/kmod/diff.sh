#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon diff: two of Debian's kernels, by what Debian's modinfo and Module.symvers say of them; small trees and packages
# with one thing changed.
. tests/tap.sh
. tests/kmod/tree.sh

differ() {
	"$tools/tenon" diff "$@"
}
# status N COMMAND...
status() {
	_wanted=$1
	shift
	"$@" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	[ $_status -eq "$_wanted" ]
}
# lines TEXT...: that is what was printed, one a line
lines() {
	printf '%s\n' "$@" | diff - "$T/out"
}

# One of each.
mkdir -p "$T/a/kernel/fs" "$T/a/updates" "$T/b/kernel/fs"
ext4=$debian/kernel/fs/ext4/ext4.ko
cp "$ext4" "$debian/kernel/drivers/block/loop.ko" "$debian/kernel/lib/crc16.ko" "$T/a/kernel/fs"
cp "$T/a/kernel/fs/"* "$T/b/kernel/fs"
ok "a copy is the same" status 0 differ "$T/a" "$T/b"
ok "... all of it" lines "modules: 0 came, 0 went, 0 changed, 3 are the same"
python3 - "$T/b/kernel/fs" <<'END'
import sys
def change(name, old, new):
    path = f"{sys.argv[1]}/{name}.ko"
    data = open(path, "rb").read()
    assert old in data and len(old) == len(new)
    open(path, "wb").write(data.replace(old, new, 1))
change("ext4", b"alias=fs-ext3\0", b"alias=fs-ext9\0")
change("loop", b"parmtype=max_part:int\0", b"parmtype=max_part:byt\0")
END
cp "$debian/kernel/drivers/net/dummy.ko" "$T/b"
rm "$T/b/kernel/fs/crc16.ko"
cp "$T/b/kernel/fs/loop.ko" "$T/a/updates/loop.ko"
ok "what came, went and changed" status 1 differ "$T/a" "$T/b"
ok "... line by line; of two modules in one tree that in updates/ counts" lines "- crc16: module: kernel/fs/crc16.ko" \
	"+ dummy: module: dummy.ko" "- ext4: alias fs-ext3" "+ ext4: alias fs-ext9" \
	"modules: 1 came, 1 went, 1 changed, 1 are the same"
rm "$T/a/updates/loop.ko"
ok "one kind" status 1 differ -k parameter "$T/a" "$T/b"
ok "... and no other" lines "~ loop: parameter max_part: int -> byt" "modules: 1 came, 1 went, 1 changed, 1 are the same"
ok "a kind that does not differ" status 0 differ -k signature,export "$T/a" "$T/b"
ok "a kind that there is not" status 2 differ -k symbol "$T/a" "$T/b"
ok "quiet" status 1 differ -q "$T/a" "$T/b"
ok "... is" [ ! -s "$T/out" ]
ok "two files with different names" status 1 differ "$T/a/kernel/fs/ext4.ko" "$T/b/kernel/fs/ext4.ko"
cp "$T/a/kernel/fs/ext4.ko" "$T/other.ko"
ok "... may be the same" status 0 differ "$T/a/kernel/fs/ext4.ko" "$T/other.ko"
python3 - "$ext4" "$T/unsigned.ko" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
assert data.endswith(b"~Module signature appended~\n")
length = int.from_bytes(data[-32:-28], "big")
open(sys.argv[2], "wb").write(data[:-40 - length])
END
ok "a signature that went" status 1 differ "$ext4" "$T/unsigned.ko"
signer=$(/sbin/modinfo -F signer "$ext4") key=$(/sbin/modinfo -F sig_key "$ext4" | tr -d :)
ok "... is that which modinfo shows" lines "- ext4: signature: $signer $(/sbin/modinfo -F sig_hashalgo "$ext4") $key" \
	"modules: 0 came, 0 went, 1 changed, 0 are the same"

# Packages.
for side in a b; do
	mkdir -p "$T/package-$side/DEBIAN" "$T/package-$side/lib/modules/6.1.0-x"
	cp -r "$T/$side/kernel" "$T/package-$side/lib/modules/6.1.0-x/"
	printf 'Package: linux-image-x\nVersion: 1\nArchitecture: all\nMaintainer: nobody <n@example.org>\nDescription: x\n' \
		>"$T/package-$side/DEBIAN/control"
	dpkg-deb -Zgzip --root-owner-group --build "$T/package-$side" "$T/$side.deb" >"$T/log" 2>&1
done
xz --check=crc32 "$T/package-b/lib/modules/6.1.0-x/kernel/fs/"*.ko
dpkg-deb -Zxz --root-owner-group --build "$T/package-b" "$T/b-xz.deb" >"$T/log" 2>&1
mkdir "$T/tmp"
for package in b b-xz; do
	ok "two packages: $package" status 1 env TMPDIR="$T/tmp" "$tools/tenon" diff -k alias,parameter "$T/a.deb" "$T/$package.deb"
	ok "... differ as the trees do" lines "- ext4: alias fs-ext3" "+ ext4: alias fs-ext9" \
		"~ loop: parameter max_part: int -> byt" "modules: 0 came, 1 went, 2 changed, 0 are the same"
done
ok "a package and a tree" status 0 env TMPDIR="$T/tmp" "$tools/tenon" diff "$T/a.deb" "$T/a"
ok "nothing is left where they were unpacked" [ -z "$(ls -A "$T/tmp")" ]

# Trouble.
echo text >"$T/damaged.deb"
ok "what is no package" status 2 env TMPDIR="$T/tmp" "$tools/tenon" diff "$T/damaged.deb" "$T/a"
ok "... leaves nothing" [ -z "$(ls -A "$T/tmp")" ]
mkdir "$T/none"
ok "no modules" status 2 differ "$T/none" "$T/a"
ok "what is not there" status 2 differ "$T/nothing" "$T/a"
ok "one argument" status 2 differ "$T/a"
echo text >"$T/b/kernel/fs/ext4.ko"
ok "a damaged module" status 2 differ "$T/a" "$T/b"
ok "... does not keep the others from being compared" grep -q "loop: parameter max_part" "$T/out"
ok "an answer that cannot be written" sh -c '"$@" 2>/dev/null >/dev/full; [ $? -eq 2 ]' - "$tools/tenon" diff "$T/a" "$T/a.deb"

# Two of Debian's kernels.
backports=$O/debian/amd64-backports
if [ ! -e "$backports/release" ]; then
	ok "two kernels # SKIP there is one" true
	tap_done
	exit
fi
theirs=$backports/lib/modules/$(cat "$backports/release")
ok "two kernels" status 1 differ --json "$debian" "$theirs"
cp "$T/out" "$T/json"
ok "--json follows the schema" python3 tests/kmod/json_check.py valid "$T/json" diff
for tree in "$debian" "$theirs"; do
	find "$tree" -name '*.ko' -o -name '*.ko.xz' | sed 's,.*/,,; s/\.ko.*//; y/-/_/' | sort
done >"$T/names"
sort "$T/names" | uniq -d >"$T/both"
ok "... and is what modinfo and Module.symvers say" python3 - "$T/json" "$T/both" "$debian" "$theirs" \
	"$debian_root/usr/src/linux-headers-$release/Module.symvers" <<'END'
import collections, json, os, subprocess, sys
answer, both, a, b, symvers = sys.argv[1:]
value = json.load(open(answer))
both = set(open(both).read().split())
assert value["changed"] + value["same"] == len(both) > 500, len(both)


def tree(top):
    """Name: path of the modules that both have."""
    paths = {}
    for directory, _, files in os.walk(top):
        for file in files:
            name = file.split(".")[0].replace("-", "_")
            if ".ko" in file and name in both:
                paths[name] = os.path.join(directory, file)
    return paths


def fields(paths, field):
    """What modinfo says: for each module a set."""
    out = {}
    for name, path in paths.items():
        text = subprocess.run(["/sbin/modinfo", "-0", "-F", field, path], capture_output=True, text=True).stdout
        out[name] = set(text.split("\0")[:-1])
    return out


trees = tree(a), tree(b)
ours = collections.Counter((c["change"], c["module"], c["name"]) for c in value["changes"] if c["kind"] == "alias")
old, new = (fields(t, "alias") for t in trees)
want = collections.Counter([("went", m, x) for m in both for x in old[m] - new[m]] +
                           [("came", m, x) for m in both for x in new[m] - old[m]])
assert ours == want and len(want) > 50, (ours - want, want - ours)
crc = {}
for line in open(symvers):
    number, symbol, module = line.split("\t")[:3]
    crc[os.path.basename(module).replace("-", "_"), symbol] = int(number, 16)
exports = [c for c in value["changes"] if c["kind"] == "export" and c["before"] is not None]
assert len(exports) > 50
for c in exports:
    assert int(c["before"], 16) == crc[c["module"], c["name"]], c
END
mkdir "$T/odd" "$T/odder"
printf cut >"$T/odd/$(printf 'x\033[2J.ko')"
printf short >"$T/odder/$(printf 'x\033[2J.ko')"
ok "a damaged file whose name commands the terminal" status 2 differ "$T/odd" "$T/odder"
ok "... is named without that" grep -qF 'odd/x?[2J.ko: ' "$T/out"
tap_done
