# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What both scripts need; read with `.`. Where things are: $PREFIX is a path on the system that will use it, $DESTDIR is
# what stands before it while it is installed.
set -eu
umask 022

DESTDIR=${DESTDIR-}
own=$PREFIX/lib/tenon
record=$DESTDIR$own/installed
taken=$DESTDIR$own/taken-over

fail() {
	echo "$0: $*" >&2
	exit 1
}

# sane NAME VALUE: an absolute path that needs no quoting.
sane() {
	case $2 in
	/*) ;;
	*) fail "$1 must be an absolute path, not '$2'" ;;
	esac
	case $2 in
	*/../* | */.. | *[!A-Za-z0-9_./+@,:=~-]*) fail "$1 must not have '..', spaces or special characters: '$2'" ;;
	esac
}

# What nobody has chosen.
: "${BASH_COMPLETION_DIR:=$PREFIX/share/bash-completion/completions}" "${ZSH_COMPLETION_DIR:=$PREFIX/share/zsh/site-functions}"
: "${FISH_COMPLETION_DIR:=$PREFIX/share/fish/vendor_completions.d}" "${KMOD_VERSION=}" "${MODULE_DIRS=}" "${CONFIG_DIRS=}"

for _name in PREFIX BASH_COMPLETION_DIR ZSH_COMPLETION_DIR FISH_COMPLETION_DIR; do
	eval "sane $_name \"\$$_name\""
done
[ -z "$DESTDIR" ] || sane DESTDIR "$DESTDIR"
