#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# docs/porting.md: its first step makes a port that compiles, and its test program links with it.
. tests/tap.sh

# block SECTION: the first indented block of a section.
block() {
	awk -v want="$1" '
		/^## / { section++ }
		section == want && /^    / { found = 1; while (blank) { print ""; blank-- } print substr($0, 5); next }
		/^$/ { blank = found; next }
		found { exit }
	' docs/porting.md
}

mkdir "$T/tree"
cp -r Makefile include core kpi port tests "$T/tree"
block 1 >"$T/step1"
ok "the first step ends with make" grep -qx 'cd ../.. && make' "$T/step1"
sed 's/ && make$//' "$T/step1" >"$T/step1.sh"
ok "the template is copied" sh -euc "cd '$T/tree' && . '$T/step1.sh'"
ok "nothing is called after the template any more" sh -c "! grep -ri template '$T'/tree/port/toy/*.h '$T/tree/port/toy/host.c'"
block 6 | tr -s ' ' >"$T/tree/port/toy/test.c"
build() {
	(cd "$T/tree" && gcc -std=gnu11 -Wall -Wextra -Werror -I. -Iinclude -no-pie -fno-pie -o toy port/toy/*.c \
		tests/port/conformance.c tests/port/blocks.c tests/port/sync.c tests/port/watched.c \
		tests/port/contract.c "$O/core/host/libtenon.a")
}
ok "the test program links with the port" build
# The template's alloc gives nothing, and the program says so instead of going on.
ok "the test program runs" sh -c "timeout -s KILL 60 '$T/tree/toy' | grep -q '^not ok 1 - the core accepts the contract'"
tap_done
