#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What a kernel that runs modules of others must hold, requirement by requirement: A1 to A11, and A13. A2 and A3, every changed
# bit and every length, are tests/trust/signature_test's, which has the same verifier.
. tests/tap.sh
. tests/boot/vm.sh

guest() { # WORDS <commands: what they print is in out
	{
		echo 'dmesg -n 1; cd /lib/modules/*/kernel; S=/sys/kernel/security
		state() { cat /proc/modules /proc/domains /sys/kernel/security/modules; ls /sys/module; wc -l </proc/kallsyms; }
		try() { state >/tmp/before; dmesg -c >/dev/null; insmod $1 2>&1 | sed "s/.*: /$2 /"; state | cmp -s - /tmp/before && echo "$2 left nothing"
			dmesg | sed -n "s/.*for insmod ([0-9]*): /$2: /p"; }'
		echo 'gone() { for i in $(seq 100); do lsmod | grep -q "^$1 " || break; sleep 0.1; done; lsmod | grep -c "^$1 "; }'
		cat
	} >"$T/commands"
	O=$O timeout -k 5 400 kernel/vm --debug --machine microvm --cpus 2 --archive "$T/archive" --append "$1" -c "$(cat "$T/commands")" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

says() {
	grep -qxF -- "$1" "$T/out"
}

all_said() { # REQUIREMENT <lines
	while read -r line; do ok "$1: $line" says "$line"; done
}

sign() { # KEY FILE
	"$O/modpost/modpost" --sign "$1.key" --cert "$1.pem" "$2"
}

# ---- files ---------------------------------------------------------------------------------------------------------------

ours=$O/keys/signing m=$T/files/m
mkdir -p "$m" "$T/versioned" "$T/files/etc/modprobe.d"
openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 9 -subj /CN=Nobody -keyout "$T/other.key" -out "$T/other.pem" 2>/dev/null
cat >"$T/versioned/versioned.c" <<'END'
#include "tenon/module.h"
static int __init begin(void) { return 0; }
static void __exit end(void) { }
module_init(begin);
module_exit(end);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_VERSION("1.10");
END
echo 'obj-m := versioned.o' >"$T/versioned/Kbuild"
ok "a module of version 1.10 is built" make -s O="$O" modules M="$T/versioned"
cp "$T/versioned/versioned.ko" "$m/" && sign "$ours" "$m/versioned.ko"
hello=$O/modules/x86_64/examples/hello.ko
cp "$hello" "$m/unsigned.ko"
cp "$hello" "$m/stranger.ko" && sign "$T/other" "$m/stranger.ko"
cp "$hello" "$m/good.ko" && sign "$ours" "$m/good.ko"
{ head -c 2000 "$m/good.ko"; printf x; tail -c +2002 "$m/good.ko"; } >"$m/changed.ko"
cp "$O/modules/x86_64/faulty/wrong-vermagic.ko" "$m/kernel.ko" && sign "$ours" "$m/kernel.ko"
sed 's/tenon-/tenon_/' "$O/modules/x86_64/examples/params.ko" >"$m/odd.ko" && sign "$ours" "$m/odd.ko"
{ head -c 18 "$hello"; printf '\267'; tail -c +20 "$hello"; } >"$m/cpu.ko" && sign "$ours" "$m/cpu.ko"
head -c 100000 /dev/zero | tr '\0' z >"$m/noise-unsigned.ko"
cp "$m/noise-unsigned.ko" "$m/noise.ko" && sign "$ours" "$m/noise.ko"
echo "forbid timer
revoke $(sha256sum <"$O/modules/x86_64/examples/export-b.ko" | cut -d ' ' -f 1)
revoke-version versioned 1.9" >"$T/files/etc/modules.policy"
cat >"$T/files/etc/modprobe.d/faulty.conf" <<'END'
alias devname:fault fault
options fault what=null_write when=read isolated=loops
END
echo "manual fault" >"$m/kept"
archive "$T/files" >"$T/archive"
key=$(openssl x509 -in "$ours.pem" -noout -ext subjectKeyIdentifier | sed -n 's/[: ]//g; 2p' | tr A-F a-f)
hash=$(sha256sum <"$hello" | cut -d ' ' -f 1)

# ---- A1, A4 to A7 --------------------------------------------------------------------------------------------------------

ok "signatures are enforced" guest signatures=enforce <<END
insmod runtime.ko; for i in unsigned stranger changed cpu kernel noise noise-unsigned; do try /m/\$i.ko \$i; done
try examples/timer.ko timer; try examples/export-b.ko revoked
insmod /m/versioned.ko && echo version 1.10 is loaded
# A4: another writes to the file while it is loaded.
cp /m/good.ko /tmp/m.ko; (while :; do cp /m/unsigned.ko /tmp/n.ko; cat /tmp/n.ko >/tmp/m.ko; cat /m/good.ko >/tmp/m.ko; done) & p=\$!
good=0 refused=0; for i in \$(seq 60); do insmod /tmp/m.ko 2>/dev/null && good=\$((good + 1)) && cat /sys/module/hello/taint && rmmod hello || refused=\$((refused + 1)); done
kill \$p; [ \$((good + refused)) = 60 ] && echo each whole or not at all
# A6
for i in warn off; do echo \$i >/sys/module/module/parameters/signatures || echo not \$i; done 2>/dev/null
echo none >\$S/lockdown 2>/dev/null || echo not unlocked; cat \$S/lockdown; find / -xdev -name '*key*' -perm -200 -path '/sys/*' -o -xdev -path '/proc/sys/*key*' | grep -c .
echo "allow good" >\$S/modules 2>/dev/null || echo nothing is allowed later; : >\$S/modules; rm /etc/modules.policy; try examples/timer.ko again
# A7: what is loaded, too.
echo "revoke-version versioned 1.9" >\$S/modules; sleep 1; lsmod | grep -c versioned; echo "revoke-version versioned 1.10" >\$S/modules; gone versioned
try /m/versioned.ko version; insmod examples/hello.ko; echo "revoke $hash" >\$S/modules; gone hello; try /m/good.ko hash
insmod examples/chardev.ko; exec 3<>/dev/upper; echo "revoke-key $key" >\$S/modules; sleep 1; lsmod | grep -c ^chardev; dmesg | grep -o 'chardev: is revoked, and loaded'
try examples/params.ko key; cat \$S/modules
END
all_said A1 <<'END'
unsigned Key was rejected by service
stranger Key was rejected by service
changed Key was rejected by service
cpu invalid module format
kernel Invalid argument
timer Operation not permitted
revoked Key was rejected by service
unsigned: module: no signature, and unsigned modules are refused
stranger: module: signed with a key that is not trusted
changed: module: signature does not match the file's content
timer: timer: refused by policy (forbidden)
revoked: module: revoked, by key or by content
version 1.10 is loaded
END
for i in unsigned stranger changed cpu kernel timer revoked; do ok "A1: $i left nothing" says "$i left nothing"; done
ok "A4: what is verified is what is loaded" says "each whole or not at all"
ok "A4: and nothing unsigned got in" not grep -qx E "$T/out"
ok "A5: before the signature nothing else is looked at" says "noise-unsigned: module: no signature, and unsigned modules are refused"
ok "A5: behind it, all is" says "noise: module: not a module: no ELF magic number"
all_said A6 <<'END'
not warn
not off
not unlocked
none [integrity]
nothing is allowed later
again Operation not permitted
END
all_said A7 <<'END'
version Key was rejected by service
hash Key was rejected by service
key Key was rejected by service
chardev: is revoked, and loaded
revoke-version versioned 1.10
END
ok "A7: what was loaded has gone, unless it is used" [ "$(grep -cx 0 "$T/out") $(grep -cx 1 "$T/out")" = "3 2" ]

# ---- A8 to A11, A13 ------------------------------------------------------------------------------------------------------

ok "modules are contained" guest "domain_compute_ms=1500" <<'END'
insmod runtime.ko
for i in $(find . -name '*.ko' ! -path '*faulty*'); do insmod $i 2>/dev/null; done; lsmod | wc -l; for i in 1 2 3 4 5 6; do lsmod | sed '1d; s/ .*//' | grep -v '^mac_\|runtime' | xargs -r -n 1 rmmod 2>/dev/null; done
insmod faulty/confuse.ko what=gate_none isolated=harm when=write; echo now >/dev/confuse 2>/dev/null; sleep 1; dmesg | grep -o 'a call of a function that no module is bound to' | sort -u
# A11
insmod faulty/leak.ko memory=3 timer=2 device=1 mutex=1 event=1 buffer=1 arena=1; dmesg -c >/dev/null; rmmod leak; dmesg | grep -c 'left behind'; cat /proc/domains; ls /dev/leak* 2>/dev/null
# A13
for i in 1 2 3; do cat /dev/fault 2>/dev/null; while grep -q ^loops /proc/domains; do sleep 0.1; done; done; cat $S/modules; cat /dev/fault 2>/dev/null || echo no fourth time
dmesg | grep -o 'fault: has faulted.*'; dmesg | grep -o 'fault: refused by policy (.*'; insmod faulty/fault.ko what=none && echo by hand && rmmod fault
# A10
dmesg -c >/dev/null; mkdir -p /etc/policy; echo 'request * /bin/busybox net-pf-1
load kernel *' >/etc/policy/mac_modules; cat $S/mac_modules; modprobe -q nothing; mount -t ext2 x /mnt 2>/dev/null; ls /dev/none 2>/dev/null
cat /dev/net-pf-1 /dev/x 2>/dev/null; dmesg | sed -n 's/.*\(policy mac_modules: refused: request .*\) ([0-9]*)/\1/p'
dmesg -c >/dev/null; for i in $(seq 60); do mount -t ext2 x /mnt 2>/dev/null; done; dmesg | grep -c refused
echo 1 >/proc/sys/kernel/modules_disabled; echo 0 >/proc/sys/kernel/modules_disabled 2>/dev/null || echo off for ever; insmod examples/hello.ko 2>/dev/null || echo none more; cat /proc/sys/kernel/modules_disabled
END
ok "A8: a function that a module does not import it cannot call" says "a call of a function that no module is bound to"
ok "A9: with each load of each module the page table was walked" grep -qx '[23][0-9]' "$T/out"
all_said A10 <<'END'
active
policy mac_modules: refused: request fs-ext2, for /bin/busybox, user 0
policy mac_modules: refused: request devname:net-pf-1, for /bin/busybox, user 0
off for ever
none more
END
ok "A11: what a module has is taken back, and named" grep -qx '[1-9]' "$T/out"
all_said A13 <<'END'
manual fault
no fourth time
fault: has faulted 3 times, and is loaded on need no more
fault: refused by policy (not on need)
by hand
END
ok "A13: it survives a restart, as a line that is kept" guest "lockdown=integrity" <<'END'
cat >$S/modules </m/kept; cat /dev/fault 2>/dev/null || echo not on need; grep manual $S/modules; cat $S/lockdown; insmod /m/unsigned.ko 2>/dev/null || echo locked
END
all_said A13 <<'END'
not on need
manual fault
END
ok "A6: locked from the start" [ "$(grep -cx 'none \[integrity\]\|locked' "$T/out")" = 2 ]
ok "A13: a safe boot loads none" guest nomodules <<'END'
insmod runtime.ko 2>/dev/null || echo none; cat /dev/vda 2>/dev/null || echo nor on need; cat /proc/modules | wc -l
END
ok "A13: none" [ "$(grep -cx 'none\|nor on need\|0' "$T/out")" = 3 ]
tap_done
