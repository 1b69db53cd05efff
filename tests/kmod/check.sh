#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon check: Debian's modules pass on Debian's kernel; with one thing changed they do not, and the thing is named.
# What is right comes from Module.symvers and Debian's modprobe.
. tests/tap.sh
. tests/kmod/tree.sh

symvers=$debian_root/usr/src/linux-headers-$release/Module.symvers
[ -e "$symvers" ] || skip_all "the headers of Debian's kernel are not there"
with=$T/with without=$T/without
tree "$with"
/sbin/depmod -b "$with" "$release"
mkdir -p "$with/usr/src/linux-headers-$release" "$without/lib"
cp "$symvers" "$with/usr/src/linux-headers-$release/"
cp -al "$with/lib/modules" "$without/lib/"
rm -f "$with/lib/modules/$release/build" "$without/lib/modules/$release/build"
kernel=$with/lib/modules/$release/kernel # one copy: a file of the tree is not compared with itself
ext4=$kernel/fs/ext4/ext4.ko

alter() { # FILE OUT WHAT [ARGUMENT]...
	python3 tests/kmod/check_alter.py "$@"
}
check() { # ROOT FILE [ARGUMENT]...
	_root=$1
	shift
	"$tools/tenon" check -d "$_root" --against "$release" "$@" 2>"$T/said"
}
passes() { # ROOT FILE...
	check "$@" >"$T/out"
	_status=$?
	cat "$T/out" "$T/said"
	[ $_status -eq 0 ] && grep -q ': no problem found for ' "$T/out"
}
# finds TEXT ROOT FILE [ARGUMENT]...: exactly that problem is found
finds() {
	_text=$1
	shift
	check "$@" >"$T/out"
	_status=$?
	cat "$T/out" "$T/said"
	[ $_status -eq 1 ] && [ "$(wc -l <"$T/out")" -eq 1 ] && grep -qxF -- "$2: $_text" "$T/out"
}

for path in fs/ext4/ext4 drivers/net/ethernet/intel/e1000e/e1000e fs/btrfs/btrfs lib/crc16 \
	net/netfilter/nf_conntrack_sip sound/soc/sof/intel/snd-sof-pci-intel-tgl; do
	ok "${path##*/} passes" passes "$with" "$kernel/$path.ko"
done
ok "... also without Module.symvers" passes "$without" "$ext4"
ok "... which is told" grep -q "WARNING: there is no Module.symvers of $release" "$T/said"

# Checksums: of the kernel's own symbols and of another module's.
crc_of() {
	awk -F '\t' -v name="$1" '$2 == name { print $1 }' "$symvers"
}
for symbol in kfree jbd2_journal_start module_layout; do
	from="the kernel"
	[ $symbol != jbd2_journal_start ] || from="module jbd2"
	bad=$(alter "$ext4" "$T/crc.ko" crc $symbol)
	expected="checksum: $symbol: it is built for checksum $bad, that of $from is $(crc_of $symbol)"
	ok "the checksum of $symbol" finds "$expected" "$with" "$T/crc.ko"
	ok "... without Module.symvers" finds "$expected" "$without" "$T/crc.ko"
	ok "... is what modprobe shows of the file" sh -c "/sbin/modprobe --show-modversions '$T/crc.ko' |
		grep -q '^$bad.$symbol\$'"
done

# Kernels with longer names have checksums and names in two sections, and these count if the other one is there, too.
extend() { # FILE OUT FROM [OPTION]...: with the checksums of FROM
	_file=$1 _out=$2
	alter "$3" "$_out" extend "$T/crcs" "$T/names"
	shift 3
	objcopy "$@" --add-section __version_ext_crcs="$T/crcs" --set-section-flags __version_ext_crcs=alloc,readonly \
		--add-section __version_ext_names="$T/names" --set-section-flags __version_ext_names=alloc,readonly \
		"$_file" "$_out"
}
extend "$ext4" "$T/extended.ko" "$ext4" --remove-section __versions
ok "extended checksums" passes "$with" "$T/extended.ko"
extend "$T/crc.ko" "$T/extended.ko" "$ext4"
ok "... beside others that are wrong" passes "$with" "$T/extended.ko"
extend "$ext4" "$T/extended.ko" "$T/crc.ko" --remove-section __versions
ok "... that are wrong" finds "$expected" "$with" "$T/extended.ko"
ok "... are what modprobe shows of the file" sh -c "'$tools/modprobe' --show-modversions '$T/extended.ko' |
	grep -q '^$bad.$symbol\$'"

