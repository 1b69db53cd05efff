#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules on need: whatever 100 programs do at once that needs the same module, it is loaded once, and it says for what and whom.
# Then all of the image's modules are loaded, used and unloaded again and again: CYCLES times in all.
. tests/tap.sh
CYCLES=${CYCLES:-60}

guest() { # OPTION... <commands: what they print is in out
	{ echo 'dmesg -n 1'; cat tests/boot/memory.functions -; } >"$T/commands"
	O=$O timeout -k 5 "${LIMIT:-900}" kernel/vm --debug --cpus 2 "$@" -c "$(cat "$T/commands")" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

says() {
	grep -qxF -- "$1" "$T/out"
}

# trigger NAME MODULE ALIAS COMMAND: 100 times at once.
PATH=$PATH:/usr/sbin:/sbin
head -c 1M /dev/zero >"$T/disk" && mke2fs -q "$T/disk"
ok "100 at once" guest --disk "$T/disk" <<'END'
mkdir -p /etc/policy /etc/modprobe.d; echo 'profile /none' >/etc/policy/mac_path; printf '#!/bin/true\n' >/tmp/script; chmod +x /tmp/script
echo 'alias devname:ram0 ramdisk' >/etc/modprobe.d/ram.conf
trigger() {
	dmesg -c >/dev/null
	for i in $(seq 100); do eval "$4" >/dev/null 2>&1 & done; wait
	echo "$1: $(lsmod | grep -c "^$2 ") there, runs of modprobe that failed: $(dmesg | grep -c "module $3.*ended with\|$2: \(is\|already\)"), $(cat /sys/module/$2/asked_by | sed 's/([0-9]*)//')"
}
trigger node ramdisk devname:ram0 'cat /dev/ram0'
trigger family tcpip net-pf-2 'ifconfig lo'
trigger filesystem ext2 fs-ext2 'mount -t ext2 /dev/vda /mnt'
trigger call reverse syscall-reverse 'cat /proc/syscalls/reverse'
trigger format binfmt_script binfmt-2321 '/tmp/script'
trigger policy mac_path policy-mac_path 'cat /sys/kernel/security/mac_path'
tenon why reverse | grep 'asked for as' | sed 's/([0-9]*)//; s/  */ /g'
END
for line in "node: 1 there, runs of modprobe that failed: 0, devname:ram0, for cat " \
	"family: 1 there, runs of modprobe that failed: 0, net-pf-2, for ifconfig " \
	"filesystem: 1 there, runs of modprobe that failed: 0, fs-ext2, for mount " \
	"call: 1 there, runs of modprobe that failed: 0, syscall-reverse, for cat " \
	"format: 1 there, runs of modprobe that failed: 0, binfmt-2321, for sh " \
	"policy: 1 there, runs of modprobe that failed: 0, policy-mac_path, for cat " \
	" asked for as syscall-reverse, for cat "; do
	ok "... $line" says "$line"
done

ok "load, use, unload: $CYCLES times" guest <<END
mkdir -p /etc/policy; echo 'profile /none' >/etc/policy/mac_path; echo 'load ** *' >/etc/policy/mac_modules
printf '#!/bin/true\n' >/tmp/script; chmod +x /tmp/script; cd /lib/modules/*/kernel; insmod runtime.ko
cycle() {
	insmod char/null.ko \$1 && echo x >/dev/null && rmmod null
	insmod block/ramdisk.ko \$1 && head -c 4096 /dev/ram0 | wc -c && rmmod ramdisk
	insmod examples/chardev.ko \$1 && echo small >/dev/upper && cat /dev/upper && rmmod chardev
	insmod syscall/reverse.ko \$1 && cat /proc/syscalls/reverse && rmmod reverse
	insmod syscall/ioprio.ko \$1 && ionice -c 3 ionice && rmmod ioprio
	insmod binfmt/binfmt_script.ko \$1 && /tmp/script && rmmod binfmt_script
	insmod binfmt/binfmt_misc.ko \$1 && cat /proc/sys/fs/binfmt_misc/status && rmmod binfmt_misc
	insmod policy/mac_path.ko unload=1 \$1 && cat /sys/kernel/security/mac_path && rmmod mac_path
	insmod policy/mac_modules.ko unload=1 \$1 && cat /sys/kernel/security/mac_modules && rmmod mac_modules
	insmod unix/unix.ko \$1 && logger x; rmmod unix
}
processes() { set -- /proc/[0-9]*; echo \$#; } # without a program of its own, which would be counted or not
count() { echo "\$(free_kb) \$(lsmod | wc -l) \$(cat /proc/domains | wc -l) \$(processes) \$(ls /sys/module | wc -l)"; }
sed -i '1i unload ** *' /etc/policy/mac_modules
for i in 1 2 3; do cycle; cycle isolated=cycles; done >/dev/null 2>&1; sleep 1; set -- \$(count)
for i in \$(seq $((CYCLES / 20))); do cycle; cycle isolated=cycles; done >/dev/null 2>/tmp/errors
sort /tmp/errors | uniq -c | head -n 3
flat() { # FREE_KB MODULES DOMAINS PROCESSES DIRECTORIES: as they are now. One process that was ending was perhaps counted at first.
	echo "\$* now, at first \$first"; set -- "\$@" \$first
	[ \$((\$6 - \$1)) -le 64 ] && [ "\$2 \$3 \$5" = "\$7 \$8 \${10}" ] && [ \$4 -le \$9 ] && echo flat
}
first="\$*"
for i in \$(seq 30); do sleep 1; flat \$(count) && break; done
END
ok "... and memory, modules, domains and processes are as they were" says flat
tap_done
