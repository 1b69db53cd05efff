#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# `depmod -A` reads only what has changed, and the indexes are those of a full run whatever has changed.
. tests/tap.sh
. tests/kmod/tree.sh

for seed in 1 2 3; do
	ok "changes at random, seed $seed" \
		python3 tests/kmod/depmod_again.py "$tools/depmod" "$debian/kernel/drivers/net" "$T/$seed" $seed 60
done

# A tree of its own: the times of files that others link to change.
small=6.1.0-small
k=$T/lib/modules/$small
mkdir -p "$k"
for name in fs/ext4/ext4 fs/jbd2/jbd2 fs/mbcache lib/crc16; do
	cp "$debian/kernel/$name.ko" "$k/"
done
again() {
	"$tools/depmod" -A -b "$T" $small 2>"$T/said"
}
# reads NAME...: these modules are read by the next run, and no others.
reads() {
	rm -f "$T/opened"
	LD_PRELOAD=$O/tests/kmod/failing.so FAILING_LOG=$T/opened "$O/tools/tenon" depmod -A -b "$T" $small 2>/dev/null || return 1
	sed -n 's,^openat \(.*\.ko\)$,\1,p' "$T/opened" | sort >"$T/read"
	cat "$T/read"
	printf '%s\n' "$@" | sort | sed '/^$/d' | cmp - "$T/read"
}
sleep 2.1 # what changed just now would be read again
ok "the first run reads all" reads crc16.ko ext4.ko jbd2.ko mbcache.ko
ok "the next reads none" reads
cp "$k/modules.alias" "$T/alias"
touch "$k/jbd2.ko"
ok "a module that is newer is read" reads jbd2.ko
ok "it is read again while it is so new that it could change unseen" reads jbd2.ko
sleep 2.1
ok "... and once more" reads jbd2.ko
ok "... and then no more" reads
sed 's/ext3/ext9/' "$k/ext4.ko" >"$T/new.ko"
touch -d 2001-01-01 "$T/new.ko"
mv "$T/new.ko" "$k/ext4.ko"
ok "one that an older one has replaced is read" reads ext4.ko
ok "... and counts" grep -q 'alias ext9 ext4' "$k/modules.alias"
rm "$k/mbcache.ko"
ok "one that is gone is missed" again
not_listed() {
	! grep -q mbcache "$k/modules.dep"
}
ok "... in modules.dep" not_listed
echo broken >"$k/modules.dep"
ok "an index that was changed by hand is made again" again
ok "..." grep -q '^ext4.ko:' "$k/modules.dep"
touch -d '1 hour' "$k/crc16.ko"
again
cp "$k/modules.dep" "$T/dep"
"$tools/depmod" -b "$T" $small 2>"$T/said"
ok "a full run between them changes nothing" cmp "$k/modules.dep" "$T/dep"
cat >"$T/nolib.c" <<'END'
#include <stddef.h>
void *dlopen(const char *name, int flags)
{
	(void)name, (void)flags;
	return NULL;
}
END
cc -shared -fPIC -o "$T/nolib.so" "$T/nolib.c"
xz -k "$k/crc16.ko" && mv "$k/crc16.ko" "$T/"
sleep 2.1
LD_PRELOAD=$T/nolib.so "$O/tools/tenon" depmod -A -b "$T" $small 2>"$T/said"
ok "a packed module, and nothing to unpack it" grep -q 'crc16.ko.xz' "$T/said"
sleep 2.1
again
"$tools/depmod" -b "$T" -n $small >"$T/full" 2>/dev/null
ok "... counts when there is" sh -c "grep '^alias symbol:crc16 crc16' '$k/modules.symbols' &&
	grep -q 'ext4.ko: .*crc16.ko.xz' '$k/modules.dep'"
rm "$k/crc16.ko.xz" && mv "$T/crc16.ko" "$k/"
again
rm "$k/modules.tenon.bin"
"$tools/depmod" -b "$T" $small 2>"$T/said"
ok "a full run leaves no record" [ ! -e "$k/modules.tenon.bin" ]
tap_done
