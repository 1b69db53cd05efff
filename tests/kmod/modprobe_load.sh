#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Loading and unloading in a kernel that is not there (tests/shim): the same calls, with the same parameters, in the
# same order as Debian's modprobe, whatever the kernel answers.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

tree "$T/base"
dir=$T/base/lib/modules/$release
/sbin/depmod -b "$T/base" "$release"
# kmod counts only the first softdep of a module.
cp "$dir/modules.softdep" "$T/softdep"
awk '!seen[$2]++' "$T/softdep" >"$dir/modules.softdep"
mkdir -p "$T/conf"
conf=$T/conf/a.conf
in_tree="-d $T/base -S $release -C $T/conf"

ours() {
	in_kernel $wrong "$tools/modprobe" $in_tree "$@"
}

# one_run MODPROBE WORDS: what is done, said and left when the modules $before are there. A parameter list may end in a
# blank with kmod. Lines that only ours has say why: they come behind kmod's.
one_run() {
	fresh
	for _word in $before; do
		in_kernel /sbin/modprobe $in_tree -C /dev/null "$_word"
	done
	calls >/dev/null
	eval "in_kernel $wrong \"\$1\" $in_tree $2" >"$T/said" 2>"$T/said.err" </dev/null
	echo "status $?"
	sed 's/ *$//' "$T/said"
	sed 's|\.\./libkmod/[^ ]* [a-z_]*() ||' "$T/said.err" | grep -F -e 'could not' -e 'FATAL' -e 'Error running'
	calls | sed "s/ *'/'/g"
	in_memory
}
same() {
	one_run /sbin/modprobe "$1" >"$T/theirs"
	one_run "$tools/modprobe" "$1" >"$T/ours"
	diff "$T/theirs" "$T/ours"
}

before=
wrong=
: >"$conf"
for words in ext4 "-v ext4" "nfs a=1 'b=x y'" "-a ext4 vfat nothing minix" "-f ext4" "--force-vermagic vfat" \
	"--force-modversion vfat" "--first-time ext4" fs-ext4 symbol:crc16 "-a crc16 ext4 crc16" unix "-b ext4"; do
	ok "modprobe $words" same "$words"
done
before="ext4 fat"
for words in ext4 "--first-time ext4" vfat "-a ext4 vfat" "-v vfat" "-a --first-time crc16 fat minix"; do
	ok "with ext4 and fat loaded, modprobe $words" same "$words"
done
before=
for errno in 1 2 3 8 12 13 16 17 19 22 38 74 110 126 129; do
	wrong="env TENON_TEST_FAIL=insert:jbd2:$errno"
	ok "errno $errno of a dependency" same ext4
	wrong="env TENON_TEST_FAIL=insert:ext4:$errno"
	ok "errno $errno of the module" same "-a ext4 minix"
	wrong="env TENON_TEST_FAIL=insert:crc32c_generic:$errno"
	ok "errno $errno of a softdep" same ext4
	wrong="env TENON_TEST_FAIL=insert:ext4:$errno"
	ok "errno $errno, --first-time" same "--first-time ext4"
done
wrong="env TENON_TEST_FAIL=finit:any:38"
ok "a kernel without finit_module" same ext4
ok "... with force" same "-f vfat"
wrong=

cat >"$conf" <<'END'
options jbd2 x=1
options ext4 y="2 3" z
softdep minix pre: vfat post: loop
install vfat true
install crc16 /sbin/modprobe --ignore-install crc16 $CMDLINE_OPTS
alias two xfs
alias two fat
END
sed -i "s|/sbin/modprobe|& -d $T/base -S $release|" "$conf"
for words in ext4 minix vfat "-i vfat" "crc16 a=1" two "-a ext4 minix two" "--first-time minix" "-b two"; do
	ok "with configuration, modprobe $words" same "$words"
done

# Unloading.
: >"$conf"
before="ext4 btrfs vfat minix"
for words in "-r ext4" "-rv ext4" "-r jbd2" "-r ext4 vfat" "-rv minix jbd2 vfat" "-ra minix jbd2 vfat" \
	"-rn ext4" "-r nothing vfat" "-ra nothing vfat" "-rq jbd2" "-r fs-ext4" "-r unix" "-rf minix" "-rf jbd2" \
	"-r --first-time xfs" "-r xfs" "-r --first-time minix" "-r -w 5 minix"; do
	ok "modprobe $words" same "$words"
done
for errno in 1 2 11 16 38; do
	wrong="env TENON_TEST_FAIL=delete:ext4:$errno"
	ok "errno $errno of the module, unloading" same "-r ext4 minix"
	wrong="env TENON_TEST_FAIL=delete:mbcache:$errno"
	ok "errno $errno of a dependency, unloading" same "-r ext4"
done
wrong=
cat >"$conf" <<'END'
softdep minix pre: vfat ext4 post: loop
softdep btrfs pre: xfs
remove vfat true
remove fat exit 3
END
before="minix loop ext4 vfat"
for words in "-r minix" "-rv minix" "-r vfat" "-r fat" "-ri vfat" "-ri minix" "-r loop"; do
	ok "with configuration, modprobe $words" same "$words"
