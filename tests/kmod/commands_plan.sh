#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon what-if plans what Debian's modprobe would do, with sizes as readelf has them, and does nothing; tenon graph
# draws what graphviz reads. The umbrella itself.
# Not quick
. tests/tap.sh
. tests/kmod/tree.sh

M=$T/machine
at=$M/lib/modules/$release
tree "$M"
"$tools/depmod" -b "$M" "$release"
mkdir -p "$M/proc" "$M/sys/module" "$M/etc/modprobe.d"
: >"$M/proc/modules"
: >"$M/proc/cmdline"
tenon() {
	on_machine "$M" "$tools/tenon" "$@"
}
check() {
	python3 tests/kmod/json_check.py "$@"
}
# what_if NAME ARGUMENT...
what_if() {
	_to=$1
	shift
	tenon what-if --json "$@" >"$T/$_to.json"
	_status=$?
	check valid "$T/$_to.json" what-if && return $_status
}
fails() {
	! "$@"
}
# holds NAME EXPRESSION: what is true of $T/NAME.json, as `a`.
holds() {
	python3 -c 'import json, sys; a = json.load(open(sys.argv[1])); sys.exit(not eval("(" + sys.argv[2] + ")"))' \
		"$T/$1.json" "$2" || { cat "$T/$1.json"; return 1; }
}
modules='[s["module"] for s in a["steps"]]'
# loaded LINE...: of /proc/modules, and the directories that go with it.
loaded() {
	printf '%s\n' "$@" >"$M/proc/modules"
	rm -rf "$M/sys/module"
	for _line; do
		_dir=$M/sys/module/${_line%% *}
		mkdir -p "$_dir/holders"
		echo live >"$_dir/initstate"
		echo "$_line" | cut -d' ' -f3 >"$_dir/refcnt"
		for _holder in $(echo "$_line" | cut -d' ' -f4 | tr ',-' '  '); do
			ln -s "../../$_holder" "$_dir/holders/$_holder"
		done
	done
}

# what-if modprobe
ok "what-if modprobe ext4" what_if ext4 modprobe ext4 max=1
ok "... possible" holds ext4 'a["possible"] and not a["messages"] and a["command"] == ["modprobe", "ext4", "max=1"]'
on_machine "$M" /sbin/modprobe -D ext4 max=1 >"$T/theirs"
python3 -c 'import json, sys; json.dump(json.load(open(sys.argv[1]))["steps"], open(sys.argv[2], "w"))' "$T/ext4.json" "$T/steps.json"
sed -i "s,\"/lib,\"$M/lib,g" "$T/steps.json"
sed -i "s, /lib, $M/lib," "$T/theirs"
ok "... as Debian's modprobe would do it" check depends "$T/steps.json" "$T/theirs"
ok "... with sizes as readelf has them" check sizes "$T/steps.json"
ok "... and their sums" holds ext4 'a["totals"] == {"modules": len(a["steps"]),
	**{k: sum(s[k] for s in a["steps"]) for k in ("file_bytes", "memory_bytes", "init_bytes")}}'
loaded "ext4 4096 0 - Live 0x0000000000000000"
ok "what-if modprobe --first-time, of what is loaded" fails what_if first modprobe --first-time ext4
ok "... is not possible" holds first 'not a["possible"]'
loaded
mv "$at/kernel/drivers/block/loop.ko" "$T/"
ok "what-if modprobe, and the file is gone" fails what_if gone modprobe loop
mv "$T/loop.ko" "$at/kernel/drivers/block/"
# text TEXT ARGUMENT...: what-if says so as text
text() {
	_text=$1
	shift
	tenon what-if "$@" >"$T/text" 2>&1
	cat "$T/text"
	grep -qF -- "$_text" "$T/text"
}
ok "... as text" text "6. load ext4, 2" modprobe ext4 max=1
ok "... with parameters" grep -q "^ *parameters max=1 *$" "$T/text"
ok "... and what must come before" grep -q "^ *after *3, 4, 5" "$T/text"
printf '%s\n' "install crc16 touch $T/ran" "forbid mbcache" "remove crc16 touch $T/ran" >"$M/etc/modprobe.d/policy.conf"
ok "what-if with policy" fails what_if policy modprobe ext4
ok "... says which line stops it" holds policy '[(s["module"], s["stopped_by"]["line"]) for s in a["steps"] if s["stopped_by"]] == [("mbcache", 2)]'
ok "... and which command is to be run" holds policy '[s["command"] for s in a["steps"] if s["action"] == "install"] == ["touch '"$T"'/ran"]'
ok "... as text" text "STOPPED by forbid mbcache, /etc/modprobe.d/policy.conf:2" modprobe ext4
ok "... and that it would fail" grep -q "The command would fail" "$T/text"
ok "no command is run" [ ! -e "$T/ran" ]
ok "what-if of an unknown module" fails what_if unknown modprobe nothing
ok "... says so" holds unknown 'not a["possible"] and "Module nothing not found" in a["messages"][0]["text"]'
ok "what-if of a module file" what_if file modprobe "$debian/kernel/lib/crc16.ko"
rm "$M/etc/modprobe.d/policy.conf"

