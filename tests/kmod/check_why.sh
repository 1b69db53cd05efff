#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Why the kernel refused: for each error the cause is found, in the file, the tree, or the kernel's state, which is
# that of a machine of files.
. tests/tap.sh
. tests/kmod/tree.sh

symvers=$debian_root/usr/src/linux-headers-$release/Module.symvers
[ -e "$symvers" ] || skip_all "the headers of Debian's kernel are not there"
tree "$T/other"
/sbin/depmod -b "$T/other" "$release"
mkdir -p "$T/other/usr/src/linux-headers-$release"
cp "$symvers" "$T/other/usr/src/linux-headers-$release/"
ext4=$debian/kernel/fs/ext4/ext4.ko
e1000e=$debian/kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko

# The machine: /sys/module, /sys/kernel/security, and files of /proc.
m=$T/machine
mkdir -p "$m/sys/module/module/parameters" "$m/sys/kernel/security" "$m/proc/self" "$m/proc/sys/kernel" "$m/proc/net"
echo 0 >"$m/proc/sys/kernel/modules_disabled"
: >"$m/proc/modules"
printf 'Name:\tx\nCapEff:\t000001ffffffffff\n' >"$m/proc/self/status"
state() { # NAME STATE REFCOUNT [HOLDERS]: a module is loaded; HOLDERS as in /proc/modules: "one,two,"
	mkdir -p "$m/sys/module/$1/holders"
	echo "$2" >"$m/sys/module/$1/initstate"
	echo "$3" >"$m/sys/module/$1/refcnt"
	echo "$1 4096 $3 ${4:--} Live 0x0" >>"$m/proc/modules"
}
alter() {
	python3 tests/kmod/check_alter.py "$@"
}
# says LINE... -- insert|delete FILE|NAME ERROR [PARAMETERS]: these lines and no other
says() {
	: >"$T/expected"
	while [ "$1" != -- ]; do
		echo "$1" >>"$T/expected"
		shift
	done
	shift
	on_machine "$m" "$O/tests/kmod/why_failed" "$T/other/lib/modules/$release" "$@" >"$T/out" && diff "$T/expected" "$T/out"
}
package="take the module of this kernel's own package, or build it for this kernel"
anew="it is built for another kernel: take the one of this kernel's package, or rebuild it"

# Loading.
ok "ENOENT: what it needs is not loaded" says "modules that it needs are not loaded: jbd2 mbcache crc16" \
	"load them first: modprobe -a jbd2 mbcache crc16" -- insert "$ext4" ENOENT
in_tree=$T/other/lib/modules/$release/kernel/fs/ext4/ext4.ko
ok "... a module of the tree" says "modules that it needs are not loaded: jbd2 mbcache crc16" \
	"modprobe loads them too; or load them first, with insmod" -- insert "$in_tree" ENOENT
alter "$ext4" "$T/dep.ko" text depends=jbd2, depends=jbd9,
ok "... a module that is not in the tree" says "it needs the module jbd9, which is not in $T/other/lib/modules/$release" \
	"install the package that has it, and run depmod; or take the module of this kernel's own package" \
	"modules that it needs are not loaded: mbcache crc16" "load them first: modprobe -a mbcache crc16" -- \
	insert "$T/dep.ko" ENOENT
for name in jbd2 mbcache; do
	state $name live 1
done
mkdir -p "$m/sys/module/crc16/parameters"
alter "$ext4" "$T/name.ko" rename kfree kfrex
ok "... a symbol that nothing exports" says "kfrex: nothing exports it" "$package" -- insert "$T/name.ko" ENOENT
cp "$ext4" "$T/names.ko"
: >"$T/missing"
for name in kfree strlen memcpy memset kstrdup strcmp strncmp memcmp; do
	alter "$T/names.ko" "$T/names2.ko" rename $name $(echo $name | tr a-z b-za) 2>/dev/null && mv "$T/names2.ko" "$T/names.ko" &&
		echo $name | tr a-z b-za >>"$T/missing"
done
all_named() {
	on_machine "$m" "$O/tests/kmod/why_failed" "$T/other/lib/modules/$release" insert "$T/names.ko" ENOENT >"$T/out"
	[ "$(wc -l <"$T/missing")" -gt 6 ] && sed -n 's/symbols that nothing exports: //p' "$T/out" | tr ' ' '\n' | sort >"$T/named" &&
		sort "$T/missing" | diff - "$T/named"
}
ok "... several: all are named" all_named
ok "... nothing is found" says \
	"the kernel knows no symbol of a name that it needs: dmesg has it, after 'Unknown symbol'" -- insert "$ext4" ENOENT
bad=$(alter "$ext4" "$T/crc.ko" crc kfree)
good=$(awk -F '\t' '$2 == "kfree" { print $1 }' "$symvers")
checksum="kfree: it is built for checksum $bad, that of the kernel is $good"
ok "EINVAL: a checksum" says "$checksum" "$anew" -- insert "$T/crc.ko" EINVAL
ok "... a parameter" says "copybreak: 'x' is no value of the type uint" "modinfo -p $e1000e shows the parameters" -- \
	insert "$e1000e" EINVAL copybreak=x
ok "... the module itself, which has no such parameter: the kernel lets that be" says \
	"the module's own start found a value wrong; its parameters are: debug=1: dmesg may have what it said" \
	-- insert "$ext4" EINVAL debug=1
ok "ENOEXEC: a checksum" says "$checksum" "$package ($release)" -- insert "$T/crc.ko" ENOEXEC
alter "$ext4" "$T/magic.ko" text "vermagic=$release SMP" "vermagic=$release SMX"
magic=$(modinfo -F vermagic "$T/magic.ko")
ok "... vermagic" says "its vermagic is '$magic', the kernel's '$(modinfo -F vermagic "$ext4")'" \
	"$package ($release)" -- insert "$T/magic.ko" ENOEXEC
