/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From reset to main(), and what happens on a fault. Armv7-M Architecture Reference Manual (DDI 0403), B1.5. */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"
#include "tenon/runtime.h"

#define CFSR (*(volatile const uint32_t *)0xe000ed28) /* what kind of fault it was */
#define CCR (*(volatile uint32_t *)0xe000ed14)
#define CCR_DIV_0_TRP (1u << 4)

/* Of image.ld. */
extern char data_start[], data_end[], bss_start[], bss_end[];
extern const char data_load[], stack_top[];

/* What the CPU pushes when it takes an exception. */
struct exception_frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

void reset(void);
void fault(void);
void fault_report(const struct exception_frame *f);
void unexpected(void);

void reset(void)
{
	memcpy(data_start, data_load, (size_t)(data_end - data_start));
	memset(bss_start, 0, (size_t)(bss_end - bss_start));
	CCR |= CCR_DIV_0_TRP;
	console_open();
	board_exit(main());
}

/* There is one domain, the kernel's own, so a fault ends everything; but the log says whose it was. */
__attribute__((used)) void fault_report(const struct exception_frame *f)
{
	const struct tenon_module *m = NULL;
	char line[128];
	int len;

	if (mps2_core)
		m = tenon_find_address(mps2_core, mps2_kernel.core, f->pc);
	len = tenon_snprintf(line, sizeof(line), "fault in %s: pc %x, lr %x, CFSR %x",
			     m ? tenon_module_name(m) : "the kernel", (unsigned int)f->pc, (unsigned int)f->lr,
			     (unsigned int)CFSR);
	mps2_log(NULL, TENON_LOG_ERR, line, (size_t)len);
	board_exit(1);
}

__attribute__((naked)) void fault(void)
{
	__asm__("mov r0, sp\n\tb fault_report");
}

void unexpected(void)
{
	mps2_panic(NULL, "unexpected exception");
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
	[0] = stack_top,                     /* where the stack pointer begins */
	[1] = reset,       [2] = unexpected, /* NMI */
	[3 ... 6] = fault,                   /* HardFault, MemManage, BusFault, UsageFault */
	[11] = unexpected,                   /* SVCall */
	[12] = unexpected,                   /* debug monitor */
	[14] = unexpected,                   /* PendSV */
	[15] = clock_tick,                   /* SysTick */
};
