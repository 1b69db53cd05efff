#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# tenon why, why-not, what-if and graph on a machine of their own: /proc, /sys, /etc and a module tree below $M.
. tests/tap.sh
. tests/kmod/tree.sh

M=$T/machine
at=/lib/modules/$release
tenon() {
	on_machine "$M" "$tools/tenon" "$@"
}
# json NAME COMMAND ARGUMENT...: what `tenon COMMAND --json ...` prints goes to $T/NAME.json, and follows the schema.
json() {
	_to=$1
	_schema=$2
	shift 2
	tenon "$_schema" --json "$@" >"$T/$_to.json"
	_status=$?
	python3 tests/kmod/json_check.py valid "$T/$_to.json" "$_schema" && return $_status
}
# holds NAME EXPRESSION: what is true of $T/NAME.json, as `a`.
holds() {
	python3 -c 'import json, sys; a = json.load(open(sys.argv[1])); sys.exit(not eval("(" + sys.argv[2] + ")"))' "$T/$1.json" "$2" ||
		{ cat "$T/$1.json"; return 1; }
}
says() { # TEXT ARGUMENT...
	_text=$1
	shift
	tenon "$@" 2>&1 | grep -F -- "$_text"
}
put() { # PATH LINE...
	mkdir -p "$M/$(dirname "$1")"
	_path=$M/$1
	shift
	printf '%s\n' "$@" >"$_path"
}
# device PATH UEVENT-LINE...: DRIVER=bus/driver/module makes the links, too.
device() {
	_device=sys/devices/$1
	shift
	put "$_device/uevent" "$@"
	for _line; do
		case $_line in
		DRIVER=*)
			_driver=sys/bus/x/drivers/${_line#DRIVER=}
			mkdir -p "$M/$_driver"
			ln -sfn "$M/$_driver" "$M/$_device/driver"
			;;
		esac
	done
}

mkdir -p "$M$at/kernel" "$M/sys/module/ext4" "$M/proc/42/fd" "$M/dev" "$M/sys/dev/char" "$M/sys/class/net"
for module in fs/ext4/ext4 fs/jbd2/jbd2 fs/mbcache lib/crc16 fs/fuse/fuse fs/fuse/cuse net/9p/9pnet \
	drivers/net/ethernet/intel/e1000e/e1000e; do
	cp "$debian/kernel/$module.ko" "$M$at/kernel/"
done
cp "$debian/modules.builtin" "$debian/modules.builtin.modinfo" "$M$at/"
"$tools/depmod" -b "$M" "$release"
put proc/modules "ext4 983040 5 - Live 0x0000000000000000 (E)" "jbd2 167936 1 ext4, Live 0x0000000000000000" \
	"mbcache 16384 1 ext4, Live 0x0000000000000000" "crc16 16384 1 ext4, Live 0x0000000000000000" \
	"elsewhere 4096 2 - Live 0xffffffffc0000000 (POE)"
put proc/mounts "/dev/sda1 / ext4 rw 0 0" '/dev/sdb1 /a\040"b\134 ext2 rw 0 0' "proc /proc proc rw 0 0"
put proc/net/protocols "protocol  size sockets  memory press maxhdr  slab module     cl co" \
	"JBD       1240      3      -1   NI       0   yes  jbd2        y  n"
put proc/crypto "name         : crc32c" "driver       : crc32c-x" "module       : crc16" "refcnt       : 3" "" \
	"name         : other" "module       : kernel" "refcnt       : 9"
put proc/self/status "Name: x" "CapEff:	000001ffffffffff"
put proc/cmdline "quiet modprobe.blacklist=cuse module_blacklist=9pnet,foo"
put proc/42/comm "keeper of files"
ln -s /dev/null "$M/proc/42/fd/7"
put etc/modprobe.d/a.conf "# policy" "blacklist e1000e" "options ext4 max=1" "softdep fuse pre: crc16 post: mbcache" \
	'install cuse /bin/false' "alias my-net* e1000e"
