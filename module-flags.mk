# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# How the objects of native modules are compiled, for each CPU: $(MODULE_CC_<cpu>) $(MODULE_FLAGS_<cpu>).
# Included by the build of this tree and by the makefile for modules outside it. O is where the interface was generated.
#
# Why these:
#   -nostdinc            only the compiler's own headers (stdint.h, stddef.h, stdbool.h, stdarg.h)
#   -fno-pic             a module is relocated once, at its final address: no GOT, no PLT
#   -mcmodel=kernel      x86-64: the same bytes link below 2 GiB (a process) and at -2 GiB (a kernel)
#   -mno-red-zone        a trap may push onto the module's stack
#   -mgeneral-regs-only  a kernel does not save vector registers
#   -fno-omit-frame-pointer  a fault's call chain is readable without unwind tables
#   -mstack-protector-guard=global  the canary is a variable of the domain (runtime/stack.c)
#   -mno-outline-atomics, -mno-relax, -msmall-data-limit=0  no helpers of libgcc, no rewriting and no gp at link time

MODULE_CPUS := x86_64 aarch64 riscv64 arm

MODULE_CC_x86_64 ?= gcc
MODULE_CC_aarch64 ?= aarch64-linux-gnu-gcc
MODULE_CC_riscv64 ?= riscv64-linux-gnu-gcc
MODULE_CC_arm ?= arm-none-eabi-gcc

MODULE_WARN := -Wall -Wextra -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wvla

MODULE_FLAGS := -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-pic -fno-pie -fno-common -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fstack-protector-strong -mstack-protector-guard=global \
	$(MODULE_WARN)

# $(call module-flags,cpu): what depends on the compiler or on where the trees are is worked out when it is used.
module-flags = $(MODULE_FLAGS) $(MODULE_FLAGS_CPU_$(1)) -isystem $(shell $(MODULE_CC_$(1)) -print-file-name=include) \
	-I$(TENON_TOP)/include -I$(O)/include -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(TENON_TOP))=.

# The directory of this file, as the including makefile sees it.
TENON_TOP := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

MODULE_FLAGS_CPU_x86_64 := -mcmodel=kernel -mno-red-zone -mgeneral-regs-only
MODULE_FLAGS_CPU_aarch64 := -mgeneral-regs-only -mpc-relative-literal-loads -mno-outline-atomics
MODULE_FLAGS_CPU_riscv64 := -march=rv64imac -mabi=lp64 -mcmodel=medany -mno-relax -msmall-data-limit=0
MODULE_FLAGS_CPU_arm := -mcpu=cortex-m4 -mthumb -mgeneral-regs-only

$(foreach cpu,$(MODULE_CPUS),$(eval MODULE_FLAGS_$(cpu) = $$(call module-flags,$(cpu))))
