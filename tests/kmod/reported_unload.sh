#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What users have reported of unloading and of commands: unloading is the reverse of loading, and no command runs itself.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh
. tests/kmod/own_tree.sh

: >"$dir/modules.order"
: >"$dir/modules.builtin"
: >"$dir/modules.builtin.modinfo"
needing d
needing c d
needing b c
needing a b
needing s1
needing s2
needing s3 s2
needing p a # needs what it comes after
needing q
ok "a tree" depmod

# removes MODULE... -- WORD [OTHER]: what modprobe -r -v removes, in this order, of OTHER or the word, after modprobe of the word
removes() {
	: >"$T/expected"
	while [ "$1" != -- ]; do
		echo "rmmod $1" >>"$T/expected"
		shift
	done
	fresh
	in_kernel /sbin/modprobe -d "$root" -S "$release" -C "$T/conf" "$2" || return
	in_memory >"$T/loaded"
	modprobe -r -v "${3-$2}" >"$T/printed" && diff "$T/expected" "$T/printed" && [ -z "$(in_memory)" ]
}
was_loaded() {
	[ "$(cat "$T/loaded")" = "$* " ]
}
printf 'softdep b pre: s1\nsoftdep s1 pre: s3 post: q\n' >"$conf"
ok "softdeps of dependencies and of softdeps go, in reverse" removes a b c d q s1 s3 s2 -- a
ok "... all that were loaded" was_loaded a b c d q s1 s2 s3
printf 'softdep b post: q\n' >"$conf"
ok "what came after a dependency goes before it" removes a q b c d -- a
printf 'softdep c post: p\n' >"$conf"
ok "what came after a dependency and needs the module goes before that" removes p a b c d -- a
ok "... also for the dependency" removes p a b c d -- a c
printf 'softdep a pre: q\nsoftdep q pre: a\n' >"$conf"
ok "softdeps that name each other" removes a b c d q -- a
printf 'softdep a post: p\n' >"$conf"
fresh
modprobe a
echo 2 >"$T/kernel/sys/module/p/refcnt"
ok "a softdep that is in use and needs the module keeps it" fails_with "modules that use it: p" modprobe -r a
ok "... and all stays" [ "$(in_memory)" = "a b c d p " ]

# Commands that ask for what they are to load.
fresh
path="PATH=$T/bin:$PATH"
mkdir "$T/bin"
printf '#!/bin/sh\nexec "%s" -d "%s" -S "%s" -C "%s" "$@"\n' "$tools/modprobe" "$root" "$release" "$T/conf" >"$T/bin/modprobe"
chmod +x "$T/bin/modprobe"
run() { # with a kernel, a modprobe that commands find, and an end
	in_kernel env "$path" timeout 300 "$T/bin/modprobe" "$@"
}
printf '# a comment\ninstall q modprobe q\n' >"$conf"
ok "install q modprobe q" fails_with "q: its install command ($conf:2) is running, and asks for q again" run q
ok "... once" [ "$(grep -c 'is running' "$T/out")" -eq 1 ]
printf 'install q modprobe s1\ninstall s1 modprobe q\n' >"$conf"
ok "... by way of another module" fails_with "q: its install command ($conf:1) is running" run q
printf 'install q modprobe --ignore-install q x=1\n' >"$conf"
ok "a command that says what it means" run q
ok "... loads it" grep -q "finit_module q 'x=1' 0" "$T/kernel/log"
printf 'install q modprobe -n -v q\n' >"$conf"
ok "a command may look what would be done" run q
printf 'install q echo first\ninstall q echo second\n' >"$conf"
fresh
ok "of two commands the first counts" prints first -- run q
printf 'remove q modprobe -r q\n' >"$conf"
ok "remove q modprobe -r q" fails_with "q: its remove command ($conf:1) is running, and asks for q again" run -r q
tap_done