device pci0000:00 "NOTHING=1"
device pci0000:00/0000:00:02.0 PCI_ID=1 "MODALIAS=pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00"
device pci0000:00/0000:00:02.0/net/eth0 INTERFACE=eth0
device pci0000:00/0000:00:03.0 "DRIVER=ext4_driver" "MODALIAS=my-net-5"
mkdir -p "$M/sys/module/ext4"
ln -s "$M/sys/module/ext4" "$M/sys/bus/x/drivers/ext4_driver/module"
ln -s ../../devices/pci0000:00/0000:00:02.0/net/eth0 "$M/sys/class/net/eth0"
ln -s ../../devices/pci0000:00/0000:00:03.0 "$M/sys/dev/char/1:3"

# why
ok "why, of what is loaded" json why why ext4
ok "... its state" holds why 'a[0]["loaded"]["refcount"] == 5 and a[0]["loaded"]["taint"] == "E" and a[0]["path"].endswith("/ext4.ko")'
ok "... since when" holds why 'a[0]["since"].endswith("Z")'
ok "... its mounts, by aliases too, with blanks" holds why \
	'[(u["what"], u["by"]) for u in a[0]["uses"] if u["kind"] == "mount"] == [("/", "/dev/sda1"), ("/a \"b\\", "/dev/sdb1")]'
ok "... who has its nodes open" holds why \
	'[(u["pid"], u["by"], u["what"]) for u in a[0]["uses"] if u["kind"] == "file"] == [(42, "keeper of files", "/dev/null")]'
ok "... its devices" holds why '[(d["path"], d["driver"], d["bound"]) for d in a[0]["devices"]] == [("/sys/devices/pci0000:00/0000:00:03.0", "ext4_driver", True)]'
ok "... its configuration" holds why '[(c["directive"], c["value"], c["file"], c["line"]) for c in a[0]["configuration"]
	if c["directive"] == "options"] == [("options", "max=1", "/etc/modprobe.d/a.conf", 3)]'
ok "why, of what others use" json why2 why jbd2 crc16
ok "... holders and sockets" holds why2 '[(u["kind"], u["what"], u["count"]) for u in a[0]["uses"]] == [("module", "ext4", 1), ("socket", "JBD", 3)]'
ok "... algorithms" holds why2 '("crypto", "crc32c", 2) in [(u["kind"], u["what"], u["count"]) for u in a[1]["uses"]]'
ok "... who depends on it, and is loaded" holds why2 'a[0]["dependants"] == [{"module": "ext4", "loaded": True}]'
ok "... who has it as softdep" holds why2 '[(s["module"], s["kind"], s["line"]) for s in a[1]["softdeps"]] == [("fuse", "pre", 4)]'
ok "why, of what is not loaded" json why3 why e1000e
ok "... the devices that it would be for, and the pattern" holds why3 '[(d["path"][-4:], d["bound"], d["source"]) for d in a[0]["devices"]] ==
	[("02.0", False, "modules.alias"), ("03.0", False, "/etc/modprobe.d/a.conf:6")] and a[0]["devices"][0]["alias"].startswith("pci:v00008086d000010D3")'
ok "why, of a module that is in no tree" says "elsewhere: loaded, 4096 bytes, in use 2 times" why elsewhere
ok "why, of a built-in module" says "unix: built into the kernel" why unix
ok "why, by an alias" says "ext4: loaded" why fs-ext3
ok "why, of nothing" fails_with "no module or alias 'nothing'" tenon why nothing
ok "why, of no module" fails_with "which module?" tenon why

