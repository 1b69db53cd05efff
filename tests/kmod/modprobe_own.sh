#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# modprobe where it is not kmod's on purpose: policy, commands and softdeps together, several softdeps, files, words of
# the environment, trees that are missing or damaged, circles.
. tests/tap.sh
. tests/kmod/tree.sh
. tests/kmod/shim.sh

tree "$T/base"
dir=$T/base/lib/modules/$release
/sbin/depmod -b "$T/base" "$release"
mkdir -p "$T/conf"
conf=$T/conf/a.conf

ours() {
	in_kernel "$tools/modprobe" -d "$T/base" -S "$release" -C "$T/conf" "$@"
}
# plans WORDS MODULE...: they need these modules, and commands, in this order.
plans() {
	_words=$1
	shift
	printf '%s\n' "$@" >"$T/expected"
	ours -D $_words >"$T/plan" || return
	sed 's|^insmod .*/\([^/]*\)\.ko \(.*\)|\1 \2|; s/ *$//' "$T/plan" | diff "$T/expected" -
}
refuses() { # TEXT ARGUMENT...
	_text=$1
	shift
	fails_with "$_text" ours "$@"
}
silent_status() { # STATUS ARGUMENT...
	_expected=$1
	shift
	ours "$@" >"$T/out" 2>&1
	[ $? -eq "$_expected" ] && ! [ -s "$T/out" ]
}

# A command is not dropped for a softdep, and several softdeps count.
echo 'install ksmbd /bin/false' >"$conf"
ok "the tree has a softdep of ksmbd" grep -q '^softdep ksmbd ' "$dir/modules.softdep"
ours -D ksmbd | tail -1 >"$T/plan"
ok "a softdep does not drop an install command" grep -qx 'install /bin/false ' "$T/plan"
ok "... which is run" refuses "could not insert 'ksmbd': Invalid argument" ksmbd
printf 'softdep loop pre: minix\nsoftdep loop pre: vfat post: fuse\n' >"$conf"
ok "several softdeps of a module are one" plans loop minix fat vfat loop fuse
echo 'install killed kill -9 $$' >"$conf"
ok "a command that a signal ends has failed" refuses "retcode 137" killed

# A daemon's commands can be ended though it takes such signals in another way. (Some shells block none, whatever is.)
: >"$T/shells"
echo 'install masked grep SigBlk /proc/self/status' >"$conf"
masked() { # COMMAND...: by which it is run
	in_kernel "$@" env --block-signal=TERM,HUP "$tools/modprobe" -C "$conf" -d "$T/base" -S "$release" masked >>"$T/shells"
}
masked
for shell in dash bash; do
	! unshare -rm true 2>/dev/null || masked unshare -rm --propagation private sh -c \
		'mount --bind "$(command -v "$0")" "$(realpath /bin/sh)" && exec "$@"' $shell
done
ok "commands do not inherit blocked signals" [ "$(sort -u "$T/shells" | tr -d '\t')" = SigBlk:0000000000000000 ]

# A terminal sends an interrupt to all.
echo 'install patient trap "" INT; echo begun; sleep 1; echo done' >"$conf"
cat >"$T/interrupt.py" <<'END'
import os, signal, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, start_new_session=True)
assert run.stdout.readline() == b"begun\n"
os.killpg(run.pid, signal.SIGINT)
assert run.stdout.read() == b"done\n" and run.wait() == 0, run
END
for program in "$tools/modprobe" /sbin/modprobe; do
	ok "an interrupt while a command runs is for the command (${program%/*})" \
		in_kernel python3 "$T/interrupt.py" "$program" -C "$T/conf" -d "$T/base" -S "$release" patient
done
echo 'install mortal echo begun; exec sleep 60' >"$conf"
sed 's/ == b"done.*/ == b"" and run.wait() == 1/' "$T/interrupt.py" >"$T/end.py"
ok "... which it can end" in_kernel python3 "$T/end.py" "$tools/modprobe" -C "$T/conf" -d "$T/base" -S "$release" mortal

# forbid and allow: by name, alias, as a dependency, as a softdep, by path, by command.
printf '# policy\n\nforbid fat\n' >"$conf"
why="fat is forbidden ($conf:3: forbid fat)"
ok "forbid" refuses "$why" fat
ok "... the status is that of a failure" refuses "could not insert 'fat': Operation not permitted" -n fat
ok "... a dependency" refuses "$why; it is wanted by vfat" vfat
ok "... by an alias" refuses "$why; it is wanted by vfat" fs-vfat
ok "... by its path" refuses "$why" "$debian/kernel/fs/fat/fat.ko"
cp "$debian/kernel/fs/fat/fat.ko" "$T/innocent.ko"
ok "... by the path of a file with another name" refuses "innocent is forbidden ($conf:3: forbid fat)" "$T/innocent.ko"
mkdir -p "$T/renamed/lib/modules/$release/kernel"
mv "$T/innocent.ko" "$T/renamed/lib/modules/$release/kernel/"
/sbin/depmod -b "$T/renamed" "$release" 2>/dev/null
ok "... by the name of such a file in the tree" \
	refuses "innocent is forbidden ($conf:3: forbid fat)" -d "$T/renamed" innocent
