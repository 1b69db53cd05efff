# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of programs that make images for booting, to be read with `.` after machine.sh. They run on a copy of this
# system's files (an overlay in a name space of its own), in which we are in kmod's place; nothing else is changed.

# in_place_of_kmod PROGRAM|- COMMAND...: run a command with PROGRAM as /bin/kmod and our libkmod.so.2, or with Debian's.
# $T is the same directory.
in_place_of_kmod() {
	unshare -m sh -s "$T" "$debian_root/boot" "$(realpath "$T/base/lib/modules")" "$O/libkmod/libkmod.so.2" "$@" <<'END'
set -e
T=$1 boot=$2 modules=$3 library=$4 program=$5
shift 5
mkdir -p "$T/overlay"
mount -t tmpfs tmpfs "$T/overlay"
root=$T/overlay/root
mkdir "$T/overlay/upper" "$T/overlay/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$T/overlay/upper,workdir=$T/overlay/work" overlay "$root"
for directory in /proc /sys /dev "$T"; do
	mkdir -p "$root$directory"
	mount --rbind "$directory" "$root$directory"
done
mkdir -p "$root/lib/modules"
mount --bind "$modules" "$root/lib/modules"
cp "$boot"/config-* "$root/boot/"
if [ "$program" != - ]; then
	cp "$program" "$root/bin/kmod"
	cp "$library" "$root"/lib/*/libkmod.so.2
fi
exec chroot "$root" "$@"
END
}

# What the guest's shell runs, from an archive behind the image: `ok NAME COMMAND...`, and the script on standard input.
shell_script() {
	mkdir -p "$T/extra"
	{ cat && echo "echo end"; } >"$T/extra/script"
	cat >"$T/extra/test.sh" <<'END'
ok() {
	_name=$1
	shift
	if "$@" >/ok.log 2>&1; then
		echo "ok - $_name"
	else
		echo "not ok - $_name"
		sed 's/^/# /' /ok.log
	fi
}
echo
. /script
END
}

# boot_to_shell IMAGE PARAMETERS [QEMU-ARGUMENT]...: boot to busybox's shell on the second serial port, and run that
boot_to_shell() {
	_image=$1 _parameters="console=ttyS1 sysctl.kernel.panic=-1 $2"
	shift 2
	[ -s "$_image" ] || return
	pack "$T/extra" >"$T/extra.cpio"
	cat "$_image" "$T/extra.cpio" >"$T/image"
	run_guest --at "built-in shell (ash)" "sh /test.sh" "$kernel" "$T/image" "$_parameters" "$@"
}

modules_in() { # IMAGE: the names of the modules in it, that is not packed
	cpio -t --quiet <"$1" 2>/dev/null | grep '\.ko$' | sort
}

[ "$(id -u)" -eq 0 ] || skip_all "only root can put another program in kmod's place in a name space"
mkdir -p "$guest"
unshare -m mount -t tmpfs tmpfs "$guest" 2>/dev/null || skip_all "this machine allows no name spaces for mounts"
tree "$T/base"
"$static/depmod" -b "$T/base" "$release"
