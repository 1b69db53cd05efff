#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# bugs.sh [BUILD-DIR] - of the modules with one mistake each (tests/linux/bugs), how many Debian's kernel says something about, as
# it is shipped: each in a guest of its own, where it is loaded, all that it made is read and written, and it is unloaded. What
# counts is any of Linux's own words for a fault, whatever it blames. `./test linux/try` says how many `./run try` names.
# Needs setup/debian-kernel amd64. BUGS_SAID=DIR keeps what each guest said.
set -eu
. "$(dirname "$0")/figure.sh"
. "$(dirname "$0")/guest.sh"
O=$(realpath "${1:-build}")
. "$(dirname "$0")/../tests/boot/debian.sh"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
. "$(dirname "$0")/../tests/linux/usual_build.sh" # ends here if there are no headers
LIMIT_S=75 # of a guest; Linux tells of a CPU that is stuck after 20 s or a little more
said=${BUGS_SAID:-$T/said}

build tests/linux/bugs >&2
mkdir -p "$said"
debian_archive "$T/files"
sed -i 's/for i in[^;]*; do/for i in; do/; /_left/d' "$T/files/init"
cat >"$T/files/commands" <<'END'
mount -t debugfs debug /sys/kernel/debug
made() { ls -d /dev/* /proc/[a-z]* /sys/kernel/debug/* /sys/module/module/parameters/* /sys/module/bug_*/parameters/* 2>/dev/null; }
made >/before
insmod /module.ko
made | grep -vxFf /before >/after
while read -r i; do find $i ! -type d; done </after >/files
while read -r i; do
	head -c 4096 $i >/read &
	sleep 0.1; echo 1 >$i
done </files
sleep 1
rmmod $(sed -n 's/ .*//p' /proc/modules)
sleep 1
END

guest_of() { # MODULE
	mkdir "$T/$1" && cp -r "$T/files/." "$T/$1" && cp "$T/modules/$1.ko" "$T/$1/module.ko"
	pack "$T/$1" >"$T/$1.initrd"
	timeout -k 5 "$LIMIT_S" qemu-system-x86_64 -accel tcg -M q35 -m 256M -nodefaults -display none -monitor none -no-reboot -serial stdio \
		-kernel "$(debian_kernel)" -initrd "$T/$1.initrd" -append "console=ttyS0 loglevel=7 panic=-1" </dev/null >"$said/$1" 2>&1 || :
	rm -r "$T/$1" "$T/$1.initrd"
}

modules=$(grep -L '^/\* finding: none' tests/linux/bugs/bug_*.c | sed 's|.*/\(.*\)\.c|\1|')
running=0
for module in $modules; do
	guest_of "$module" &
	running=$((running + 1))
	[ $((running % $(nproc))) -ne 0 ] || wait
done
wait
words='BUG:|kernel BUG at|WARNING:|Oops|general protection|refcount_t:|rcu_.*stall|soft lockup|Kernel panic|list_(add|del) corruption|memory leak'
reported=$(cd "$said" && grep -lE "$words" $modules | wc -l)
(cd "$said" && grep -LE "$words" $modules | sed 's/^/nothing is said of /' >&2) || :
figure bugs.reported_by_debians_kernel "$reported" - "of $(echo "$modules" | wc -l)"
