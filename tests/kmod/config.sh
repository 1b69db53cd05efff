#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Configuration: `modprobe -c` prints what Debian's prints, of files at random, of the usual directories, of the kernel's
# command line; a line that cannot be understood is told with its place, and the others count.
. tests/tap.sh
. tests/kmod/tree.sh

mkdir -p "$T/lib/modules/0"
conf=$T/x.conf

# In a name space of our own, where the kernel's command line and the usual directories can be others.
apart() {
	unshare -rm --propagation private "$@"
}
with_cmdline() {
	apart sh -c 'mount --bind "$0" /proc/cmdline && exec "$@"' "$T/cmdline" "$@"
}
: >"$T/cmdline"
if ! with_cmdline true 2>"$T/why"; then
	skip_all "no name space can be made: $(cat "$T/why")"
fi

ours() {
	with_cmdline "$tools/modprobe" -c -d "$T" -S 0 "$@" | sed '/^$/,$d'
}

# shows TEXT ENTRY...: a file with these bytes (as printf has them) makes these entries. Messages go to $T/said.
shows() {
	printf "$1" >"$conf"
	shift
	printf '%s\n' "$@" | sed '/^$/d' >"$T/expected"
	ours -C "$conf" >"$T/shown" 2>"$T/said"
	diff "$T/expected" "$T/shown"
}
says() {
	sed 's/^/# /' "$T/said" && grep -qxF -- "modprobe: $1" "$T/said"
}

compare() {
	with_cmdline python3 tests/kmod/config_compare.py "$1" "$tools/modprobe" "$T/$1" 1 "$2"
}
ok "files at random, as kmod" compare files 40
mkdir "$T/cmdline.d"
: >"$T/cmdline.d/cmdline"
compare_cmdline() {
	apart sh -c 'mount --bind "$0" /proc/cmdline && exec "$@"' "$T/cmdline.d/cmdline" \
		python3 tests/kmod/config_compare.py cmdline "$tools/modprobe" "$T/cmdline.d" 1 80
}
ok "kernel command lines at random, as kmod" compare_cmdline

# The usual directories: the first that has a name wins it, whatever it has; order is that of names.
mkdir -p "$T/etc" "$T/run/modprobe.d" "$T/local/lib/modprobe.d" "$T/usr"
for d in etc run/modprobe.d local/lib/modprobe.d usr; do
	for f in z y b; do
		echo "blacklist ${f}_from_${d%%/*}" >"$T/$d/$f.conf"
	done
done
rm "$T/etc/b.conf" "$T/etc/z.conf" "$T/run/modprobe.d/z.conf"
ln -s /dev/null "$T/etc/a.conf"
echo 'blacklist hidden' >"$T/usr/a.conf"
echo 'blacklist other' >"$T/usr/other"
usual() {
	with_cmdline sh -c 'mount --bind "$0/etc" /etc/modprobe.d && mount --bind "$0/run" /run &&
		mount --bind "$0/local" /usr/local && mount --bind "$0/usr" /lib/modprobe.d && exec "$@"' "$T" "$@"
}
usual /sbin/modprobe -c -d "$T" -S 0 2>&1 | sed '/^$/,$d' >"$T/theirs"
usual "$tools/modprobe" -c -d "$T" -S 0 2>&1 | sed '/^$/,$d' >"$T/mine"
ok "the usual directories, as kmod" diff "$T/theirs" "$T/mine"
printf 'blacklist %s\n' b_from_run y_from_etc z_from_local >"$T/expected"
ok "... and as they should be" diff "$T/expected" "$T/mine"

# The tree's own softdeps.
tree "$T/base"
/sbin/depmod -b "$T/base" "$release"
echo 'softdep ext4 pre: mine' >"$conf"
in_tree() {
	with_cmdline "$1" -c -d "$T/base" -S "$release" -C "$conf" | sed '/^$/,$d'
}
in_tree /sbin/modprobe >"$T/theirs"
in_tree "$tools/modprobe" >"$T/mine"
ok "modules.softdep, as kmod" diff "$T/theirs" "$T/mine"
ok "... is read" [ "$(wc -l <"$T/mine")" -gt 20 ]
ok "... before files that come later in the alphabet" [ "$(tail -1 "$T/mine")" = 'softdep ext4 pre: mine' ]

