# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# To be read with `.`: a line for a figure, which is to be at most LIMIT; `-`: any.

figure() { # NAME VALUE LIMIT [NOTE]
	verdict=ok
	[ "$3" = - ] || [ "$2" -le "$3" ] || verdict=over
	echo "$1 $2 $3 $verdict${4:+  # $4}"
}
