# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Parts of the kernel that need no machine, in host programs with sanitizers: every tests/kernel/X_test.c is linked with
# what it uses of these parts, and of what stands below them here (the other files of this directory).

KERNEL_PARTS := $(wildcard kernel/vfs/*.c) kernel/process/terminal.c kernel/process/terminal_line.c \
	kernel/process/terminal_ioctl.c runtime/format.c kernel/net/netlink.c kernel/trust/der.c kernel/trust/message.c \
	$(addprefix kernel/device/,block.c block_file.c block_request.c block_wait.c partition.c device.c device_files.c uevent.c pci.c pci_config.c)
# And a driver, which one test has a device for.
KERNEL_PARTS += $(addprefix modules/virtio/,blk.c virtio.c queue.c pci.c mmio.c)
# And what reads what devices say of themselves.
KERNEL_PARTS += modules/usb/descriptor.c
# And what finds PCI functions.
KERNEL_PARTS += modules/pci/scan.c modules/pci/function.c
# And the indexes of large directories.
KERNEL_PARTS += modules/ext2/index.c
KERNEL_PARTS_LIB := $(O)/tests/kernel/parts.a

$(eval $(call library,$(KERNEL_PARTS_LIB),asan,$(KERNEL_PARTS) $(filter-out %_test.c,$(wildcard tests/kernel/*.c))))
$(eval $(call programs,$(O)/tests/kernel,asan,$(wildcard tests/kernel/*_test.c),$(KERNEL_PARTS_LIB) -lpthread))

.PHONY: kernel-tests
kernel-tests: $(patsubst %.c,$(O)/%,$(wildcard tests/kernel/*_test.c)) ## build the tests of the kernel's parts that need no machine
quick-tests: kernel-tests
