# SPDX-License-Identifier: GPL-2.0-only
# The library: Linux's own files of library/files, compiled as they are from $(LINUX_SOURCE), against the headers of the
# distribution, to one object, $(OUT)/library/library.o. And what they and ours call that nobody has: library/stubs.S.
#
# The flags are those that decide about code shared with modules, as for our own files; warnings are Linux's business.
# NOTRACE: without trace points. CC_USING_FENTRY: headers ask for it, no call is made.

LIBRARY_OUT := $(OUT)/library
LIBRARY_INTERFACE := $(O)/kpi_symvers $(O)/modules/x86_64/runtime/runtime.symvers
# Of the list, what this kernel has.
$(LIBRARY_OUT)/listed.mk: $(addprefix $(M)/library/,listed.py built_in.mk files) $(LINUX_SOURCE)/absent $(LINUX_HEADERS)/include/config/auto.conf
	$(call say,LIST,$@)
	@mkdir -p $(@D)
	$(Q)python3 $(M)/library/listed.py $(LINUX_SOURCE) $(LINUX_HEADERS)/include/config/auto.conf $(M)/library/files >$@.part
	$(Q)sed 's/^/LIBRARY_LISTED += /' $@.part >$@
include $(LIBRARY_OUT)/listed.mk
LIBRARY_FILES := $(filter-out lib/gen_% kernel/locking/rtmutex.c,$(LIBRARY_LISTED))
LIBRARY_OBJS := $(LIBRARY_FILES:%.c=$(LIBRARY_OUT)/%.o)
LIBRARY_PERCPU := 0x140 # bytes: where the library's per-CPU variables begin in a window, see x86/percpu.h

# $(call library-name,path): what Linux calls the file among its modules.
library-name = $(subst -,_,$(basename $(notdir $(1))))
LIBRARY_FLAGS = $(filter-out $(MODULE_WARN) -g1,$(LINUX_COMMON_FLAGS)) -w -fno-strict-overflow -DNOTRACE \
	-include $(M)/export.h -I$(LIBRARY_OUT)/lib -I$(dir $<) -D__KBUILD_MODNAME=kmod_$(call library-name,$<) \
	-DKBUILD_MODNAME='"$(call library-name,$<)"' -DKBUILD_BASENAME='"$(call library-name,$<)"' \
	-DKBUILD_MODFILE='"$(patsubst $(LINUX_SOURCE)/%.c,%,$<)"' -ffile-prefix-map=$(LINUX_SOURCE)=linux-source

$(LIBRARY_OUT)/%.o: $(LINUX_SOURCE)/%.c $(M)/library.mk $(M)/export.h
	$(call say,CC-S,$@)
	@mkdir -p $(@D)
	$(Q)$(MODULE_CC_x86_64) $(LIBRARY_FLAGS) $(LIBRARY_EXTRA) -MMD -MP -MF $(LIBRARY_OUT)/$(subst /,_,$*).d -c -o $@ $<
	$(Q)$(LIBRARY_AFTER)

$(LIBRARY_OUT)/kernel/sched/%.o: LIBRARY_EXTRA = -include $(M)/library/waiting.h
$(patsubst %,$(LIBRARY_OUT)/kernel/locking/%.o,mutex rwsem spinlock): LIBRARY_EXTRA = -include $(M)/library/locks.h
$(LIBRARY_OUT)/kernel/bpf/core.o: LIBRARY_EXTRA = -include $(M)/library/interpreter.h
$(LIBRARY_OUT)/kernel/time/timer.o: LIBRARY_EXTRA = -include $(M)/library/timers.h
$(LIBRARY_OUT)/kernel/workqueue.o: LIBRARY_EXTRA = -include $(M)/library/rescuers.h
$(LIBRARY_OUT)/crypto/api.o: LIBRARY_EXTRA = -include $(M)/library/untested.h
$(LIBRARY_OUT)/crypto/algapi.o: LIBRARY_EXTRA = -include $(M)/library/untested.h -DUNTESTED_AT_START
$(LIBRARY_OUT)/kernel/resource.o: LIBRARY_EXTRA = -include $(M)/library/objects.h
$(LIBRARY_OUT)/net/devlink/trap.o: LIBRARY_EXTRA = -include $(M)/library/untraced.h

