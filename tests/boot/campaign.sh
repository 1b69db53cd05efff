#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A few trials of the campaign (docs/containment.md): modules with faults in their instructions, isolated; one also in the
# kernel's own domain.
. tests/tap.sh
MODULES="queue ramdisk chardev virtio_blk virtio_net ext2 fat xhci usb_storage"

# shellcheck disable=SC2086
ok "modules with faults run" env OUT="$T/out" tests/campaign/run 10 0 5 $MODULES
for module in $MODULES; do
	ok "$module: a trial has five faults" [ "$(wc -l <"$T/out/$module.faults")" = 50 ]
	ok "... no trial ends the kernel" [ "$(grep -c '^trial [0-9]* [0-9]' "$T/out/$module.isolated")" = 10 ]
	ok "... after each the module without faults serves, and one of another domain; modules, domains and mounts are as before" \
		[ "$(grep -c 'served served -*[0-9]* clean$' "$T/out/$module.isolated")" = 10 ]
	ok "... their memory is back" awk '$8 > 64 { bad = 1 } END { exit !NR || bad }' "$T/out/$module.isolated"
done
ok "the same faults in the kernel's own domain" env OUT="$T/out" tests/campaign/run 10 1 5 ext2
ok "... are tried" [ "$(grep -c '^trial 0 ' "$T/out/ext2.control")" = 1 ]
tap_done
