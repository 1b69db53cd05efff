# SPDX-License-Identifier: GPL-2.0-only
# make -f built_in.mk SOURCE=... CONFIG=.../auto.conf DIR=... - the objects that a makefile of Linux's builds in for a configuration, with
# the parts of those that are made of several, and its directories: one a line, below DIR. What is a module there stays one.
srctree := $(SOURCE)
src := $(DIR)
obj := $(DIR)
SRCARCH := x86
BITS := 64
include $(CONFIG)
include $(firstword $(wildcard $(SOURCE)/$(DIR)/Kbuild) $(SOURCE)/$(DIR)/Makefile)

.DEFAULT_GOAL := list
.PHONY: list
list:
	@:$(foreach o,$(obj-y) $(lib-y),$(foreach p,$o $(if $(filter %.o,$o),$(foreach s,objs y,$($(o:.o=-$s)))),$(info $(DIR)/$p)))
