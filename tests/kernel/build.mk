# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Parts of the kernel that need no machine, in host programs with sanitizers: every tests/kernel/X_test.c is linked with
# what it uses of these parts, and of what stands below them here (the other files of this folder).

KERNEL_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/kernel/*_test.c))
KERNEL_PARTS := $(wildcard kernel/vfs/*.c) kernel/process/terminal.c kernel/process/terminal_line.c \
	kernel/process/terminal_ioctl.c runtime/format.c kernel/net/netlink.c \
	$(addprefix kernel/device/,block.c block_file.c block_request.c device.c device_files.c pci_files.c pci_scan.c uevent.c)
KERNEL_TEST_OBJ := $(patsubst %.c,$(O)/tests/kernel/parts/%.o,$(KERNEL_PARTS)) \
	$(patsubst %.c,$(O)/tests/kernel/parts/%.o,$(filter-out %_test.c,$(wildcard tests/kernel/*.c)))

$(O)/tests/kernel/parts/%.o: %.c | $(KPI_H)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -fno-pie -MMD -MP -c -o $@ $<

$(O)/tests/kernel/parts.a: $(KERNEL_TEST_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(O)/tests/kernel/%_test: $(O)/tests/kernel/parts/tests/kernel/%_test.o $(O)/tests/kernel/parts.a
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -no-pie -o $@ $^ -lpthread

.PHONY: kernel-tests
kernel-tests: $(KERNEL_TESTS) ## build the tests of the kernel's parts that need no machine
quick-tests: kernel-tests
