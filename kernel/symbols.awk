# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Reads `nm -n` of the kernel, writes its table of functions: addresses as distances from the image's start, and where
# their names begin in one text (kernel/symbols.c).
$2 ~ /^[tT]$/ && $3 !~ /^\./ {
	n++
	address[n] = $1
	name[n] = $3
}
END {
	print "\t.section .symbols, \"a\""
	print "\t.globl symbol_cnt, symbol_table, symbol_names"
	print "symbol_cnt: .long " n
	print "symbol_table:"
	for (i = 1; i <= n; i++) {
		print "\t.long 0x" address[i] " - 0xffffffff80000000, " off + 0
		off += length(name[i]) + 1
	}
	print "symbol_names:"
	for (i = 1; i <= n; i++)
		print "\t.asciz \"" name[i] "\""
}
