#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# packages.sh - Debian packages of what `make install` installs, in $O/deb. Called by make, with O in the environment. The
# maintainer is $DEBFULLNAME <$DEBEMAIL>, as with Debian's own tools; the time is SOURCE_DATE_EPOCH, or that of the last
# commit: packages of the same source are the same.
#
#   tenon-tools       tenon, tenon-hotplugd; kmod's names of it in /usr/lib/tenon/bin
#   libtenon-mod0     the library, -dev: header, archive
#   tenon-kmod        kmod's names in /bin and /sbin lead to it, by diversions: Debian's kmod has no alternatives, and
#                     stays installed for its configuration and for those who depend on it
set -eu
umask 022
here=$(dirname "$0")
. "$here/description.sh"

out=$(realpath "$O")/deb
stage=$out/stage
arch=$(dpkg --print-architecture)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
maintainer="${DEBFULLNAME:-$(id -un)} <${DEBEMAIL:-$(id -un)@$(uname -n)}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)}
export SOURCE_DATE_EPOCH

# move PACKAGE PATH...: paths of the staged installation that a package has
move() {
	_package=$1
	shift
	for _path; do
		mkdir -p "$out/$_package/$(dirname "$_path")"
		mv "$stage/$_path" "$out/$_package/$_path"
	done
}

split() {
	mkdir -p "$stage/usr/lib/$triplet/pkgconfig" "$stage/usr/share/zsh/vendor-completions" "$stage/lib"
	mv "$stage"/usr/lib/libtenon-mod.* "$stage/usr/lib/$triplet/"
	sed "s,^libdir=.*,&/$triplet," "$stage/usr/lib/pkgconfig/tenon-mod.pc" >"$stage/usr/lib/$triplet/pkgconfig/tenon-mod.pc"
	rm "$stage/usr/lib/pkgconfig/tenon-mod.pc" "$stage/usr/lib/tenon/installed"
	rmdir "$stage/usr/lib/pkgconfig"
	find "$stage/usr/lib/tenon/share" -type l | while read -r link; do
		ln -sfnr "$stage$(readlink "$link")" "$link"
	done
	# Where Debian 12 has them.
	mv "$stage/usr/share/zsh/site-functions/_tenon" "$stage/usr/share/zsh/vendor-completions/"
	rmdir "$stage/usr/share/zsh/site-functions"
	mv "$stage/usr/lib/systemd" "$stage/lib/"
	strip --strip-unneeded "$stage/usr/lib/$triplet/libtenon-mod.so.0" "$stage/usr/lib/tenon/bin/tenon" \
		"$stage/usr/lib/tenon/bin/kmod" \
		"$stage/usr/sbin/tenon-hotplugd" "$stage/usr/lib/tenon/lib/"*.so.*
	strip --strip-debug "$stage/usr/lib/$triplet/libtenon-mod.a"
	chmod 644 "$stage/usr/lib/$triplet/"*.so.* "$stage/usr/lib/tenon/lib/"*.so.*
	find "$stage/usr" -path '*/man/*' -name '*.[1-8]' -exec gzip -9n {} +
	move libtenon-mod0 "usr/lib/$triplet/libtenon-mod.so.0"
	move libtenon-mod-dev "usr/lib/$triplet/libtenon-mod.so" "usr/lib/$triplet/libtenon-mod.a" \
		"usr/lib/$triplet/pkgconfig" usr/include
	rmdir "$stage/usr/lib/$triplet"
	mv "$stage" "$out/tenon-tools"
	mkdir -p "$out/tenon-tools/usr/share/doc/tenon-tools"
	mv "$out/tenon-tools/usr/share/doc/tenon/"* "$out/tenon-tools/usr/share/doc/tenon-tools/"
	rmdir "$out/tenon-tools/usr/share/doc/tenon"
}

