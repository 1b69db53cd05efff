#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# F-13: depmod, tenon check and modinfo take time and memory in proportion to a module file, whatever stands in it. Instructions
# and allocated bytes are counted by valgrind, so that the answer is the same on any machine, however busy. Allocations it
# sees in a dynamic program only: `tenon depmod`.
. tests/tap.sh

tools=$O/tools

# counted TOOL COMMAND...: what valgrind's TOOL counts of a program, which may find what it likes.
counted() {
	_tool=$1
	shift
	valgrind --tool="$_tool" $([ "$_tool" = memcheck ] || echo --callgrind-out-file=/dev/null) "$@" 2>&1 >/dev/null |
		awk '/Collected :/ { print $4 } /total heap usage:/ { gsub(",", ""); print $9 }'
}
depmod() { # TOOL TREE
	counted "$1" "$tools/tenon" depmod -b "${2%/lib/modules/1.0}" 1.0
}
check() {
	counted "$1" "$tools/tenon" check -d "${2%/lib/modules/1.0}" --against 1.0 "$2/kernel/x.ko"
}
modinfo() {
	counted "$1" "$tools/tenon" modinfo "$2/kernel/x.ko"
}
# in_proportion COMMAND TOOL CASE SPARE: what one file of n and one of 4 n take beyond an empty one; 1.2 times is the
# most, for tables that double, and SPARE, for buffers that begin large.
in_proportion() {
	_none=$($1 "$2" "$T/$3.0/lib/modules/1.0") _one=$($1 "$2" "$T/$3.1/lib/modules/1.0")
	_four=$($1 "$2" "$T/$3.4/lib/modules/1.0")
	echo "$_none $_one $_four"
	[ "${_none:-0}" -gt 0 ] && [ $((_four - _none)) -le $(((_one - _none) * $5 / $4 * 12 / 10 + $6)) ]
}
files() { # CASE N
	for _times in 0 1 4; do
		python3 tests/kmod/linear_module.py "$1" $(($2 * _times)) "$T/$1.$_times/lib/modules/1.0"
	done
}
bytes() {
	stat -c %s "$T/$1.$2/lib/modules/1.0/kernel/x.ko"
}

# says COMMAND CASE TEXT: of the larger file, what was expected: the case gets as far as it should.
says() {
	_dir=$T/$2.4/lib/modules/1.0
	case $1 in
	depmod) "$tools/tenon" depmod -b "$T/$2.4" 1.0 ;;
	check) "$tools/tenon" check -d "$T/$2.4" --against 1.0 "$_dir/kernel/x.ko" ;;
	esac >"$T/said" 2>&1
	cut -c1-200 "$T/said" | head -n 3
	grep -qE -- "$3" "$T/said" "$_dir"/modules.symbols "$_dir"/modules.alias "$_dir"/modules.dep
}

while IFS='|' read -r case n what depmod check; do
	files "$case" "$n"
	none=$(bytes "$case" 0)
	one=$(($(bytes "$case" 1) - none)) four=$(($(bytes "$case" 4) - none))
	for command in depmod check; do
		eval "text=\$$command"
		ok "$command, $what: as it should be" says $command "$case" "$text"
		ok "F-13 $command, $what: time" in_proportion $command callgrind "$case" $one $four 100000
		ok "F-13 $command, $what: memory" in_proportion $command memcheck "$case" $one $four 8000000
	done
done <<'END'
equal_versions|2000|versions of one name|kernel/x.ko:|same: nothing exports it
many_versions|2000|versions of many names|kernel/x.ko:|version_7999: nothing exports it
weak_sharing|2000|weak symbols sharing the longest name|kernel/x.ko:|no problem found
weak_sharing_longer|2000|weak symbols sharing a longer name|is longer than 0x1ff bytes|its symbols are damaged
exports_sharing|2000|exports sharing the longest name|alias symbol:eeeee|no problem found
exports_sharing_longer|2000|exports sharing a longer name|is longer than 0x1ff bytes|no problem found
exports_in_one_bucket|1000|exports that the order of kmod puts together|alias symbol:cm4nau7t|no problem found
imports_meeting|1000|imports that meet in a table without a key|kernel/x.ko:|no problem found
namespaces|2000|namespaces and symbols of the last one|kernel/x.ko:|no problem found
equal_aliases|2000|aliases that are the same|alias same:. x|no problem found
aliases_in_each_other|1000|aliases that begin alike|alias aaaaaa|no problem found
dependencies|2000|the same dependency again and again|kernel/x.ko:|it needs the module absent
END

# modinfo shows a parameter with its type, which stands elsewhere.
files many_parameters 2000
none=$(bytes many_parameters 0)
one=$(($(bytes many_parameters 1) - none)) four=$(($(bytes many_parameters 4) - none))
ok "F-13 modinfo, many parameters: time" in_proportion modinfo callgrind many_parameters $one $four 100000
ok "F-13 modinfo, many parameters: memory" in_proportion modinfo memcheck many_parameters $one $four 1000000
shows_all() {
	[ "$("$tools/tenon" modinfo -p "$T/many_parameters.4/lib/modules/1.0/kernel/x.ko" | grep -c '^parameter_[0-9]*:int (int)$')" = 8000 ]
}
ok "... each is shown" shows_all

# A repetition is written out by the C library, 'x+' as 'xx*': 36 in each other would take 4 GB.
tree=$T/equal_aliases.1
mkdir "$T/depmod.d"
pattern=x
for i in $(seq 36); do
	pattern="($pattern)+"
done
with_pattern() { # PATTERN: bytes allocated; what was said is in $T/said
	echo "external $1 directory" >"$T/depmod.d/x.conf"
	"$tools/tenon" depmod -C "$T/depmod.d" -b "$tree" 1.0 2>"$T/said"
	counted memcheck "$tools/tenon" depmod -C "$T/depmod.d" -b "$tree" 1.0
}
modest() {
	ulimit -v 4000000
	_none=$(with_pattern y) _many=$(with_pattern "$pattern")
	cat "$T/said"
	echo "$_none $_many"
	[ "$_none" -gt 0 ] && [ $((_many - _none)) -lt 100000 ] && grep -q 'nor a regular expression' "$T/said"
}
ok "F-13 depmod, a pattern of 36 repetitions: memory" modest
tap_done
