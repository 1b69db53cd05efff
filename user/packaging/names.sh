#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# names.sh take|give - let the system's names of kmod's commands lead to the installed ones, and back. Called by make,
# with PREFIX and DESTDIR in the environment.
#
# At every moment each name leads to a program: a link is made beside the old one and renamed over it. What was there
# lies beside it with the ending .before-tenon; where a dpkg package owns a name a diversion lets its updates go there.
. "$(dirname "$0")/common.sh"

ending=.before-tenon

divert() {
	dpkg-divert --quiet --local --no-rename --root "${DESTDIR:-/}" --divert "$1$ending" "$2" "$1"
}

# The package's own spelling of a path in a system where /sbin is /usr/sbin; nothing if no package owns it.
dpkg_path() {
	[ -e "$DESTDIR/var/lib/dpkg/status" ] && command -v dpkg-divert >/dev/null || return 0
	for _path in "$1" "/usr$1"; do
		if dpkg-query --admindir "$DESTDIR/var/lib/dpkg" -S "$_path" >/dev/null 2>&1; then
			echo "$_path"
			return
		fi
	done
}

# replace PATH WITH: in one step. WITH is a symbolic link.
replace() {
	mv -T "$DESTDIR$2" "$DESTDIR$1" || fail "cannot write $DESTDIR$1"
}

# take_one DIRECTORY NAME
take_one() {
	path=$1/$2
	[ -e "$DESTDIR$path" ] || [ -L "$DESTDIR$path" ] || return 0
	owned=$(dpkg_path "$path")
	path=${owned:-$path}
	[ ! -e "$DESTDIR$path$ending" ] && [ ! -L "$DESTDIR$path$ending" ] || fail "$DESTDIR$path$ending is in the way"
	cp -a "$DESTDIR$path" "$DESTDIR$path$ending" || fail "cannot write to $DESTDIR$(dirname "$path")"
	echo "$path${owned:+ diverted}" >>"$taken"
	[ -z "$owned" ] || divert "$path" --add
	ln -sfn "$own/bin/$2" "$DESTDIR$path.tenon-new" || fail "cannot write to $DESTDIR$(dirname "$path")"
	replace "$path" "$path.tenon-new"
	echo "$DESTDIR$path leads to $own/bin/$2"
}

do_take() {
	[ -x "$DESTDIR$own/bin/tenon" ] || fail "there is no $DESTDIR$own/bin/tenon; 'make install' comes first"
	[ ! -e "$taken" ] || fail "the names lead to this installation already; 'make give-back' undoes it"
	# A system without modprobe does not boot again: only a program that runs here gets the names.
	[ -n "$DESTDIR" ] || "$own/bin/modprobe" --version >/dev/null || fail "$own/bin/modprobe does not run"
	: >"$taken" || fail "cannot write $taken"
	trap do_give EXIT
	trap 'exit 1' INT TERM HUP
	seen=
	root=$(realpath "${DESTDIR:-/}")
	for directory in /sbin /bin /usr/sbin /usr/bin; do
		# Where /sbin is /usr/sbin, each name comes once.
		real=$(realpath -e "$DESTDIR$directory" 2>/dev/null) || continue
		case $real/ in
		"${root%/}"/*) ;;
		*) fail "$DESTDIR$directory leads out of $DESTDIR, to $real" ;;
		esac
		case "$seen " in
		*" $real "*) continue ;;
		esac
		seen="$seen $real"
		for name in kmod modprobe insmod rmmod lsmod modinfo depmod; do
			take_one "$directory" "$name"
		done
	done
	[ -s "$taken" ] || fail "there are no names to take over below '$DESTDIR/'"
	trap - EXIT
}

# is_same A B: links to the same, or files with the same in them
is_same() {
	if [ -L "$1" ]; then
		[ "$(readlink "$1")" = "$(readlink "$2")" ]
	else
		cmp -s "$1" "$2"
	fi
}

do_give() {
	trap - EXIT
	[ -e "$taken" ] || fail "the system's names do not lead to $DESTDIR$own"
	while read -r path kind; do
		case $(readlink "$DESTDIR$path") in
		"$own"/bin/*) replace "$path" "$path$ending" ;;
		*)
			if is_same "$DESTDIR$path" "$DESTDIR$path$ending"; then
				rm -f "$DESTDIR$path$ending"
			else
				echo "$DESTDIR$path was changed since, and stays; $path$ending is what it was" >&2
			fi
			;;
		esac
		[ "$kind" != diverted ] || divert "$path" --remove
	done <"$taken"
	rm "$taken"
}

case ${1-} in
take) do_take ;;
give) do_give ;;
*) fail "say take or give" ;;
esac
