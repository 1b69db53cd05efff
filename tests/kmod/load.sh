#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon load and unload, in a kernel that is not there (tests/shim): all or nothing, at the same time what can be, F-35:
# parameters that are unknown, given twice, too long or of the wrong type are told in one report, and nothing is loaded.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

tree "$T/base"
/sbin/depmod -b "$T/base" "$release"
mkdir -p "$T/conf"
conf=$T/conf/a.conf
: >"$conf"

ours() { # load|unload ARGUMENT...
	_command=$1
	shift
	in_kernel $wrong "$tools/tenon" "$_command" -d "$T/base" -S "$release" -C "$T/conf" "$@"
}
there() {
	[ "$(in_memory)" = "$*" ] || { in_memory && false; }
}
none() {
	there "" && ! grep -q . "$T/kernel/log"
}
wrong=

ok "load" ours load ext4 minix
ok "... with what they need" there "crc16 crc32c_generic crc32c_intel ext4 jbd2 mbcache minix "
ok "... once more, for nothing" ours load ext4
ok "unload" ours unload ext4
ok "... what only it needed, too" there "minix "
ok "one that must stay" eval "ours load vfat && fails_with 'Module fat is in use' ours unload minix fat"
ok "... and so the others stay" there "fat minix vfat "
ok "holders first" ours unload --holders fat
ok "... are gone" there "minix "
ok "-n" ours unload -n minix
ok "... does nothing" there "minix "
printf 'options netconsole netconsole=\033[2J\n' >"$conf"
ours load -n netconsole >"$T/shown" 2>&1
ok "... and what the configuration says does not command the terminal" grep -qF 'load netconsole netconsole=?[2J' "$T/shown"
: >"$conf"

# All or nothing, also of several words.
fresh
wrong="env TENON_TEST_FAIL=insert:vfat:12"
ok "one of them fails" fails_with "could not insert 'vfat': Cannot allocate memory" ours load -t 1 ext4 minix vfat xfs
ok "... and none is left" there ""
ok "... what goes is said" grep -q "unloaded minix again" "$T/out"
wrong="env TENON_TEST_FAIL=insert:crc32c_generic:2"
ok "a softdep may fail" ours load ext4
ok "... the others are loaded" there "crc16 crc32c_intel ext4 jbd2 mbcache "
wrong=
fresh
ok "an unknown word" fails_with "Module nothing not found" ours load minix nothing
ok "... and nothing is done" none
echo 'forbid fat' >"$conf"
ok "a dependency that is forbidden" fails_with "fat is forbidden ($conf:1: forbid fat); it is wanted by vfat" \
	ours load minix vfat
ok "... and nothing is done" none
: >"$conf"

# At the same time. The kernel needs its time for each; the log has beginnings and ends.
fresh
wrong="env TENON_TEST_WAIT_MS=150"
ok "with threads" ours load -t 8 nfs btrfs vfat udf minix
cat >"$T/spans.py" <<'END'
import re, sys
log, dep, together = sys.argv[1], sys.argv[2], 0
needs = {}
name = lambda path: re.sub(r"\.ko$", "", path.rsplit("/", 1)[-1]).replace("-", "_")
for line in open(dep):
    path, rest = line.split(":")
    needs[name(path)] = {name(p) for p in rest.split()}
begun, ended, most = set(), set(), 0
for line in open(log):
    call, module = line.split()[:2]
    if call == "end":
        ended.add(module)
        continue
    assert needs[module] <= ended, (module, needs[module] - ended)
    begun.add(module)
    most = max(most, len(begun - ended))
print(most, "at the same time")
assert begun == ended and most > 2
END
ok "... each after what it needs, several at the same time" \
	python3 "$T/spans.py" "$T/kernel/log" "$T/base/lib/modules/$release/modules.dep"
fresh
ok "with one" ours load -t 1 vfat minix
ok "... one after the other" fails_with "1 at the same time" \
	python3 "$T/spans.py" "$T/kernel/log" "$T/base/lib/modules/$release/modules.dep"
fresh
wrong="env TENON_TEST_WAIT_MS=20 TENON_TEST_FAIL=insert:btrfs:12"
ok "one fails while others are loaded" fails_with "could not insert 'btrfs'" ours load -t 8 nfs btrfs vfat udf minix
ok "... and none is left" there ""
wrong=

# F-35
fresh
long=$(printf '%02000d' 0)
fails_with "" ours load e1000e nosuch=1 debug=x debug=3 InterruptThrottleRate=99999999999 "also=$long" >/dev/null
ok "F-35 parameters of every kind of wrong" [ $? -eq 0 ]
for word in nosuch debug InterruptThrottleRate also twice; do
	ok "F-35 ... $word is in the one report" grep -q "ERROR: .*$word" "$T/out"
done
ok "F-35 ... and nothing is loaded" none
fails_with "" ours load iwlwifi "nvm_file=$long" >/dev/null
ok "F-35 a text that is too long" grep -q "ERROR: .*nvm_file" "$T/out"
ok "F-35 ... and nothing is loaded" none
echo 'options e1000e nosuch=1' >"$conf"
ok "F-35 of the configuration" fails_with "nosuch: the module has no such parameter" ours load e1000e
ok "F-35 ... and nothing is loaded" none
printf 'softdep vfat pre: crc16\noptions crc16 nosuch=1\noptions e1000e debug=1\noptions e1000e debug=2\n' >"$conf"
ok "one that a module may do without matters only to it" ours load vfat
ok "what the configuration sets may be given" ours load e1000e debug=3
ok "... and counts last" grep -qx "finit_module e1000e 'debug=1 debug=2 debug=3' 0" "$T/kernel/log"
: >"$conf"
ok "parameters for a module that is there" fails_with "this one is loaded, or built in" ours load e1000e debug=3
ok "... or built in" fails_with "this one is loaded, or built in" ours load unix a=1
fresh
ok "parameters that are right" ours load e1000e debug=3 InterruptThrottleRate=1,2
ok "... reach the kernel" grep -qx "finit_module e1000e 'debug=3 InterruptThrottleRate=1,2' 0" "$T/kernel/log"
ok "parameters of two modules" fails_with "parameters are for one module" ours load minix vfat a=1
ok "no module" fails_with "which module?" ours load a=1
ok "not a number" fails_with "'x' is no number" ours load -t x minix
ok "an option that there is not" eval "! ours load --no-such minix"

fresh
ok "quotes that are there already" ours load e1000e '"debug=3"' 'InterruptThrottleRate="1"'
ok "... stay as they are" grep -qx "finit_module e1000e '\"debug=3\" InterruptThrottleRate=\"1\"' 0" "$T/kernel/log"

# --json
fresh
echo 'install cuse echo said by a command' >"$conf"
ours load --json cuse >"$T/json" 2>"$T/said"
ok "--json, and nothing of what commands print" python3 -c '
import json, sys
assert json.load(open(sys.argv[1]))["done"] is True' "$T/json"
ok "... which is not lost" grep -qx 'said by a command' "$T/said"
: >"$conf"
fresh
ours load --json vfat >"$T/json"
ok "--json" python3 - "$T/json" <<'END'
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["done"] is True and answer["messages"] == []
assert [(s["module"], s["role"], s["needed_by"]) for s in answer["steps"]] == [
    ("fat", "dependency", "vfat"), ("vfat", "asked", None)]
END
ours load --json nothing >"$T/json"
ok "... of a failure" python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
assert answer["done"] is False and "nothing not found" in answer["messages"][0]["text"]' "$T/json"
tap_done
