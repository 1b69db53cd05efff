#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# crossing.sh [BUILD-DIR] - figures of calls into modules of the kernel: guest instructions, as bench/guest/crossing.c
# counts them, in the kernel's own domain and in an isolated one; and those of the way there and back alone.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
out=${1:-build}
kernel=$out/kernel/release/tenon
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/files"
cp "$out/bench/guest/crossing" "$T/files/"

initrd() { # with the commands that come on standard input
	cat >"$T/files/commands"
	cat "$out/image/initrd" >"$T/initrd"
	pack "$T/files" >>"$T/initrd"
}

initrd <<'END'
cd /lib/modules/*/kernel/char
for where in '' isolated=1; do
	insmod null.ko $where && insmod zero.ko $where
	/crossing | sed "s/^/${where:-kernel}./"
	rmmod zero && rmmod null
done
END
guest "$kernel" "$T/initrd" "panic init=/sbin/run-commands" >"$T/out"
figure crossing.null_system_call "$(said "$T/out" kernel.syscall)" -
figure crossing.kernel_domain_call "$(said "$T/out" kernel.call)" - "guarded, so that a fault comes back"
figure crossing.isolated_domain_call "$(said "$T/out" isolated=1.call)" - "with what the device's, the interface's and the core's sides take of it"

# The border: registers saved, cleared and restored, two loads of CR3, the stack there, dead check and deadline. A gate: a
# call the other way, the least of those that a write to an isolated device makes.
initrd <<'END'
cd /lib/modules/*/kernel
insmod char/null.ko isolated=1 && insmod examples/chardev.ko isolated=1
/crossing traced && echo word >/dev/upper
echo @on; read line
/crossing traced && echo word >/dev/upper
echo @off; read line
END
bench/trace.py "$kernel" "$T/initrd" domain_upcall tenon_kpi_upcall domain_gate >"$T/out"
figure crossing.isolated_round_trip "$(said "$T/out" domain_upcall)" 250 "the border there and back: registers, 2 loads of CR3, dead check, deadline"
figure crossing.isolated_upcall "$(said "$T/out" tenon_kpi_upcall)" - "the same with the core's frame around it"
figure crossing.gate "$(said "$T/out" domain_gate)" - "a call of the interface by an isolated module, but for the entry that each system call has"