# what-if modprobe -r and rmmod
loaded "ext4 983040 0 - Live 0x0" "mbcache 16384 1 ext4, Live 0x0" "jbd2 167936 1 ext4, Live 0x0" \
	"crc16 16384 1 ext4, Live 0x0" "loop 100 3 - Live 0x0" "tied 100 - - Live 0x0"
ok "what-if of what is loaded" what_if again modprobe ext4
ok "... has nothing to load but softdeps" holds again 'a["totals"]["modules"] == sum(not s["loaded"] for s in a["steps"]) == 2'
ok "what-if modprobe -r" what_if remove modprobe -r ext4
# In a dry run, Debian's modprobe leaves what still is in use then: for it nothing is.
(cd "$M/sys/module" && rm */holders/* && for _module in ext4 mbcache jbd2 crc16; do echo 0 >$_module/refcnt; done)
on_machine "$M" /sbin/modprobe -rnv ext4 | sed -n 's/^rmmod //p' | tr '\n' ' ' >"$T/theirs"
ok "... as Debian's modprobe would do it" holds remove "' '.join($modules) + ' ' == open('$T/theirs').read()"
ok "what-if modprobe -r of what is in use" fails what_if used modprobe -r loop
ok "what-if rmmod" what_if rmmod rmmod ext4 jbd2 mbcache
ok "... in the order given" holds rmmod "$modules == ['ext4', 'jbd2', 'mbcache'] and a['totals']['modules'] == 3"
ok "what-if rmmod in the wrong order" fails what_if order rmmod jbd2 ext4
ok "... says who uses it" holds order 'a["messages"][0]["text"] == "Module jbd2 is in use by: ext4"'
ok "what-if rmmod of what is in use" fails what_if busy rmmod loop
ok "... says so" holds busy '"is in use; " in a["messages"][0]["text"]'
ok "... unless by force" what_if force rmmod -f loop
ok "what-if rmmod of what cannot go" fails what_if tied rmmod tied
ok "what-if rmmod of what is not loaded" text "Module nothing is not currently loaded" rmmod nothing
ok "what-if of nothing" fails_with "give 'modprobe' or 'rmmod'" tenon what-if
ok "what-if of something else" fails_with "'insmode': give" tenon what-if insmode x
ok "what-if modprobe of nothing" fails_with "would neither load nor unload" tenon what-if modprobe
ok "what-if modprobe -c" fails_with "would neither load nor unload" tenon what-if modprobe -c ext4

# graph
graph() {
	_to=$1
	shift
	tenon graph --json "$@" >"$T/$_to.json" && check valid "$T/$_to.json" graph
}
ok "graph of what is loaded" graph loaded
ok "... has its edges" holds loaded 'sorted((e["from"], e["to"]) for e in a["edges"]) ==
	[("ext4", "crc16"), ("ext4", "jbd2"), ("ext4", "mbcache")] and len(a["nodes"]) == 6'
: >"$M/proc/modules"
rm -rf "$M/sys/module"
ok "graph of nothing" graph nothing
for word in ext4 nfsd btrfs snd_hda_intel fuse; do
	ok "graph --plan $word" graph plan --plan $word
	tenon graph --plan $word >"$T/plan.dot"
	ok "... is what the files say" check graph "$T/plan.json" "$at" "$T/plan.dot"
done
tenon graph --json --plan ext4 >"$T/plan.json"
ok "softdeps are edges of their own" holds plan '("jbd2", "crc32c_generic", "softdep-pre") in [(e["from"], e["to"], e["kind"]) for e in a["edges"]]'
ok "graph as SVG" "$tools/tenon" graph -d "$M" -S "$release" --plan --svg -o "$T/plan.svg" ext4
ok "... is XML with all modules" python3 -c '
import sys, xml.etree.ElementTree as tree
titles = [t.text for t in tree.parse(sys.argv[1]).iter("{http://www.w3.org/2000/svg}title")]
assert {"ext4", "jbd2", "mbcache", "crc16", "ext4->jbd2"} <= set(titles), titles' "$T/plan.svg"
no_dot() {
	on_machine "$M" env PATH=/nothing "$tools/tenon" graph --svg --plan ext4 -o "$T/plan.svg"
}
cp "$T/plan.svg" "$T/before"
ok "graph as SVG without graphviz" fails_with "install the package graphviz" no_dot
ok "... leaves the old file" cmp "$T/before" "$T/plan.svg"
odd=$(printf 'we"ird\\\351\n')
mkdir "$T/odd"
cp "$debian/kernel/lib/crc16.ko" "$T/odd/$odd.ko"
ok "graph of a module with an odd name" graph odd --plan "$T/odd/$odd.ko"
tenon graph --plan "$T/odd/$odd.ko" >"$T/odd.dot"
ok "... is read by graphviz" sh -c "dot -Tplain '$T/odd.dot' | grep -qF 'we\\\"ird'"
seq 3000 | awk '{ printf "m%d 4096 2 m%d,m%d, Live 0x0\n", $1, $1 % 3000 + 1, $1 % 7 + 1 }' >"$M/proc/modules"
ok "graph of 3000 modules, in circles" graph many
tenon graph >"$T/many.dot"
ok "... is read by graphviz" sh -c "gvpr 'E { n = n + 1 } END { print(n) }' '$T/many.dot' | grep -qx 6000 ||
	[ \$(grep -c -- '->' '$T/many.dot') -eq 6000 ]"
ok "graph of an unknown module" fails_with "Module nothing not found" tenon graph --plan nothing
ok "graph without a plan" fails_with "--plan ext4 draws" tenon graph ext4
ok "graph of no module" fails_with "which module?" tenon graph --plan
ok "graph in two formats" fails_with "one of --dot, --svg and --json" tenon graph --dot --svg
ok "graph into a directory that is not there" fails_with "No such file" tenon graph -o "$T/nothing/x"
rm "$M/proc/modules"
ok "graph without modules in the kernel" fails_with "/proc/modules: No such file" tenon graph

# The umbrella
ok "tenon alone" fails_with "usage: tenon COMMAND" tenon
tenon help >"$T/help"
ok "tenon help lists the commands" [ "$(grep -c '^  [a-z]' "$T/help")" -gt 10 ]
for command in $(sed -n 's/^  \([a-z-]*\) .*/\1/p' "$T/help"); do
	"$tools/tenon" "$command" --help >"$T/command" 2>&1
	ok "tenon $command --help" [ $? -eq 0 ]
	ok "... tells its use" grep -qi "^usage:" "$T/command"
	tenon help "$command" >"$T/help.command" 2>&1
	ok "... as does tenon help $command" cmp "$T/command" "$T/help.command"
	ok "tenon $command -V" sh -c "'$tools/tenon' $command -V | grep -q '^kmod version 30'"
	ok "tenon $command with an option that does not exist" fails "$tools/tenon" "$command" --nothing
done
ok "a command that does not exist" fails_with "did you mean 'modprobe'?" tenon modprobee
ok "... and is like none" fails_with "there is no command 'somethingelse'; 'tenon help' lists them" tenon somethingelse
ok "tenon --version" sh -c "'$tools/tenon' --version | grep -q '^kmod version 30'"
tap_done
