# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of libkmod.so.2, to be read with `.` after tap.sh and kmod/tree.sh. Makes a machine below $T/machine whose
# kernel is that of tests/shim; its module tree, $modules, is Debian's. both() runs a program with Debian's library and
# with ours.

theirs=$(ldconfig -p | awk '$1 == "libkmod.so.2" { print $NF; exit }')
[ -n "$theirs" ] || skip_all "Debian's libkmod2 is not installed"
ours=$O/libkmod/asan
programs=$O/tests/libkmod
sanitizers=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)

tree "$T/base"
/sbin/depmod -b "$T/base" "$release"
modules=$T/base/lib/modules/$release

loaded() { # NAME HOLDER...
	_dir=$T/machine.new/sys/module/$1
	shift
	mkdir -p "$_dir/holders" "$_dir/sections"
	echo live >"$_dir/initstate"
	echo $# >"$_dir/refcnt"
	echo 4096 >"$_dir/coresize"
	echo 0xffffffffc0001000 >"$_dir/sections/.text"
	for _holder; do
		ln -s "../../$_holder" "$_dir/holders/$_holder"
	done
}

mkdir -p "$T/machine.new/proc" "$T/machine.new/etc/modprobe.d" "$T/machine.new/lib/modules" \
	"$T/machine.new/sys/module/comingmod" "$T/machine.new/sys/module/going"
ln -s "$modules" "$T/machine.new/lib/modules/$(uname -r)"
loaded jbd2 ext4
loaded mbcache ext4
loaded ext4
echo going >"$T/machine.new/sys/module/going/initstate"
cat >"$T/machine.new/proc/modules" <<-END
	ext4 1048576 0 - Live 0x0000000000000000
	jbd2 196608 1 ext4, Live 0xffffffffc0000000
	mbcache 16384 1 ext4, Live 0xffffffffc0100000
END
echo "root=/dev/sda nls_utf8.x=3 modprobe.blacklist=floppy quiet" >"$T/machine.new/proc/cmdline"
# What the two are to differ in is left out: several softdep lines are merged here (btrfs has some in modules.softdep),
# and libkmod 30 prints no space before "post:".
cat >"$T/machine.new/etc/modprobe.d/test.conf" <<-END
	alias myfs ext4
	alias myfs-* xfs
	alias net-pf-* af_packet
	options ext4 a=1 b="x y"
	options myfs c=3
	options jbd2 dbg=3
	install snd-hda-intel /bin/false \$CMDLINE_OPTS; true \$CMDLINE_OPTS
	install onlycommand fails
	remove foo /bin/true
	blacklist mbcache
	blacklist e1000
	softdep usb-storage pre: nls_utf8
	softdep e1000 post: crc32c
END

# with NAME LIBRARIES PRELOADED COMMAND...: what the command prints, its status and its calls to the kernel, in $T/NAME;
# messages of the program, not of the library, in $T/NAME.err.
with() {
	_to=$1 _libraries=$2 _preloaded=$3
	shift 3
	rm -rf "$T/machine"
	cp -a "$T/machine.new" "$T/machine"
	LD_LIBRARY_PATH=$_libraries TENON_TEST_ROOT=$T/machine TENON_TEST_FAIL=insert:libcrc32c:12 \
		TENON_TEST_PATHS=/proc/modules:/proc/cmdline:/sys/module:/etc:/run:/lib:/usr/lib \
		LD_PRELOAD=$_preloaded$O/tests/shim/shim.so "$@" >"$T/$_to" 2>"$T/err"
	echo "status $?" >>"$T/$_to"
	cat "$T/machine/log" >>"$T/$_to" 2>/dev/null
	grep -v '^libkmod: ' "$T/err" >"$T/$_to.err"
}

# both COMMAND...: it runs and is the same with both libraries, and nothing that the sanitizers complain of. For use
# behind ok.
both() {
	with theirs "$more_libraries" "" "$@"
	with ours "$ours:$more_libraries" "$sanitizers:" "$@"
	diff "$T/theirs" "$T/ours" && diff "$T/theirs.err" "$T/ours.err" && ! grep -qE '^status (12[67]|1[3-9].|2..)$' "$T/ours"
}
more_libraries=