# A module of the tree counts, not what Module.symvers says of it.
mkdir -p "$T/other/lib"
cp -al "$with/lib/modules" "$T/other/lib/"
cp -a "$with/usr" "$T/other/"
awk -F '\t' 'BEGIN { OFS = FS } $2 == "jbd2_journal_start" { $1 = "0x12345678" } { print }' "$symvers" \
	>"$T/other/usr/src/linux-headers-$release/Module.symvers"
ok "a module's exports are read from the module" passes "$T/other" "$ext4"
awk -F '\t' 'BEGIN { OFS = FS } $2 == "kfree" { $1 = "0x12345678" } { print }' "$symvers" \
	>"$T/other/usr/src/linux-headers-$release/Module.symvers"
ok "the kernel's from Module.symvers" \
	finds "checksum: kfree: it is built for checksum $(crc_of kfree), that of the kernel is 0x12345678" "$T/other" "$ext4"

# Of a module that Module.symvers does not know, licenses are not known.
grep -v 'fs/jbd2/jbd2' "$symvers" >"$T/other/usr/src/linux-headers-$release/Module.symvers"
ok "symbols of a module that Module.symvers does not have" passes "$T/other" "$ext4"
ok "... are told" grep -q \
	'WARNING: [0-9]* symbols are not in Module.symvers, such as jbd2_[a-z_]* of module jbd2: their namespaces and' "$T/said"

# Symbols.
alter "$ext4" "$T/name.ko" rename kfree kfrex
ok "a symbol that nothing exports" finds "symbol: kfrex: nothing exports it" "$with" "$T/name.ko"
check "$without" "$T/name.ko" >"$T/out"
ok "... cannot be known without Module.symvers" grep -q 'kfrex: no module of [^ ]* exports or uses it' "$T/said"
gpl=$kernel/drivers/net/dummy.ko
alter "$gpl" "$T/gpl.ko" text license=GPL license=XYZ
check "$with" "$T/gpl.ko" >"$T/out"
sed -n 's/.*: license: \([^:]*\):.*/\1/p' "$T/out" | sort >"$T/found"
/sbin/modprobe --show-modversions "$gpl" | awk '{ print $2 }' | sort >"$T/needs"
awk -F '\t' '$4 ~ /GPL/ { print $2 }' "$symvers" | sort | comm -12 - "$T/needs" >"$T/expected"
ok "symbols for the GPL only" diff "$T/expected" "$T/found"
ok "... there are some" [ -s "$T/found" ]
sof=$kernel/sound/soc/sof/intel/snd-sof-pci-intel-tgl.ko
alter "$sof" "$T/space.ko" text import_ns= import_nx=
check "$with" "$T/space.ko" >"$T/out"
sed -n 's/.*: namespace: \([^:]*\):.* the namespace \([A-Z0-9_]*\),.*/\1 \2/p' "$T/out" | sort >"$T/found"
/sbin/modprobe --show-modversions "$sof" | awk '{ print $2 }' | sort >"$T/needs"
awk -F '\t' '$5 != "" { print $2, $5 }' "$symvers" | sort | join - "$T/needs" >"$T/expected"
ok "namespaces" diff "$T/expected" "$T/found"
ok "... there are some" [ -s "$T/found" ]
# An export for some modules only, which Linux has since 6.16: '-' and '_' are the same, '*' ends an item.
only_for() {
	awk -F '\t' -v list="module:$1" 'BEGIN { OFS = FS } $2 == "kfree" { $5 = list } { print }' "$symvers" \
		>"$T/other/usr/src/linux-headers-$release/Module.symvers"
}
for list in jbd2,ext4 ext4,jbd2 'crc16,ex*'; do
	only_for "$list"
	ok "a symbol for the modules $list only" passes "$T/other" "$ext4"
