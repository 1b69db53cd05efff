# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The image in memory that the kernel starts from: $(O)/image/initrd. Its programs come by setup/debian-programs.

IMAGE := $(O)/image/initrd
IMAGE_PROGRAMS := $(O)/debian/programs
IMAGE_FILES := $(shell find user/image/root -type f)
IMAGE_TREE := $(O)/image/tree

$(IMAGE): user/image/make_image.py $(IMAGE_FILES) $(IMAGE_PROGRAMS)/bin/kmod $(IMAGE_TREE)/stamp
	$(call say,IMAGE,$@)
	@mkdir -p $(@D)
	$(Q)user/image/make_image.py $(IMAGE_PROGRAMS) $@ user/image/root $(IMAGE_TREE)/files
$(IMAGE_PROGRAMS)/bin/kmod:
	$(Q)setup/debian-programs $(O)

# The release's tree of modules, and our own tools. The stamp is newer only if it has changed.
.PHONY: image-tree
image-tree: modules-x86_64 $(O)/keys/signing.pem $(O)/tools/tenon $(O)/tools/static/tenon
	$(Q)user/image/make_tree $(O) $(KERNEL_RELEASE) $(IMAGE_TREE)
$(IMAGE_TREE)/stamp: image-tree ;

.PHONY: image
image: $(IMAGE) ## build the image that the kernel starts from
TEST_PROGRAMS += $(IMAGE)

# What the image needs for Linux's own modules, and some of Debian's; if linux.ko can be built.
IMAGE_LINUX_MODULES := crc7 crc16 lz4_compress e1000 ne2k-pci 8390 pcnet32 8139cp mii tulip
.PHONY: image-linux
image-linux: linux image-tree ## an archive with linux.ko and modules of Debian's, for ./run --vm --archive
	$(Q)[ ! -f $(LINUX_KO) ] || user/image/make_linux $(O) $(KERNEL_RELEASE) $(IMAGE_TREE)/files $(IMAGE_LINUX_MODULES)
