#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Two builds are equal byte for byte: of trees with other names, built elsewhere, in another order and time zone. What
# is compared are all modules of the tree for all CPUs, and one of a directory outside it.
# Not quick: it builds everything for modules twice.
. tests/tap.sh

one=$T/one
two=$T/a/rather/longer/path/to/another/tree
mkdir -p "$one" "$two" "$T/module" "$T/elsewhere/my-module"
for tree in "$one" "$two"; do
	cp -r Makefile ./*.mk include core kpi runtime modpost modules "$tree"
done
for build in "$one/build" "$T/made"; do
	mkdir -p "$build/debian" && cp -r "$O/debian/lwip" "$O/debian/zlib" "$build/debian/" # are compiled, too
done
for directory in "$T/module" "$T/elsewhere/my-module"; do
	cp modules/examples/export-a.[ch] "$directory"
	echo 'obj-m := export-a.o' >"$directory/Kbuild"
done

ok "one tree builds" make -j2 -C "$one" modules-all
ok "another builds, to a directory elsewhere" env TZ=Asia/Tokyo make -j1 -C "$two" O="$T/made" modules-all
(cd "$one/build/modules" && find . -name '*.ko' | sort) >"$T/list"
(cd "$T/made/modules" && find . -name '*.ko' | sort) >"$T/list2"
ok "they made the same modules" cmp "$T/list" "$T/list2"
ok "there are some for every CPU" [ "$(cut -d/ -f2 "$T/list" | uniq -c | awk '$1 >= 8' | wc -l)" -eq 4 ]
compare() { # reports every module that differs
	! while read -r ko; do
		cmp "$one/build/modules/$ko" "$T/made/modules/$ko" || echo differs
	done <"$T/list" | grep differs
}
ok "all $(wc -l <"$T/list") modules are equal" compare
ok "the outside module builds" make -C "$one" M="$T/module" modules
ok "... and elsewhere" make -C "$two" O="$T/made" M="$T/elsewhere/my-module" modules
ok "both are equal" cmp "$T/module/export-a.ko" "$T/elsewhere/my-module/export-a.ko"
ok "no module names a directory of this machine" sh -c "! grep -rlF '$T' '$one/build/modules' '$T/module' --include='*.ko'"
ok "a changed source changes the module" sh -c "sed -i 's/return 2 \* n/return 3 * n/' '$T/module/export-a.c' &&
	make -C '$one' M='$T/module' modules && ! cmp -s '$T/module/export-a.ko' '$T/elsewhere/my-module/export-a.ko'"
tap_done
