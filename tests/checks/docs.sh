#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The documentation against the tree: docs/errors.md has every diagnosis with its errno value and text and no other,
# relative links lead somewhere, and the README's tour has every folder.
. tests/tap.sh

# Reason, errno value and text of each diagnosis, tab-separated, as diag.h has them.
reasons_in_header() {
	sed -nE 's/^[[:space:]]+X\((\w+),[[:space:]]*(\w+),[[:space:]]*"(.*)"\).*/\1\t\2\t\3/p' include/tenon/diag.h
}

# The same as docs/errors.md has them: a heading, then the first line in code. A reason without that line has no text.
reasons_in_page() {
	awk '
		function end() { if (name != "") print name "\t" text }
		/^### / { end(); name = substr($0, 5); text = ""; next }
		/^## / { end(); name = "" }
		name != "" && text == "" && /^`[^`]*` `[^`]*`$/ { split($0, part, "`"); text = part[2] "\t" part[4] }
		END { end() }
	' docs/errors.md
}

same_reasons() {
	reasons_in_header >"$T/header"
	reasons_in_page >"$T/page"
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
	' docs/errors.md
}

pages() {
	git ls-files -co --exclude-standard '*.md'
}

# The anchors of a page: its headings in lower case, letters, digits, '-' and '_' only, spaces as '-'.
anchors() {
	awk '/^```/ { code = !code } !code && /^#+ /' "$1" | sed -E 's/^#+ //; s/`//g' | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

links_resolve() {
	pages | while read -r page; do
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
	done >"$T/broken"
	cat "$T/broken"
	[ -n "$(pages)" ] && [ ! -s "$T/broken" ]
}

# Each line of the tour begins with the name in code, as in "| `core/` | ...".
tour_has_every_folder() {
	git ls-files -co --exclude-standard | grep / | cut -d/ -f1 | sort -u >"$T/folders"
	sed -nE 's/^\| `([^`\/]+)\/` \|.*/\1/p' README.md | sort >"$T/tour"
	diff -u "$T/folders" "$T/tour"
}

ok "docs/errors.md has every diagnosis of diag.h and no other" same_reasons
ok "docs/errors.md explains each" reasons_explained
ok "relative links in *.md lead to files and headings" links_resolve
ok "the tour in README.md has every folder" tour_has_every_folder
tap_done
