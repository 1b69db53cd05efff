#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# A few trials of the campaign (docs/containment.md): modules with faults in their instructions, isolated.
. tests/tap.sh

ok "modules with faults run" env OUT="$T/out" tests/campaign/run 25 0 5 queue ramdisk virtio_blk chardev
for module in queue ramdisk virtio_blk chardev; do
	ok "$module: a trial has five faults" [ "$(wc -l <"$T/out/$module.faults")" = 125 ]
	ok "... no trial ends the kernel" [ "$(grep -c '^trial' "$T/out/$module.isolated")" = 25 ]
	ok "... and after each the module without faults serves, and one of another domain" \
		[ "$(grep -c 'served served$' "$T/out/$module.isolated")" = 25 ]
	ok "... their memory is back" awk '$1 == "memory" { seen = 1; bad = $2 > 64 } END { exit !seen || bad }' "$T/out/$module.isolated"
done
tap_done
