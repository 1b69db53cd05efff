/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Code and data in sections of their own, as modules have them, calling across. */
#define IN(name) __attribute__((section(name), used))
#define CODE_IN(name) IN(name) __attribute__((noinline))

extern void log_line(const char *text, ...);

static int resident IN(".data") = 5;
static int settings[8] IN(".data.ro_after_init");
static const char banner[] IN(".init.rodata") = "starting";

CODE_IN(".text.hot") static int work(int n)
{
	return n * resident + settings[n & 7];
}

CODE_IN(".exit.text") static void leave(void)
{
	log_line("leaving %d", work(3));
	resident = 0;
}

CODE_IN(".init.text") static int enter(void)
{
	settings[2] = work(resident);
	log_line(banner);
	if (settings[2] > 100) {
		leave();
		return -1;
	}
	return 0;
}

int (*const entries[])(void) IN(".entries") = { enter };
void (*exits[])(void) IN(".exits") = { leave };
/* A relative table, as for exports. */
__asm__(".pushsection .distances,\"a\"\n\t.balign 4\n\t.long entries - .\n\t.long exits - .\n\t.popsection");