done
for list in snd-sof-pci-intel-tgl snd_sof_pci_intel_tgl 'snd-sof_pci-*'; do
	only_for "$list"
	ok "... for $list" passes "$T/other" "$sof"
done
for list in jbd2 ext ext44 'jbd*'; do
	only_for "$list"
	ok "... for $list, and ext4 is another" finds \
		"namespace: kfree: the kernel exports it to some modules only, not to ext4; to these: $list" "$T/other" "$ext4"
done
alter "$ext4" "$T/depends.ko" text depends=jbd2 depends=jbx2
ok "a module that is not there" \
	finds "dependency: it needs the module jbx2, which is not in $with/lib/modules/$release" "$with" "$T/depends.ko"

# The file.
alter "$ext4" "$T/magic.ko" text "vermagic=$release SMP" "vermagic=$release SMX"
magic="$(modinfo -F vermagic "$T/magic.ko")"
ok "vermagic" finds "vermagic: its vermagic is '$magic', the kernel's '$(modinfo -F vermagic "$ext4")'" \
	"$with" "$T/magic.ko"
alter "$ext4" "$T/magic.ko" text "vermagic=$release SMP" "vermagic=$(echo "$release" | tr 0-9 1-90) SMP"
ok "... whose release does not matter with checksums" passes "$with" "$T/magic.ko"
alter "$ext4" "$T/cpu.ko" machine 183
ok "another CPU" finds "cpu: it is for AArch64 (64 bits), the kernel for x86-64 (64 bits)" "$with" "$T/cpu.ko"
for size in 0 40 5000 900000; do
	alter "$ext4" "$T/cut.ko" cut $size
	check "$with" "$T/cut.ko" >"$T/out"
	ok "a file cut to $size bytes" grep -q "^$T/cut.ko: format: ." "$T/out"
done
alter "$ext4" "$T/unsigned.ko" unsign
unsigned="it is not signed, as the kernel's own modules are; with Secure Boot the kernel refuses it"
ok "no signature" passes "$with" "$T/unsigned.ko"
ok "... is a note" grep -qxF "check: NOTICE: $unsigned" "$T/said"
# enforcing: the kernel that runs, which is this one, takes signed modules only
enforcing() {
	mkdir -p "$T/machine/sys/module/module/parameters"
	echo Y >"$T/machine/sys/module/module/parameters/sig_enforce"
	env ASAN_OPTIONS="verify_asan_link_order=0:$ASAN_OPTIONS" LD_PRELOAD="$O/tests/shim/shim.so" \
		TENON_TEST_ROOT="$T/machine" TENON_TEST_PATHS=/sys TENON_TEST_RELEASE="$release" \
		"$tools/tenon" check -d "$with" --against "$release" "$1"
}
ok "... a problem where the kernel enforces signatures" fails_with \
	"signature: it is not signed, and the kernel takes signed modules only" enforcing "$T/unsigned.ko"
for what in marker message; do
	alter "$ext4" "$T/signature.ko" $what
	ok "a damaged signature ($what)" finds "signature: its signature is damaged" "$with" "$T/signature.ko"
done
xz -k "$T/unsigned.ko"
ok "a packed file" passes "$with" "$T/unsigned.ko.xz"
head -c 20000 "$T/unsigned.ko.xz" >"$T/packed.ko.xz"
ok "... that is damaged" finds "format: it is packed, and what is packed is damaged" "$with" "$T/packed.ko.xz"

# Any byte may be damaged: an answer, never a crash.
cat >"$T/damage.py" <<'END'
import os, random, subprocess, sys
tool, source, out, root, release = sys.argv[1:]
random.seed(1)
data = open(source, "rb").read()
headers = int.from_bytes(data[40:48], "little")
answers = set()
for i in range(150):
    bad = bytearray(data)
    start, length = ((0, 64), (headers, 2500), (0, len(data)))[i % 3]
    for _ in range(1 + i % 4):
        bad[start + random.randrange(min(length, len(data) - start))] = random.randrange(256)
    open(out, "wb").write(bad)
    run = subprocess.run([tool, "check", "-d", root, "--against", release, out, "a=b"], capture_output=True,
                         text=True, errors="replace")
    assert run.returncode in (0, 1) and all(c >= " " or c == "\n" for c in run.stdout + run.stderr), run
    assert "Sanitizer" not in run.stderr and "runtime error" not in run.stderr, run.stderr
    answers.add(run.stdout.split(": ")[1])
