# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Reads lines "file:#include ..." and prints those that a directory must not have. A directory may include its own
# headers, and what it stands on: only public headers, and only downwards.

BEGIN {
	may["include"] = "include/"
	may["core"] = "core/ include/"
	may["kpi"] = "kpi/ include/"
	may["runtime"] = "runtime/ include/"
	may["modpost"] = "modpost/ core/fmt/ include/"
	may["port"] = "port/ core/fmt/ include/"
	may["port/process/device"] = "port/ kpi/impl/ include/"
	may["kernel"] = "kernel/ include/"
	may["kernel/device/kpi"] = may["kernel/net/kpi"] = may["kernel/vfs/kpi"] = may["kernel/process/kpi"] = "kernel/ kpi/impl/ include/"
	may["kernel/policy/kpi"] = "kernel/ kpi/impl/ core/fmt/ include/"
	may["modules"] = "modules/ include/"
	may["linux"] = "linux/ include/"
	may["user/lib"] = "user/lib/ core/fmt/ include/"
	may["user/libkmod"] = "user/libkmod/ include/tenon/mod.h"
	may["user/tools"] = "user/tools/ include/tenon/mod.h"
	may["user/hotplugd"] = "user/hotplugd/ include/tenon/mod.h"
	# Without a C library there are the headers that the compiler itself brings.
	freestanding["include"] = freestanding["core"] = freestanding["kpi"] = freestanding["modules"] = freestanding["runtime"] = 1
	compilers = "^<(float|iso646|limits|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdnoreturn)\\.h>$"
}

# The file that "x.h" is: beside the includer, below the top, or below include/ (where it may be generated).
function resolve(includer, name,    beside) {
	beside = includer
	sub(/[^\/]*$/, "", beside)
	if (name !~ /\// || (beside name) in known)
		return beside name
	return name in known ? name : "include/" name
}

function allowed(directory, path,    i, n, prefix) {
	n = split(may[directory], prefix, " ")
	for (i = 1; i <= n; i++)
		if (index(path, prefix[i]) == 1)
			return 1
	return 0
}

# First the list of files, one a line.
FILENAME == ARGV[1] {
	known[$0] = 1
	next
}

{
	file = $0
	sub(/:.*/, "", file)
	directory = file
	sub(/\/.*/, "", directory)
	if (!(directory in may) && match(file, /^[^\/]*\/[^\/]*/))
		directory = substr(file, 1, RLENGTH)
	if (file ~ /^kernel\/(device|net|policy|process|vfs)\/kpi\//)
		directory = substr(file, 1, index(file, "/kpi/") + 3)
	if (file ~ /^port\/process\/device\//)
		directory = "port/process/device"
	match($0, /["<][^">]*[">]/)
	name = substr($0, RSTART, RLENGTH)
	if (!(directory in may))
		next
	if (name ~ /^</) {
		if (directory in freestanding && name !~ compilers)
			print file ": " name ": there is no such header without a C library"
	} else if (!allowed(directory, resolve(file, substr(name, 2, length(name) - 2)))) {
		print file ": " name ": may include " may[directory] " only"
	}
}
