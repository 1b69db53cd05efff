# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of mounts through FUSE, to be read after tests/linux/images.sh: $T/image mounted at $m, and eight programs that write
# there at once. Skips the test if FUSE is not there.
if [ ! -w /dev/fuse ] || ! command -v fusermount3 >/dev/null; then
	echo "1..0 # SKIP /dev/fuse or fusermount3 is not there"
	exit 0
fi
m=$T/mounted
mkdir "$m"
trap 'fusermount3 -uq "$m"; rm -rf "$T"' EXIT

mounted() { # OPTIONS
	timeout -k 5 60 $user "$O/tenon-mount" --modules "$modules" --modules "$O/modules/x86_64" $1 "$T/image" "$m"
}

# The process holds a lock on the image until all is written and its modules are unloaded.
unmounted() {
	timeout -k 5 60 $user fusermount3 -u "$m" && timeout -k 5 60 flock "$T/image" true
}

mounted_reads() { # OPTIONS
	mounted "$1" && (cd "$m" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum) >"$T/got" && unmounted &&
		diff "$T/want" "$T/got"
}

# In each of eight directories a program writes, renames, shortens and removes.
writes_together() {
	mounted "$1" || return 1
	for i in 1 2 3 4 5 6 7 8; do
		$user sh -e -c 'mkdir "$1" && cp "$2/random" "$1/a" && cp -r "$2/directory" "$1/b" && mv "$1/a" "$1/c" &&
			cp "$2/numbers" "$1/short" && truncate -s 1000 "$1/short" && echo x >"$1/x" && rm "$1/x"' - "$m/new$i" "$tree" >"$T/errors$i" 2>&1 &
	done
	wait
	cat "$T"/errors?
	unmounted && [ -z "$(cat "$T"/errors?)" ]
}

written_together() {
	mounted -r || return 1
	for i in 1 2 3 4 5 6 7 8; do
		cmp "$tree/random" "$m/new$i/c" && diff -r "$tree/directory" "$m/new$i/b" && head -c 1000 "$tree/numbers" | cmp - "$m/new$i/short" &&
			[ "$(ls "$m/new$i" | tr '\n' ' ')" = "b c short " ] || { unmounted; return 1; }
	done
	unmounted
}
