/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For files.S, which the build makes: one line FILE "name", "path" for each module file, then FILES_END. */
// clang-format off

	.section .files.table, "a"
	.balign 4
	.global files_table
files_table:

/* An entry of files_table, a struct mps2_file, and the bytes. The core reads ELF structures in place: aligned. */
	.macro FILE name, path
	.section .files, "a"
name_\@:
	.asciz "\name"
	.balign 8
start_\@:
	.incbin "\path"
end_\@:
	.section .files.table, "a"
	.word name_\@, start_\@, end_\@ - start_\@
	.endm

	.macro FILES_END
	.section .files.table, "a"
	.global files_table_end
files_table_end:
	.endm
