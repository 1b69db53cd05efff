#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What users of module tools have reported, of any of them: each case with what is right.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

. tests/kmod/own_tree.sh

# .modinfo with strings that Linux passes over.
module odd <<'END'
	.asciz "nothing"
	.asciz "=no key"
	.asciz "alias=odd:one"
	.ascii "alias=odd:two"
END
for name in first second third plain both; do
	: | module $name
done
printf '\t.asciz "alias=twice:x"\n\t.asciz "alias=twice:x"\n' | module twice
printf 'kernel/both.ko\nkernel/only.ko\n' >"$dir/modules.builtin"
printf 'only.license=GPL\0both.license=GPL\0' >"$dir/modules.builtin.modinfo"
: >"$dir/modules.order"
ok "a tree" depmod
printf '%s\n' "filename:       $dir/kernel/odd.ko" "license:        GPL" "name:           odd" "nothing:        " \
	":               no key" "alias:          odd:one" "alias:          odd:two" >"$T/odd"
"$tools/modinfo" "$dir/kernel/odd.ko" >"$T/printed"
ok "odd strings in .modinfo are shown" diff "$T/odd" "$T/printed"
"/sbin/modinfo" "$dir/kernel/odd.ko" >"$T/printed"
ok "... as kmod shows them" diff "$T/odd" "$T/printed"
ok "... and cost the module no alias" prints odd odd -- modprobe -aR odd:one odd:two
"$tools/tenon" check -d "$root" --against "$release" "$dir/kernel/odd.ko" >"$T/out" 2>&1
ok "... tenon check warns of them" grep -qF "WARNING: its .modinfo has 'nothing', without a '='" "$T/out"
ok "... each" grep -qF "WARNING: its .modinfo has a value without a key: '=no key'" "$T/out"
ok "... and of an end that is missing" grep -qF "WARNING: the last string of its .modinfo does not end" "$T/out"
ok "... which are no problems" sh -c "! grep -q 'format:' '$T/out'"

ok "what is built in and a file is there" loads -- both
ok "... which --first-time says" fails_with "could not insert 'both': Module already in kernel" modprobe --first-time both
ok "... and -r" fails_with "Module both is builtin." modprobe -r both

ok "what a module says twice is one answer" prints twice -- modprobe -R twice:x
ok "... of modinfo" prints "$dir/kernel/twice.ko" -- "$tools/modinfo" -b "$root" -k "$release" -n twice:x

# Softdeps: of what is there they are not acted on; what comes after a module does not keep it.
printf 'softdep plain pre: first post: second\nsoftdep only pre: third\n' >"$conf"
ok "softdeps" loads first plain second -- plain
in_kernel "$tools/insmod" "$dir/kernel/plain.ko"
ok "... of a module that is loaded" loads -- plain
ok "... of one that is built in" loads -- only
in_kernel "$tools/insmod" "$dir/kernel/second.ko"
echo 1 >"$T/kernel/sys/module/second/refcnt"
ok "a softdep that is in use does not keep its module" modprobe -r plain
ok "... which goes" prints second -- cut -d ' ' -f 1 "$T/kernel/proc/modules"
fresh

# Aliases that are turned off.
printf 'alias net-pf-99 off\n' >"$conf"
ok "an alias that is turned off" fails_with "net_pf_99 is turned off by $conf:1" modprobe net-pf-99
ok "... by the name that it was requested by" fails_with "could not insert 'net_pf_99'" modprobe net-pf-99
"$tools/tenon" why-not -d "$root" -S "$release" -C "$T/conf" net-pf-99 >"$T/out"
ok "... as why-not says" grep -qF "turned off by $conf:1" "$T/out"
ok "... and nothing else" [ "$(grep -c 'stopped:' "$T/out")" -eq 1 ]

# Parameters.
: >"$conf"
in_kernel "$tools/insmod" "$dir/kernel/plain.ko" a=1 'b=x y' c
ok "insmod quotes a value with blanks" grep -qF "finit_module plain 'a=1 b=\"x y\" c' 0" "$T/kernel/log"
fresh
echo "quiet plain.a=1 -- plain.b=2" >"$T/kernel/proc/cmdline"
ok "what is behind -- on the kernel's command line is init's" prints "insmod $dir/kernel/plain.ko a=1 " -- modprobe -nv plain
fresh

# A backslash in an alias is a character as others, up to the first wildcard.
printf '\t.asciz "alias=back\\\\*slash"\n\t.asciz "alias=a*\\\\*z"\n\t.asciz "alias=b\\\\[xy]"\n' | module slashes
depmod
for word in 'back\xslash' 'back*slash' 'backxslash' 'a1*z' 'a1\2z' 'a12z' 'b\x' 'bx' 'b[xy]'; do
	/sbin/modprobe -d "$root" -S "$release" -C "$T/conf" -R "$word" >"$T/theirs" 2>/dev/null
	ok "aliases with a backslash, $word" prints $(cat "$T/theirs") -- modprobe -q -R "$word"
done

# What stands in a file does not command the terminal.
printf '\033[31mred\n0 T \033]0;title\007\n' >"$T/map"
"$tools/depmod" -e -F "$T/map" -b "$root" "$release" >"$T/said" 2>&1
ok "a line of a file with escape bytes is shown" grep -q 'map:1: invalid line: ?\[31mred' "$T/said"
ok "... without them" sh -c "! grep -q '$(printf '\033')' '$T/said'"

# Indexes that a crash has left.
for damage in 'truncate -s 0' 'dd if=/dev/zero bs=64 count=1 conv=notrunc status=none of='; do
	depmod
	eval "$damage$([ "${damage%=}" = "$damage" ] && echo ' ')$dir/modules.dep.bin"
	ok "a damaged index (${damage%% *})" fails_with "modules.dep.bin: the file is damaged; run depmod to rebuild it" modprobe -n plain
	ok "... does not stop what is built in" modprobe -n only
	ok "... depmod -A makes it anew" "$tools/depmod" -A -b "$root" "$release"
	ok "... and it is whole" loads plain -- plain
done
rm -f "$dir/modules.tenon.bin"
tap_done
