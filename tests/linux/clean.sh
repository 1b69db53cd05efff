#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules without a mistake, as authors write them: nothing is found in them, and they print and answer what their first lines say:
#
#     with: PARAMETERS      that it is tried with
#     log: TEXT             a line of its log
#     alone: PARAMETER TEXT   with this parameter this line is in its log
#     report: PATTERN       a line of the report, as grep knows it
#     prompt: COMMAND       after insmod at the prompt, in the order of these lines
#     says: TEXT            a line that those commands print
. tests/tap.sh
. tests/linux/usual_build.sh
modules=$(echo "$O"/linux-tree/lib/modules/*)

# told KEY MODULE: what its source says about KEY, a line each.
told() {
	sed -n "s/^\/\* $1: \(.*\) \*\/\$/\1/p" "tests/linux/clean/$2.c"
}

# lacks FILE PATTERN-OPTION: show lines of standard input that are none of the file.
lacks() {
	while read -r line; do
		grep -qx "$2" -e "    $line" "$1" || { echo "not there: $line"; return 0; }
	done
	return 1
}

try() { # MODULE [PARAMETER...]
	module=$T/modules/$1.ko
	shift
	timeout -k 5 120 "$O/tenon-try" --modules "$modules" --modules "$O/modules/x86_64" --against "$T/modules" "$module" "$@" >"$T/out" 2>&1
	status=$?
	cat "$T/out"
	[ $status -eq 0 ] && grep -q '^verdict: clean ' "$T/out" && ! grep -q '^findings' "$T/out"
}

says_alone() { # MODULE
	told alone "$1" | while read -r parameter line; do
		try "$1" "$parameter" && grep -qxF -e "    $line" "$T/out" || { echo "not there: $line"; exit 1; }
	done
}

is_clean() { # MODULE
	# shellcheck disable=SC2046 # each parameter is a word
	try "$1" $(told with "$1") &&
		! told log "$1" | lacks "$T/out" -F && ! told report "$1" | lacks "$T/out" -G
}

answers() { # MODULE
	timeout -k 5 120 "$O/tenon-host" --modules "$modules" --modules "$O/modules/x86_64" -c "modprobe linux
		insmod $T/modules/$1.ko $(told with "$1")
		mount --domain kernel -t sysfs none /sys; mount --domain kernel -t proc none /proc
		$(told prompt "$1"); umount /proc; umount /sys; rmmod $1" >"$T/out" 2>&1
	cat "$T/out"
	told says "$1" | while read -r line; do
		grep -qxF -e "$line" "$T/out" || { echo "not there: $line"; exit 1; }
	done
}

ok "modules are built against the distribution's headers" build tests/linux/clean
for source in tests/linux/clean/clean_*.c; do
	name=$(basename "$source" .c)
	ok "$name is clean, and prints what it should" is_clean "$name"
	[ -z "$(told alone "$name")" ] || ok "... and says each thing without the others" says_alone "$name"
	[ -z "$(told prompt "$name")" ] || ok "... and answers at the prompt" answers "$name"
done
tap_done
