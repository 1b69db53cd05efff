#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What is in the repository: a licence in every source, no binaries, nothing left to do.
. tests/tap.sh

git ls-files --cached --others --exclude-standard | grep -v '^LICENSES/' | while read -r file; do
	[ ! -f "$file" ] || echo "$file"
done >"$T/all"

# Sources by their name, and scripts by their first line.
while read -r file; do
	case $file in
	*.[chS] | *.def | *.py | *.sh | *.awk | *.mk | *.ld | *.conf | Makefile | */Makefile | */Kbuild) echo "$file" ;;
	*) head -c 2 "$file" | grep -q '^#!' && echo "$file" ;;
	esac
done <"$T/all" >"$T/sources"

# licence EXPRESSION: of the files on standard input, print those that do not have exactly that in their first two lines.
licence() {
	while read -r file; do
		head -2 "$file" | grep -qE "SPDX-License-Identifier: $1( \*/)?\$" || echo "$file"
	done >"$T/wrong"
}

none() {
	cat "$T/wrong"
	[ ! -s "$T/wrong" ]
}

dual='Apache-2\.0 OR GPL-2\.0-or-later'
printf '/* SPDX-License-Identifier: GPL-2.0-only */\n' >"$T/other.c"
echo "$T/other.c" | licence "$dual"
ok "a wrong licence is found" grep -q other.c "$T/wrong"
grep -v '^linux/' "$T/sources" | licence "$dual"
ok "every source says Apache-2.0 OR GPL-2.0-or-later" none
grep '^linux/' "$T/sources" | licence 'GPL-2\.0-only'
ok "... and those of linux/ GPL-2.0-only" none

# Inputs that once made a fuzz target fail are bytes by nature; all else is text.
binaries() {
	while read -r file; do
		case $file in
		*.ko | *.o | *.a | *.so | *.elf) echo "$file" ;;
		tests/fuzz/corpus/*) [ "$(stat -c %s "$file")" -le 65536 ] || echo "$file: over 64 KiB" ;;
		*) [ "$(tr -d '\000' <"$file" | wc -c)" -eq "$(stat -c %s "$file")" ] || echo "$file" ;;
		esac
	done >"$T/wrong"
}

printf 'a\0b' >"$T/bytes"
echo "$T/bytes" | binaries
ok "a binary file is found" grep -q bytes "$T/wrong"
binaries <"$T/all"
ok "there are no binary files" none

words='TO''DO|FIX''ME|X''XX|HA''CK'
xargs grep -nwE "$words" <"$T/sources" >"$T/wrong"
ok "nothing is marked as unfinished" none
tap_done
