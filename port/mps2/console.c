/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* CMSDK UART 0 (Cortex-M System Design Kit, DDI 0479, 4.3). */
#include "port/mps2/board.h"

struct uart {
	volatile uint32_t data, state, ctrl, status, divisor;
};

#define UART ((struct uart *)0x40004000)
#define STATE_TX_FULL 1u
#define CTRL_TX 1u

void console_open(void)
{
	UART->divisor = 217; /* 25 MHz / 115200 */
	UART->ctrl = CTRL_TX;
}

void console_write(const char *text, size_t len)
{
	while (len--) {
		while (UART->state & STATE_TX_FULL)
			;
		UART->data = (uint8_t)*text++;
	}
}
