# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests of file systems at the prompt, to be read after tests/linux/images.sh: commands of the prompt with Debian's modules, and
# what they say and leave.

host() { # COMMANDS
	timeout -k 5 120 $user "$O/tenon-host" --modules "$modules" --modules "$O/modules/x86_64" -c "$1" >"$T/out" 2>"$T/err"
}

good() { # COMMANDS
	host "$1; dmesg" && ! grep -E 'left behind|BUG|WARN|not there' "$T/out" && return
	cat "$T/out" "$T/err"
	return 1
}

# Modules are unloaded one by one: one that is still in use is an error.
reads() { # MOUNT-OPTIONS MODULE...
	options=$1
	shift
	good "mount $options $T/image /mnt; sha256sum /mnt; umount /mnt; rmmod $*" &&
		grep -E '^[0-9a-f]{64}  ' "$T/out" | sed 's|  /mnt/|  |' | LC_ALL=C sort -k 2 | diff "$T/want" -
}

# The tree as it is afterwards is compared with what other programs find in the image.
writes() { # MOUNT-OPTIONS
	good "mount $1 $T/image /mnt; mkdir /mnt/new; cp $T/tree/random /mnt/new/copy; mv /mnt/new/copy /mnt/new/moved
		rm /mnt/gone; echo one line > /mnt/new/line; cat /mnt/new/line; cp /mnt/new/moved $T/back; df; umount /mnt" &&
		grep -x 'one line' "$T/out" && cmp "$T/tree/random" "$T/back"
}
