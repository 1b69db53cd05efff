#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# insmod, rmmod and kmod do and say what Debian's do, in a kernel that is not there (tests/shim).
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

PATH=/sbin:/bin:$PATH
modules=$debian/kernel
fs=$modules/fs

# one_run COMMAND ARGUMENTS: what is done, said and left when the files of $before are loaded. Behind the first message of
# ours there is why; Debian's rmmod says the same twice.
one_run() {
	fresh
	for _file in $before; do
		in_kernel /sbin/insmod "$_file"
	done
	calls >/dev/null
	eval "$prepare"
	eval "in_kernel $wrong \"\$1\" $2" >"$T/said" 2>"$T/said.err" </dev/null
	echo "status $?"
	cat "$T/said"
	sed 's|^/.*/||' "$T/said.err" | grep -v libkmod | head -1
	calls
	in_memory
}
same() {
	one_run "$(command -v "$1")" "$2" >"$T/theirs"
	one_run "$tools/$1" "$2" >"$T/ours"
	diff "$T/theirs" "$T/ours"
}
loads() {
	ok "insmod $1" same insmod "$1"
}
unloads() {
	ok "rmmod $1" same rmmod "$1"
}

wrong=
prepare=
before=
for arguments in "" -p -z nothing.ko "$fs/minix/minix.ko" "-f $fs/minix/minix.ko" \
	"-s $fs/minix/minix.ko" "-p $fs/minix/minix.ko" "$fs/ext4/ext4.ko" "$T" "-- $fs/minix/minix.ko"; do
	loads "$arguments"
done
before=$fs/minix/minix.ko
loads "$before"
before=
for errno in 1 2 3 8 12 13 16 17 19 22 38 74 95 110 126 129; do
	wrong="env TENON_TEST_FAIL=insert:minix:$errno"
	ok "insmod, errno $errno" same insmod "$fs/minix/minix.ko"
	wrong="env TENON_TEST_FAIL=delete:minix:$errno"
	before=$fs/minix/minix.ko
	ok "rmmod, errno $errno" same rmmod minix
	before=
done
wrong="env TENON_TEST_FAIL=finit:any:38"
loads "$fs/minix/minix.ko"
loads "-f $fs/minix/minix.ko"
wrong=
for pack in "gzip -c" "xz -c" "zstd -qc"; do
	name=$T/minix.ko.${pack%%i* *}
	$pack "$fs/minix/minix.ko" >"$name"
	# Debian's unpacks no gz.
	[ "${pack%% *}" = gzip ] || ok "a file packed with $pack" same insmod "$name"
	ok "... loads" eval 'fresh; in_kernel "$tools/insmod" "$name" && [ "$(in_memory)" = "minix " ]'
done

# Force, for a kernel that takes no files, takes out of the bytes what it would compare.
cat >"$T/forced.py" <<'END'
import struct, sys
data = open(sys.argv[1], "rb").read()
shoff, = struct.unpack_from("<Q", data, 40)
size, count, names = struct.unpack_from("<HHH", data, 58)
header = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * size) for i in range(count)]
text = header[names][4]
for h in header:
    name = data[text + h[0]:data.index(b"\0", text + h[0])]
    if name == b"__versions":
        print("versions", "hidden" if not h[2] & 2 else "there")
    if name == b".modinfo":
        print("vermagic", "there" if b"vermagic=" in data[h[4]:h[4] + h[5]] else "gone")
END
forced() {
	fresh
	in_kernel env TENON_TEST_FAIL=finit:any:38 "$tools/insmod" "$@" "$fs/minix/minix.ko" || return
	python3 "$T/forced.py" "$T/kernel/image" | tee "$T/forced"
}
forced_is() {
	[ "$(tr '\n' ' ' <"$T/forced")" = "$*" ]
}
ok "without force" forced
ok "... the module is as it is" eval 'sort "$T/forced" | tr "\n" " " | grep -qx "vermagic there versions there "'
ok "with force" forced -f
ok "... both are out of the way" eval 'sort "$T/forced" | tr "\n" " " | grep -qx "vermagic gone versions hidden "'
ok "with --force-vermagic" forced --force-vermagic
ok "... one is" eval 'sort "$T/forced" | tr "\n" " " | grep -qx "vermagic gone versions there "'
ok "with --force-modversion" forced --force-modversion
ok "... the other is" eval 'sort "$T/forced" | tr "\n" " " | grep -qx "vermagic there versions hidden "'

# rmmod
before="$modules/lib/crc16.ko $fs/mbcache.ko $fs/jbd2/jbd2.ko $fs/ext4/ext4.ko $fs/fat/fat.ko $fs/minix/minix.ko"
for arguments in "" -a minix "-f minix" "-s minix" jbd2 crc16 "-f jbd2" "ext4 jbd2" "jbd2 ext4" nothing \
	"nothing minix" "minix nothing" "$fs/minix/minix.ko" minix.ko /nowhere/minix.ko "-f nothing" unix; do
	unloads "$arguments"
