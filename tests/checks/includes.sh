#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A directory includes only public headers of the directories it stands on (tests/checks/includes.awk has the table).
. tests/tap.sh

# check TOP: print what is against the rule in the files listed on standard input.
check() {
	cat >"$T/files"
	(cd "$1" && grep -E '\.[chS]$' "$T/files" | xargs -r grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]') |
		awk -f tests/checks/includes.awk "$T/files" -
}

none() {
	cat "$T/wrong"
	[ ! -s "$T/wrong" ]
}

# An example first, to see that it finds what it must and nothing else.
example() {
	mkdir -p "$T/tree/core/fmt" "$T/tree/port/x" "$T/tree/modules/char" "$T/tree/include/tenon"
	cd "$T/tree" || exit 1
	echo '#include "core/secret.h"' >port/x/bad.c
	printf '#include "core/fmt/elf.h"\n#include <stdio.h>\n#include "tenon/core.h"\n#include "port/x/own.h"\n' >port/x/good.c
	printf '#include <stdio.h>\n' >core/bad.c
	printf '#include <stdint.h>\n#include "tenon/made.h"\n' >core/good.c
	printf '#include "port/x/own.h"\n' >modules/char/bad.c
	printf '#include "own.h"\n' >modules/char/good.c
	touch port/x/own.h modules/char/own.h core/secret.h core/fmt/elf.h include/tenon/core.h
	find . -type f | sed 's,^\./,,'
}
(example) | check "$T/tree" >"$T/wrong"
ok "what is wrong is found, and only that" \
	test "$(cut -d: -f1 "$T/wrong" | sort | xargs)" = "core/bad.c modules/char/bad.c port/x/bad.c"

git ls-files --cached --others --exclude-standard | check . >"$T/wrong"
ok "every directory includes only what it may" none
tap_done
