#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# modinfo and lsmod print what Debian's print, and find the same modules by name, alias and symbol.
. tests/tap.sh
. tests/kmod/tree.sh

tree "$T/base"
/sbin/depmod -b "$T/base" "$release"
find "$T/base" -name '*.ko' | sort >"$T/files"

# same COMMAND ARGUMENT...: ours and Debian's print the same and end with the same status.
same() {
	_command=$1
	shift
	"/sbin/$_command" "$@" >"$T/theirs" 2>"$T/theirs.err"
	_theirs=$?
	"$tools/$_command" "$@" >"$T/ours" 2>"$T/ours.err"
	[ $? -eq $_theirs ] && cmp "$T/theirs" "$T/ours" && cmp "$T/theirs.err" "$T/ours.err"
}

# The same, but for answers that kmod gives once for each time that a module has said them.
same_once() {
	same "$@" >"$T/compared"
	uniq "$T/theirs" >"$T/theirs.once"
	uniq "$T/ours" >"$T/ours.once"
	diff "$T/theirs.once" "$T/ours.once" && diff "$T/theirs.err" "$T/ours.err"
}

for option in "" -0 -p -a -d -l -n "-F alias" "-F signature" "-F sig_key -0" "-F parm" "-F parmtype" "-F nothing"; do
	ok "all modules, modinfo $option" same modinfo $option $(cat "$T/files")
done
in_tree="-b $T/base -k $release"
for word in ext4 unix fs-ext4 symbol:crc16 net-pf-1 crypto-crc32c "-0 unix" "-n unix" "-m ext4" "-F alias unix" \
	nothing "-m fs-ext4" "-m ext4.ko" "-m fs/ext4" "-m nf-conntrack" "-m unix" "-n -m crypto-dh" "-m nothing"; do
	ok "modinfo $word" same modinfo $in_tree $word
done
ln -s "$debian/kernel/fs/ext4/ext4.ko" "$T/link.ko"
mkdir "$T/directory.ko"
inside() {
	(cd "$T" && "$@")
}
for word in link.ko ./link.ko "$T/link.ko" "../${T##*/}//link.ko" directory.ko; do
	ok "modinfo -n $word" inside same modinfo $in_tree -n "$word"
done

# Aliases as devices have them, from the patterns of all modules: stars and sets in brackets become what they match.
awk 'NR % 19 == 1 && $1 == "alias" { gsub(/\*/, "7", $2); gsub(/\[[^]]*[^-]-[0-9A-Fa-f]*\]/, "5", $2)
	gsub(/\[[^]]*\]/, "a", $2); print $2 }' "$T/base/lib/modules/$release/modules.alias" |
	grep -v '[][?]' >"$T/words"
ok "there are more than 1000 aliases" [ "$(wc -l <"$T/words")" -gt 1000 ]
ok "they are found as Debian's modinfo finds them" same_once modinfo $in_tree -n $(cat "$T/words")
ok "... nearly all of them are" [ "$(wc -l <"$T/ours")" -gt 1000 ]
/sbin/depmod -b "$T/base" "$release"
"$tools/modinfo" $in_tree -n $(head -200 "$T/words") >"$T/with.theirs"
"$tools/depmod" -b "$T/base" "$release"
/sbin/modinfo $in_tree -n $(head -200 "$T/words") >"$T/with.ours"
ok "kmod reads our indexes, and we read kmod's" cmp "$T/with.theirs" "$T/with.ours"

# Packed files.
for pack in "gzip gz" "xz xz" "zstd xz.zst"; do
	set -- $pack
	"$1" -c "$debian/kernel/fs/ext4/ext4.ko" >"$T/ext4.ko.${2##*.}"
	"$tools/modinfo" -0 "$T/ext4.ko.${2##*.}" | tr '\0' '\n' | tail -n +2 >"$T/packed"
	"$tools/modinfo" -0 "$debian/kernel/fs/ext4/ext4.ko" | tr '\0' '\n' | tail -n +2 >"$T/plain"
	ok "modinfo of a file packed with $1" cmp "$T/packed" "$T/plain"
done
head -c 20000 "$T/ext4.ko.xz" >"$T/cut.ko.xz"
ok "a packed file that is cut" fails_with "could not get modinfo from 'cut': it is packed, and what is packed is damaged" \
	"$tools/modinfo" "$T/cut.ko.xz"

# Damaged indexes: an error, never a crash.
mkdir -p "$T/bad/lib/modules/$release"
cat >"$T/damage.py" <<'END'
import random, subprocess, sys
tool, good, tree, release = sys.argv[1:5]
random.seed(1)
counts = {0: 0, 1: 0}
for name in "modules.alias.bin", "modules.dep.bin":
    data = open(good + "/" + name, "rb").read()
    for i in range(60):
        bad = bytearray(data)
        at = len(bad) if i % 3 else random.randrange(12, len(bad))
        root = int.from_bytes(bad[8:12], "big") & 0xfffffff
        for n in range(4):
            bad[(root if i % 2 else 8) + random.randrange(120 if i % 2 else 4)] = random.randrange(256)
        open("%s/lib/modules/%s/%s" % (tree, release, name), "wb").write(bad[:at])
        for word in "ext4", "pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00", "of:NfooTbarCbaz":
            run = subprocess.run([tool, "-b", tree, "-k", release, "-n", word], capture_output=True, text=True)
            assert run.returncode in counts, (name, i, word, run)
            assert run.returncode == 0 or "modinfo: ERROR: " in run.stderr
            assert "ERROR: AddressSanitizer" not in run.stderr and "runtime error" not in run.stderr, run.stderr
            counts[run.returncode] += 1