printf 'softdep a pre: b\ninstall a /bin/false\n' >"$T/base/lib/modules/$release/modules.softdep"
printf 'weakdep a b\noptions a b=c\n' >"$T/base/lib/modules/$release/modules.weakdep"
in_tree "$tools/modprobe" >"$T/mine" 2>"$T/said"
printf '%s\n' 'softdep a pre: b' 'softdep ext4 pre: mine' 'weakdep a b' >"$T/expected"
ok "nothing but softdeps is taken from it" diff "$T/expected" "$T/mine"
ok "... which is told" grep -q "modules.weakdep:2:1: ignoring bad line starting with 'options': " "$T/said"

# Where ours is other than kmod.
ok "softdep in several parts" shows 'softdep a  pre:  b\tpost: c pre: d-e\n' 'softdep a pre: b d-e post: c'
ok "weakdep" shows 'weakdep a-b  c\t d-e\n' 'weakdep a_b c d-e'
ok "forbid and allow" shows 'allow a-b net-*\nforbid [x-z]-q\n' 'forbid [x-z]_q' 'allow a_b' 'allow net_*'
ok "line ends of other systems" shows 'blacklist a\r\n\r\noptions b \\\r\n c=1\r\n' 'blacklist a' 'options b  c=1'
ok "a backslash at the end" shows 'blacklist a\\' 'blacklist a'
ok "a comment behind blanks" shows '  # x \\\nblacklist no\nblacklist a\n' 'blacklist a'
ok "... is no error" [ ! -s "$T/said" ]
printf 'modprobe.blacklist="a-b,,c" .x=y z.=1' >"$T/cmdline"
ok "modprobe.blacklist" shows '' 'blacklist a_b' 'blacklist c'
: >"$T/cmdline"

# What is wrong, and where.
bad() { # TEXT LINE:COLUMN:... - that line is told, and the next line counts
	_place=$2
	shows "$1\nblacklist fine\n" "blacklist fine" && says "ERROR: $conf:$_place"
}
ok "a directive that does not exist" bad '\n  foo bar' \
	"2:3: ignoring bad line starting with 'foo': there is no such directive"
ok "a name is missing" bad 'alias' "1:6: ignoring bad line starting with 'alias': the name of a module is missing"
ok "... in a line that goes on" bad 'alias \\\n x' \
	"2:3: ignoring bad line starting with 'alias': the name of a module is missing"
ok "brackets" bad 'install \\a\\\n[b x' "1:9: ignoring bad line starting with 'install': brackets that do not match"
ok "... of an alias" bad 'alias x \\\n \\\n  b]' \
	"3:3: ignoring bad line starting with 'alias': brackets that do not match"
ok "options without any" bad 'options a ' \
	"1:11: ignoring bad line starting with 'options': nothing follows the name of the module"
ok "include" bad 'include /x' \
	"1:1: ignoring bad line starting with 'include': files cannot name others to be read any more"
ok "bytes that are not text" bad 'a\033[31m\177' \
	"1:1: ignoring bad line starting with 'a?[31m?': there is no such directive"
ok "a softdep without effect" shows 'softdep a b c\n' 'softdep a '
ok "... is told" says "WARNING: $conf:1:11: no module is named after 'pre:' or 'post:', so the line has no effect"

