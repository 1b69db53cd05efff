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

# The page's pieces in the order in which they make one file.
grep '^unsigned int greeter_greetings(void);' "$b/4-1" >"$T/my/greeter.h"
{
	echo '#include "greeter.h"'
	echo '#include "tenon/module.h"'
	cat "$b/2-1" "$b/3-1"
	grep -vxF -f "$T/my/greeter.h" "$b/4-1"
	cat "$b/5-1"
	grep -E '^(module_|MODULE_)' "$b/1-1"
} >"$T/my/greeter.c"
cat >"$T/my/counter.c" <<'END'
#include "greeter.h"
#include "tenon/module.h"

static int __init counter_init(void)
{
	pr_info("%u greetings up to now\n", greeter_greetings());
	return 0;
}

static void __exit counter_exit(void)
{
}

module_init(counter_init);
module_exit(counter_exit);
MODULE_LICENSE("Dual BSD/GPL");
END
echo 'obj-m := greeter.o counter.o' >"$T/my/Kbuild"
ok "the whole module and a second one are built" build
ok "parameters" replay "$b/2-2" "$T/my"
ok "a character device" replay "$b/3-2" "$T/my"
ok "exports" replay "$b/4-2" "$T/my"
ok "device tables" replay "$b/5-2" "$T/my"
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
