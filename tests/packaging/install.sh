#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# make install, into a directory that is thrown away: what is there works, a program can be built on it, and make uninstall
# leaves nothing.
. tests/tap.sh

quiet_make() {
	env -i PATH="$PATH" HOME="$T" make -s O="$O_given" "$@"
}

root=$T/root
prefix=/opt/tenon
at=$root$prefix
mkdir -p "$root/opt" "$root/etc"
find "$root" | sort >"$T/before"
cautious() {
	(umask 077 && quiet_make install PREFIX=$prefix DESTDIR="$T/cautious")
}
ok "make install by somebody whose files are private" cautious
ok "... others can use what is installed" [ -z "$(find "$T/cautious" ! -perm -o=r -o -type d ! -perm -o=x)" ]
rm -rf "$T/cautious"
ok "make install" quiet_make install PREFIX=$prefix DESTDIR="$root"
for name in kmod modprobe insmod rmmod lsmod modinfo depmod; do
	ok "$name is there, and runs" "$at/lib/tenon/bin/$name" --version
	ok "... with its page" test -s "$at/lib/tenon/share/man/man8/$name.8"
done
ok "libkmod.so.2 is beside them" sh -c "readelf -d '$at/lib/tenon/lib/libkmod.so.2' | grep -q 'SONAME.*libkmod.so.2'"
ok "tenon, too" "$at/bin/tenon" --version
ok "tenon-hotplugd, too" "$at/sbin/tenon-hotplugd" --version
ok "nothing has a name of the system's outside of lib/tenon" \
	[ -z "$(find "$at" -path "$at/*/tenon" -prune -o \( -name '*modprobe*' -o -name '*depmod*' -o -name kmod \) -print)" ]
ok "nothing is outside of the prefix" [ "$(find "$root" -path "$at" -prune -o -print | wc -l)" -eq 3 ]
ok "the unit names the installed program" grep -qx "ExecStart=$prefix/sbin/tenon-hotplugd" \
	"$at/lib/systemd/system/tenon-hotplugd.service"
ok "nothing names the build's directories" [ -z "$(grep -rlF -e "$root" -e "$PWD" "$at")" ]

# Where systemd is, it reads the units.
if command -v systemd-analyze >/dev/null; then
	sed "s,^ExecStart=,&$root," "$at/lib/systemd/system/tenon-hotplugd.service" >"$T/tenon-hotplugd.service"
	cp "$at/lib/systemd/system/tenon-hotplugd.socket" "$T/"
	ok "systemd understands the service" systemd-analyze verify --man=no "$T/tenon-hotplugd.service"
	ok "... and the socket" systemd-analyze verify --man=no "$T/tenon-hotplugd.socket"
fi

# A program that pkg-config tells how to build.
cat >"$T/program.c" <<'END'
#include <stdio.h>
#include <tenon/mod.h>

int main(void)
{
	char name[64];

	tmod_module_name("/lib/snd-hda.ko.xz", name, sizeof(name));
	puts(name);
	return 0;
}
END
config() {
	PKG_CONFIG_PATH=$at/lib/pkgconfig pkg-config --define-variable=prefix="$at" "$@" tenon-mod
}
program() {
	cc -o "$T/program" "$T/program.c" $(config --cflags --libs) && LD_LIBRARY_PATH=$at/lib "$T/program" | grep -qx snd_hda
}
static_program() {
	cc -o "$T/static" "$T/program.c" $(config --cflags) "$at/lib/libtenon-mod.a" $(config --static --libs-only-other) &&
		"$T/static" | grep -qx snd_hda
}
ok "a program is built with what pkg-config says, and runs" program
ok "... and needs the library by its soname" sh -c "readelf -d '$T/program' | grep -q 'NEEDED.*libtenon-mod.so.0'"
ok "a program is built with the archive" static_program
clang -x c++ -c -o "$T/program.o" "$T/program.c" $(config --cflags)
ok "... in C++, too" sh -c "nm '$T/program.o' | grep -q ' U tmod_module_name\$'"
nm -D --defined-only "$at/lib/libtenon-mod.so.0" |
	awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$T/exported"
grep -oE '\btmod_[a-z_]+\(' include/tenon/mod.h | tr -d '(' | sort -u >"$T/declared"
ok "the library exports what its header declares, and nothing else" sh -c "[ -s '$T/exported' ] &&
	[ -z \"\$(comm -23 '$T/exported' '$T/declared')\" ]"

# One that knows only libkmod.
cat >"$T/kmod.c" <<'END'
#include <libkmod.h>
#include <stdio.h>

int main(void)
{
	const char *const none[] = { NULL };
	struct kmod_ctx *ctx = kmod_new("/nowhere", none);
	struct kmod_module *mod;

	if (!ctx || kmod_module_new_from_name(ctx, "snd-hda", &mod))
		return 1;
	puts(kmod_module_get_name(mod));
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return 0;
}
END
kmod_config() {
	PKG_CONFIG_PATH=$at/lib/tenon/lib/pkgconfig:$at/lib/tenon/share/pkgconfig \
		pkg-config --define-variable=prefix="$at/lib/tenon" "$@"
}
kmod_program() {
	cc -o "$T/kmod" "$T/kmod.c" $(kmod_config --cflags --libs libkmod) &&
		LD_LIBRARY_PATH=$at/lib/tenon/lib "$T/kmod" | grep -qx snd_hda && readelf -d "$T/kmod" | grep -q 'NEEDED.*libkmod.so.2'
}
ok "a program is built on libkmod.h and libkmod.so" kmod_program
ok "... whose version is that of the tools" [ "kmod version $(kmod_config --modversion libkmod) (Tenon)" = \
	"$("$at/lib/tenon/bin/kmod" --version | head -1)" ]
ok "kmod.pc says where modules are" [ "$(kmod_config --variable=module_directory kmod)" = /lib/modules ]
ok "completions go where one wants them" sh -c '"$@" && test -s "$0/etc/comp/tenon" && ! test -e "$0/opt/x/share/bash-completion"' \
	"$T/elsewhere" env -i PATH="$PATH" HOME="$T" make -s O="$O_given" install PREFIX=/opt/x DESTDIR="$T/elsewhere" \
	BASH_COMPLETION_DIR=/etc/comp

# Names are taken over and given back. The system is a directory; kmod's commands there are text files and links.
mkdir -p "$root/usr/sbin" "$root/usr/bin"
ln -s usr/sbin "$root/sbin"
ln -s usr/bin "$root/bin"
echo theirs >"$root/usr/bin/kmod"
ln -s ../bin/kmod "$root/usr/sbin/modprobe"
ln -s kmod "$root/usr/bin/lsmod"
names() {
	(cd "$root" && find sbin/ bin/ -mindepth 1 -exec sh -c 'echo "$1 $(readlink "$1" || cat "$1")"' sh {} \; | sort)
}
names >"$T/names"
ok "make take-over" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
leads() { # PATH COMMAND
	[ "$(readlink "$root/$1")" = "$prefix/lib/tenon/bin/$2" ]
}
ok "names lead to the installed ones" leads sbin/modprobe modprobe
ok "... kmod, too" leads bin/kmod kmod
ok "... and what was a link to it" leads bin/lsmod lsmod
ok "... and only names that were there" [ ! -e "$root/sbin/depmod" ]
says() {
	_text=$1
	shift
	! "$@" >"$T/out" 2>&1 && cat "$T/out" && grep -qF -- "$_text" "$T/out"
}
ok "a second time" says "lead to this installation already" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
ok "make uninstall before they are given back" says "make give-back" quiet_make uninstall PREFIX=$prefix DESTDIR="$root"
ok "make give-back" quiet_make give-back PREFIX=$prefix DESTDIR="$root"
names >"$T/names.after"
ok "... and all is as it was" cmp "$T/names" "$T/names.after"
ok "a second time" says "do not lead to" quiet_make give-back PREFIX=$prefix DESTDIR="$root"

# An installation that the system's modprobe leads to is replaced in one step.
ok "take-over" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
full() {
	(ulimit -f 200 && trap '' XFSZ && env O="$O" PREFIX=$prefix DESTDIR="$root" user/packaging/install.sh install)
}
ok "make install on a disk that is full" says "cannot write" full
ok "... leaves a modprobe that runs" "$at/lib/tenon/bin/modprobe" --version
ok "... and nothing half written" [ -z "$(find "$root" -name '*.tenon-new')" ]
ok "give-back" quiet_make give-back PREFIX=$prefix DESTDIR="$root"

# What a take-over that was killed has left is no hindrance.
ln -s x "$root/sbin/modprobe.tenon-new"
ok "take-over after one that was killed" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
ok "... and back" quiet_make give-back PREFIX=$prefix DESTDIR="$root"
names >"$T/names.after"
ok "... all is as it was" cmp "$T/names" "$T/names.after"

# All or nothing.
echo mine >"$root/usr/bin/lsmod.before-tenon"
ok "take-over, and a file is in the way" says "lsmod.before-tenon is in the way" \
	quiet_make take-over PREFIX=$prefix DESTDIR="$root"
rm "$root/usr/bin/lsmod.before-tenon"
names >"$T/names.after"
ok "... leaves all as it was" cmp "$T/names" "$T/names.after"
rm "$root/sbin"
mkdir "$T/outside"
echo other >"$T/outside/modprobe"
ln -s "$T/outside" "$root/sbin"
ok "take-over, and /sbin leads out of the directory" says "$root/sbin leads out of $root, to $T/outside" \
	quiet_make take-over PREFIX=$prefix DESTDIR="$root"
ok "... where nothing is touched" sh -c "ls '$T/outside' | grep -qx modprobe && grep -qx other '$T/outside/modprobe'"
rm -r "$root/usr" "$root/sbin" "$root/bin"
ok "take-over where there are no names" says "no names to take over" quiet_make take-over PREFIX=$prefix DESTDIR="$root"

# A system of dpkg's: a diversion, and it goes again.
if command -v dpkg-divert >/dev/null; then
	mkdir -p "$root/usr/sbin" "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
	echo theirs >"$root/usr/sbin/modprobe"
	printf '%s\n' 'Package: kmod' 'Status: install ok installed' 'Maintainer: x <x@x>' 'Architecture: all' \
		'Version: 1' 'Description: x' >"$root/var/lib/dpkg/status"
	printf '/.\n/usr\n/usr/sbin\n/usr/sbin/modprobe\n' >"$root/var/lib/dpkg/info/kmod.list"
	ok "take-over of a package's name" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
	ok "... diverts it" grep -q '^/usr/sbin/modprobe.before-tenon$' "$root/var/lib/dpkg/diversions"
	echo updated >"$root/usr/sbin/modprobe.before-tenon"
	ok "give-back" quiet_make give-back PREFIX=$prefix DESTDIR="$root"
	ok "... of what the package has now" grep -qx updated "$root/usr/sbin/modprobe"
	ok "... without a diversion" [ ! -s "$root/var/lib/dpkg/diversions" ]
	rm -r "$root/usr" "$root/var"
fi

ok "make install over it" quiet_make install PREFIX=$prefix DESTDIR="$root"
touch "$at/share/man/mine"
ok "make uninstall" quiet_make uninstall PREFIX=$prefix DESTDIR="$root"
printf '%s\n' "$at" "$at/share" "$at/share/man" "$at/share/man/mine" >"$T/left"
ok "... leaves what is not its own" sh -c "find '$at' | sort | diff '$T/left' -"
rm -r "$at"
find "$root" | sort >"$T/after"
ok "... and nothing else" cmp "$T/before" "$T/after"
ok "make uninstall a second time" says "nothing is installed" quiet_make uninstall PREFIX=$prefix DESTDIR="$root"
ok "take-over of what is not installed" says "make install" quiet_make take-over PREFIX=$prefix DESTDIR="$root"
for bad in relative "/has space" '/$(id)' /a/../b; do
	ok "PREFIX '$bad' is refused" says "PREFIX must" env O="$O" PREFIX="$bad" user/packaging/install.sh install
	ok "DESTDIR '$bad' is refused" says "DESTDIR must" env O="$O" PREFIX=/x DESTDIR="$bad" user/packaging/install.sh install
done
tap_done
