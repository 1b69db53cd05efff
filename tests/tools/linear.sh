#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# F-13: a load takes work in proportion to its relocations and imports, and no more for a kernel with more exports.
# Instructions are counted by callgrind, so that the answer is the same on any machine, however busy.
# Not quick: counting makes a program some 50 times slower.
. tests/tap.sh

count() { # RELOCATIONS IMPORTS EXPORTS
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect=measured \
		"$O/bench/relocs" "$1" "$2" "$3" load 2>&1 | awk '/Collected/ { print $4 }'
}

# in_proportion FEW MANY TIMES: MANY is at most TIMES as much as FEW, with a tenth to spare.
in_proportion() {
	echo "$1 $2 $3"
	[ "${1:-0}" -gt 0 ] && [ "$2" -le $(($1 * $3 * 11 / 10)) ]
}

few=$(count 2000 100 200)
ok "F-13 eight times the relocations take at most eight times the instructions" \
	in_proportion "$few" "$(count 16000 100 200)" 8
ok "F-13 eight times the imports too" in_proportion "$(count 4000 200 4000)" "$(count 4000 1600 4000)" 8
ok "F-13 a kernel with a hundred times the exports takes no more" in_proportion "$few" "$(count 2000 100 20000)" 1
tap_done
