#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# crossing.sh [BUILD-DIR] - figures of calls into modules of the kernel: guest instructions, as bench/guest/crossing.c
# counts them, in the kernel's own domain and in an isolated one.
set -eu
. "$(dirname "$0")/figure.sh"
out=${1:-build}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

cat >"$T/commands" <<'END'
cd /lib/modules/*/kernel/char
for where in '' isolated=1; do
	insmod null.ko $where && insmod zero.ko $where
	/crossing | sed "s/^/${where:-kernel} /"
	rmmod zero && rmmod null
done
END
cp "$out/bench/guest/crossing" "$T/"
cp "$out/image/initrd" "$T/initrd"
(cd "$T" && printf 'commands\ncrossing\n' | cpio --quiet -o -H newc) >>"$T/initrd"
timeout -k 5 300 qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -cpu max,erms=off,fsrm=off -M q35 -m 256M -nodefaults \
	-display none -monitor none -no-reboot -serial stdio -kernel "$out/kernel/release/tenon" -initrd "$T/initrd" \
	-append "panic init=/sbin/run-commands" </dev/null | tr -d '\r' >"$T/out"

value() { # WHERE WHAT
	awk -v where="$1" -v what="$2" '$1 == where && $2 == what { print $3; found = 1 } END { exit !found }' "$T/out" || {
		cat "$T/out" >&2
		exit 1
	}
}
figure crossing.null_system_call "$(value kernel syscall)" -
figure crossing.kernel_domain_call "$(value kernel call)" - "guarded, so that a fault comes back"
figure crossing.isolated_domain_call "$(value isolated=1 call)" 250 "there and back, with two loads of CR3, all registers cleared, and its deadline"
