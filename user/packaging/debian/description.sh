# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Which packages there are, and what their control files say; read with `.`.

packages="tenon-tools libtenon-mod0 libtenon-mod-dev tenon-kmod"
version=$(sed -n 's/^Version: //p' user/packaging/tenon-mod.pc.in)

# Names of Debian's kmod that tenon-kmod has instead.
diverted="/bin/kmod /bin/lsmod /sbin/depmod /sbin/insmod /sbin/lsmod /sbin/modinfo /sbin/modprobe /sbin/rmmod"
for _page in depmod.d.5 modprobe.d.5 depmod.8 insmod.8 kmod.8 lsmod.8 modinfo.8 modprobe.8 rmmod.8; do
	diverted="$diverted /usr/share/man/man${_page##*.}/$_page.gz"
done

describe() { # PACKAGE
	case $1 in
	tenon-tools)
		cat <<-'END'
			Section: admin
			Priority: optional
			Depends: @LIBRARIES@
			Recommends: libssl3, libzstd1, liblzma5
			Suggests: tenon-kmod
			Built-Using: @LINKED_IN@
			Description: load, unload and examine modules of the Linux kernel
			 The commands of kmod, and more: why a module is loaded and why it is not, what
			 loading or unloading would do, whether a kernel would accept a file, what is
			 wrong in modprobe.d, what changed between two kernel packages; and a daemon
			 that loads drivers as devices come.
			 .
			 The names of kmod's commands are in /usr/lib/tenon/bin. The package tenon-kmod
			 lets modprobe, depmod and the others of the system be these.
		END
		;;
	libtenon-mod0)
		cat <<-'END'
			Section: libs
			Priority: optional
			Multi-Arch: same
			Depends: @LIBRARIES@
			Recommends: libssl3, libzstd1, liblzma5
			Description: module files, module trees and their indexes - library
			 What the tools of Tenon are written on: reads module files of the Linux kernel,
			 their trees and configuration, makes indexes, and plans and carries out loading
			 and unloading.
		END
		;;
	libtenon-mod-dev)
		cat <<-'END'
			Section: libdevel
			Priority: optional
			Multi-Arch: same
			Depends: libtenon-mod0 (= @VERSION@)
			Description: module files, module trees and their indexes - development files
			 Header, archive and pkg-config file of libtenon-mod, with which programs read
			 module files of the Linux kernel, make indexes, and load and unload modules.
		END
		;;
	tenon-kmod)
		cat <<-'END'
			Section: admin
			Priority: optional
			Pre-Depends: tenon-tools (= @VERSION@)
			Depends: kmod
			Description: let modprobe, depmod and the others be those of Tenon
			 The names of kmod's commands in /bin and /sbin, and their manual pages, lead
			 to the package tenon-tools. Those of the package kmod are diverted, and are
			 back as soon as this package is removed.
		END
		;;
	esac
}
