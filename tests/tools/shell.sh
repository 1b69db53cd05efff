#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The prompt: its commands on the tree's own modules.
. tests/tap.sh
M=$O/modules/x86_64

host() {
	"$O/tenon-host" --modules "$M" "$@"
}

# prints TEXT COMMAND...: the command succeeds and prints exactly TEXT.
prints() {
	printf '%s\n' "$1" >"$T/want"
	shift
	"$@" >"$T/got" 2>"$T/err" && [ ! -s "$T/err" ] && diff "$T/want" "$T/got" && return
	cat "$T/err"
	return 1
}

# status N COMMAND...: the command ends with that status.
status() {
	_want=$1
	shift
	"$@" >"$T/got" 2>&1
	_got=$?
	cat "$T/got"
	echo "status $_got"
	[ $_got -eq "$_want" ]
}

# ---- lines and words ----

ok "commands run in order" prints 'one
two
three' host -c 'echo one; echo two
echo three'
ok "quotes keep words together" prints 'a  b; c d#e' host -c "echo \"a  b;\" 'c d'#e # not this"
ok "backslashes and quotes within quotes" prints "it's \"q\" \\n \$x" host -c 'echo "it'"'"'s" \"q\" "\\n" $x'
ok "the first failure ends it" not says three host -c 'echo one; rmmod nothing; echo three'
ok "... with its status" status 1 host -c 'echo one; rmmod nothing; echo three'
ok "an unknown command is status 127" status 127 host -c 'lsmodd'
ok "... and what was meant is named" sh -c "'$O/tenon-host' -c lsmodd 2>&1 | grep -q 'did you mean lsmod?'"
ok "a quote that is not closed is an error" status 2 host -c 'echo "one'
ok "too many words are an error" status 2 host -c "echo $(seq 100 | tr '\n' ' ')"
ok "commands from standard input go on after a failure" sh -c "printf 'rmmod nothing\necho on\n' | '$O/tenon-host' 2>/dev/null | grep -qx on"
ok "exit leaves at once" prints 'one' host -c 'echo one; exit; echo two'
ok "every command has its help" sh -c "'$O/tenon-host' -c help | awk '!/^\`/ { print \$1 }' | while read -r c; do
	'$O/tenon-host' -c \"help \$c\" | grep -q \"^usage: \$c\" || exit 1; done"

# ---- load, list, unload ----

ok "modprobe loads what is needed, lsmod lists it as kmod does" prints "Module                  Size  Used by
export_b                 $(host -c 'modprobe export_b; lsmod' | awk '$1 == "export_b" { print $2 }')  0
export_a                 $(host -c 'modprobe export_b; lsmod' | awk '$1 == "export_a" { print $2 }')  1 export_b
runtime                $(host -c 'modprobe export_b; lsmod' | awk '$1 == "runtime" { print $2 }')  1 export_b" \
	host -c 'modprobe export-b; lsmod'
ok "the header is kmod's" test "$(host -c lsmod)" = "$(strings -n 30 "$(command -v kmod)" | grep '^Module  *Size')"
ok "rmmod takes several, in order" prints 'Module                  Size  Used by' \
	sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe export_b; rmmod export-b export_a; lsmod' | grep -v ^runtime"
