#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Devices of modules through the shell, in the kernel's own domain and in isolated ones; and modules that do harm in
# theirs: each ends, the kernel and others live on, and all that it had comes back.
. tests/tap.sh
. tests/boot/vm.sh

MODULES=/lib/modules/$(sed -n 's/^#define KERNEL_RELEASE "\(.*\)"$/\1/p' kernel/release.h)/kernel

# guest NAME OPTION... <commands: what they print is $T/NAME. Limits of domains are short, but not as short as a busy host
# takes a guest its CPUs away: deadlines count what passes, not what a module computes.
guest() {
	_guest=$1
	shift
	{
		echo "cd $MODULES"
		cat tests/boot/domains.functions -
	} >"$T/commands"
	O=$O timeout -k 5 600 kernel/vm --debug --append "domain_compute_ms=1500 domain_wait_ms=3000" "$@" \
		-c "$(cat "$T/commands")" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	sed '/^\[ *[0-9.]*\] /d' "$T/out" >"$T/$_guest" # without lines of the kernel's log
	return $_status
}

# has NAME LINE: the guest printed just that line.
has() {
	grep -qxF "$2" "$T/$1"
}

# ---- the same devices in both kinds of domain -----------------------------------------------------------------------

for where in "" isolated=1; do
	for cpus in 1 4; do
		kind="${where:-kernel}, $cpus CPUs"
		ok "devices are used through the shell: $kind" guest devices --cpus $cpus <<END
		devices $where
END
		ok "... and do what they should: $kind" diff tests/boot/domains.devices "$T/devices"
	done
done

# ---- faults ----------------------------------------------------------------------------------------------------------

ok "faults in an isolated domain: the kernel lives" guest faults --cpus 2 <<'END'
	insmod char/queue.ko isolated=other
	deed fault loop
	deed hoard devices # makes the table of /dev as large as it gets
	deed hoard memory
	before=$(memory)
	each_fault
	lost $before
	cat /proc/domains | cut -d' ' -f1,2
END
while read -r module deed; do
	ok "$module $deed ends its module, and what comes next is served" has faults "$module $deed ended, served"
done <<'END'
fault null_read
fault null_write
fault wild_read
fault wild_write
fault const_write
fault text_write
fault data_jump
fault divide
fault illegal
fault stack
fault loop
fault exit
rogue read_image
rogue read_direct
rogue read_stacks
rogue read_odd
rogue write_image
rogue write_direct
rogue write_gates
rogue call_image
rogue call_odd
rogue call_vsyscall
rogue cli
rogue hlt
rogue rdmsr
rogue wrmsr
rogue read_cr3
rogue write_cr3
rogue clts
rogue invlpg
rogue lidt
rogue sgdt
rogue in_port
rogue out_port
rogue int3
rogue int_nmi
rogue int_fault
rogue int_timer
rogue int80
rogue sysenter
rogue fpu
rogue sse
rogue wrgsbase
rogue kernel_segment
rogue far_return
rogue far_call32
rogue single_step
rogue push_odd
rogue gate_none
rogue gate_negative
rogue gate_wide
rogue gate_linux
rogue gate_odd_stack
rogue lock_and_fault
hang sleep
hang event
hang lock
hang join
hang trap
END
while read -r module deed; do
	ok "$module $deed harms nobody" has faults "$module $deed harmless, served"
done <<'END'
rogue flags
rogue segments
rogue odd_stack
END
# These have much to do, and may be ended for it.
for deed in "rogue forged_handles" "rogue changing" "hoard threads" "hoard events" "hoard timers" "hoard buffers" \
	"hoard arenas" "hoard devices" "hoard memory"; do
	ok "$deed harms nobody" grep -qE "^$deed (harmless|ended), served$" "$T/faults"
done
is_back() {
	grep -E 'lost$' "$T/faults"
	has faults "nothing is lost"
}
ok "the memory of all is back" is_back
ok "only the domain that did nothing is there" has faults "other alive"

# ---- ended from outside ----------------------------------------------------------------------------------------------

ok "domains that are ended while threads of theirs are everywhere" guest ended --cpus 4 <<'END'
	insmod char/queue.ko isolated=other
	each_ending 1 2 3
	before=$(memory)
	each_ending 4 5 6 7 8 9 10 11 12 13
	lost $before
END
ok "... leave nothing behind" has ended "nothing is lost"
ok "... and harm nobody" has ended "served"

ok "a module that is to be loaded anew" guest anew <<'END'
	insmod char/queue.ko isolated=q restart=2
	for i in 1 2 3; do
		echo "$i" >/dev/queue && read -r line </dev/queue && echo "served $line"
		echo q >/proc/domains
		while ! [ -e /dev/queue ] && grep -q "^q " /proc/domains; do sleep 0.1; done
		sleep 1
	done 2>/dev/null
END
ok "... serves the next request after each death" has anew "served 3"
ok "... and is not after the last" [ "$(grep -c served "$T/anew")" = 3 ]

# ---- in the kernel's own domain: detected, not contained -------------------------------------------------------------

ok "a fault in the kernel's own domain" guest kernel <<'END'
	insmod faulty/fault.ko what=null_write when=read
	cat /dev/fault || echo refused
	insmod char/queue.ko && echo fine >/dev/queue && head -n 1 /dev/queue
END
ok "... is an error for who called" has kernel refused
ok "... and the kernel lives" has kernel fine
tap_done
