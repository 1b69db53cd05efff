# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# To be read with `.`: guests whose time-stamp counter counts instructions, each iteration of a string instruction too.

# pack DIRECTORY >>INITRD: what is in it, in front of or after other archives.
pack() {
	(cd "$1" && find . -mindepth 1 | sed 's|^\./||' | LC_ALL=C sort | cpio --quiet -o -H newc)
}

# guest KERNEL INITRD WORDS [OPTION...]: run it with these words on its command line, until it switches itself off, in the
# machine that kernel/vm makes where there is neither disk nor network card, with the small firmware. Its console is our output.
guest() {
	_kernel=$1
	_initrd=$2
	_words=$3
	shift 3
	timeout -k 5 600 qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -cpu max,erms=off,fsrm=off -M q35 -m 256M \
		-bios qboot.rom -nodefaults -display none -monitor none -no-reboot -serial stdio -kernel "$_kernel" -initrd "$_initrd" \
		-append "$_words" "$@" </dev/null | tr -d '\r'
}

# said FILE KEY: the word after KEY in a line of its own, or it was not said.
said() {
	awk -v key="$2" '$1 == key { value = $2; found = 1 } END { print value; exit !found }' "$1" || {
		cat "$1" >&2
		echo "the guest did not say: $2" >&2
		exit 1
	}
}

# cpu_time FILE COMMAND...: its output into the file, and a line "took N": hundredths of a second of CPU time.
cpu_time() {
	_to=$1
	shift
	_before=$(cut -d' ' -f16,17 /proc/$$/stat)
	"$@" >"$_to"
	echo "$_before $(cut -d' ' -f16,17 /proc/$$/stat)" | awk '{ print "took", $3 + $4 - $1 - $2 }' >>"$_to"
}

# What a shell runs first: that it takes commands, with the time by the kernel's own clock.
prompt='echo "<5>prompt" >/dev/kmsg
dmesg | sed -n "s/.*\[ *\([0-9]*\)\.\([0-9]*\)\].*prompt.*/prompt \1\2/p"'