done
: >"$conf"

# Where kmod stops half way, ours goes on. What it prints is checked in each case.
left() { # MODULES BEFORE ARGUMENTS...
	_left=$1
	before=$2
	shift 2
	fresh
	for _word in $before; do
		in_kernel /sbin/modprobe $in_tree "$_word"
	done
	calls >/dev/null
	ours "$@"
	_status=$?
	[ "$(in_memory)" = "$_left" ] && return $_status
	echo "# $(in_memory)"
	return 99
}
ok "dependencies of dependencies go, too" left "" nfs -r nfs
ok "--remove-holders" left "" ext4 -r --remove-holders jbd2
ok "... with those that hold the holders" left "" nfsv4 -r --remove-holders sunrpc
ok "... but not those of softdeps" left "minix " minix -n --remove-holders -r minix
echo 'softdep fat post: minix' >"$conf"
ok "a module in use stays with its softdeps" fails_with "Module fat is in use" \
	left "fat minix vfat " "vfat minix" -r fat
ok "... and another word takes one of them" fails_with "Module fat is in use" \
	left "fat vfat " "vfat minix" -ra fat minix
: >"$conf"
wrong="env TENON_TEST_FAIL=delete:minix:11"
before=minix
ok "a module that stays in use longer than one waits" fails_with "could not remove 'minix': Resource temporarily" \
	left "minix " minix -r -w 20 minix
ok "... was asked for more than twice" [ "$(calls | grep -c 'delete_module minix')" -gt 2 ]
wrong=

# Packed modules: the kernel unpacks what it can; what it refuses is unpacked here.
packed=$T/packed/lib/modules/$release
mkdir -p "$packed/kernel"
for name in fat vfat; do
	xz -k -c "$debian/kernel/fs/fat/$name.ko" >"$packed/kernel/$name.ko.xz"
done
/sbin/depmod -b "$T/packed" "$release" 2>/dev/null
unpacks() { # KERNEL'S_FORMAT ANSWER: calls
	fresh
	[ -z "$1" ] || echo "$1" >"$T/kernel/sys/module/compression"
	in_kernel env TENON_TEST_FAIL="finit:any:$2" "$tools/modprobe" -d "$T/packed" -S "$release" -C "$T/conf" vfat
	calls | tr '\n' ' ' >"$T/calls"
	cat "$T/calls"
	[ "$(in_memory)" = "fat vfat " ]
}
calls_are() {
	[ "$(cat "$T/calls")" = "$*" ]
}
ok "a packed module" unpacks "" 0
ok "... is unpacked for a kernel that unpacks nothing" calls_are "init_module fat '' 0 init_module vfat '' 0 "
ok "... or something else" unpacks gzip 0
ok "... is unpacked" calls_are "init_module fat '' 0 init_module vfat '' 0 "
ok "... is given as it is to one that unpacks" unpacks xz 0
ok "... with the flag for that" calls_are "finit_module fat '' 4 finit_module vfat '' 4 "
for errno in 22 95 38 12; do
	ok "... is unpacked if the kernel refuses it with $errno" unpacks xz $errno
	ok "... behind that" calls_are "finit_module fat '' 4 init_module fat '' 0" \
		"finit_module vfat '' 4 init_module vfat '' 0 "
done
head -c 2000 "$packed/kernel/vfat.ko.xz" >"$T/cut" && mv "$T/cut" "$packed/kernel/vfat.ko.xz"
ok "a packed module that is cut" fails_with "could not insert 'vfat'" unpacks "" 0

# All or nothing.
rolled_back() { # MODULES FAILING ARGUMENTS...: these are left
	wrong="env TENON_TEST_FAIL=$2"
	_modules=$1
	shift 2
	fails_with "could not insert" left "$_modules" "${before:-minix}" "$@"
}
before=minix
ok "--all-or-nothing undoes what was loaded" rolled_back "minix " insert:ext4:12 --all-or-nothing ext4
ok "... in reverse order" [ "$(calls | sed -n 's/delete_module \(.*\) .*/\1/p' | tr '\n' ' ')" = \
	"crc16 mbcache jbd2 crc32c_generic crc32c_intel " ]
ok "... of all words" rolled_back "minix " insert:vfat:12 -a --all-or-nothing ext4 vfat xfs
before="minix jbd2"
ok "... not what was there before" rolled_back "crc32c_generic crc32c_intel jbd2 minix " insert:ext4:12 \
	--all-or-nothing ext4
wrong=
before=minix
ok "... an unknown word" fails_with "nothing not found" left "minix " minix -a --all-or-nothing ext4 nothing
ok "... without it, what was loaded stays" rolled_back "crc16 crc32c_generic crc32c_intel jbd2 mbcache minix " \
	insert:ext4:12 ext4
wrong=
tap_done
