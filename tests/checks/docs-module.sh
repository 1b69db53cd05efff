#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# docs/writing-a-module.md, followed to the letter: its code is built outside the tree, its commands are run in order,
# and what they print must be what the page shows, but for sizes, times and paths.
. tests/tap.sh
. tests/checks/docs-replay.sh
top=$PWD

build() {
	make -s -C "$top" O="$O" modules M="$T/my"
}

mkdir "$T/blocks" "$T/my"
blocks docs/writing-a-module.md "$T/blocks"
b=$T/blocks

cp "$b/1-1" "$T/my/greeter.c"
cp "$b/1-2" "$T/my/Kbuild"
ok "the make line is the one that is used here" grep -qxF "\$ make -C TENON modules M=\$PWD" "$b/1-3"
ok "the smallest module is built" build
ok "... and does what the page shows" replay "$b/1-4" "$T/my"

# The file grows as the page says. below PATTERN FILE: greeter.c with FILE below the line that matches; above: above it.
below() {
	sed -i "/$1/r $2" "$T/my/greeter.c"
}
above() {
	awk -v pattern="$1" -v file="$2" '
		$0 ~ pattern { while ((getline line <file) > 0) print line; print "" }
		{ print }
	' "$T/my/greeter.c" >"$T/greeter.c"
	mv "$T/greeter.c" "$T/my/greeter.c"
}

below '^#include' "$b/2-1"
ok "parameters are added" build
ok "... and are checked" replay "$b/2-2" "$T/my"

# In the place of init and exit: from the first one's line to the end of the second.
sed -i '/^static int __init/,/^module_init/{/^module_init/!d}' "$T/my/greeter.c"
above '^module_init' "$b/3-1"
ok "a character device" build
ok "... is read" replay "$b/3-2" "$T/my"

cp "$b/4-1" "$T/my/greeter.h"
echo '#include "greeter.h"' >"$T/include"
below '^#include' "$T/include"
above '^module_init' "$b/4-2"
cp "$b/4-3" "$T/my/counter.c"
echo 'obj-m := greeter.o counter.o' >"$T/my/Kbuild"
ok "the Kbuild of two modules is the page's" grep -qF "\`$(cat "$T/my/Kbuild")\` in \`Kbuild\`" docs/writing-a-module.md
ok "an export, and a second module" build
ok "... that uses it" replay "$b/4-4" "$T/my"

above '^module_init' "$b/5-1"
ok "a device table" build
ok "... makes aliases" replay "$b/5-2" "$T/my"
ok "in an isolated domain" replay "$b/6-1" "$T/my"
ok "... with a fault" replay "$b/6-2" "$T/my"
ok "signing" replay "$b/7-1" "$T/my"
ok "... enforced" replay "$b/7-2" "$T/my"

printf '$ TENON/run -c help\n  nothing that it prints\n' >"$T/wrong"
differs() {
	! replay "$T/wrong" "$T/my" >/dev/null
}
ok "a page that shows something else is found" differs
tap_done
