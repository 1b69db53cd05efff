# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Every tests/fuzz/fuzz_X.c becomes the libFuzzer program $(O)/tests/fuzz/fuzz_X, linked with the core (variant fuzz)
# and the helpers of tests/unit. make_corpus.c makes the inputs it starts from; tests/fuzz/corpus/fuzz_X/*.bin, where
# there are any, are inputs that once found something, or messages to begin with.

FUZZ_OUT := $(O)/tests/fuzz
FUZZ_CORE := $(FUZZ_OUT)/helpers.a $(O)/core/fuzz/libtenon.a
FUZZ_LIB := $(O)/lib/libtenon-mod-fuzz.a
FUZZ_USER := fat modconf modfile modindex pkcs7 trust unpack uevent usb
FUZZ_TARGETS := $(patsubst %.c,$(O)/%,$(wildcard tests/fuzz/fuzz_*.c))
SECONDS ?= 60

$(eval $(call library,$(FUZZ_OUT)/helpers.a,fuzz,$(filter-out %_test.c,$(wildcard tests/unit/*.c))))
$(eval $(call programs,$(FUZZ_OUT),fuzz,$(filter-out $(FUZZ_USER:%=tests/fuzz/fuzz_%.c),$(wildcard tests/fuzz/fuzz_*.c)),$(FUZZ_CORE)))
$(eval $(call programs,$(FUZZ_OUT),fuzz,$(addprefix tests/fuzz/fuzz_,modconf.c modfile.c modindex.c pkcs7.c),$(FUZZ_LIB)))
$(eval $(call programs,$(FUZZ_OUT),fuzz,tests/fuzz/fuzz_unpack.c,$(FUZZ_LIB) $(LIBS.static-pie)))
$(eval $(call program,$(FUZZ_OUT)/fuzz_trust,fuzz,tests/fuzz/fuzz_trust.c kernel/trust/der.c kernel/trust/message.c))
$(eval $(call program,$(FUZZ_OUT)/fuzz_usb,fuzz,tests/fuzz/fuzz_usb.c modules/usb/descriptor.c))
$(eval $(call program,$(FUZZ_OUT)/fuzz_uevent,fuzz,tests/fuzz/fuzz_uevent.c \
	$(addprefix user/hotplugd/,uevent.c devices.c drivers.c log.c),$(FUZZ_LIB)))
CFLAGS.modules/fat := -Wno-unknown-attributes # clang knows no copy(), which module_init() has
$(eval $(call program,$(FUZZ_OUT)/fuzz_fat,fuzz,tests/fuzz/fuzz_fat.c $(wildcard modules/fat/*.c)))
$(FUZZ_TARGETS): LDFLAGS := -fsanitize=fuzzer
$(eval $(call program,$(FUZZ_OUT)/make_corpus,fuzz,tests/fuzz/make_corpus.c,$(FUZZ_CORE)))

.PHONY: fuzz fuzz-run
fuzz: $(FUZZ_TARGETS) $(FUZZ_OUT)/make_corpus ## build the fuzz targets
fuzz-run: fuzz ## run them all: make fuzz-run SECONDS=60
	@tests/fuzz/run $(SECONDS) $(O)
