# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Prints "lines file name" for every function of C files in kernel style: its body stands between braces in column 1.

FNR == 1 {
	begin = 0
}

/^\{/ {
	begin = FNR
	name = head
}

/^\}/ && begin {
	print FNR - begin + 1, FILENAME, name
	begin = 0
}

/^[A-Za-z_].*\(/ {
	head = $0
	sub(/\(.*/, "", head)
	sub(/.*[ *]/, "", head)
}
