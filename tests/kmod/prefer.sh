#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# `prefer` and `fallback`: of several modules for one alias some are only loaded if others cannot be. The modules' names
# are such that without such lines the less preferred would come first.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh
. tests/kmod/own_tree.sh

for name in older oldest newest other; do
	printf '\t.asciz "alias=card:*"\n' | module $name
done
# newest needs base
{
	printf '\t.asciz "alias=card:*"\n\t.asciz "depends=base"\n'
	printf '\t.data\n\t.quad base_call\n'
} | module newest
needing base </dev/null
printf '\t.asciz "alias=only:*"\n' | module single
depmod

configure() { # LINE...
	printf '%s\n' "$@" >"$conf"
}
# inserts MODULE... -- COMMAND...: it succeeds, and the kernel was asked for these, in this order.
inserts() {
	_modules=
	while [ "$1" != -- ]; do
		_modules="$_modules$1 "
		shift
	done
	shift
	: >"$T/kernel/log"
	"$@" >"$T/said" 2>&1 || { cat "$T/said"; return 1; }
	cat "$T/said"
	calls >"$T/calls"
	cat "$T/calls"
	[ "$(sed -n "s/^finit_module \([^ ]*\) .*/\1/p" "$T/calls" | tr '\n' ' ')" = "$_modules" ]
}
# broken MODULE... -- COMMAND...: the kernel refuses these
broken() {
	_fail=
	while [ "$1" != -- ]; do
		_fail="$_fail insert:$1:12"
		shift
	done
	shift
	TENON_TEST_FAIL=$_fail "$@"
}
load() { # THREADS WORD...
	_threads=$1
	shift
	in_kernel "$tools/tenon" load -d "$root" -S "$release" -C "$T/conf" -t "$_threads" "$@"
}
says() { # TEXT
	cat "$T/said"
	grep -qF -- "$1" "$T/said"
}

configure
ok "without a line, all are loaded" inserts older oldest other base newest -- modprobe card:1
fresh
configure 'prefer newest over o*'
ok "prefer" inserts base newest -- modprobe card:1
ok "... that is loaded is enough" inserts -- modprobe card:1
fresh
ok "... if it refuses, the others are loaded" inserts base newest older oldest other -- broken newest -- modprobe card:1
ok "... which is reported, with the line" says "WARNING: trying older instead of newest ($conf:1)"
ok "... and with the reason" says "could not insert 'newest': Cannot allocate memory"
fresh
ok "... also if what it needs refuses" inserts base older oldest other -- broken base -- modprobe card:1
fresh
ok "... by its own name the other one is loaded" inserts older -- modprobe older
fresh
all_fail() {
	: >"$T/kernel/log"
	! broken newest older oldest other -- modprobe card:1
}
ok "it is a failure if all refuse" all_fail
fresh
configure 'prefer newest over older oldest' 'prefer older over oldest' 'prefer oldest over other'
ok "lines make an order" inserts base newest -- modprobe card:1
fresh
ok "... that is followed to the first that can be loaded" inserts base newest older oldest -- broken newest older -- modprobe card:1
fresh
ok "... by threads, too, and all or nothing" inserts base newest older oldest -- broken newest older -- load 4 card:1
ok "... so that what only the refused one needed goes again" [ "$(in_memory)" = 'oldest ' ]
fresh
ok "... one of several words" inserts base newest older single -- broken newest -- load 1 card:1 only:1
fresh
nothing() {
	: >"$T/kernel/log"
	! broken newest older oldest other -- load 2 only:1 card:1 >"$T/said" 2>&1 && [ -z "$(in_memory)" ]
}
ok "... which fails as a whole if none of them can be loaded" nothing

configure 'fallback old* other'
ok "fallback" inserts base newest -- modprobe card:1
fresh
ok "... is loaded if the others refuse" inserts base newest older oldest other -- broken newest -- modprobe card:1
fresh
configure 'fallback newest' 'prefer newest over *'
ok "prefer is stronger than fallback" inserts base newest -- modprobe card:1
fresh
configure 'prefer newest over *' 'blacklist newest'
ok "a blacklisted module is preferred to none" inserts older oldest other -- modprobe card:1
fresh
configure 'prefer newest over *' 'forbid newest'
ok "a forbidden one refuses" inserts older oldest other -- modprobe card:1
ok "... which is reported" says "newest is forbidden ($conf:2: forbid newest)"
fresh
configure 'prefer newest over *' 'forbid older'
ok "one that is not needed is not reported as forbidden" inserts base newest -- modprobe card:1
ok "... nor anything else" [ ! -s "$T/said" ]
fresh
configure 'prefer newest over *' 'install newest false'
ok "a command that fails refuses" inserts base older oldest other -- modprobe card:1
fresh
configure 'prefer newest over older' 'prefer older over newest' 'fallback oldest other'
ok "of two lines that contradict each other the first counts" inserts base newest -- modprobe card:1
fresh
configure 'prefer newest over older' 'prefer older over oldest' 'prefer oldest over newest' 'fallback other'
ok "a cycle is broken where it begins" inserts older -- modprobe card:1
ok "... and reported" says "$conf:1: this line and others prefer modules to each other in a cycle; older comes first"
fresh
configure 'alias both older' 'alias both newest' 'prefer newest over older'
ok "aliases of the configuration" inserts base newest -- modprobe both
fresh
echo 'newest 4096 0 - Live 0x0' >"$T/kernel/proc/modules"
mkdir -p "$T/kernel/sys/module/newest" && echo live >"$T/kernel/sys/module/newest/initstate"
ok "one that was loaded before is enough" inserts base -- modprobe both
fresh

