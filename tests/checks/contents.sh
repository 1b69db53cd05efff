#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# What is in the repository: a licence in every source, no binaries, nothing left to do.
. tests/tap.sh

git ls-files --cached --others --exclude-standard | grep -v '^LICENSES/' | while read -r file; do
	[ ! -f "$file" ] || echo "$file"
done >"$T/all"

# Sources by their name, and scripts by their first line.
awk '/\.([chS]|def|py|sh|awk|mk|ld|conf)$|(^|\/)(Makefile|Kbuild)$/ { print; next }
	{ line = ""; getline line <$0; close($0) }
	line ~ /^#!/' "$T/all" >"$T/sources"

# licence EXPRESSION: of the files on standard input, print those that do not have exactly that in their first two lines.
licence() {
	awk -v pattern="SPDX-License-Identifier: $1( [*]/)?\$" '{
		found = 0
		for (i = 0; i < 2 && (getline line <$0) > 0; i++)
			found += line ~ pattern
		close($0)
		if (!found)
			print
	}' >"$T/wrong"
}

none() {
	cat "$T/wrong"
	[ ! -s "$T/wrong" ]
}

dual='Apache-2[.]0 OR GPL-2[.]0-or-later'
printf '/* SPDX-License-Identifier: GPL-2.0-only */\n' >"$T/other.c"
echo "$T/other.c" | licence "$dual"
ok "a wrong licence is found" grep -q other.c "$T/wrong"
grep -v '^linux/' "$T/sources" | licence "$dual"
ok "every source says Apache-2.0 OR GPL-2.0-or-later" none
grep '^linux/' "$T/sources" | licence 'GPL-2[.]0-only'
ok "... and those of linux/ GPL-2.0-only" none

# Inputs that once made a fuzz target fail are bytes by nature; all else is text.
binaries() {
	cat >"$T/files"
	{
		grep -E '\.(ko|o|a|so|elf)$' "$T/files"
		grep '^tests/fuzz/corpus/' "$T/files" | xargs -rd '\n' -I{} find {} -size +64k
		grep -v '^tests/fuzz/corpus/' "$T/files" | xargs -rd '\n' grep -laP '\x00'
	} >"$T/wrong"
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