assert {"format", "parameter"} < answers, answers
END
ok "damaged files" python3 "$T/damage.py" "$tools/tenon" "$kernel/lib/crc16.ko" "$T/damaged.ko" "$with" "$release"

# Parameters.
e1000e=$kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko
ok "parameters" passes "$with" "$e1000e" copybreak=200 IntMode=1,0,0x2 'debug="-1"' async_probe dyndbg=+p
ok "a parameter that it does not have" \
	finds "parameter: copybrake: the module has no such parameter" "$with" "$e1000e" copybrake=1
ok "one without its value" finds "parameter: copybreak: the parameter needs a value (uint)" "$with" "$e1000e" copybreak
for value in x -1 4294967296 1x ''; do
	ok "a value that is none: '$value'" \
		finds "parameter: copybreak: '$value' is no value of the type uint" "$with" "$e1000e" "copybreak=$value"
done
ok "one of several values" \
	finds "parameter: IntMode: '1,a' is no value of the type array of int" "$with" "$e1000e" IntMode=1,a
ok "one that comes twice" finds "parameter: copybreak: the parameter is given twice; the last counts" \
	"$with" "$e1000e" copybreak=1 copybreak=2
bonding=$kernel/drivers/net/bonding/bonding.ko
check "$with" "$bonding" nosuch=1 tx_queues=2 tx_queues=3 miimon=99999999999 "mode=$(printf '%01025d' 0)" \
	lp_interval=x 'primary="a b' >"$T/out"
cut -d ' ' -f 3- "$T/out" | cut -c 1-75 >"$T/found"
cat >"$T/expected" <<'END'
nosuch: the module has no such parameter
tx_queues: the parameter is given twice; the last counts
miimon: '99999999999' is no value of the type int
mode: the value has more than 1024 bytes
lp_interval: 'x' is no value of the type uint
primary: its quotes do not end
END
ok "F-35 unknown, duplicate, out of range, over-long, wrong type, not terminated: in one report" \
	diff "$T/expected" "$T/found"

# What is asked.
ok "an answer that cannot be written" sh -c '! "$@" 2>/dev/null >/dev/full' - "$tools/tenon" check -d "$with" \
	--against "$release" "$ext4"
ok "no file" fails_with "check: ERROR: no file is named" "$tools/tenon" check
ok "a file that is not there" fails_with "check: ERROR: $T/nothing.ko: No such file or directory" \
	"$tools/tenon" check -d "$with" --against "$release" "$T/nothing.ko"
ok "a kernel that is not there" fails_with "is 9.9 the name of a kernel whose modules are installed?" \
	"$tools/tenon" check -d "$with" --against 9.9 "$ext4"
ok "a name that is none" fails_with "check: ERROR: '' is no kernel's name" "$tools/tenon" check -d "$with" -a "" "$ext4"
ok "a parameter with quotes around it all" passes "$with" "$kernel/drivers/block/loop.ko" '"max_part=1"' 'max_loop="2"'
mkdir -p "$T/empty/lib/modules/$release"
check "$T/empty" "$ext4" >"$T/out"
ok "a tree without indexes" grep -q "(run: depmod $release)" "$T/said"

# JSON says the same.
bad=$(alter "$ext4" "$T/crc.ko" crc kfree)
check "$with" --json "$T/crc.ko" >"$T/json"
ok "--json" python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["accepted"] is False and answer["file"] == sys.argv[2] and answer["release"] == sys.argv[3]
problem, = answer["problems"]
assert problem["kind"] == "checksum" and problem["subject"] == "kfree" and sys.argv[4] in problem["text"]
assert any("Module.symvers" in note for note in answer["notes"])' "$T/json" "$T/crc.ko" "$release" "$bad"
check "$with" --json "$ext4" >"$T/json"
ok "... of a file without problems" python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["accepted"] is True and answer["problems"] == []' "$T/json"
ok "... follows the schema" python3 tests/kmod/json_check.py valid "$T/json" check
tap_done