ok "... with -D" refuses "$why" -D vfat
ok "... others may" plans minix minix
ok "... in silence" silent_status 1 -nq vfat
printf 'forbid fat\ninstall fat /bin/true\n' >"$conf"
ok "... a command instead of it is stopped, too" refuses "fat is forbidden ($conf:1: forbid fat)" fat
printf 'forbid min?x\nsoftdep loop pre: minix\n' >"$conf"
ours -nv loop >"$T/out" 2>"$T/err"
ok "... a softdep is left out" [ "$(grep -c . "$T/out")" -eq 1 ]
ok "... which is told" grep -qF "WARNING: minix is forbidden ($conf:1: forbid min?x); it is wanted by loop" "$T/err"
printf 'forbid fat\nsoftdep loop pre: vfat\n' >"$conf"
ours -nv loop >"$T/out" 2>"$T/err"
ok "... a softdep whose dependency is forbidden is tried without it" grep -q loop.ko "$T/out"
printf 'allow jbd2\nallow ext4\nallow mbcache\nallow crc*\n' >"$conf"
ok "allow" ours -nv ext4
ok "... stops all others" refuses "minix is not among the modules that are allowed ($conf:1 is the first allow)" minix
for line in 'allow a[b' allow; do
	echo "$line" >"$conf"
	ok "... '$line' allows nothing" refuses "loop is not loaded because of $conf:1: not understood as policy" loop
done
printf 'forbid unrelated # not fat\n' >"$conf"
ok "a comment forbids nothing" "$tools/modprobe" -n -d "$T/base" -S "$release" -C "$conf" fat
printf 'allow * # never fat\nforbid fat,\n' >"$conf"
ok "policy that is not understood stops what it could have" refuses \
	"minix is not loaded because of $conf:2: not understood as policy, column 8: names are separated by blanks, not by commas" minix
printf 'allow *\nforbid minix\n' >"$conf"
ok "forbid is stronger than allow" refuses "minix is forbidden ($conf:2: forbid minix)" minix
printf 'forbid unix\n' >"$conf"
ok "what is built in is not stopped" silent_status 0 -n unix

# F-32: the kernel starts modprobe with -q, and nobody reads what it says. Process 77 waits in the kernel for it.
fresh
machine=$T/kernel
mkdir -p "$machine/proc/77" "$machine/proc/78" "$machine/dev"
echo ask >"$machine/proc/77/comm"
echo call_usermodehelper_exec >"$machine/proc/77/wchan"
echo poll_schedule_timeout >"$machine/proc/78/wchan"
asked_by_kernel() {
	: >"$machine/dev/kmsg"
	in_kernel env TENON_TEST_PATHS=/proc:/sys:/dev \
		"$tools/modprobe" -d "$T/base" -S "$release" -C "$T/conf" "$@"
	[ $? -eq 1 ] && cat "$machine/dev/kmsg"
}
logged() {
	grep -qxF -- "<28>modprobe: $1" "$machine/dev/kmsg"
}
echo 'forbid fat' >"$conf"
ok "F-32 what policy stops, asked for by the kernel" asked_by_kernel -q -- fs-vfat
ok "F-32 ... the log says which line, and who" logged "fat is forbidden ($conf:1: forbid fat); it is wanted by vfat; \
fs-vfat is asked for by ask (process 77, user $(id -u))"
ok "F-32 ... and nothing is asked of the kernel" sh -c '! grep . "$1"' - "$T/kernel/log"
echo 'allow ext4' >"$conf"
ok "F-32 a list of what is allowed" asked_by_kernel -q -- fs-minix
ok "F-32 ... the same" logged "minix is not among the modules that are allowed ($conf:1 is the first allow); \
fs-minix is asked for by ask (process 77, user $(id -u))"
printf 'a\033[2Jb\n' >"$machine/proc/77/comm"
ok "F-32 a process with control characters in its name" asked_by_kernel -q -- fs-minix
ok "F-32 ... writes none to the log" logged "minix is not among the modules that are allowed ($conf:1 is the first allow); \
fs-minix is asked for by a?[2Jb (process 77, user $(id -u))"
ok "F-32 who is told needs no log" asked_by_kernel fs-minix
ok "F-32 ... which has nothing" sh -c '! grep . "$1"' - "$machine/dev/kmsg"

