#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Linux's system calls as modules, used by busybox, from the same file in the kernel's own domain and in an isolated one.
. tests/tap.sh

guest() { # <commands: what they print is in out
	{ echo 'dmesg -n 1'; cat; } >"$T/commands"
	O=$O timeout -k 5 400 kernel/vm --debug --cpus 2 -c "$(cat "$T/commands")" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

for where in "" isolated=calls; do
	ok "${where:-kernel}: busybox's adjtimex and ionice run" guest <<END
adjtimex 2>/dev/null || echo no adjtimex; ionice 2>/dev/null || echo no ionice
cat /proc/syscalls/linux-305; rmmod adjtimex; modprobe adjtimex $where; modprobe ioprio $where
date +%s >/tmp/before; adjtimex >/tmp/state; date +%s >/tmp/after; grep -v tv_ /tmp/state
sec=\$(awk '\$2 == "time.tv_sec:" || /tv_sec/ { print \$NF }' /tmp/state); [ \$sec -ge \$(cat /tmp/before) ] && [ \$sec -le \$(cat /tmp/after) ] && echo the time is right
adjtimex -t 9999 2>/dev/null || echo it cannot be set; ionice; ionice -c 2 -n 5 ionice; ionice -c 3 ionice; ionice
cat /proc/syscalls/linux-25? /proc/syscalls/linux-305 | tr '\n' ' '; echo; grep -c calls /proc/domains; cat /proc/syscalls/linux-1 2>/dev/null || echo the kernel has it
rmmod adjtimex && rmmod ioprio; adjtimex 2>/dev/null || echo gone; ls /proc/syscalls | wc -l; ! dmesg | grep "left behind"
END
	for line in "no adjtimex" "no ionice" 305 "the time is right" "it cannot be set" "best-effort: prio 5" idle "251 252 305 " \
		"the kernel has it" gone; do
		ok "... $line" grep -qx "$line" "$T/out"
	done
	ok "... which says that nothing synchronizes the clock" grep -q "status: *64 (UNSYNC)" "$T/out"
done
tap_done
