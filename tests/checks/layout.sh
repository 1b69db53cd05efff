#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# C files are laid out as .clang-format says (`make format`).
. tests/tap.sh

cat >"$T/wrong.c" <<'END'
int  f(int a){ return a; }
#define PAIR { 1, \
  2 }
END
cat >"$T/right.c" <<'END'
int f(int a)
{
	return a;
}
#define PAIR { 1, \
  2 }
END
fails() {
	! "$@" >"$T/shown"
}
ok "a file that is laid out otherwise is found" fails setup/format -n "$T/wrong.c"
setup/format "$T/wrong.c"
ok "... laid out, but for its macro" cmp "$T/wrong.c" "$T/right.c"
ok "... and then right" setup/format -n "$T/wrong.c"

git ls-files --cached --others --exclude-standard -- '*.[ch]' | xargs ls -d 2>/dev/null >"$T/files"
ok "all files are laid out by .clang-format" xargs setup/format -n <"$T/files"
tap_done