# why-not: each reason once, and nothing without one.
ok "why-not: nothing" json not why-not jbd2
ok "... is in the way" holds not 'not a[0]["stopped"] and [r["reason"] for r in a[0]["reasons"] if r["reason"] != "not-checked"] == ["loaded"]'
# reason ID [EXPRESSION]: stops the last thing asked, from where EXPRESSION of r (a reason) says.
asks() { # NAME WORD
	json "$1" why-not "$2"
	[ $? -eq 1 ]
}
reason() {
	holds "$1" "a[0]['stopped'] and [r for r in a[0]['reasons'] if r['stops'] and r['reason'] == '$2' and (${3:-True})]"
}
ok "why-not, a device whose driver is blacklisted" asks black /sys/class/net/eth0
ok "... where" reason black blacklist 'r["module"] == "e1000e" and r["file"] == "/etc/modprobe.d/a.conf" and r["line"] == 2'
ok "... but not by its name" says "e1000e (e1000e): nothing is in the way" why-not e1000e
ok "why-not, an install command" asks command cuse
ok "... where" reason command install 'r["line"] == 5 and "/bin/false" in r["text"]'
ok "... and the kernel's command line" holds command '("blacklist", "kernel command line") in [(r["reason"], r["file"]) for r in a[0]["reasons"]]'
ok "why-not, the kernel's own blacklist" asks kernel 9pnet
ok "... where" reason kernel kernel-blacklist 'r["file"] == "/proc/cmdline"'
ok "why-not, a word that nobody knows" asks unknown fusee
ok "... what it may be" holds unknown '"did you mean '"'fuse'"'?" in [r["text"] for r in a[0]["reasons"]]'
ok "why-not, an alias that nobody has" asks alias pci:v1234
ok "... says so" reason alias unknown '"no module has an alias" in r["text"]'
put etc/modprobe.d/b.conf "forbid mbcache"
put proc/modules "crc16 16384 1 ext4, Live 0x0000000000000000"
ok "why-not, a dependency that is forbidden" asks forbid ext4
ok "... where" reason forbid forbid 'r["module"] == "mbcache" and r["file"].endswith("b.conf") and r["line"] == 1'
put etc/modprobe.d/b.conf "" "allow ext4"
ok "why-not, a list of what is allowed" asks allow fuse
ok "... where" reason allow allow 'r["file"].endswith("b.conf") and r["line"] == 2'
rm "$M/etc/modprobe.d/b.conf"
mv "$M$at/kernel/fuse.ko" "$M$at/kernel/renamed.ko"
ok "why-not, a file that is gone" asks gone fuse
ok "... where" reason gone missing-file 'r["file"].endswith("/fuse.ko") and "run depmod" in r["text"]'
ok "why-not, the name of a file" asks suffix ext4.ko
ok "... is no reason to run depmod" holds suffix '"stale-index" not in [r["reason"] for r in a[0]["reasons"]]'
ok "why-not, a file that no index knows" asks stale renamed
ok "... where" reason stale stale-index 'r["file"].endswith("/renamed.ko")'
mv "$M$at/kernel/renamed.ko" "$M$at/kernel/fuse.ko"
sed 's/SMP preempt/SMP postmpt/' "$debian/kernel/fs/fuse/fuse.ko" >"$M$at/kernel/fuse.ko"
ok "why-not, a module for another kernel" asks magic fuse
ok "... the file" reason magic vermagic 'r["file"].endswith("/fuse.ko")'
echo nonsense >"$M$at/kernel/fuse.ko"
ok "why-not, a file that is no module" asks format fuse
ok "... the file" reason format format 'r["file"].endswith("/fuse.ko")'
objcopy --remove-section .note.gnu.property "$debian/kernel/fs/fuse/fuse.ko" "$M$at/kernel/fuse.ko"
ok "a module without a signature is not stopped" json unsigned why-not fuse
put sys/module/module/parameters/sig_enforce Y
ok "why-not, if signatures are required" asks sign fuse
ok "... it has none" reason sign signature
rm "$M/sys/module/module/parameters/sig_enforce"
put sys/kernel/security/lockdown "none [integrity] confidentiality"
ok "why-not, in lockdown" asks lock fuse
ok "... it has none" reason lock signature
ok "... and where that is" holds lock '"/sys/kernel/security/lockdown" in [r["file"] for r in a[0]["reasons"]]'
put sys/kernel/security/lockdown "[none] integrity confidentiality"
cp "$debian/kernel/fs/fuse/fuse.ko" "$M$at/kernel/fuse.ko"
cat >"$M/etc/modprobe.d/value.conf" <<'END' || exit
options fuse max_user_bgreq=x nosuch=1
END
ok "why-not, a value that is none" asks value fuse
ok "... which the kernel refuses" reason value parameter '"max_user_bgreq" in r["text"] and r["stops"]'
ok "... one that the module does not have it would not" holds value \
	'[r["stops"] for r in a[0]["reasons"] if "nosuch" in r["text"]] == [False]'