assert counts[1] > 50, counts
END
ok "damaged indexes" python3 "$T/damage.py" "$tools/modinfo" "$T/base/lib/modules/$release" "$T/bad" "$release"

# A node that many others lead to has its values once for each way, more than the file has bytes.
cat >"$T/share.py" <<'END'
import struct, sys
index = bytearray(struct.pack(">III", 0xB007F457, 0x00020001, 0))
def add(flags, data):
    at = len(index)
    index.extend(data)
    return at | flags << 28
node = add(4, struct.pack(">I", 2000) + b"".join(struct.pack(">I", i) + b"ext4\0" for i in range(2000)))
for level in range(5):
    node = add(2, b"*?" + b"".join(struct.pack(">I", node if c in b"*?" else 0) for c in range(ord("*"), ord("?") + 1)))
struct.pack_into(">I", index, 8, node)
open(sys.argv[1], "wb").write(index)
END
python3 "$T/share.py" "$T/bad/lib/modules/$release/modules.alias.bin"
cp "$T/base/lib/modules/$release/modules.dep.bin" "$T/bad/lib/modules/$release/"
ok "an index whose parts are shared" fails_with "modules.alias.bin is damaged" \
	"$tools/modinfo" -b "$T/bad" -k "$release" -n aaaaa
ok "... when all of it is shown" sh -c '"$@" 2>&1 >/dev/null | grep -q "modules.alias.bin is damaged"' - \
	"$tools/modprobe" -d "$T/bad" -S "$release" -c

ok "lsmod with an argument" fails_with "usage: lsmod" "$tools/lsmod" ext4
if [ -r /proc/modules ]; then
	ok "lsmod" same lsmod
else
	ok "lsmod without modules in the kernel" \
		fails_with "Error: could not get list of modules: No such file" "$tools/lsmod"
fi
mkdir -p "$T/machine/proc"
cat >"$T/machine/proc/modules" <<'END'
ext4 983040 1 - Live 0x0000000000000000
jbd2 167936 1 ext4, Live 0x0000000000000000
usb_storage_with_long_name 81920 12 uas,ums_realtek, Live 0x0000000000000000 (OE)
END
cat >"$T/lsmod" <<'END'
Module                  Size  Used by
ext4                  983040  1
jbd2                  167936  1 ext4
usb_storage_with_long_name    81920  12 uas,ums_realtek
END
on_machine "$T/machine" "$tools/lsmod" >"$T/ours"
ok "lsmod's columns" cmp "$T/lsmod" "$T/ours"

printf 'snd_core 100 1 snd-hda-x, Live 0x0\nsnd-hda-x 200 0 - Live 0x0\n' >"$T/machine/proc/modules"
printf 'Module                  Size  Used by\nsnd_core                 100  1 snd_hda_x\nsnd_hda_x                200  0\n' >"$T/lsmod"
on_machine "$T/machine" "$tools/lsmod" >"$T/ours"
ok "... names with a dash" cmp "$T/lsmod" "$T/ours"

# What is built in, and the file that describes it is of no use.
mkdir -p "$T/links/lib/modules/$release"
cp "$debian/modules.builtin" "$T/links/lib/modules/$release/"
"$tools/depmod" -b "$T/links" "$release" 2>/dev/null
ln -s modules.builtin.modinfo "$T/links/lib/modules/$release/modules.builtin.modinfo"
for program in /sbin/modinfo "$tools/modinfo"; do
	ok "modules.builtin.modinfo cannot be read (${program%/*})" \
		fails_with "could not get modinfo from 'unix': Too many levels" "$program" -b "$T/links" -k "$release" unix
done
ok "... with --json" fails_with "could not get modinfo" "$tools/modinfo" -b "$T/links" -k "$release" --json unix

# As many parameters as fit: no more work for each of them.
python3 -c 'import sys
sys.stdout.buffer.write(b"license=GPL\0" + b"".join(b"parmtype=p%d:int\0" % i for i in range(60000)))' >"$T/many"
as -o "$T/none.o" /dev/null
objcopy --add-section .modinfo="$T/many" --set-section-flags .modinfo=alloc,readonly "$T/none.o" "$T/many.ko"
ok "60,000 parameters as JSON" sh -c "timeout 300 '$O/tools/modinfo' --json '$T/many.ko' | grep -c '\"type\": \"int\"' |
	grep -qx 60000"
tap_done
