#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Files have at most 800 lines, half of them less than 200; functions at most 100, nine of ten less than 45.
. tests/tap.sh

# All files that people write, then the C files among them.
git ls-files --cached --others --exclude-standard -- '*.[chS]' '*.def' '*.py' '*.sh' '*.awk' '*.mk' run test Makefile |
	xargs ls -d 2>/dev/null >"$T/all"
grep '\.[ch]$' "$T/all" >"$T/c"

# over LIMIT: show and refuse what has more lines; standard input: lines, name.
over() {
	awk -v limit="$1" '$1 > limit { print; bad = 1 } END { exit bad }'
}

# share LIMIT PERCENT: at least PERCENT of what standard input lists has less than LIMIT lines.
share() {
	awk -v limit="$1" -v percent="$2" '{ all++; if ($1 < limit) less++ }
		END { printf "%d of %d have less than %d lines\n", less, all, limit; exit 100 * less < percent * all }'
}

# The counter itself, on a function of 5 lines and one of 3.
printf 'static int *first(void)\n{\n\tif (x) {\n\t}\n\treturn 0;\n}\n\nint second(int a,\n\t   int b)\n{\n\tf();\n}\n' >"$T/x.c"
awk -f tests/checks/functions.awk "$T/x.c" >"$T/counted"
ok "functions are counted" sh -c "printf '5 $T/x.c first\n3 $T/x.c second\n' | cmp - '$T/counted'"

fails() {
	! "$@"
}
ok "a function over a limit is found" fails over 4 <"$T/counted"
ok "... and one that is not is not" over 5 <"$T/counted"
ok "a share that is too small is found" fails share 4 60 <"$T/counted"

xargs wc -l <"$T/all" | grep -v ' total$' >"$T/files"
xargs awk -f tests/checks/functions.awk <"$T/c" >"$T/functions"
ok "no file is over 800 lines" over 800 <"$T/files"
ok "half of the files are below 200 lines" share 200 50 <"$T/files"
ok "no function is over 100 lines" over 100 <"$T/functions"
ok "nine of ten functions are below 45 lines" share 45 90 <"$T/functions"
tap_done
