# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of pages, to be read with `.` behind tests/tap.sh: indented blocks, and running what they show.
replay_modules= # further options for ./run

# blocks PAGE DIR: the indented blocks, each in a file DIR/<section>-<number>; sections are counted from 1.
blocks() {
	awk -v dir="$2" '
		/^## / { section++; n = 0 }
		/^    / { if (!in_block) { n++; in_block = 1 } else while (blank) { print "" >out; blank-- }
			out = dir "/" section "-" n; blank = 0; print substr($0, 5) >out; next }
		/^$/ { blank++; next }
		{ in_block = 0; blank = 0 }
	' "$1"
}

# What may differ from one machine or run to the next.
normalise() {
	sed -E 's/^\[ *[0-9]+\.[0-9]+\]/[TIME]/; s/^([a-z0-9_]+ +)[0-9]+ /\1SIZE /; s/ +SIZE/ SIZE/; s/\+0x[0-9a-f]+/+OFFSET/'
}

# replay FILE DIR: run each line that begins with "$ " in DIR and compare what it prints with the lines behind it.
replay() {
	normalise <"$1" >"$T/expected"
	grep '^\$ ' "$1" | sed "s/^\\\$ //" | while IFS= read -r line; do
		printf '$ %s\n' "$line"
		line=$(printf '%s\n' "$line" | sed "s,^\./run,TENON/run $replay_modules,; s,TENON/build,$O,
			s,TENON/run,$O/tenon-host --modules $O/modules/x86_64,")
		(cd "$2" && case $line in openssl*) eval "$line" 2>"$T/openssl.log" ;; *) eval "$line" 2>&1 ;; esac)
	done | normalise >"$T/printed"
	diff -u "$T/expected" "$T/printed"
}
