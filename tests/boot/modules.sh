#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Modules on our kernel, through busybox's, Debian's and our own tools: they work, and agree.
. tests/tap.sh

# guest COMMANDS [OPTION...]: what they print is in out; the kernel is the one that checks its use of locks.
guest() {
	_commands=$1
	shift
	O=$O timeout -k 5 400 kernel/vm --debug --machine microvm --cpus 2 "$@" -c "$_commands" >"$T/out" 2>&1
	_status=$?
	cat "$T/out"
	return $_status
}

# says TEXT: it was printed, as a line of its own.
says() {
	grep -qxF -- "$1" "$T/out"
}

# Each family of tools does the same; the headers of lsmod are their own.
cat >"$T/family" <<'END'
dmesg -n 1
modprobe params number=5
lsmod | sed 1d | awk '{ $1 = $1; print }'
modprobe export-b
lsmod | sed 1d | awk '{ $1 = $1; print }'
rmmod export_a 2>/dev/null || echo "in use"
modinfo -F description export-b
modinfo -F depends export-b
modprobe -r export-b
modprobe -r params
rmmod params 2>/dev/null || echo "not there"
insmod /lib/modules/$(uname -r)/kernel/examples/hello.ko
insmod /lib/modules/$(uname -r)/kernel/examples/hello.ko 2>/dev/null || echo "there already"
insmod /refused/missing-symbol.ko 2>/dev/null || echo "refused"
modprobe nosuch 2>/dev/null || echo "no such module"
rmmod hello
rmmod runtime
lsmod | sed 1d
END
cat >"$T/commands" <<END
mkdir /tmp/busybox
for i in insmod rmmod lsmod modprobe modinfo; do ln -s /bin/busybox /tmp/busybox/\$i; done
cat >/tmp/family <<'EOF'
$(cat "$T/family")
EOF
for i in /tmp/busybox /sbin /usr/lib/tenon/bin; do echo "== \$i"; PATH=\$i:/bin:/usr/bin sh /tmp/family; done
END
ok "busybox's, Debian's and our own insmod, modprobe, lsmod, modinfo and rmmod run" guest "$(cat "$T/commands")"
for family in /tmp/busybox /sbin /usr/lib/tenon/bin; do
	sed -n "\\,^== $family\$,,/^== /p" "$T/out" | grep -v '^==' >"$T/$(echo $family | tr / _)"
done
ok "... all of it" grep -qx "no such module" "$T/_sbin"
ok "... busybox's and Debian's agree" diff "$T/_tmp_busybox" "$T/_sbin"
ok "... Debian's and our own agree" diff "$T/_sbin" "$T/_usr_lib_tenon_bin"

ok "tenon load, why, why-not and unload run" guest '
	tenon load hello && tenon why hello | head -n 1 | cut -d, -f1 && tenon why-not params && tenon unload hello; lsmod | sed 1d'
ok "... why says that it is loaded" says "hello: loaded"
ok "... why-not that nothing is in the way" says "params (params): nothing is in the way"

ok "/sys/module has what a module has" guest '
	modprobe params number=7 list=1,2,3; cd /sys/module/params
	for i in refcnt initstate taint parameters/number parameters/list parameters/enabled; do echo "$i=$(cat $i)"; done
	echo 0x10 >parameters/number && echo "now $(cat parameters/number)"
	echo x >parameters/number 2>/dev/null || echo "no number"; echo 3000000000 >parameters/number 2>/dev/null || echo "too large"
	echo on >parameters/enabled && cat parameters/enabled; echo 1 >parameters/big 2>/dev/null; echo "big=$(cat parameters/big)"
	ls ../runtime/holders; cat sections/.data | cut -c1-10; ls -a notes | tail -n 1
	grep -c "params_exit.*\[params\]" /proc/kallsyms; rmmod params; cat refcnt 2>/dev/null || echo gone; ! ls -d /sys/module/params 2>/dev/null'
for line in "refcnt=0" "initstate=live" "taint=" "parameters/number=7" "parameters/list=1,2,3" "parameters/enabled=N" "now 16" \
	"no number" "too large" "Y" "params" "0xffffffff" ".note.gnu.build-id" "big=0" "1" "gone"; do
	ok "... $line" says "$line"
done

