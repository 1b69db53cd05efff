# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The commands that `make -n` prints -> compile_commands.json, for editors: one entry for each file that is compiled.
# The first way in which a file is compiled counts.

function quoted(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

BEGIN { print "[" }

/ -c -o [^ ]+ [^ ]+\.[cS]$/ && !($NF in seen) {
	seen[$NF] = 1
	printf "%s{\"directory\": %s, \"file\": %s, \"command\": %s}", cnt++ ? ",\n" : "", quoted(directory), quoted($NF), quoted($0)
}

END { print "\n]" }