ok "insmod loads a file" says 'hello: loaded' host -c "insmod $M/examples/hello.ko; dmesg"
ok "parameters reach the module, with spaces too" says 'word=a b' host -c 'modprobe params word="a b" number=-5; dmesg'
ok "... numbers" says 'number=-5' host -c 'modprobe params word="a b" number=-5; dmesg'
ok "a module that is loaded is no error for modprobe" status 0 host -c 'modprobe hello; modprobe hello'
ok "dmesg -C empties the log" prints '' sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe hello; dmesg -C; dmesg'; echo"
for ko in "$M"/examples/*.ko "$M"/runtime/runtime.ko; do
	for option in '' -p '-F license' '-F parm' '-F depends'; do
		# shellcheck disable=SC2086 # an option with its value
		/sbin/modinfo $option "$ko" >"$T/kmod"
		host -c "modinfo $option $ko" >"$T/ours"
		cmp -s "$T/kmod" "$T/ours" || echo "$ko $option"
	done
done >"$T/differ"
ok "modinfo prints what kmod's does" test ! -s "$T/differ"
cp "$M/examples/hello.ko" "$T/signed.ko"
"$O/modpost/modpost" --sign "$O/keys/signing.key" --cert "$O/keys/signing.pem" "$T/signed.ko"
/sbin/modinfo "$T/signed.ko" >"$T/kmod"
host -c "modinfo $T/signed.ko" >"$T/ours"
ok "... and of a signature" diff "$T/kmod" "$T/ours"

# ---- what shows the host ----

ok "exports takes a pattern" says 'export_a_double' host -c 'modprobe export_a; exports export_a_d*'
ok "... and shows no other" not says 'export_a_add' host -c 'modprobe export_a; exports export_a_d*'
ok "... that must match" status 1 host -c 'exports nothing*'
ok "imports names the provider" says 'export_a' host -c 'modprobe export_b; imports export_b'
ok "refs names users" says 'used by: export_b' host -c 'modprobe export_b; refs export_a'
ok "... and what is owned" says 'timer' host -c 'modprobe timer; refs timer'
ok "map shows regions" sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe hello; map' | grep -qE '^  \+0x[0-9a-f]+ +[0-9]+  hello\$'"
ok "... and adds up to whole blocks" sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe export_b; map' |
	awk '/^  / { sum += \$2 } /^[^ ]/ { kib += \$5 } END { exit sum != kib * 1024 || !kib }'"
ok "stats count loads" says 'loads 2, failed 0' host -c 'modprobe hello; stats'
ok "domains lists the kernel's, uncontained" says 'kernel, uncontained' host -c domains

# ---- calls, devices, both domains ----

for domain in kernel isolated; do
	ok "a function is called: $domain" says '@1 = 42 (0x2a)' host -c "modprobe --domain $domain export_a; call export_a_double 21"
	ok "negative and hexadecimal numbers: $domain" says 'as an int -32' host -c "modprobe --domain $domain export_a; call export_a_double -0x10"
	ok "text and buffers: $domain" says '@2 = 8 bytes: 61 62 63 00 00 00 00 00 |abc.....|' \
		host -c "modprobe --domain $domain runtime; call memcpy buf:8 \"abc\" 3"
	ok "results are used again: $domain" says '@3 = 3 (0x3)' \
		host -c "modprobe --domain $domain runtime; call memcpy buf:8 \"abc\" 3; call strlen @2"
	ok "a device is listed: $domain" says "/dev/upper                       chardev              $domain" \
		host -c "modprobe --domain $domain chardev; devices"
	ok "... written and read: $domain" says 'HELLO WORLD' \
		host -c "modprobe --domain $domain chardev; echo hello world > /dev/upper; cat /dev/upper"
	# Adler-32 of "HELLO" is 0x044c0175.
	ok "... controlled: $domain" says '75 01 4c 04' \
		host -c "modprobe --domain $domain chardev; echo hello > /dev/upper; ioctl /dev/upper 1 0 5 0"
	ok "... whose errors are passed on: $domain" status 1 host -c "modprobe --domain $domain chardev; ioctl /dev/upper 99"
done
ok "--isolated is a domain of its own" says 'isolated             isolated' host -c 'modprobe --isolated hello; domains'
ok "a fault in it ends the module only" sh -c "printf 'modprobe --isolated fault what=null_write when=init\necho still here\n' |
	'$O/tenon-host' --modules '$M' 2>/dev/null | grep -qx 'still here'"
ok "lsmod -v says which domain contains faults" sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe hello; modprobe --isolated timer; lsmod -v' |
	awk '\$1 == \"hello\" && \$4 == \"uncontained\" || \$1 == \"timer\" && \$4 == \"isolated\" { n++ } END { exit n != 2 }'"
# A module in the kernel's domain cannot be stopped; an interrupt alone ends nothing, a second one ends the host.
"$O/tenon-host" --modules "$M" -c 'modprobe fault what=loop when=init' 2>/dev/null &
pid=$!
# It loops when it has run for a quarter of a second.
for _ in $(seq 100); do
	[ "$(cut -d ' ' -f 14 /proc/$pid/stat)" -lt 25 ] || break
	sleep 0.1
done
kill -INT $pid
sleep 0.1
ok "one interrupt is for what waits" kill -0 $pid
kill -INT $pid
wait $pid
ok "a second one ends an endless loop" test $? -eq 130

# ---- signatures and switches ----

ok "enforce refuses what is not signed" status 1 host --sig enforce -c 'modprobe hello'
mkdir "$T/signed"
cp "$M/runtime/runtime.ko" "$M/examples/hello.ko" "$T/signed/"
for ko in "$T"/signed/*.ko; do
	"$O/modpost/modpost" --sign "$O/keys/signing.key" --cert "$O/keys/signing.pem" "$ko"
done
ok "... and takes what is" status 0 "$O/tenon-host" --modules "$T/signed" --keys "$O/keys/signing.pem" --sig enforce -c 'modprobe hello'
ok "... by a key that is trusted" status 1 "$O/tenon-host" --modules "$T/signed" --sig enforce -c 'modprobe hello'
ok "enforce cannot be left" status 1 host -c 'sig enforce; sig off'
ok "disable refuses every load" fails_with 'module loading is disabled' host -c 'disable; modprobe hello'
ok "options: a directory that is not there" status 2 host --modules /nonexistent -c lsmod
ok "options: an unknown mode" status 2 host --sig perhaps -c lsmod
ok "options: a file that is not a certificate" status 1 host --keys /etc/passwd -c lsmod
ok "kill ends a domain with its modules" sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe --isolated hello; kill isolated; lsmod; domains' |
	awk '/^hello|^isolated/ { found = 1 } END { exit found }'"
ok "nothing that a module says speaks to the terminal" sh -c "'$O/tenon-host' --modules '$M' -c 'modprobe --isolated hoard what=names; dmesg; devices; lsmod' >'$T/printed'
	grep -q survived '$T/printed' && ! grep '[[:cntrl:]]' '$T/printed'"
ok "--help and --version" sh -c "'$O/tenon-host' --help | grep -q usage: && '$O/tenon-host' --version | grep -q tenon"
tap_done