# Files.
: >"$conf"
ok "the path of a file, with what it needs" plans "$debian/kernel/fs/fat/vfat.ko" fat vfat
ok "a path that leads nowhere" refuses "FATAL: Module file /nowhere/x.ko: No such file or directory" /nowhere/x.ko
ok "... among others" refuses "WARNING: Module file ./x.ko: No such file or directory" -an ./x.ko minix
ok "a path that leads to a directory" refuses "FATAL: Module file $T: Is a directory" -D "$T"
mkfifo "$T/pipe.ko"
ok "... to a pipe, which is not waited for" refuses "Module file $T/pipe.ko: Invalid argument" -D "$T/pipe.ko"

# Words of the environment. (kmod takes two blanks for an empty word, and ends a word behind a quote.)
export MODPROBE_OPTIONS
MODPROBE_OPTIONS="  -n	-v  'mini''x'  "
ok "blanks and quotes in MODPROBE_OPTIONS" ours
MODPROBE_OPTIONS="-D min'ix"
ok "a quote that is not closed is one character" refuses "Module min'ix not found" vfat
unset MODPROBE_OPTIONS
cat >"$conf" <<'END'
install outer echo "$MODPROBE_OPTIONS"
END
cp -r "$T/conf" "$T/a b"
in_kernel "$tools/modprobe" -C "$T/a b" -d "$T/base" -S "$release" outer >"$T/out"
ok "a directory with a blank in its name reaches the commands in quotes" grep -qxF -- "-C \"$T/a b\"" "$T/out"

# Trees.
elsewhere() { # RELEASE ARGUMENT...
	_release=$1
	shift
	in_kernel "$tools/modprobe" -d "$T/base" -S "$_release" -C "$T/conf" "$@"
}
missing="$T/base/lib/modules/9.9"
ok "a tree that is missing" fails_with "FATAL: Module ext4 not found in directory $missing" elsewhere 9.9 ext4
ok "... there are others" fails_with "FATAL: $missing: No such file or directory; there are modules for: $release" \
	elsewhere 9.9 ext4
ok "... modprobe -R" fails_with "there are modules for: $release" "$tools/modprobe" -d "$T/base" -S 9.9 -R ext4
ok "... modprobe -r" fails_with "there are modules for: $release" "$tools/modprobe" -d "$T/base" -S 9.9 -r ext4
ok "... modinfo" fails_with "there are modules for: $release" "$tools/modinfo" -b "$T/base" -k 9.9 ext4
ok "... depmod" fails_with "there are modules for: $release" "$tools/depmod" -b "$T/base" 9.9
ok "... tenon why" fails_with "there are modules for: $release" "$tools/tenon" why -d "$T/base" -S 9.9 ext4
mkdir "$missing"
ok "a tree without indexes" fails_with "$missing/modules.dep.bin: No such file or directory; run: depmod 9.9" \
	elsewhere 9.9 ext4
cp "$dir"/modules.*.bin "$missing/"
head -c 1000 "$dir/modules.dep.bin" >"$missing/modules.dep.bin"
ok "an index that is cut" fails_with "$missing/modules.dep.bin is damaged; run depmod to rebuild it" \
	elsewhere 9.9 ext4
echo 'this is no index' >"$missing/modules.dep.bin"
ok "an index that is none" fails_with "modules.dep.bin" elsewhere 9.9 ext4
ok "... and the reason is told once" [ "$(grep -c 'run depmod' "$T/out")" -eq 1 ]

# Circles: of softdeps, which are broken; of dependencies, which depmod refuses to write.
printf 'softdep minix pre: loop\nsoftdep loop pre: minix\n' >"$conf"
ok "softdeps in a circle" plans minix loop minix
printf 'softdep minix pre: minix post: minix\n' >"$conf"
ok "a softdep of itself" plans minix minix
for i in $(seq 300); do
	echo "install m$i true"
	echo "softdep m$i pre: m$((i + 1))"
done >"$conf"
ok "softdeps without end" refuses "more than 200 deep" -n m1
: >"$conf"
cp "$dir"/modules.*.bin "$missing/"
python3 - "$missing/modules.dep.bin" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
line = b"kernel/fs/lockd/lockd.ko: "
at = data.index(line) + len(line)
end = data.index(b"\0", at)
data[at:end] = b"kernel/fs/nfs/nfs.ko".ljust(end - at)
open(sys.argv[1], "wb").write(data)
END
ok "an index with a circle" fails_with "module lockd and what it needs need each other; run depmod" \
	elsewhere 9.9 -n nfs
ok "... does not matter to others" elsewhere 9.9 -n ext4
tap_done