done
prepare='echo 3 >"$T/kernel/sys/module/minix/refcnt"'
unloads minix
unloads "-f minix"
prepare='rm "$T/kernel/sys/module/minix/refcnt"'
unloads minix
prepare='echo coming >"$T/kernel/sys/module/minix/initstate"'
unloads minix
prepare=
ok "lsmod" same lsmod ""
ok "kmod list" same kmod list
before=
ok "lsmod of nothing" same lsmod ""

# Policy counts for insmod, too.
mkdir -p "$T/machine/etc/modprobe.d"
echo 'forbid minix' >"$T/machine/etc/modprobe.d/policy.conf"
cp "$fs/minix/minix.ko" "$T/other.ko"
ok "insmod of what is forbidden" fails_with "other.ko is forbidden (/etc/modprobe.d/policy.conf:1: forbid minix)" \
	on_machine "$T/machine" "$tools/insmod" "$T/other.ko"

# What is no file is not waited for.
mkfifo "$T/pipe.ko"
no_wait() { # TEXT COMMAND...
	_said=$1
	shift
	fails_with "$_said" timeout 60 "$@"
}
ln -s /dev/zero "$T/zero.ko"
for path in "$T/pipe.ko" "$T/zero.ko"; do
	ok "insmod of ${path##*/}" fails_with "it is a pipe, a socket or a device, not a module file" \
		on_machine "$T/machine" timeout 60 "$tools/insmod" "$path"
done
ok "modprobe of a pipe" no_wait "Module file $T/pipe.ko: Invalid argument" "$tools/modprobe" "$T/pipe.ko"
ok "modinfo of a pipe" no_wait "not found" "$tools/modinfo" "$T/pipe.ko"
ok "tenon check of a pipe" no_wait "Invalid argument" "$tools/tenon" check "$T/pipe.ko"
ok "... of a pipe as a certificate" no_wait "Invalid argument" "$tools/tenon" check -d "$debian_root" --against "$release" \
	-c "$T/pipe.ko" "$fs/minix/minix.ko"
mkdir -p "$T/pipes/lib/modules/$release"
mkfifo "$T/pipes/lib/modules/$release/modules.order" "$T/pipes/lib/modules/$release/modules.dep.bin"
ok "depmod of a tree with a pipe in it" timeout 60 "$tools/depmod" -n -b "$T/pipes" "$release"
mkfifo "$T/pipes/lib/modules/$release/modules.devname"
ok "static-nodes of one" on_machine "$T/pipes" env TENON_TEST_RELEASE="$release" timeout 60 "$tools/kmod" static-nodes
ok "modprobe of one" no_wait "modules.dep.bin: Invalid argument" "$tools/modprobe" -d "$T/pipes" -S "$release" minix

# kmod static-nodes
nodes=$T/machine/lib/modules/$release
mkdir -p "$nodes" "$T/machine/dev"
ln -s /proc/self/fd/1 "$T/machine/dev/stdout"
cat >"$nodes/modules.devname" <<'END'
# Device nodes
autofs4 autofs c10:235
snd_seq snd/seq c116:1
snd_timer snd/timer c116:33
loop loop-control b7:0
bad line
bad2 x y10:3
bad3 z c10
END
nodes_of() { # KMOD ARGUMENT...
	_kmod=$1
	shift
	on_machine "$T/machine" env TENON_TEST_RELEASE="$release" "$_kmod" static-nodes "$@" >"$T/out" 2>"$T/err"
	echo "status $?"
	cat "$T/out"
	sed 's|^/.*/||' "$T/err" | head -3
	[ ! -e "$T/new/nodes" ] || cat "$T/new/nodes"
	rm -rf "$T/new"
}
same_nodes() {
	nodes_of /bin/kmod "$@" >"$T/theirs"
	nodes_of "$tools/kmod" "$@" >"$T/ours"
	diff "$T/theirs" "$T/ours"
}
for format in human tmpfiles devname; do
	ok "static-nodes -f $format" same_nodes -f $format
done
ok "static-nodes" same_nodes
ok "... has printed them" [ "$(wc -l <"$T/ours")" -gt 15 ]
ok "static-nodes -o" same_nodes --format=tmpfiles --output="$T/new/nodes"
ok "... into a directory" same_nodes -o "$T"
ok "static-nodes of an unknown format" fails_with "Unknown format: 'x'." "$tools/kmod" static-nodes -f x
rm "$nodes/modules.devname"
ok "static-nodes without an index" same_nodes
ok "kmod without a command" fails_with "missing command" "$tools/kmod"
ok "kmod with an unknown one" fails_with "invalid command 'x'" "$tools/kmod" x
ok "kmod help" "$tools/kmod" help
tap_done
