#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# libkmod.so.2 exports what Debian's does, in the same versions, and what later releases have added; nothing else.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/libkmod/machine.sh

exports() { # FILE: name@version of all functions
	readelf -Ws --dyn-syms "$1" | awk '$4 == "FUNC" && $7 != "UND" && $8 ~ /@/ { sub("@@", "@", $8); print $8 }' | sort -u
}

exports "$theirs" >"$T/theirs"
exports "$O/libkmod/libkmod.so.2" >"$T/ours"
exports "$O/libkmod/asan/libkmod.so.2" >"$T/asan"
cat >"$T/later" <<-END
	kmod_config_get_weakdeps@LIBKMOD_33
	kmod_module_get_weakdeps@LIBKMOD_33
	kmod_module_new_from_name_lookup@LIBKMOD_30
END

all_theirs() {
	comm -23 "$T/theirs" "$T/ours" >"$T/missing"
	cat "$T/missing"
	[ -s "$T/theirs" ] && [ ! -s "$T/missing" ]
}
only_later() {
	comm -13 "$T/theirs" "$T/ours" | diff - "$T/later"
}
soname() {
	readelf -d "$O/libkmod/libkmod.so.2" | grep -F 'soname: [libkmod.so.2]'
}
versions() {
	[ "$(readelf -W --dyn-syms "$O/libkmod/libkmod.so.2" | grep -o 'ABS LIBKMOD_[0-9]*' | sort -u | wc -l)" -eq 5 ]
}
functions() {
	[ "$(sed 's/@.*//' "$T/ours" | sort -u | wc -l)" -eq 75 ]
}

ok "all of Debian's functions and versions" all_theirs
ok "and only what came later" only_later
ok "75 functions" functions
ok "five versions" versions
ok "its name" soname
ok "the sanitized one exports the same" cmp "$T/ours" "$T/asan"
tap_done
