#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The documentation against the tree: docs/errors.md has every diagnosis with its errno value and text and no other,
# relative links lead somewhere, docs/map.md has every directory, and paths that pages and comments name are there.
. tests/tap.sh

# Reason, errno value and text of each diagnosis, tab-separated, as diag.h has them.
reasons_in_header() {
	sed -nE 's/^[[:space:]]+X\((\w+),[[:space:]]*(\w+),[[:space:]]*"(.*)"\).*/\1\t\2\t\3/p' include/tenon/diag.h
}

# reasons_in_page PAGE: the same as docs/errors.md has them: a heading, then a line with errno value and text in code.
reasons_in_page() {
	awk '
		function end() { if (name != "") print name "\t" text }
		/^### / { end(); name = substr($0, 5); text = ""; next }
		/^## / { end(); name = "" }
		name != "" && text == "" && /^`[^`]*` `[^`]*`$/ { split($0, part, "`"); text = part[2] "\t" part[4] }
		END { end() }
	' "$1"
}

same_reasons() {
	reasons_in_header >"$T/header"
	reasons_in_page "$1" >"$T/page"
	[ "$(wc -l <"$T/header")" -gt 100 ] || { echo "only these were found in diag.h:" && cat "$T/header" && return 1; }
	diff -u "$T/header" "$T/page"
}

# Each must say something beyond its text.
reasons_explained() {
	awk '
		function end() { if (name != "" && lines < 2) { print name ": no explanation"; bad = 1 } }
		/^### / { end(); name = $2; lines = 0; next }
		/^## / { end(); name = "" }
		NF { lines++ }
		END { end(); exit bad }
	' "$1"
}

# The anchors of a page: its headings in lower case, letters, digits, '-' and '_' only, spaces as '-'.
anchors() {
	awk '/^```/ { code = !code } !code && /^#+ /' "$1" | sed -E 's/^#+ //; s/`//g' | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

# links_resolve: in the pages listed on standard input.
links_resolve() {
	cat >"$T/pages"
	while read -r page; do
		awk '/^```/ { code = !code } !code' "$page" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//' |
			while read -r link; do
				case $link in *://* | mailto:*) continue ;; esac
				file=${link%%#*}
				[ -n "$file" ] && file=$(dirname "$page")/$file || file=$page
				[ -e "$file" ] || { echo "$page: $link: no such file" && continue; }
				case $link in
				*#*) anchors "$file" | grep -qxF -- "${link#*#}" || echo "$page: $link: no such heading" ;;
				esac
			done
	done <"$T/pages" >"$T/broken"
	cat "$T/broken"
	[ -s "$T/pages" ] && [ ! -s "$T/broken" ]
}

# Each line of the table begins with the name in code, as in "| `core/` | ...".
map_has_every_directory() {
	git ls-files -co --exclude-standard | grep / | cut -d/ -f1 | sort -u >"$T/directories"
	sed -nE 's/^\| `([^`\/]+)\/` \|.*/\1/p' "$1" | sort >"$T/map"
	diff -u "$T/directories" "$T/map"
}

# paths_exist PATTERN: of the paths, beginning with a directory of the tree, that the files listed on standard input name and
# that match PATTERN, print those that are not there: in the tree, beside the file, below include/ or linux/, made by the
# build, or in Linux's source. Placeholders (<cpu>, NAME) and the port that docs/porting.md makes are left out.
paths_exist() {
	git ls-files | sed -n 's,^\([a-z][^/]*\)/.*,\1,p' | sort -u >"$T/tops"
	tops=$(paste -sd'|' "$T/tops")
	xargs grep -HoE "(^|[^][A-Za-z0-9_./<>\$}*-])($tops)/[][A-Za-z0-9_./*<>-]+" |
		sed -E "s,^([^:]*):[^a-z],\\1:,; s,[.:-]+\$,," | grep -vE ':[^:]*(<|[A-Z]{2}|port/toy)' | grep -E -- "$1" | sort -u |
		while IFS=: read -r file path; do
			# A pattern is as good as a path.
			for there in $path "${file%/*}"/$path include/$path linux/$path "$O"/$path; do
				[ ! -e "$there" ] || continue 2
			done
			grep -q "^$path " linux/library/files || echo "$file: $path: there is no such file"
		done >"$T/broken"
	cat "$T/broken"
	[ ! -s "$T/broken" ]
}

fails() {
	! "$@"
}

# Each check first on a page that is wrong.
sed 's/no ELF magic number/no magic/' docs/errors.md >"$T/text.md"
ok "another text is found" fails same_reasons "$T/text.md"
printf '### ELF_MAGIC\n\n`ENOEXEC` `x`\n\n### ELF_CLASS\n' >"$T/bare.md"
ok "a reason without explanation is found" fails reasons_explained "$T/bare.md"
sed '/^| `core/d' docs/map.md >"$T/map.md"
ok "a directory that is missing in the map is found" fails map_has_every_directory "$T/map.md"
printf '# One\n[a](none.md) [b](#two) [c](links.md#one) [d](https://example.org/)\n' >"$T/links.md"
echo "$T/links.md" | links_resolve >/dev/null
ok "links that lead nowhere are found, and only those" sh -c "[ \$(grep -c -e none.md -e '#two' '$T/broken') = 2 ] && [ \$(wc -l <'$T/broken') = 2 ]"

printf 'See `core/fmt/` and core/none.c, port/<name>/x.c, kernel/*.c (or kernel/*.none).\n' >"$T/paths.md"
echo "$T/paths.md" | paths_exist . >/dev/null
ok "paths that are not there are found, and only those" \
	[ "$(sed 's/.*md: //' "$T/broken" | xargs)" = "core/none.c: there is no such file kernel/*.none: there is no such file" ]

ok "docs/errors.md has every diagnosis of diag.h and no other" same_reasons docs/errors.md
ok "docs/errors.md explains each" reasons_explained docs/errors.md
git ls-files -co --exclude-standard '*.md' | links_resolve >"$T/links"
ok "relative links in *.md lead to files and headings" sh -c "cat '$T/links'; [ ! -s '$T/links' ] && [ -s '$T/pages' ]"
ok "docs/map.md has every directory" map_has_every_directory docs/map.md
pages() {
	git ls-files -co --exclude-standard '*.md' | xargs ls -d 2>/dev/null
}
pages | paths_exist . >"$T/paths"
ok "paths in *.md are there" sh -c "cat '$T/paths'; [ ! -s '$T/paths' ]"
# In comments, and in what else these have: tests write paths of trees that they make.
git ls-files -co --exclude-standard '*.[chS]' '*.mk' '*.def' setup run test Makefile | grep -v '^tests/' | xargs ls -d 2>/dev/null |
	paths_exist '\.([chS]|md|mk|sh|py|def|awk)$' >"$T/paths"
ok "... and in sources" sh -c "cat '$T/paths'; [ ! -s '$T/paths' ]"
tap_done