# The type of the first parameter is a number that no type has.
mkdir "$T/files"
cp "$O/modules/x86_64/examples/params.ko" "$T/files/"
table=$(readelf -SW "$T/files/params.ko" | sed -n 's/.* __param  *PROGBITS  *[0-9a-f]* \([0-9a-f]*\).*/\1/p')
printf '\377\177' | dd of="$T/files/params.ko" bs=1 seek=$((0x$table + 28)) conv=notrunc 2>/dev/null
(cd "$T/files" && echo params.ko | cpio --quiet -o -H newc) >"$T/files.cpio"
ok "a parameter of no type" guest 'shown() { cat /sys/module/params/parameters/* >/dev/null; ls /sys/module/params/parameters | wc -l; }
modprobe params; all=$(shown); rmmod params
for i in "" isolated=odd; do insmod /params.ko $i; echo "$(($all - $(shown))) less"; rmmod params; done' --archive "$T/files.cpio"
ok "... is not shown, the others are" [ "$(grep -cx "1 less" "$T/out")" = 2 ]

ok "modules that come and go are announced" guest '
	uevent env >/tmp/events 2>&1 & sleep 1; modprobe hello; rmmod hello; sleep 1; kill $!
	grep -aE "^(ACTION|DEVPATH|SUBSYSTEM)=" /tmp/events | xargs -n 3 | grep module/hello'
for action in add remove; do
	ok "... as by Linux: $action" says "ACTION=$action DEVPATH=/module/hello SUBSYSTEM=module"
done

ok "signatures can be enforced, and then nothing unsigned loads" guest '
	dmesg -n 1; cat /sys/module/module/parameters/sig_enforce; echo 1 >/sys/module/module/parameters/sig_enforce
	(cat /lib/modules/$(uname -r)/kernel/runtime.ko; echo) >/tmp/runtime.ko # then it has no signature
	insmod /tmp/runtime.ko 2>/dev/null || echo refused
	echo 0 >/sys/module/module/parameters/sig_enforce 2>/dev/null || echo "for ever"; lsmod | sed 1d'
for line in N refused "for ever"; do
	ok "... $line" says "$line"
done

ok "opening a device that is not there asks for it, once for all" guest '
	dmesg -n 1; modprobe runtime
	mkdir -p /etc/modprobe.d; echo "alias devname:wanted hello" >/etc/modprobe.d/wanted.conf
	for i in 1 2 3 4 5 6; do cat /dev/wanted 2>/dev/null & done; wait
	lsmod | grep -c ^hello; dmesg | grep -c "hello: loaded"
	cat /dev/other 2>/dev/null || echo "no other"; dmesg | grep -c "module devname:other, for cat"'
ok "... it was loaded, once" [ "$(grep -cx 1 "$T/out")" = 3 ]
ok "... one line says who asked for what there is not" says "no other"

ok "a module asks for others: by name, by alias, into its domain" guest '
	dmesg -n 1; cd /lib/modules/$(uname -r)/kernel/faulty
	for i in ramdisk syscall-reverse nosuch; do
		insmod request-any.ko name=$i 2>/dev/null; dmesg -c | sed -n "s/.*request_any: asked/asked/p" | tail -n 1; rmmod request_any 2>/dev/null
	done
	lsmod | sed "1d; s/ .*//" | sort | xargs echo there:; rmmod ramdisk
	insmod request-any.ko name=ramdisk isolated=asks; rmmod request_any; cut -d" " -f1,2 /proc/domains; ls /dev/ram0'
for line in "asked for ramdisk: 0" "asked for syscall-reverse: 0" "asked for nosuch: -2" "there: ramdisk reverse runtime" "asks alive" /dev/ram0; do
	ok "... $line" says "$line"
done

# Faults of modules in the kernel's own domain are detected and named.
ok "faults in the kernel's own domain end the module" guest '
	dmesg -n 1
	for what in null_write wild_read const_write text_write data_jump divide illegal; do
		modprobe fault what=$what when=init 2>/dev/null; modprobe fault what=$what when=read && cat /dev/fault 2>/dev/null
		echo "$what $(dmesg | grep -c "fault: .*quarantined"), now $(lsmod | grep -c "^fault")"; dmesg -c >/dev/null; done'
for what in null_write wild_read const_write text_write data_jump divide illegal; do
	ok "... $what" grep -q "^$what [23], now 0" "$T/out"
done
ok "the function is named" guest 'dmesg -n 1; modprobe fault what=null_write when=read; cat /dev/fault 2>/dev/null; dmesg'
ok "... with its callers" grep -q "^.*  null_write+0x[0-9a-f]* \[fault\]" "$T/out"
tap_done