# The package that has kmod's names: links, and what it diverts.
make_names() {
	for path in $diverted; do
		mkdir -p "$out/tenon-kmod$(dirname "$path")"
		case $path in
		/usr/share/man/*) ln -s "../../../lib/tenon$(echo "$path" | sed 's,^/usr,,')" "$out/tenon-kmod$path" ;;
		*) ln -s "/usr/lib/tenon/bin/$(basename "$path")" "$out/tenon-kmod$path" ;;
		esac
	done
}

# documents PACKAGE: what Policy 12.5 and 12.7 ask for
documents() {
	_doc=$out/$1/usr/share/doc/$1
	mkdir -p "$_doc"
	cp "$here/copyright" "$_doc/copyright"
	printf 'tenon (%s) unstable; urgency=medium\n\n  * See the history of the source.\n\n -- %s  %s\n' "$version" \
		"$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$_doc/changelog.gz"
}

# depends PACKAGE: on shared libraries
depends() {
	_files=$(find "$out/$1" -type f \( -perm -u=x -o -name '*.so.*' \) -exec sh -c 'for f; do
		readelf -h "$f" >/dev/null 2>&1 && echo "$f"; done' - {} +)
	[ -n "$_files" ] || return 0
	mkdir -p "$out/shlibs/debian"
	printf 'Source: tenon\n\nPackage: %s\nArchitecture: any\n' "$1" >"$out/shlibs/debian/control"
	# shellcheck disable=SC2086 # a list of files without blanks
	(cd "$out/shlibs" && dpkg-shlibdeps --warnings=0 -O $_files 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
}

# linked_in: the source packages of what the static program has in it, as a control file lists them
linked_in() {
	dpkg-query -W -f '${source:Package} (= ${source:Version}), ' libc6-dev libjansson-dev liblzma-dev libzstd-dev zlib1g-dev |
		sed 's/, $//'
}

# control PACKAGE
control() {
	mkdir -p "$out/$1/DEBIAN"
	_libraries=$(depends "$1")
	{
		printf 'Package: %s\nSource: tenon\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' "$1" "$version" "$arch" \
			"$maintainer"
		printf 'Installed-Size: %s\n' "$(du -ks --apparent-size --exclude=DEBIAN "$out/$1" | cut -f 1)"
		describe "$1" | sed "s/@VERSION@/$version/g; s/@LIBRARIES@/$_libraries/; s/@LINKED_IN@/$(linked_in)/"
	} >"$out/$1/DEBIAN/control"
	(cd "$out/$1" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs -r md5sum >DEBIAN/md5sums)
}

# overrides PACKAGE: what lintian says of it that is meant to be so
overrides() {
	[ ! -f "$here/$1.lintian-overrides" ] ||
		install -D -m 644 "$here/$1.lintian-overrides" "$out/$1/usr/share/lintian/overrides/$1"
}

# script PACKAGE NAME: with the list of what is diverted
script() {
	sed "s|@DIVERTED@|$(echo $diverted)|" "$here/$1.$2" >"$out/$1/DEBIAN/$2"
	chmod 755 "$out/$1/DEBIAN/$2"
}

rm -rf "$out"
mkdir -p "$out/tenon-kmod/DEBIAN" "$out/libtenon-mod0/DEBIAN"
PREFIX=/usr DESTDIR=$stage user/packaging/install.sh install >/dev/null
split
make_names
for package in $packages; do
	documents "$package"
	overrides "$package"
	control "$package"
done
printf 'libtenon-mod 0 libtenon-mod0 (>= %s)\n' "$version" >"$out/libtenon-mod0/DEBIAN/shlibs"
echo 'activate-noawait ldconfig' >"$out/libtenon-mod0/DEBIAN/triggers"
echo 'activate-noawait update-initramfs' >"$out/tenon-kmod/DEBIAN/triggers"
script tenon-kmod preinst
script tenon-kmod postrm
for package in $packages; do
	find "$out/$package" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	dpkg-deb -Zxz --root-owner-group --build "$out/$package" "$out/${package}_${version}_$arch.deb" >/dev/null
	rm -r "${out:?}/$package"
	echo "$out/${package}_${version}_$arch.deb"
done
rm -r "$out/shlibs"
