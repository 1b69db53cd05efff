#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# modprobe without loading: what it looks up, plans and says is what Debian's modprobe does. modprobe_load.sh loads.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

tree "$T/base"
dir=$T/base/lib/modules/$release
/sbin/depmod -b "$T/base" "$release"
# kmod counts only the first softdep of a module; ours all, which is tested below.
cp "$dir/modules.softdep" "$T/softdep"
awk '!seen[$2]++' "$T/softdep" >"$dir/modules.softdep"
mkdir -p "$T/conf" "$T/empty"
in_tree="-d $T/base -S $release -C $T/conf"

# Ours and Debian's print the same, say the same and end with the same status. $T/ours, $T/ours.err: what ours did.
same() {
	in_kernel /sbin/modprobe $in_tree "$@" >"$T/theirs" 2>"$T/theirs.err" </dev/null
	_theirs=$?
	in_kernel "$tools/modprobe" $in_tree "$@" >"$T/ours" 2>"$T/ours.err" </dev/null
	_ours=$?
	sed -i 's|^/.*/modprobe:|modprobe:|; s|\.\./libkmod/[^ ]* [a-z_]*() ||' "$T/theirs.err" "$T/ours.err"
	[ $_ours -eq $_theirs ] && cmp "$T/theirs" "$T/ours" && diff "$T/theirs.err" "$T/ours.err"
}
# The same, but for answers that kmod gives once for each time that a module has said them.
same_once() {
	same "$@" >"$T/compared"
	uniq "$T/theirs" >"$T/theirs.once"
	uniq "$T/ours" >"$T/ours.once"
	[ $_ours -eq $_theirs ] && diff "$T/theirs.once" "$T/ours.once" && diff "$T/theirs.err" "$T/ours.err"
}
conf() { # FILE: from standard input
	cat >"$T/conf/$1.conf"
}

: | conf a
sed -n 's/^\(.*\)\.ko:.*/\1/p' "$dir/modules.dep" | sed 's|.*/||' >"$T/modules"
ok "the plans of all $(wc -l <"$T/modules") modules" same -aD $(cat "$T/modules")
ok "... which are many steps" [ "$(wc -l <"$T/ours")" -gt 9000 ]
awk 'NR % 23 == 1 && $1 == "alias" { gsub(/\*/, "7", $2); gsub(/\[[^]]*\]/, "a", $2); print $2 }' \
	"$dir/modules.alias" | grep -v '[][?]' >"$T/words"
ok "what $(wc -l <"$T/words") aliases stand for" same_once -aR $(cat "$T/words")
ok "... nearly all of them something" [ "$(wc -l <"$T/ours")" -gt 1000 ]
ok "and all configuration and indexes" same -c
in_kernel python3 tests/kmod/modprobe_compare.py "$tools/modprobe" "$T/base" "$release" "$T/random" 1 60 \
	>"$T/random.log" 2>&1
ok "configurations and requests at random" [ $? -eq 0 ]
sed 's/^/# /' "$T/random.log"

# Options, one by one.
while read -r line; do
	ok "modprobe $line" eval "same $line"
done <<'END'
ext4 -D
--show-depends unix
-n ext4
-nv ext4
--dry-run --verbose ext4 a=1 'b=x y' 'c="q r"' "d='s t'" e
--show -v symbol:crc16
-n --first-time unix
-R crypto-crc32c
--resolve-alias ext4
-qR nothing
-q nothing
-nothing

-a
-D nothing
-aD nothing ext4 nothing2
-aD -- nothing
--al -n --verb ext4 vfat
--a --show-d ext4 vfat
--show-modversions nothing.ko
--show-modversions /dev/null
--show-exports
-w
-w x -r ext4
--wait=99999999999 -r ext4
--no-such-option
--dirname
-r nothing
-r unix
-rq unix
-r ext4
-r --first-time ext4
-ra nothing ext4 nothing2
-rnv ext4
END
ok "--show-modversions" same --show-modversions "$debian/kernel/fs/ext4/ext4.ko"
ok "--show-exports" same --show-exports "$debian/kernel/fs/jbd2/jbd2.ko"
ok "... of a module without any" same --show-exports "$debian/kernel/fs/ext4/ext4.ko"
cd "$T" || exit 1
in_tree="-d base -S $release -C conf"
ok "a root and a configuration relative to here" same -D ext4
cd - >/dev/null || exit 1
in_tree="-d $T/base -S $release -C $T/conf"

# Commands run.
conf a <<'END'
install say echo say $CMDLINE_OPTS; echo $MODPROBE_MODULE; echo $MODPROBE_OPTIONS
options say a=1 b="2 3"
install no exit 3
install gone /nonexistent
remove takeout echo take $MODPROBE_MODULE out
remove noway exit 3
remove only true
alias several no
alias several say
alias lastly say
alias lastly no
alias nowhere elsewhere
alias byname minix
alias bypat* minix
options minix y=2
options byname x=1
options bypattern no=1
options bypat* x=3
options fs_minix x=4
blacklist minix
END
while read -r line; do
	ok "modprobe $line" eval "same $line"
done <<'END'
say
say c=3
-q say
-s say
-D say
no
-q no
gone
-n no
several
lastly
-a several
--first-time say
only
nowhere
-D nowhere
-r takeout
-rnv takeout
-r several
-D byname
-D minix q=1
-bD minix
-D fs-minix
-D bypattern
END

# Words of the environment come before the arguments.
while read -r options; do
	ok "MODPROBE_OPTIONS=$options" eval "export MODPROBE_OPTIONS; MODPROBE_OPTIONS=\"\$options\" same say d=4"
done <<'EOF'
-q -v -n
-D -v
-n -v "say" z=3
--dry-run --verbose 'say' 'z=3 4'
say x="y z"
-a
--no-such-option
EOF

# Files of aliases, which kmod no longer reads.
echo 'alias myalias crc16' >"$T/conf/y.alias"
ok "a file whose name ends in .alias is not read" fails_with "Module myalias not found" "$tools/modprobe" $in_tree -R myalias
rm "$T/conf/y.alias"

# Without modules.dep.bin an alias leads to a name and no further.
mv "$dir/modules.dep.bin" "$T/dep.bin"
for words in fs-ext4 "--first-time symbol:crc16" "-R fs-ext4" "-D fs-ext4"; do
	fresh
	ok "no modules.dep.bin: $words" same $words
done
ok "... nothing is loaded in silence" fails_with "could not find module by name='ext4'" \
	in_kernel "$tools/modprobe" $in_tree fs-ext4
mv "$T/dep.bin" "$dir/modules.dep.bin"

# A module is asked for by name, and one that it may do without by an alias.
cp --remove-destination "$dir/modules.alias.bin" "$T/alias.bin"
truncate -s 300000 "$dir/modules.alias.bin"
fresh
ok "modules.alias.bin is damaged, and not needed" in_kernel "$tools/modprobe" $in_tree ext4
ok "... what is asked for is loaded" grep -qx "finit_module ext4 '' 0" "$T/kernel/log"
in_kernel "$tools/modprobe" $in_tree -D ext4 >/dev/null 2>"$T/said"
ok "... and it is told once" [ "$(grep -c 'modules.alias.bin is damaged' "$T/said")" -eq 1 ]
cp "$T/alias.bin" "$dir/modules.alias.bin"
tap_done