alter "$ext4" "$T/cpu.ko" machine 183
ok "... another CPU" says "it is for AArch64 (64 bits), the kernel for x86-64 (64 bits)" "$package ($release)" -- \
	insert "$T/cpu.ko" ENOEXEC
alter "$debian/kernel/lib/crc8.ko" "$T/mine.ko" text name=crc8 name=crc9
state crc8 live 0
ok "... a symbol that is there already" says "crc8_populate_msb: the module crc8, which is loaded, exports it too" \
	"crc8_populate_lsb: the module crc8, which is loaded, exports it too" \
	"crc8: the module crc8, which is loaded, exports it too" \
	"only one of them can be loaded: unload the other first" -- insert "$T/mine.ko" ENOEXEC

alter "$ext4" "$T/unsigned.ko" unsign
sign="take the module of the kernel's own package, or sign it with a key that the kernel has"
sign="$sign (sign-file; mokutil --import makes one known)"
signer=$(modinfo -F signer "$ext4")
ok "EKEYREJECTED: no signature" says "it has no signature that can be read" "$sign" -- \
	insert "$T/unsigned.ko" EKEYREJECTED
echo Y >"$m/sys/module/module/parameters/sig_enforce"
ok "... which the kernel wants" says "it has no signature that can be read" \
	"the kernel takes only modules signed with a key that it has (sig_enforce: Y, lockdown: none)" "$sign" -- \
	insert "$T/unsigned.ko" EKEYREJECTED
echo 'none [integrity] confidentiality' >"$m/sys/kernel/security/lockdown"
ok "ENOKEY: a key that the kernel does not have" says \
	"it is signed by '$signer' (sha256), but the kernel does not have this key, or the file is changed" \
	"the kernel takes only modules signed with a key that it has (sig_enforce: Y, lockdown: integrity)" "$sign" -- \
	insert "$ext4" ENOKEY
ok "EPERM: lockdown" says "the kernel is locked down (integrity), as with Secure Boot: it takes signed modules only" \
	"it has no signature that can be read" \
	"the kernel takes only modules signed with a key that it has (sig_enforce: Y, lockdown: integrity)" "$sign" -- \
	insert "$T/unsigned.ko" EPERM
echo '[none] integrity confidentiality' >"$m/sys/kernel/security/lockdown"
ok "... another policy" says "a security policy of the kernel forbids it: dmesg or the audit log has the details" -- \
	insert "$ext4" EPERM
echo 'quiet module_blacklist=fuse module-blacklist="fat,ext4" -- module_blacklist=fuse' >"$m/proc/cmdline"
ok "... module_blacklist=" says "the kernel was started with module_blacklist=, which names ext4 (/proc/cmdline)" \
	"take the name out of the kernel's command line, and restart" -- insert "$ext4" EPERM
: >"$m/proc/cmdline"
echo 1 >"$m/proc/sys/kernel/modules_disabled"
ok "... modules are switched off" says \
	"the kernel loads and unloads no modules any more (/proc/sys/kernel/modules_disabled is 1)" \
	"restart the computer, and load the module before that is set" -- insert "$ext4" EPERM
echo 0 >"$m/proc/sys/kernel/modules_disabled"
sed -i 's/^CapEff:.*/CapEff:\t0000000000000000/' "$m/proc/self/status"
ok "... a container" says "this process is root without CAP_SYS_MODULE, as in a container: do it outside" -- \
	delete jbd2 EPERM
loaded="jbd2 is loaded already; what can be changed of it is in /sys/module/jbd2/parameters"
ok "EEXIST" says "$loaded, the rest by unloading it first" -- insert "$debian/kernel/fs/jbd2/jbd2.ko" EEXIST
ok "... built in" says "crc16 is built into the kernel; its parameters are set on the kernel's command line" \
	-- insert "$debian/kernel/lib/crc16.ko" EEXIST
ok "ENODEV" says "the driver found no device that it could serve: it is not there, switched off, or not of this kind" \
	-- insert "$ext4" ENODEV
ok "another error" says "the module's own start failed (Input/output error): dmesg has what it said" -- \
	insert "$ext4" EIO
ok "a file that is gone" says "$T/gone.ko cannot be read: No such file or directory" \
	"if the tree has changed, run depmod; if it is another kernel's, start the kernel that is installed" \
	-- insert "$T/gone.ko" ENOENT

# Unloading.
ok "ENOENT" says "ext4 is not loaded: lsmod shows what is" -- delete ext4 ENOENT
ok "... built in" says "crc16 is built into the kernel and cannot be unloaded" -- delete crc16 ENOENT
state held live 2 user_a,user_b,
ok "EWOULDBLOCK: holders" says "modules that use it: user_a user_b" \
	"unload these first (modprobe -r --remove-holders held does)" -- delete held EAGAIN
state used live 3
ok "... nobody knows whom" says "it is in use, 3 times, and the kernel does not show by whom" \
	"tenon why used shows what is known; stop what uses its devices, file systems or protocols" -- delete used EAGAIN
state stays live 0
ok "EBUSY: it stays" says "the module is made to stay: it has no function that ends it" \
	"it goes when the computer restarts" -- delete stays EBUSY
state moves going 0
ok "... it goes" says "it is being loaded or unloaded this moment" \
	"wait until that is done; if it never ends, the module hangs and a restart is needed (see dmesg)" -- delete moves EBUSY
tap_done