rm "$M/etc/modprobe.d/value.conf"
put proc/sys/kernel/modules_disabled 1
ok "why-not, if loading is switched off" asks off fuse
ok "... where" reason off modules-disabled 'r["file"] == "/proc/sys/kernel/modules_disabled"'
put proc/sys/kernel/modules_disabled 0
put proc/self/status "CapEff:	0000000000000000"
ok "why-not, without the capability" says "CAP_SYS_MODULE" why-not fuse
put proc/self/status "CapEff:	000001ffffffffff"
mv "$M/proc/modules" "$M/proc/none"
ok "why-not, in a kernel without modules" asks none fuse
ok "... says so" reason none no-modules
mv "$M/proc/none" "$M/proc/modules"
ok "... and with -d, the kernel is not asked" json other why-not -d "$M" fuse
# Devices.
put sys/devices/pci0000:00/0000:00:02.0/driver_override vfio-pci
put sys/devices/pci0000:00/0000:00:02.0/authorized 0
put sys/devices/pci0000:00/0000:00:02.0/subsystem/drivers_autoprobe 0
ok "why-not, a device with attributes" asks attributes /sys/devices/pci0000:00/0000:00:02.0
for id in driver-override not-authorized no-autoprobe; do
	ok "... $id" reason attributes $id
done
rm -r "$M/sys/devices/pci0000:00/0000:00:02.0/driver_override" "$M/sys/devices/pci0000:00/0000:00:02.0/authorized" \
	"$M/sys/devices/pci0000:00/0000:00:02.0/subsystem"
put proc/modules "e1000e 1 0 - Live 0x0"
ok "why-not, a device that its driver did not take" asks unbound /sys/class/net/eth0
ok "... says so" reason unbound not-bound
ok "why-not, a device that has a driver" says "the device has a driver: ext4_driver" why-not /sys/dev/char/1:3
ok "why-not, a path that is no device" asks path /sys/devices/nothing
ok "... says so" reason path no-device
put dev/fuse-not ""
ok "why-not, a node of a module" says "/dev/fuse (fuse): nothing is in the way" why-not /dev/fuse
ok "why-not, a node that does not exist" says "no module has an alias that matches 'devname:nothing'" why-not /dev/nothing
# Trees.
mv "$M$at/modules.dep.bin" "$M$at/moved"
ok "why-not, a tree without indexes" asks index fuse
ok "... what to run" reason index no-index '"run: depmod" in r["text"]'
mv "$M$at/moved" "$M$at/modules.dep.bin"
mv "$M$at" "$M/lib/modules/6.1.0-other"
ok "why-not, a kernel without a tree" asks tree fuse
ok "... says so" reason tree no-tree
ok "... and who has one" holds tree '[r["text"].endswith("have it: 6.1.0-other") for r in a[0]["reasons"] if r["reason"] == "other-tree"] == [True]'
mv "$M/lib/modules/6.1.0-other" "$M$at"
ok "why-not, of nothing" fails_with "which module or device?" tenon why-not