# Policy: a comment ends a line; what is not understood whole stops all that it could have been about, and says where.
ok "a comment ends a line of policy" shows 'forbid a # b\nallow c#d\n' 'forbid a' 'allow c'
ok "... and is no error" [ ! -s "$T/said" ]
ok "a byte-order mark does not hide the first line" shows '\357\273\277forbid a\n' 'forbid a'
refuses_all() { # TEXT PLACE WHY
	shows "$1\nblacklist fine\n" 'blacklist fine' 'forbid * not understood as policy, column '"${2#*:}: $3" &&
		says "ERROR: $conf:$2: bad line starting with '${1%% *}': $3; until it is mended no module is loaded"
}
no_name="no module has such a name: neither paths nor aliases nor quotes stand here"
ok "policy with a comma" refuses_all 'forbid a,b' 1:8 "names are separated by blanks, not by commas"
ok "... before a blank" refuses_all 'forbid x a, b' 1:10 "names are separated by blanks, not by commas"
ok "policy for what is no module's name" refuses_all 'forbid a fat.ko' 1:10 "$no_name"
ok "policy with brackets that do not match" refuses_all 'forbid [a b c]' 1:8 "brackets that do not match"
ok "policy without a name" refuses_all 'forbid # x' 1:11 "the name of a module is missing"
ok "policy that is misspelt" refuses_all 'Forbid a' 1:1 "there is no such directive"
ok "... otherwise" refuses_all 'forbids a' 1:1 "there is no such directive"
ok "allow that is not understood allows nothing" shows 'allow b\nallow "c" d\n' 'allow b' "allow  not understood as policy, column 7: $no_name"
ok "... is told" says "ERROR: $conf:2:7: bad line starting with 'allow': $no_name; until it is mended only modules that \
other allow lines name are loaded"
ok "policy with a NUL byte" shows 'forbid a\000b\n' 'forbid * not understood as policy, column 9: a NUL byte'
ok "a NUL byte" shows 'blacklist a\000b\nblacklist c\n' 'blacklist a' 'blacklist c'
ok "... is told" says "WARNING: $conf:1:12: a NUL byte; what follows it in the line is ignored"
ok "a program is no configuration" sh -c "'$tools/modprobe' -c -C /bin/true -d '$T' -S 0 >'$T/out' 2>'$T/err' &&
	grep -q 'ignoring bad line' '$T/err' && ! grep -q 'runtime error' '$T/err'"
head -c 70000000 /dev/zero >"$T/huge.conf"
ok "a huge file" shows 'blacklist a\n' 'blacklist a'
ours -C "$T/huge.conf" -C "$conf" >"$T/shown" 2>"$T/said"
ok "... is told" says "ERROR: $T/huge.conf: File too large; it may hold policy, so no module is loaded"
ok "... and the rest counts" grep -qx 'blacklist a' "$T/shown"
ok "... but no module is loaded" grep -qx 'forbid \* it may hold policy, and cannot be read' "$T/shown"
rm "$T/huge.conf"
python3 -c 'print("blacklist " + "x" * 3000000 + "\noptions a " + "y" * 3000000)' >"$T/long.conf"
ours -C "$T/long.conf" >"$T/shown"
ok "long lines" [ "$(wc -c <"$T/shown")" -eq "$(wc -c <"$T/long.conf")" ]

# Commands of a file that others can write are run as root: that is told, and refused where it is asked for.
printf 'install a true\nremove b true\n' >"$conf"
chmod o+w "$conf"
ours -C "$conf" >"$T/shown" 2>"$T/said"
ok "commands in a file that others can write" says \
	"WARNING: $conf:1: others than root can write this file, and its commands are run"
echo trusted_commands >"$T/z.conf"
ours -C "$conf" -C "$T/z.conf" >"$T/shown" 2>"$T/said"
ok "... are refused" grep -qx 'forbid a commands of a file that others can write are not run' "$T/shown"
ok "... both" [ "$(wc -l <"$T/shown")" -eq 1 ]
ok "... which is told" says "WARNING: $conf:1: others than root can write this file, and its commands are refused"
chmod o-w "$conf"
ours -C "$conf" -C "$T/z.conf" >"$T/shown" 2>"$T/said"
ok "others are not" diff "$conf" "$T/shown"
ok "... in silence" [ ! -s "$T/said" ]

mkdir -p "$T/d/directory.conf"
mkfifo "$T/d/pipe.conf"
ln -s nowhere "$T/d/link.conf"
echo 'blacklist a' >"$T/d/fine.conf"
timeout 300 "$tools/modprobe" -c -d "$T" -S 0 -C "$T/d" -C "$T/nothing" >"$T/shown" 2>"$T/said"
ok "what is no file in a directory is not waited for" grep -qx 'blacklist a' "$T/shown"
ok "... a directory" says "ERROR: $T/d/directory.conf: subdirectories are not read"
ok "... a pipe" says "ERROR: $T/d/pipe.conf: Invalid argument; it may hold policy, so no module is loaded"
ok "... a link to nowhere" says "ERROR: $T/d/link.conf: No such file or directory; it may hold policy, so no module is loaded"
ok "a path to nothing" says "WARNING: $T/nothing: there is no such configuration file or directory"
ok "a pipe that is asked for is read" sh -c "echo 'blacklist piped' | '$tools/modprobe' -c -d '$T' -S 0 -C /dev/stdin |
	grep -qx 'blacklist piped'"
tap_done
