#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Bad input at the prompt: one clear line that says what, where and what to do, and the host exactly as it was.
. tests/tap.sh
M=$O/modules/x86_64
LONG=$(printf 'x%.0s' $(seq 300))

# State of the host: modules, memory, what is exported.
show='echo state; lsmod -v; map; exports'

# refused COMMAND TEXT...: with some modules loaded the command fails with status 1 and one line that has each TEXT.
refused() {
	_command=$1
	shift
	# One run to see status and line, one to see the state before and after.
	"$O/tenon-host" --modules "$M" -c "modprobe export_b; modprobe params; $_command" >"$T/out" 2>"$T/err"
	_status=$?
	cat "$T/err"
	echo "status $_status"
	[ $_status -eq 1 ] && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" -eq 1 ] || return 1
	for _text; do
		grep -qF -- "$_text" "$T/err" || { echo "does not say: $_text" && return 1; }
	done
	printf 'modprobe export_b\nmodprobe params\n%s\n%s\n%s\n' "$show" "$_command" "$show" |
		"$O/tenon-host" --modules "$M" 2>/dev/null >"$T/states"
	awk -v t="$T" '/^state$/ { n++ } { print >(t "/state" n) }' "$T/states"
	grep -q '^params ' "$T/state1" && diff "$T/state1" "$T/state2"
}

# patch FILE OFFSET BYTE: change one byte, in octal.
patch() {
	printf "\\$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

cp "$M/examples/hello.ko" "$T/cpu.ko"
patch "$T/cpu.ko" 18 267 # e_machine 183: aarch64
head -c 2000 "$M/examples/hello.ko" >"$T/truncated.ko"
head -c 20 "$M/examples/hello.ko" >"$T/short.ko"
: >"$T/empty.ko"
cp /etc/passwd "$T/text.ko"
mkfifo "$T/fifo.ko"
mkdir "$T/dir.ko" "$T/alone"
cp "$M/examples/export-b.ko" "$M/runtime/runtime.ko" "$T/alone/"

ok "not a module" refused "insmod $T/text.ko" "$T/text.ko" 'not a module' 'NAME.ko'
ok "a program" refused 'insmod /bin/true' /bin/true 'not relocatable'
ok "an empty file" refused "insmod $T/empty.ko" "$T/empty.ko" 'empty' 'rebuild it'
ok "a directory" refused "insmod $T/dir.ko" "$T/dir.ko" 'not a regular file'
ok "a FIFO" refused "insmod $T/fifo.ko" "$T/fifo.ko" 'not a regular file'
ok "a device" refused 'insmod /dev/zero' /dev/zero 'not a regular file'
ok "a FIFO as a certificate" sh -c "'$O/tenon-host' --keys '$T/fifo.ko' -c lsmod 2>&1 | grep certificates"
ok "no such file" refused "insmod $T/none.ko" "$T/none.ko" 'no such file' modprobe
ok "truncated" refused "insmod $T/truncated.ko" "$T/truncated.ko" 'outside the file' 'file is truncated'
ok "truncated within the header" refused "insmod $T/short.ko" "$T/short.ko" 'shorter than an ELF header'
ok "for another CPU" refused "insmod $T/cpu.ko" "$T/cpu.ko" 'machine 0xb7' 'built for this CPU'
ok "for another kernel version" refused "insmod $M/faulty/wrong-vermagic.ko" 'wrong-vermagic.ko' 'tenon-0' 'tenon-1' 'this kernel version'
ok "with one wrong CRC" refused "insmod $M/faulty/wrong-crc.ko" 'wrong-crc.ko' 'disagrees about version of symbol export_a_double' 'rebuild the module'
ok "a missing dependency" sh -c "'$O/tenon-host' --modules '$T/alone' -c 'modprobe export_b' 2>&1 |
	grep 'export_b needs export_a, which is not found' | grep -q -e --modules"
ok "a missing symbol" refused "insmod $M/faulty/missing-symbol.ko" 'unknown symbol nobody_exports_this' 'exports'
ok "an init that fails" refused "modprobe init_fails" 'init_fails' 'dmesg'
ok "a dependency cycle" refused "modprobe cycle_a" 'cycle_a, cycle_b, cycle_a'

ok "an unknown parameter" refused "insmod $M/examples/hello.ko colour=1" "hello.ko" "'colour'" 'modinfo -p hello'
ok "a misspelt parameter" refused "modprobe timer periodms=1" "'periodms'" 'period_ms' 'modinfo -p timer'
ok "a parameter that is no number" refused 'modprobe timer period_ms=soon' "'soon'" 'period_ms' 'modinfo -p timer'
ok "a parameter out of range" refused 'modprobe timer period_ms=99999999999' "'99999999999'" 'out of range' 'period_ms'
ok "a parameter that is too long" refused "modprobe fault what=$LONG$LONG$LONG$LONG" 'what' 'too long'
ok "a parameter without value" refused 'modprobe timer period_ms' 'period_ms' 'needs a value'
ok "a parameter given twice" refused 'modprobe timer period_ms=1 period_ms=2' 'given twice' 'give it once'

ok "a module already loaded" refused "insmod $M/examples/params.ko" 'already loaded' 'rmmod params'
ok "a module in use" refused 'rmmod export_a' 'in use by: export_b' 'unload those first'
ok "a module not loaded" refused 'rmmod hello' 'not currently loaded' 'lsmod'
ok "... whose name is misspelt" refused 'rmmod exportb' 'did you mean export_b?'
ok "a name that there is not" refused 'modprobe quetzalcoatl' 'quetzalcoatl not found' "$M"
ok "... that is misspelt" refused 'modprobe chadrev' 'did you mean chardev?'
for command in modprobe rmmod; do
	ok "a name with a slash: $command" refused "$command a/b" 'a/b'
	ok "a name with dots: $command" refused "$command ../hello" '../hello'
	ok "a name of 300 characters: $command" refused "$command $LONG" 'xxxx'
done
ok "a name of 300 characters: modinfo" refused "modinfo $LONG" 'too long'
ok "a name with terminal commands" refused "modprobe '$(printf 'a\033[2Jb')'" 'a?[2Jb'
ok "refs of what is not loaded" refused 'refs hello' 'not currently loaded'
ok "a function that is not exported" refused 'call export_a_dubble 1' 'did you mean export_a_double?'
ok "an invalid argument" refused 'call export_a_double twelve' "'twelve'" 'buf:BYTES'
ok "a result that there is not" refused 'call export_a_double @7' '@7' 'no such result'
ok "a device that there is not" refused 'cat /dev/nothing' '/dev/nothing' 'devices'
ok "a file that is no device" refused 'cat /etc/passwd' '/etc/passwd' '/dev/NAME'
ok "a domain that there is not: kill" refused 'kill nowhere' "'nowhere'" 'domains'
ok "the kernel's domain: kill" refused 'kill kernel' 'kernel' 'this process'
ok "a domain that there is not" refused 'map nowhere' "'nowhere'" 'domains'
tap_done
