#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The network as programs use it, with each module in the kernel's own domain and in an isolated one.
. tests/tap.sh
. tests/boot/vm.sh

# What the tests of sockets between programs ask is what Linux answers.
ok "sockets between programs: Linux passes the test" sh -c "cd '$T' && '$O/tests/boot/programs/sockets' >out; cat out; ! grep '^not ok' out"

# passes NAME WORDS OPTION...: tests/boot/programs/NAME as the first process, with words of the command line.
passes() {
	_program=$1 _words=$2
	shift 2
	cat "$O/image/initrd" "$O/tests/boot/programs/$_program.cpio" >"$T/initrd"
	vm -M q35 -kernel "$O/kernel/debug/tenon" -initrd "$T/initrd" -append "panic init=/test $_words" "$@" | tr -d '\r' >"$T/out"
	cat "$T/out"
	! grep -q '^not ok' "$T/out" && grep -q "^1\.\.$(grep -c '^ok' "$T/out")$" "$T/out"
}

# in_guest OPTION... -- COMMANDS
in_guest() {
	_options=
	while [ "$1" != -- ]; do
		_options="$_options $1" && shift
	done
	# shellcheck disable=SC2086
	O=$O timeout -k 5 400 kernel/vm --debug --append "$where" $_options -c "$2" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# prints LINE...: the commands printed just these.
prints() {
	cat "$T/out"
	printf '%s\n' "$@" | cmp -s "$T/out" -
}

ok "... in an isolated domain, one CPU" passes sockets unix.isolated=1
ok "... 4 CPUs" passes sockets unix.isolated=1 -smp 4

LOG='cut -d" " -f1,2 /proc/domains; syslogd -O /tmp/log; until [ -S /dev/log ]; do sleep 0.1; done
logger hello; until grep -o "root: hello" /tmp/log; do sleep 0.1; done; cut -d" " -f1,2 /proc/domains
echo 50 >/sys/module/module/parameters/idle_ms; grep -c /dev/log /proc/net/unix; lsmod | grep -c ^unix
killall syslogd; until ! lsmod | grep -q ^unix; do sleep 0.1; done; cat /proc/net/unix'

for where in "" unix.isolated=names; do
	ok "${where:-kernel}: a log of the system" in_guest -- "$LOG"
	ok "... the family comes with its first socket and goes after the last" \
		prints "root: hello" ${where:+"names alive"} 1 1
done

# Sockets of a domain that has died say so, and new ones are of the next domain.
where="unix.isolated=names unix.restart=3"
ok "a family that dies" in_guest -- 'syslogd -O /tmp/log; until [ -S /dev/log ]; do sleep 0.1; done
echo names >/proc/domains; logger lost; killall syslogd; rm -f /dev/log /tmp/log
until syslogd -O /tmp/log && sleep 0.1 && [ -S /dev/log ]; do killall syslogd; rm -f /dev/log; done
logger again; until grep -o "root: again" /tmp/log; do sleep 0.1; done'
ok "... serves whoever comes after it" sh -c "tail -n 1 '$T/out' | grep -q 'root: again'"
tap_done
