#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# ./run builds when something has changed since the last time, and else starts the program at once. In a tree of its own, whose
# makefile only counts.
. tests/tap.sh

top=$T/top
mkdir -p "$top/setup" && cp run "$top"
for script in install debian-kernel debian-linux-source progress; do
	printf '#!/bin/sh\n' >"$top/setup/$script" && chmod +x "$top/setup/$script"
done
cat >"$top/Makefile" <<'END'
all modules linux: build/made
build/made: .FORCE
	@echo made >>build/made
	@test ! -e broken
	@for p in tenon-host tenon-try; do printf '#!/bin/sh\necho "$$0 $$*"\n' >build/$$p && chmod +x build/$$p; done
.FORCE:
END
echo one >"$top/source.c"

makes() { # COUNT STATUS
	status=0
	O= "$top/run" try --modules "$T" file.ko >"$T/out" 2>"$T/err" || status=$?
	cat "$T/out" "$T/err"
	[ "$(wc -l <"$top/build/made")" -eq "$1" ] && [ $status -eq "$2" ] && { [ "$2" -ne 0 ] || grep -q ' file\.ko$' "$T/out"; }
}

changes() { # COMMAND...: later than what was built
	sleep 0.02
	"$@"
}

ok "the first time it builds" makes 1 0
ok "the second time it does not" makes 1 0
changes touch "$top/source.c"
ok "a file has changed: it builds" makes 2 0
ok "... once" makes 2 0
changes touch "$top/broken"
ok "a build that fails is an error" makes 3 2
ok "... also the next time" makes 4 2
changes rm "$top/broken"
ok "... until it is mended" makes 5 0
rm "$top/build/tenon-try"
ok "a program that is not there is built" makes 6 0
ok "... and nothing after that" makes 6 0
tap_done
