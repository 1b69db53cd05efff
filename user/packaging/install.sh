#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# install.sh install|uninstall - called by make, with O, PREFIX and DESTDIR in the environment. Everything that is made
# is recorded, directories too, and only that is removed again.
. "$(dirname "$0")/common.sh"

commands="kmod modprobe insmod rmmod lsmod modinfo depmod"

note() {
	grep -qxF "$1" "$record" 2>/dev/null || echo "$1" >>"$record"
}

# directory PATH: make it and what is above it. The record lies in $own, so what is made before that is noted behind.
directory() {
	[ ! -d "$DESTDIR$1" ] || return 0
	[ "$1" = / ] || [ -z "$1" ] || directory "$(dirname "$1")"
	mkdir "$DESTDIR$1" 2>/dev/null || mkdir -p "$DESTDIR$1" || fail "cannot make $DESTDIR$1"
	made="$made $1"
}

# put MODE FILE PATH
put() {
	directory "$(dirname "$3")"
	# In one step: modprobe may lead there.
	install -m "$1" "$2" "$DESTDIR$3.tenon-new" && mv -fT "$DESTDIR$3.tenon-new" "$DESTDIR$3" || {
		rm -f "$DESTDIR$3.tenon-new"
		fail "cannot write $DESTDIR$3"
	}
	note "$3"
}

# fill FILE PATH: with the places it names.
fill() {
	directory "$(dirname "$2")"
	# Of a list of directories the last is the traditional one.
	sed "s|@PREFIX@|$PREFIX|g; s|@KMOD_VERSION@|$KMOD_VERSION|g; s|@MODULE_DIR@|${MODULE_DIRS##*:}|g
		s|@CONFIG_DIR@|${CONFIG_DIRS##*:}|g" "$1" >"$DESTDIR$2" || fail "cannot write $DESTDIR$2"
	chmod 644 "$DESTDIR$2"
	note "$2"
}

# link TARGET PATH
link() {
	directory "$(dirname "$2")"
	ln -sfn "$1" "$DESTDIR$2" || fail "cannot write $DESTDIR$2"
	note "$2"
}

# Is it a name of kmod's, which the system may have as well? man pages: its configuration files, too.
is_kmods() {
	case " $commands modprobe.d depmod.d " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

install_programs() {
	put 755 "$O/tools/tenon" "$own/bin/tenon"
	put 755 "$O/tools/static/tenon" "$own/bin/kmod"
	for name in ${commands#kmod }; do
		link kmod "$own/bin/$name"
	done
	link ../lib/tenon/bin/tenon "$PREFIX/bin/tenon"
	put 755 "$O/hotplugd/tenon-hotplugd" "$PREFIX/sbin/tenon-hotplugd"
	for unit in user/hotplugd/*.service.in user/hotplugd/*.socket; do
		name=$(basename "$unit")
		fill "$unit" "$PREFIX/lib/systemd/system/${name%.in}"
	done
}

install_libraries() {
	put 644 include/tenon/mod.h "$PREFIX/include/tenon/mod.h"
	put 644 "$O/lib/libtenon-mod.a" "$PREFIX/lib/libtenon-mod.a"
	put 755 "$O/lib/libtenon-mod.so.0" "$PREFIX/lib/libtenon-mod.so.0"
	link libtenon-mod.so.0 "$PREFIX/lib/libtenon-mod.so"
	fill user/packaging/tenon-mod.pc.in "$PREFIX/lib/pkgconfig/tenon-mod.pc"
	put 755 "$O/libkmod/libkmod.so.2" "$own/lib/libkmod.so.2"
	link libkmod.so.2 "$own/lib/libkmod.so"
	put 644 user/libkmod/libkmod.h "$own/include/libkmod.h"
	fill user/packaging/libkmod.pc.in "$own/lib/pkgconfig/libkmod.pc"
	fill user/packaging/kmod.pc.in "$own/share/pkgconfig/kmod.pc"
}

install_pages() {
	for page in user/man/*.[1-8]; do
		name=$(basename "$page")
		to=$PREFIX
		! is_kmods "${name%.*}" || to=$own
		put 644 "$page" "$to/share/man/man${page##*.}/$name"
	done
}

# What --json prints.
install_schemas() {
	put 644 docs/json.md "$PREFIX/share/doc/tenon/json.md"
	for schema in docs/schema/*.json; do
		put 644 "$schema" "$PREFIX/share/tenon/schema/$(basename "$schema")"
	done
}

# One file serves all names; bash and zsh find it by the name of a command.
install_completions() {
	put 644 user/completions/tenon.bash "$BASH_COMPLETION_DIR/tenon"
	link tenon "$BASH_COMPLETION_DIR/tenon-hotplugd"
	put 644 user/completions/_tenon "$ZSH_COMPLETION_DIR/_tenon"
	put 644 user/completions/tenon.fish "$FISH_COMPLETION_DIR/tenon.fish"
	link tenon.fish "$FISH_COMPLETION_DIR/tenon-hotplugd.fish"
	for name in $commands; do
		link "$BASH_COMPLETION_DIR/tenon" "$own/share/bash-completion/completions/$name"
		link "$FISH_COMPLETION_DIR/tenon.fish" "$own/share/fish/vendor_completions.d/$name.fish"
	done
}

do_install() {
	made=
	directory "$own"
	touch "$record" || fail "cannot write $record"
	install_programs
	install_libraries
	install_pages
	install_schemas
	install_completions
	for path in $made; do
		note "$path"
	done
	note "$own/installed"
	echo "installed below $DESTDIR$PREFIX; '$DESTDIR$PREFIX/bin/tenon help' tells what there is"
}

do_uninstall() {
	[ -e "$record" ] || fail "nothing is installed below $DESTDIR$PREFIX: there is no $record"
	[ ! -e "$taken" ] || fail "the system's names lead to this installation; 'make give-back' comes first"
	list=$(sort -r "$record")
	for path in $list; do
		if [ -d "$DESTDIR$path" ] && [ ! -L "$DESTDIR$path" ]; then
			rmdir --ignore-fail-on-non-empty "$DESTDIR$path"
		else
			rm -f "$DESTDIR$path"
		fi
	done
}

case ${1-} in
install) do_install ;;
uninstall) do_uninstall ;;
*) fail "say install or uninstall" ;;
esac
