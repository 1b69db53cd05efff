# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Every tests/fuzz/fuzz_X.c becomes the libFuzzer program $(O)/tests/fuzz/fuzz_X, linked with the core (variant fuzz)
# and the helpers of tests/unit. make_corpus.c makes the inputs it starts from; tests/fuzz/corpus/fuzz_X/*.bin, where
# there are any, are inputs that once found something.

FUZZ_TARGETS := $(patsubst %.c,$(O)/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_HELPERS := $(patsubst tests/unit/%.c,$(O)/tests/fuzz/helpers/%.o,$(filter-out %_test.c,$(wildcard tests/unit/*.c)))
SECONDS ?= 60

define fuzz-object
	$(call say,CLANG,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CFLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
endef
$(O)/tests/fuzz/%.o: tests/fuzz/%.c
	$(fuzz-object)
$(O)/tests/fuzz/helpers/%.o: tests/unit/%.c
	$(fuzz-object)

$(O)/tests/fuzz/helpers.a: $(FUZZ_HELPERS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(FUZZ_TARGETS): %: %.o $(O)/tests/fuzz/helpers.a $(O)/core/fuzz/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)
$(O)/tests/fuzz/make_corpus: $(O)/tests/fuzz/make_corpus.o $(O)/tests/fuzz/helpers.a $(O)/core/fuzz/libtenon.a
	$(call say,LD,$@)
	$(Q)$(CLANG) $(SANITIZE) -o $@ $^

.PHONY: fuzz fuzz-run
fuzz: $(FUZZ_TARGETS) $(O)/tests/fuzz/make_corpus ## build the fuzz targets
fuzz-run: fuzz ## run them all: make fuzz-run SECONDS=60
	@tests/fuzz/run $(SECONDS) $(O)
.PRECIOUS: $(O)/tests/fuzz/%.o $(O)/tests/fuzz/helpers/%.o
