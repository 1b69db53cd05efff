#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules with one mistake each: the right kind and function are named. Clean ones, among them Debian's own: nothing is.
. tests/tap.sh
. tests/linux/usual_build.sh
modules=$(echo "$O"/linux-tree/lib/modules/*)

try() { # OPTION... FILE [PARAMETER...]: the status in $status, what it printed in $T/out
	timeout -k 5 120 "$O/tenon-try" --modules "$modules" --modules "$O/modules/x86_64" "$@" >"$T/out" 2>&1
	status=$?
	cat "$T/out"
}

# The line "finding: KIND [in FUNCTION]" of its source, and the source line that says /* here */, if one does.
finds() { # MODULE
	source=tests/linux/bugs/$1.c
	want=$(sed -n 's/^\/\* finding: \(.*\) \*\/$/\1/p' "$source")
	try --deadline 500 "$T/modules/$1.ko"
	if [ "$want" = none ]; then
		[ $status -eq 0 ] && grep -q '^verdict: clean' "$T/out"
		return
	fi
	kind=${want%% *}
	line=$(sed -n '/\/\* here \*\//=' "$source")
	[ $status -eq 1 ] && grep -q "^    $kind: " "$T/out" || return
	[ "$want" = "$kind" ] || sed -n "/^    $kind:/{n;p;}" "$T/out" |
		grep -qE "^        in ${want##* }(\.[a-z0-9.]*)?\+0?x?[0-9a-f]+ at $1\.c:${line:-[0-9]+}\$"
}

clean() { # FILE [PARAMETER...]
	try "$@"
	[ $status -eq 0 ]
}

explores() { # MODULE
	try --explore "$T/modules/$1.ko"
	[ $status -eq 0 ] && grep -qE '^explored: [1-9][0-9]* allocations' "$T/out"
}

says_json() {
	try --json "$T/modules/bug_leak.ko"
	[ $status -eq 1 ] && python3 -c 'import json,sys; r = json.load(open(sys.argv[1])); f = r["findings"]
assert r["verdict"] == "findings" and len(f) == 1 and f[0]["kind"] == "leak" and f[0]["bytes"] == 100, r
assert f[0]["backtrace"][0]["function"].startswith("keep") and f[0]["backtrace"][0]["line"].startswith("bug_leak.c:"), f' "$T/out"
}

# ... names what is meant, and the other place or who holds it.
says_more() { # MODULE NAME AGAINST HOLDER
	try --json "$T/modules/$1.ko"
	python3 -c 'import json,sys; f = json.load(open(sys.argv[1]))["findings"]; o = f[0]["against"]
assert len(f) == 1 and f[0]["name"] == sys.argv[2] and (o["function"].split("+")[0] if o else "") == sys.argv[3], f
assert f[0]["holder"].endswith(sys.argv[4]) and (not o or o["line"].startswith(sys.argv[5] + ".c:")), f' "$T/out" "$2" "$3" "$4" "$1"
}

writes_junit() { # MODULE FAILURES
	try --junit "$T/junit.xml" "$T/modules/$1.ko"
	python3 -c 'import sys, xml.etree.ElementTree as e; s = e.parse(sys.argv[1]).getroot()
assert s.tag == "testsuite" and s.get("failures") == sys.argv[3] and s[0].get("name") == sys.argv[2]
assert len(s[0]) == int(sys.argv[3])' "$T/junit.xml" "$1" "$2"
}

# Whatever comes of it, both reports can be read and say the same.
is_valid() { # STATUS VERDICT ARGUMENT...
	want=$1 verdict=$2
	shift 2
	timeout -k 5 120 "$O/tenon-try" --modules "$modules" --modules "$O/modules/x86_64" --deadline 500 --json --junit "$T/junit.xml" \
		"$@" >"$T/out" 2>"$T/err"
	status=$?
	cat "$T/out" "$T/err"
	[ $status -eq "$want" ] && python3 -c 'import json, sys, xml.etree.ElementTree as e
r = json.load(open(sys.argv[1])); s = e.parse(sys.argv[2]).getroot()
assert r["verdict"] == sys.argv[3], r
assert s.get("failures") == str(int(sys.argv[3] in ("findings", "init failed"))) and s.get("skipped") == str(int(sys.argv[3] == "not tried"))' \
		"$T/out" "$T/junit.xml" "$verdict"
}

odd_files() {
	: >"$T/empty.ko" && mkfifo "$T/pipe.ko" && head -c 3000 "$T/modules/bug_leak.ko" >"$T/cut.ko" &&
		cp "$T/modules/clean_everything.ko" "$T/$(printf 'odd\377<&"name.ko')" &&
		xz -c "$T/modules/clean_everything.ko" >"$T/packed.ko.xz" && head -c 500 "$T/packed.ko.xz" >"$T/cut.ko.xz"
}

uses() {
	try "$T/modules/clean_everything.ko" times=7
	[ $status -eq 0 ] && grep -qx '    device /dev/clean' "$T/out" && grep -q '/dev/clean: opened, polled, read and written' "$T/out" &&
		grep -qx '    /sys/devices/virtual/misc/clean: [0-9]* files read' "$T/out" &&
		grep -qx '    parameter times: read and written' "$T/out" && grep -qx '    ready' "$T/out" && grep -q ' kthread_stop' "$T/out"
}

# In gdb a breakpoint by name, which is not there before the module is.
debugs() {
	printf 'break bug_init\nrun\nbacktrace 1\nkill\nquit\n' >"$T/commands"
	timeout -k 5 120 "$O/tenon-try" --gdb --modules "$modules" --modules "$O/modules/x86_64" "$T/modules/bug_odd_overflow.ko" \
		<"$T/commands" >"$T/out" 2>&1
	cat "$T/out"
	grep -qE '#0 .*bug_init \(\) at .*bug_odd_overflow\.c:' "$T/out"
}

# A crc16 of another tree is the one that is loaded: here it is something else, and refused.
takes_others() {
	mkdir -p "$T/other" && cp "$T/modules/clean_everything.ko" "$T/other/crc16.ko"
	try --against "$T/other" "$T/modules/hostile_table.ko"
	[ $status -eq 3 ]
}

release=${headers##*linux-headers-}
checks() { # STATUS TEXT FILE
	want=$1 text=$2
	shift 2
	./run check "$@" --against "$release" >"$T/out" 2>&1
	status=$?
	cat "$T/out"
	[ $status -eq "$want" ] && grep -qF "$text" "$T/out"
}

# The vermagic of another kernel.
checks_vermagic() {
	sed 's/ mod_unload / mod_unlaod /' "$T/modules/bug_leak.ko" >"$T/other.ko"
	! cmp -s "$T/other.ko" "$T/modules/bug_leak.ko" && checks 1 vermagic "$T/other.ko"
}

# What it tried to do outside did not happen.
leaves_alone() {
	! [ -e /tmp/written-by-a-module ]
}

refuses() { # STATUS TEXT ARGUMENT...
	want=$1 text=$2
	shift 2
	try "$@"
	[ $status -eq "$want" ] && grep -qF "$text" "$T/out"
}

lacks_log() {
	! grep -q '^log:' "$T/out"
}

# A function whose name clears the screen, in both ways.
is_silent() {
	objcopy --redefine-sym "crc7_be=$(printf 'e\033[2Jvil\302\2331J')" "$(find "$modules" -name crc7.ko)" "$T/evil.ko"
	try "$T/evil.ko" | cat -v
	! LC_ALL=C grep -q "$(printf '\033\\|\302\233')" "$T/out" && LC_ALL=C grep -q 'not entered: e?\[2Jvil.?1J$' "$T/out"
}

ok "modules are built against the distribution's headers" build tests/linux/bugs
for source in tests/linux/bugs/*.c; do
	name=$(basename "$source" .c)
	ok "$name: $(sed -n 's/^\/\* finding: \(.*\) \*\/$/\1/p' "$source")" finds "$name"
done
for module in crc7 lz4_compress nls_cp437 sha512_generic brd; do
	ok "Debian's $module is clean" clean "$(find "$modules" -name "$module.ko")"
done
ok "names in the report do not speak to the terminal" is_silent
ok "it says what it has registered and used" uses
ok "a module that is clean stays so with each allocation failing" explores clean_everything
ok "the report is JSON" says_json
ok "... names a lock, and where it was taken the other way round" says_more bug_lock_order first bug_open ""
ok "... and what is left registered, and in what" says_more bug_filesystem_left type "" " of linux"
ok "the report is JUnit's XML: a failure" writes_junit bug_leak 1
ok "... and none" writes_junit clean_everything 0
ok "... both are valid: clean" is_valid 0 clean "$T/modules/clean_everything.ko"
ok "... findings" is_valid 1 findings "$T/modules/bug_leak.ko"
ok "... its domain ended" is_valid 1 findings "$T/modules/hostile_fork.ko"
ok "... a call without an end" is_valid 1 findings "$T/modules/bug_endless.ko"
ok "... a flood" is_valid 1 findings "$T/modules/bug_log_flood.ko"
ok "... explored" is_valid 0 clean --explore "$T/modules/clean_everything.ko"
ok "... with the number of allocations" grep -qE '"explored": [1-9]' "$T/out"
odd_files
ok "... a name that is not UTF-8" is_valid 0 clean "$T/$(printf 'odd\377<&"name.ko')"
ok "... a packed module" is_valid 0 clean "$T/packed.ko.xz"
for file in empty.ko pipe.ko cut.ko cut.ko.xz none.ko modules; do
	ok "... not tried: $file" is_valid 3 'not tried' "$T/$file"
done
ok "... a module for another CPU" is_valid 3 'not tried' "$(find "$O/debian/arm64/lib/modules" -name crc7.ko)"
for deadline in 0 -5 1x 99999999999; do
	ok "a deadline of $deadline is refused" refuses 2 'give milliseconds' --deadline $deadline "$T/modules/clean_everything.ko"
done
ok "in gdb a function of the module stops at its breakpoint" debugs
ok "modules of another tree come before Debian's" takes_others
ok "without loading: a module for this kernel is accepted" checks 0 'no problem found' "$T/modules/bug_leak.ko"
ok "... one for another is not" checks_vermagic
ok "nothing was written outside" leaves_alone
ok "a file that is not there is not tried, and nothing is started for it" refuses 3 'verdict: not tried' "$T/none.ko"
ok "... so that its log is empty" lacks_log
ok "... and the report says so" grep -qF 'No such file or directory' "$T/out"
ok "a directory that is not there is refused" refuses 2 'none: there is no such directory' --against "$T/none" "$T/modules/clean_everything.ko"
ok "nor is one that is no module" refuses 3 'verdict: not tried' tests/linux/try.sh
ok "an unknown parameter is refused" refuses 3 'verdict: not tried' "$T/modules/clean_everything.ko" nonesuch=1
ok "without a file it says how it is used" refuses 2 'name a module file' --json
tap_done
