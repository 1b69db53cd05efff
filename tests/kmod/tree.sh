# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests that compare with Debian's kmod on Debian's modules, to be read with `.` after tap.sh.
# Sets kmod_depmod, release and debian (the module tree, not to be changed), or skips the whole test.

tools=$O/tools/asan
debian_root=${TENON_DEBIAN:-$O/debian/amd64}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

[ -e "$debian_root/release" ] || skip_all "Debian's kernel is not there; ./test downloads it"
[ -x /sbin/depmod ] || skip_all "kmod is not installed"
release=$(cat "$debian_root/release")
debian=$debian_root/lib/modules/$release

# tree ROOT: a copy of Debian's tree below ROOT, without indexes; module files are shared with the original.
tree() {
	mkdir -p "$1/lib/modules/$release"
	cp -al "$debian/kernel" "$1/lib/modules/$release/" 2>/dev/null ||
		cp -a "$debian/kernel" "$1/lib/modules/$release/"
	for _name in order builtin builtin.modinfo; do
		cp "$debian/modules.$_name" "$1/lib/modules/$release/"
	done
}

# on_machine ROOT COMMAND...: a command of ours sees ROOT/proc, ROOT/sys, ROOT/etc ... in place of this machine's, and Debian's kernel.
on_machine() {
	_root=$1
	shift
	env ASAN_OPTIONS="verify_asan_link_order=0:$ASAN_OPTIONS" TENON_TEST_ROOT="$_root" \
		TENON_TEST_RELEASE="$release" \
		LD_PRELOAD="$O/tests/shim/shim.so" "$@"
}