# What only looks.
configure 'prefer newest over older' 'fallback oldest other'
ok "-R names all, the preferred ones first" prints newest older oldest other -- modprobe -R card:1
ok "-D shows all: any of them may be needed" loads base newest older oldest other -- -D card:1
ok "-n shows what would be done" loads base newest -- card:1
what_if() {
	in_kernel "$tools/tenon" what-if "$@" >"$T/said" 2>&1
}
machine="modprobe -d $root -S $release -C $T/conf"
ok "what-if" what_if $machine card:1
ok "... tells when the others are loaded" says "only if    newest cannot be loaded ($conf:1: prefer newest over older)"
ok "... and counts what is loaded" says "Modules: 2,"
configure 'prefer newest over older' 'fallback oldest other' 'forbid base'
ok "... if policy stops the preferred one" what_if $machine card:1
json() { # EXPRESSION
	what_if --json $machine card:1
	cat "$T/said"
	python3 -c "import json,sys; a = json.load(open(sys.argv[1])); s = {x['module']: x for x in a['steps']}; assert $1" "$T/said"
}
ok "... the next comes without condition" json "a['possible'] and s['older']['instead_of'] is None and \
	s['oldest']['instead_of'] == 'older' and s['oldest']['preferred_by']['directive'] == 'fallback'"
ok "... and may fail while others remain" json "not any(x['required'] for x in a['steps'])"
configure 'prefer newest over older' 'fallback oldest other' 'forbid base older'
ok "... which the last may not" json "sorted(n for n in s if s[n]['required']) == ['oldest', 'other']"
configure 'prefer newest over *' 'forbid base o*'
not_possible() {
	! what_if $machine card:1
}
ok "... or all of them" not_possible
configure 'prefer newest over older' 'fallback o*'
why() {
	in_kernel "$tools/tenon" why -d "$root" -S "$release" -C "$T/conf" older >"$T/said" 2>&1
}
ok "why" why
ok "... has the lines about a module" says "prefer newest over older, $conf:1"
ok "... of both kinds" says "fallback o*, $conf:2"
ok "modprobe -c prints them as they are written" sh -c '"$@" | grep -qx "prefer newest over older"' - \
	"$tools/modprobe" -d "$root" -S "$release" -C "$T/conf" -c

# Lines that are not understood.
bad() { # LINE COLUMN TEXT
	configure "$1" 'prefer newest over older'
	modprobe -D single >"$T/said" 2>&1 && says "$conf:1:$2: ignoring bad line starting with '${1%% *}': $3"
}
shape="the line must be 'prefer MODULE over MODULE ...'"
ok "prefer without names" bad prefer 7 "the name of a module is missing"
ok "... with one" bad 'prefer a' 9 "$shape"
ok "... without 'over'" bad 'prefer a b c' 10 "$shape"
ok "... with nothing behind it" bad 'prefer a over' 10 "$shape"
ok "... with commas" bad 'prefer a over b,c' 15 "names are separated by blanks, not by commas"
ok "... to itself" bad 'prefer a-b over c a_b' 19 "a module cannot be preferred to itself"
ok "... with a path" bad 'prefer /x over y' 8 "no module has such a name"
ok "... with a bracket" bad 'prefer a over [b' 15 "brackets that do not match"
ok "fallback without names" bad fallback 9 "the name of a module is missing"
ok "prefers" bad 'prefers a over b' 1 "there is no such directive"
configure 'prefer newest over older # oldest' 'fallback oldest other'
ok "a comment" inserts base newest -- modprobe card:1
fresh
ok "Debian's modprobe ignores the lines, and works" sh -c '/sbin/modprobe -d "$1" -S "$2" -C "$3" -R card:1 2>/dev/null |
	grep -qx newest' - "$root" "$release" "$T/conf"

lint() { # RULE TEXT LINE...
	_rule=$1
	_text=$2
	shift 2
	configure "$@"
	"$tools/tenon" lint -v -d "$root" -S "$release" "$T/conf" >"$T/said" 2>&1
	says "$_text" && says "[$_rule]"
}
ok "lint: a module that there is not" lint unknown-module "there is no module newst; did you mean newest?" "prefer older over newst"
ok "lint: ... that is preferred" lint unknown-module "did you mean newest?" 'prefer newst over older'
ok "lint: ... as fallback" lint unknown-module "did you mean newest?" 'fallback newst'
ok "lint: a contradiction" lint policy "modules that are preferred to each other: newest after older after newest" \
	'prefer newest over older' 'prefer older over newest'
ok "lint: a cycle" lint policy "modules that are preferred to each other: " \
	'prefer newest over older' 'prefer older over oldest' 'prefer oldest over newest'
ok "lint: a forbidden module" lint policy "newest cannot be preferred: newest is forbidden" 'prefer newest over older' 'forbid newest'
ok "lint: a blacklisted module" lint policy "newest cannot be preferred: it is blacklisted ($conf:2)" \
	'prefer newest over older' 'blacklist newest'
ok "lint: a line twice" lint duplicate "$conf:1 says the same" 'prefer newest over older' 'prefer newest over older'
ok "lint: a bad line" lint bad-line "$shape" 'prefer newest older'
configure 'prefer newest over older oldest # why' 'fallback other'
ok "lint: nothing" "$tools/tenon" lint -d "$root" -S "$release" "$T/conf"
tap_done
