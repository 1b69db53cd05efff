# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# For scripts of setup/, to be read with `.`: apt with lists, cache and settings of its own, as on a machine where nothing is
# installed; apt's own state is not touched.

fail() {
	echo "setup: $*" >&2
	exit 1
}

# private_apt DIRECTORY [CPU]: from here on apt keeps its state in DIRECTORY, which $state names then.
private_apt() {
	cpu=${2:-amd64}
	rm -rf "$1"
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/parts"
	state=$(realpath "$1")
	: >"$state/status"
	apt_options=
}

# apt TOOL ARGUMENT...: apt-get, apt-cache ... with $apt_options
apt() {
	_tool=$1
	shift
	# shellcheck disable=SC2086 # options without blanks
	"$_tool" -q=2 -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Architecture="$cpu" -o APT::Architectures::="$cpu" \
		-o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" $apt_options "$@"
}

# apt_update: fetch the lists of packages.
apt_update() {
	apt apt-get update || fail "apt-get update failed"
}

# other_suite backports|sid: from here on packages are those of another suite, from where apt gets this system's release. This
# system's own CPU is asked about: the release need not have the other one. After apt_update.
other_suite() {
	. /etc/os-release
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' |
		awk -v release="$VERSION_CODENAME" -v suite="$1" '
			$2 == release { print "deb", $1, suite == "backports" ? release "-" suite : suite, "main"; exit }' >"$state/sources.list"
	apt_options="-o Dir::Etc::sourcelist=$state/sources.list -o Dir::Etc::sourceparts=/dev/null"
	apt_update
}

# source_packages: from here on packages are sources, from the machine's own places of Debian's packages.
source_packages() {
	sed -n 's/^deb \(\[[^]]*\] \)\?/deb-src \1/p' /etc/apt/sources.list 2>/dev/null >"$state/list" || :
	for file in /etc/apt/sources.list.d/debian.sources; do
		[ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$state/parts/debian.sources"
	done
	apt_options="-o Dir::Etc::sourcelist=$state/list -o Dir::Etc::sourceparts=$state/parts"
	apt_update
}
