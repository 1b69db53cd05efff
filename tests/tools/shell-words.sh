#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What the prompt's modprobe does with a word is what kmod's says that it would do, on the same tree and configuration.
. tests/tap.sh
M=$O/modules/x86_64
TREE=$T/lib/modules/1.0
mkdir -p "$TREE/kernel"
cp "$M"/examples/*.ko "$M/runtime/runtime.ko" "$M"/faulty/init-fails.ko "$M"/faulty/request-?.ko "$TREE/kernel"
/sbin/depmod -b "$T" 1.0 2>"$T/depmod"

host() {
	"$O/tenon-host" --modules "$TREE" --config "$T/conf" "$@"
}

kmod() {
	/sbin/modprobe -C "$T/conf" -d "$T" -S 1.0 "$@"
}

# sorted: names of modules, each once, as they are loaded. The runtime comes with all others, asked for or not.
sorted() {
	tr - _ | grep -vx runtime | sort -u
}

# names COMMANDS: the modules that are loaded after them.
names() {
	host -c "$1; lsmod" 2>"$T/err" | awk 'NR > 1 { print $1 }' | sorted
}

# same WORD: the same modules are loaded as kmod's shows; and at least one.
same() {
	kmod --show-depends "$1" | sed -n 's,^insmod .*/\([^/]*\)\.ko.*,\1,p' | sorted >"$T/want"
	names "modprobe $1" >"$T/got"
	[ -s "$T/want" ] && diff "$T/want" "$T/got" && [ ! -s "$T/err" ] && return
	cat "$T/err"
	return 1
}

# loads NAMES COMMANDS: exactly these are loaded after them.
loads() {
	[ "$(names "$2" | xargs)" = "$1" ] && return
	names "$2"
	cat "$T/err"
	return 1
}

cat >"$T/conf" <<'END'
alias greeting hello
alias fs-none hello
alias two hello
alias two params
alias some-* export_b
alias turned-off off
alias dark hello
options params number=7 word="a b"
options timer period-ms=20 period_ms=30
softdep export-b pre: hello post: params
softdep timer pre: no_such_module init_fails
alias request_b hello
END
for word in hello export-b export_b greeting fs-none two some-thing; do
	ok "$word loads what kmod would" same "$word"
done
ok "an exported symbol stands for its module" same symbol:export_a_double
ok "parameters are those of the configuration" says 'word=a b' host -c 'modprobe params; dmesg'
ok "... before those of the command" says 'number=8' host -c 'modprobe params number=8; dmesg'
ok "... also of a softdep" says 'number=7' host -c 'modprobe some-thing; dmesg'
ok "... of which the last counts" says 'every 30 ms' host -c 'modprobe timer; dmesg'
ok "a softdep that is there already gets none, silently" loads 'export_a export_b hello params' \
	'modprobe params number=1; modprobe export_b'
ok "a softdep may fail" loads timer 'modprobe timer'
ok "... which the log says" says 'init_fails' sh -c "'$O/tenon-host' --modules '$TREE' --config '$T/conf' -c 'modprobe timer; dmesg'"
ok "a module that is required may not" fails_with 'init failed with error -5' host -c 'modprobe init_fails'
ok "what a module asks for may be an alias" loads 'hello request_a' 'modprobe request_a'
ok "... in an isolated domain, too" loads 'hello request_a' 'modprobe --isolated request_a'
ok "an alias that is turned off is refused, with its line" fails_with "turned_off is turned off by $T/conf:6" \
	host -c 'modprobe turned-off'
ok "a word that nobody knows is not found" fails_with 'module pci:v0001 not found' host -c 'modprobe pci:v0001'
ok "all loads into an isolated domain" says 'params' host -c 'modprobe --isolated some-thing; lsmod'

printf 'alias two hello\nalias two params\nblacklist hello\n' >"$T/conf"
ok "blacklist is for aliases" same two

printf 'alias two hello\nalias two params\nprefer params over hello\n' >"$T/conf"
ok "what another one is preferred to is not loaded" loads 'params' 'modprobe two'
printf 'alias two hello\nalias two init_fails\nprefer init_fails over hello\n' >"$T/conf"
ok "... unless that one cannot be" loads 'hello' 'modprobe two'
printf 'alias two timer\nalias two init_fails\nprefer init_fails over timer\noptions timer no_such=1\n' >"$T/conf"
ok "if none can be, the last one says why" fails_with 'no_such' host -c 'modprobe two'
ok "... not for names" same hello
printf 'install hello /bin/touch %s/touched\nsoftdep params pre: hello\n' "$T" >"$T/conf"
ok "an install command is not run, and not gone round" fails_with "install commands are not run here: $T/conf:1" \
	host -c 'modprobe hello'
ok "... nor that of a softdep" loads params 'modprobe params'
ok "... whose effect would be seen" test ! -e "$T/touched"
printf 'forbid export_a\nsoftdep params pre: export_b\n' >"$T/conf"
ok "forbid stops a module, with its line" fails_with "export_a is forbidden ($T/conf:1: forbid export_a)" \
	host -c 'modprobe export_a'
ok "... what needs it" fails_with "$T/conf:1" host -c 'modprobe export_b'
ok "... and what has that as a softdep" fails_with "$T/conf:1" host -c 'modprobe params'
ok "... and its file" fails_with "refused by policy ($T/conf:1)" host -c "insmod $TREE/kernel/export-a.ko"
ok "... of a directory without indexes, too" fails_with "refused by policy ($T/conf:1)" \
	"$O/tenon-host" --modules "$M" --config "$T/conf" -c 'modprobe export_b'
ok "a configuration that is not there is an error" sh -c "'$O/tenon-host' --config '$T/none' -c help 2>&1 | grep -q 'No such file'"

# Damaged indexes are as if there were none.
: >"$T/conf"
: >"$TREE/modules.dep.bin"
ok "a damaged index is reported" says 'modules.dep.bin' host -c 'modprobe export_b; dmesg'
ok "... and names are found without it" loads 'export_a export_b' 'modprobe export_b'
tap_done
