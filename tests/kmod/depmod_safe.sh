#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Whatever call fails, and wherever depmod is killed, each index is the whole old or the whole new one. And trees that no
# packager made.
. tests/tap.sh
. tests/kmod/tree.sh

small=6.1.0-small
k=$T/lib/modules/$small
mkdir -p "$k" "$T/old" "$T/new"
indexes='dep dep.bin alias alias.bin softdep symbols symbols.bin builtin.bin builtin.alias.bin devname'
for name in fs/jbd2/jbd2 fs/mbcache lib/crc16; do
	cp "$debian/kernel/$name.ko" "$k/"
done
cp "$debian"/modules.builtin* "$k/"
"$tools/depmod" -b "$T" $small 2>"$T/said"
cp "$k"/modules.* "$T/old/"
cp "$debian/kernel/fs/ext4/ext4.ko" "$k/"
"$tools/depmod" -b "$T" -o "$T/elsewhere" $small 2>"$T/said"
cp "$T/elsewhere/lib/modules/$small"/modules.* "$T/new/"

# disturbed CALL ERRNO [OPTION]: depmod with its CALLth change of the disk going wrong, from the old indexes on.
disturbed() {
	rm -f "$k"/modules.* "$k"/.modules.*
	cp "$T/old"/modules.* "$k/"
	touch -d 2001-01-01 "$k/modules.dep"
	LD_PRELOAD=$O/tests/kmod/failing.so FAILING_AT=$1 FAILING_WITH=$2 "$O/tools/tenon" depmod $3 -b "$T" $small >"$T/said" 2>&1
}
whole() { # each index is an old or a new one
	for _i in $indexes; do
		cmp -s "$k/modules.$_i" "$T/old/modules.$_i" || cmp -s "$k/modules.$_i" "$T/new/modules.$_i" || return 1
	done
}
unchanged() {
	for _i in $indexes; do
		cmp "$k/modules.$_i" "$T/old/modules.$_i" || return 1
	done
}
renewed() {
	for _i in $indexes; do
		cmp "$k/modules.$_i" "$T/new/modules.$_i" || return 1
	done
}
no_leftovers() {
	[ -z "$(find "$k" -name '.modules*')" ]
}

# each ERRNO [OPTION]: all calls of a run in turn. Sets cnt to their number, bad to what did not hold, torn to how often
# some of the indexes were new.
each() {
	cnt=0 bad= torn=0
	while cnt=$((cnt + 1)) && ! disturbed $cnt "$@"; do
		whole || bad="$bad part:$cnt"
		[ "$1" = 0 ] || no_leftovers || bad="$bad leftover:$cnt"
		[ "$1" = 0 ] || grep -q '^depmod: ERROR: could not \(write\|replace\) modules\.' "$T/said" || bad="$bad silent:$cnt"
		unchanged >/dev/null 2>&1 || torn=$((torn + 1))
		[ $cnt -lt 200 ] || break
	done
}
for option in -a -A; do
	each 28 $option
	ok "$option: no call fails unnoticed (no space)" [ -z "$bad" ]
	ok "... there are more than 30" [ $cnt -gt 30 -a $cnt -lt 200 ]
	ok "... and in the end all is new" renewed
	[ "$bad" ] && echo "# $bad"
	ok "... only the last ones, which rename, leave new indexes" [ $torn -lt 12 ]
	each -30 $option
	ok "$option: the same when the disk stays read-only" [ -z "$bad" -a $cnt -gt 30 -a $torn -lt 12 ]
	[ "$bad" ] && echo "# $bad"
	each 0 $option
	ok "$option: killed at each call, old and new indexes are whole" [ -z "$bad" -a $cnt -gt 30 ]
done
# Only half of the renaming was done, and then -A goes on.
disturbed $((cnt - 5)) 0 -A
"$tools/depmod" -A -b "$T" $small 2>"$T/said"
ok "depmod -A after one that was killed" renewed
ok "a broken disk can be seen in this test" [ "$(LD_PRELOAD=$O/tests/kmod/failing.so FAILING_AT=1 FAILING_WITH=5 \
	"$O/tools/tenon" depmod -b "$T" $small 2>&1 | grep -c 'could not write .*: Input/output error')" -eq 1 ]

# Trees.
odd=6.1.0-odd
o=$T/lib/modules/$odd
mkdir -p "$o/kernel/a b" "$o/kernel/dir.ko" "$o/kernel/loop/in" "$o/other"
ln -s .. "$o/kernel/loop/in/up"
ln -s ../../other "$o/kernel/loop/other"
ln -s ../kernel/loop "$o/other/back"
ln -s nowhere "$o/kernel/gone.ko"
mkfifo "$o/kernel/pipe.ko"
cp "$debian/kernel/lib/crc16.ko" "$o/kernel/a b/with space.ko"
cp "$debian/kernel/lib/crc16.ko" "$o/kernel/a b/new
line.ko"
cp "$debian/kernel/lib/crc7.ko" "$o/other/"
: >"$o/modules.order"
ok "links in circles, a pipe, odd names" "$tools/depmod" -n -b "$T" $odd
"$tools/depmod" -n -b "$T" $odd >"$T/shown" 2>"$T/said"
ok "... each module once" [ "$(grep -c 'crc7.ko:$' "$T/shown")" -eq 1 ]
ok "... a blank is part of a name" grep -qx 'kernel/a b/with space.ko:' "$T/shown"
ok "... a line break is none" grep -q 'a module is left out, for its name has a line break' "$T/said"
ok "... and makes no line" [ "$(grep -c 'line.ko' "$T/shown")" -eq 0 ]
# What a module says of itself is one line of a text file: modprobe reads some of these as configuration.
as -o "$o/other/lines.ko" - <<'END'
.section .modinfo, "a"
.asciz "name=lines"
.asciz "alias=one"
.asciz "alias=two\nalias three crc7"
.asciz "softdep=pre: crc7\ninstall crc7 /bin/false"
.asciz "weakdep=crc7\ninstall crc7 /bin/false"
END
"$tools/depmod" -n -b "$T" $odd >"$T/shown" 2>"$T/said"
ok "a line break in what a module says begins no other line" [ "$(grep -c '/bin/false\|three' "$T/shown")" -eq 0 ]
ok "... the entry is left out" [ "$(grep -c ' lines' "$T/shown")" -eq 1 ]
ok "... which is told" [ "$(grep -c "other/lines.ko: its .* is left out, for it has a line break" "$T/said")" -eq 3 ]
many=6.1.0-many
mkdir -p "$T/lib/modules/$many"
(cd "$T/lib/modules/$many" && : >modules.order && seq 65535 | sed 's/.*/m&.ko/' | xargs touch)
ok "more modules than an index may have" fails_with 'more than 65534 modules' "$tools/depmod" -n -b "$T" $many
tap_done
