# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For tests with a tree of modules of their own, to be read with `.` after shim.sh: $root, its tree $dir, and one file
# of configuration, $conf.

root=$T/root
dir=$root/lib/modules/$release
conf=$T/conf/a.conf
mkdir -p "$dir/kernel" "$T/conf"
: >"$conf"
# A module of its own for each case. module NAME: with these lines of assembler besides its licence
module() {
	{ printf '\t.section .modinfo, "a"\n\t.asciz "license=GPL"\n\t.asciz "name=%s"\n' "$1" && cat; } |
		as -o "$dir/kernel/$1.ko" -
}
# needing NAME MODULE...: a module that needs these, and exports a symbol that others need in turn
needing() {
	_name=$1
	shift
	{
		printf '\t.asciz "depends=%s"\n' "$(echo "$*" | tr ' ' ,)"
		printf '\t.section __ksymtab_strings, "a"\n\t.asciz "%s_call"\n' "$_name"
		printf '\t.data\n\t.globl %s_call\n%s_call:\n' "$_name" "$_name"
		for _other; do
			printf '\t.quad %s_call\n' "$_other"
		done
	} | module "$_name"
}
depmod() {
	"$tools/depmod" -b "$root" "$release" 2>"$T/depmod.err"
}
modprobe() {
	in_kernel "$tools/modprobe" -d "$root" -S "$release" -C "$T/conf" "$@"
}
# prints LINE... -- COMMAND...: exactly these lines, on its standard output
prints() {
	: >"$T/expected"
	while [ "$1" != -- ]; do
		echo "$1" >>"$T/expected"
		shift
	done
	shift
	"$@" >"$T/printed" 2>"$T/said"
	cat "$T/said"
	diff "$T/expected" "$T/printed"
}
loads() { # MODULE... -- WORD...: what modprobe -n -v would insert
	: >"$T/expected"
	while [ "$1" != -- ]; do
		echo "insmod $dir/kernel/$1.ko " >>"$T/expected"
		shift
	done
	shift
	modprobe -nv "$@" >"$T/printed" 2>"$T/said"
	cat "$T/said"
	diff "$T/expected" "$T/printed"
}

