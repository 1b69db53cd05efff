#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Two builds of the same sources, in directories of different names, are equal byte for byte.
# Not quick: it builds everything twice.
. tests/tap.sh

# build DIRECTORY: copy the sources there and build all programs, libraries and modules. What is downloaded, and the key that
# each build otherwise makes for itself, are this one's.
build() {
	mkdir -p "$1/build/debian"
	cp -R "$O/debian/bearssl" "$1/build/debian/" && cp -R "$O/keys" "$1/build/" || return
	git ls-files --cached --others --exclude-standard | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done | tar -cf - -T - | tar -xf - -C "$1"
	env -i PATH="$PATH" HOME="$T" make -C "$1" -s -j"$(nproc)" O=build all modules
}

# products DIRECTORY: what was made, with checksums.
products() {
	(cd "$1/build" && find . -type f \( -name '*.ko' -o -name '*.a' -o -perm -u+x \) -exec sha256sum {} + | sort -k2)
}

ok "the first build" build "$T/one"
ok "the second build" build "$T/the-other-one/deeper"
products "$T/one" >"$T/1"
products "$T/the-other-one/deeper" >"$T/2"
ok "programs, libraries and modules were made" sh -c "grep -q '/tenon-host\$' '$T/1' && grep -q 'hello.ko\$' '$T/1' && grep -q 'libtenon.a\$' '$T/1'"
ok "both builds are equal" diff "$T/1" "$T/2"
tap_done