# Names that processes give themselves, and directories, do not speak to the terminal.
mkdir -p "$M/proc/42/fd" "$M/proc/modules.d"
printf 'x\033]0;owned\007\302\2331my\n' >"$M/proc/42/comm"
printf '/dev/sda1 /a\033[31mred ext4 rw 0 0\n' >"$M/proc/mounts"
put proc/modules "ext4 983040 5 - Live 0x0000000000000000 (E)"
tenon why ext4 >"$T/out" 2>&1
ok "why, and control characters" grep -qF 'process 42 (x?]0;owned???1my)' "$T/out"
ok "... in what is mounted" grep -qF '/a?[31mred' "$T/out"
ok "... none is printed" sh -c "! LC_ALL=C grep -q '[^[:print:][:space:]]' '$T/out'"
ok "... JSON has them" json why4 why ext4
ok "... as they are" holds why4 '"x\x1b]0;owned\x07\x9b1my" in [u["by"] for u in a[0]["uses"]]'

# Another tree: what runs here does not matter.
mkdir -p "$T/elsewhere/lib/modules/$release/kernel"
cp "$debian/kernel/fs/ext4/ext4.ko" "$debian/kernel/fs/jbd2/jbd2.ko" "$debian/kernel/fs/mbcache.ko" \
	"$debian/kernel/lib/crc16.ko" "$T/elsewhere/lib/modules/$release/kernel/"
"$tools/depmod" -b "$T/elsewhere" "$release" 2>/dev/null
echo nonsense >"$T/elsewhere/lib/modules/$release/kernel/ext4.ko"
ok "why-not, in another tree, of what is loaded here" fails_with "not a module" tenon why-not -d "$T/elsewhere" ext4

# A tree in which nothing is signed.
mkdir -p "$T/unsigned/lib/modules/$release/kernel"
objcopy -g "$debian/kernel/lib/crc16.ko" "$T/unsigned/lib/modules/$release/kernel/crc16.ko"
"$tools/depmod" -b "$T/unsigned" "$release" 2>/dev/null
mv "$M/lib/modules/$release" "$T/kept"
cp -a "$T/unsigned/lib/modules/$release" "$M/lib/modules/"
put proc/modules
ok "why-not, a module without a signature among its like" json bare why-not crc16
put sys/module/module/parameters/sig_enforce Y
ok "... if signatures are required" asks bare crc16
ok "... it has none" reason bare signature
rm -r "$M/sys/module/module/parameters/sig_enforce" "$M/lib/modules/$release"
mv "$T/kept" "$M/lib/modules/$release"

# A device that has its driver, and an alias that nobody knows.
device pci0000:00/0000:00:04.0 "DRIVER=ext4_driver" "MODALIAS=acpi:PNP0C02:"
ok "why-not, a device that has its driver" json bound why-not /sys/devices/pci0000:00/0000:00:04.0
ok "... nothing is in the way" holds bound 'not a[0]["stopped"]'

# Commands that do something behind nothing; the kernel's own blacklist, of which the last counts.
put etc/modprobe.d/a.conf 'install fuse /bin/true && modprobe -i fuse' 'install cuse true ;'
put proc/cmdline "module_blacklist=9pnet module_blacklist=crc-16,mbcache"
ok "why-not, a command that loads" json does why-not fuse
ok "why-not, one that does nothing" asks nothing cuse
ok "why-not, what the last module_blacklist does not name" json last why-not 9pnet
ok "... nor by another spelling" json last why-not crc16
ok "... what it names" asks named mbcache
ok "... is there" reason named kernel-blacklist

# A standard output that is closed or full.
for command in "graph --plan ext4" help --version "why --help" "check --help"; do
	ok "$command, and the disk is full" sh -c '! "$@" >/dev/full 2>/dev/null' - env LD_PRELOAD="$O/tests/shim/shim.so" \
		TENON_TEST_ROOT="$M" TENON_TEST_RELEASE="$release" ASAN_OPTIONS=verify_asan_link_order=0 \
		"$tools/tenon" $command
done
closed() {
	! tenon graph --plan ext4 >&-
}
ok "graph, and standard output is closed" closed
tap_done