# Their initcalls make directories of sysfs and sysctl, which are not there. Those of the last two are nothing but tests.
LIBRARY_NO_INITCALLS := kernel/time/timer.c \
	kernel/resource.c fs/crypto/crypto.c fs/verity/init.c crypto/kdf_sp800108.c lib/crypto/blake2s.c
$(LIBRARY_NO_INITCALLS:%.c=$(LIBRARY_OUT)/%.o): LIBRARY_AFTER = objcopy -w -R '.initcall*' -R '.rela.initcall*' $@

# Its functions are for Linux's start; here they stay, for hosts (fs/files.c).
$(LIBRARY_OUT)/fs/init.o: LIBRARY_AFTER = objcopy --rename-section .init.text=.text $@

# It includes a header of block/ by its way from include/trace/events.
$(LIBRARY_OUT)/block/blk-wbt.o: LIBRARY_EXTRA = -iquote $(LINUX_SOURCE)/drivers/base/power

# A table that Linux's own build makes with a program of Linux's.
$(LIBRARY_OUT)/lib/crc32.o: $(LIBRARY_OUT)/lib/crc32table.h
$(LIBRARY_OUT)/lib/crc32table.h: $(LINUX_SOURCE)/lib/gen_crc32table.c
	@mkdir -p $(@D)
	$(Q)$(CC) -w -iquote $(LINUX_HEADERS)/include -iquote $(LINUX_COMMON)/include -o $(@D)/gen_crc32table $<
	$(Q)$(@D)/gen_crc32table >$@

$(LIBRARY_OUT)/library.o: $(LIBRARY_OBJS) $(M)/library/sections.lds $(addprefix $(M)/library/,branches.py percpu.py object.py files)
	$(call say,LD,$@)
	$(Q)$(LD) -r -z noexecstack -T $(M)/library/sections.lds -o $@ $(LIBRARY_OBJS)
	$(Q)python3 $(M)/library/percpu.py $@ $(LIBRARY_PERCPU)
	$(Q)python3 $(M)/library/branches.py $@

# What is taken the address of without being called may be data, and no stub can stand for data. library/functions has
# what was looked at by eye: functions.
# Each is a function that names itself and traps: nothing that is not there says that it has done something.
$(LIBRARY_OUT)/stubs.S: $(LIBRARY_OUT)/library.o $(LINUX_OWN_OBJS) $(LIBRARY_INTERFACE) $(M)/library/functions
	$(call say,STUBS,$@)
	$(Q)cut -f 2 $(LIBRARY_INTERFACE) >$(LIBRARY_OUT)/interface
	$(Q)nm -g --defined-only $(filter %.o,$^) | awk 'NF == 3 { print $$3 }' | sort -u - $(LIBRARY_OUT)/interface >$(LIBRARY_OUT)/there
	$(Q)nm -u $(filter %.o,$^) | awk '$$1 == "U" { print $$2 }' | sort -u | comm -23 - $(LIBRARY_OUT)/there | \
		grep -vx -e linux_stub_hit -e __this_module >$(LIBRARY_OUT)/stubs || :
	$(Q)readelf -rW $(LIBRARY_OUT)/library.o | awk '$$3 != "R_X86_64_PLT32" && NF > 4 { print $$5 }' | sort -u | \
		comm -12 - $(LIBRARY_OUT)/stubs | grep -vxFf $(M)/library/functions >$(LIBRARY_OUT)/data || :
	$(Q)[ ! -s $(LIBRARY_OUT)/data ] || { echo "not there, and perhaps data:" $$(cat $(LIBRARY_OUT)/data) >&2; exit 1; }
	$(Q)awk '{ printf "\t.globl %s\n\t.type %s, %%function\n%s:\tlea %df(%%rip), %%rdi\n\tjmp linux_stub_hit\n", $$1, $$1, $$1, NR; \
		printf "\t.pushsection .rodata.str, \"a\"\n%d:\t.asciz \"%s\"\n\t.popsection\n", NR, $$1 } \
		END { print "\t.section .note.GNU-stack, \"\", %progbits" }' $(LIBRARY_OUT)/stubs >$@
$(LIBRARY_OUT)/stubs.o: $(LIBRARY_OUT)/stubs.S
	$(Q)$(MODULE_CC_x86_64) -c -o $@ $<
