#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The demonstration comes as it says: kernel/demo looks at what became of the machine, the disk and the copy.
. tests/tap.sh

ok "the demonstration" sh -c "O=$O kernel/vm --demo >$T/demo 2>&1 || { cat $T/demo; false; }"
ok "... ends a machine" grep -q "^  machine: Kernel panic" "$T/demo"
ok "... and a domain" grep -q "^  machine: .*disks: domain is dead: invalid access at virtio_blk+0x" "$T/demo"
ok "... whose driver comes back" grep -q "vda: is served again" "$T/demo"
if [ -f "$O/modules/x86_64/linux/linux.ko" ]; then
	ok "the same file runs in a process, where a debugger shows its lines" grep -q '^  debugger: Line [0-9]* of "modules/virtio/blk.c"' "$T/demo"
fi

# The same where nobody has built linux.ko: the disk of the second machine is what the stick has.
mkdir -p "$T/without/modules/x86_64"
for i in "$O"/* "$O"/modules/x86_64/*; do
	case $i in
	*/modules | */linux) ;;
	*/x86_64/*) ln -s "$i" "$T/without/modules/x86_64/" ;;
	*) ln -s "$i" "$T/without/" ;;
	esac
done
ok "the demonstration without linux.ko" sh -c "O=$T/without kernel/vm --demo >$T/demo 2>&1 || { cat $T/demo; false; }"
ok "... says so" grep -q "which needs linux.ko" "$T/demo"
tap_done
