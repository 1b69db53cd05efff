// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The serial ports (16550): the first is the console, the second tells how the machine's work ended. */
#include "kernel/console.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/init.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/lock.h"

enum {
	PORT_CONSOLE = 0x3f8,
	PORT_STATUS = 0x2f8,
	/* registers */
	DATA = 0, /* DIVISOR_LOW while LINE_DIVISOR is set */
	INTERRUPTS = 1,
	FIFO = 2,
	LINE = 3,
	MODEM = 4,
	STATUS = 5,
	SCRATCH = 7,
	/* bits */
	LINE_8N1 = 3,
	LINE_DIVISOR = 0x80,
	FIFO_OFF = 0,
	MODEM_DTR_RTS_IRQ = 0xb,
	STATUS_RECEIVED = 1,
	STATUS_EMPTY = 0x20,
	INTERRUPT_RECEIVED = 1,
};

#define CHUNK_BYTES 64 /* written with interrupts off */
#define POLLS_MAX 100000 /* a port that never takes a byte is not there */

static struct spinlock lock = SPINLOCK_INIT(LOCK_CONSOLE);
static void (*receiver)(const char *bytes, size_t len);

static bool port_exists(uint16_t port)
{
	port_out8(port + SCRATCH, 0x5a);
	return port_in8(port + SCRATCH) == 0x5a;
}

static void set_up(uint16_t port)
{
	port_out8(port + INTERRUPTS, 0);
	port_out8(port + LINE, LINE_DIVISOR);
	port_out8(port + DATA, 1); /* 115200 baud */
	port_out8(port + INTERRUPTS, 0);
	port_out8(port + LINE, LINE_8N1);
	port_out8(port + FIFO, FIFO_OFF); /* turning it on would forget what has been typed already */
	port_out8(port + MODEM, MODEM_DTR_RTS_IRQ);
}

static void put(uint16_t port, char c)
{
	for (unsigned i = 0; i < POLLS_MAX && !(port_in8(port + STATUS) & STATUS_EMPTY); i++)
		cpu_pause();
	port_out8(port + DATA, (uint8_t)c);
}

void __init serial_init(void)
{
	set_up(PORT_CONSOLE);
}

void console_write(const char *bytes, size_t len)
{
	while (len) {
		size_t chunk = len < CHUNK_BYTES ? len : CHUNK_BYTES;

		if (!panic_running())
			spin_lock(&lock);
		for (size_t i = 0; i < chunk; i++)
			put(PORT_CONSOLE, bytes[i]);
		if (!panic_running())
			spin_unlock(&lock);
		bytes += chunk;
		len -= chunk;
	}
}

void serial_interrupt(void)
{
	char bytes[16];
	size_t len;

	do {
		for (len = 0; len < sizeof(bytes) && port_in8(PORT_CONSOLE + STATUS) & STATUS_RECEIVED; len++)
			bytes[len] = (char)port_in8(PORT_CONSOLE + DATA);
		if (len && receiver)
			receiver(bytes, len);
	} while (len == sizeof(bytes));
}

/* What was typed before anybody wanted it is still in the port. */
void console_set_receiver(void (*fn)(const char *bytes, size_t len))
{
	receiver = fn;
	port_out8(PORT_CONSOLE + INTERRUPTS, INTERRUPT_RECEIVED);
}

void machine_report_status(int status)
{
	char line[32];
	int len = tenon_snprintf(line, sizeof(line), "status %d\n", status);

	if (!port_exists(PORT_STATUS))
		return;
	set_up(PORT_STATUS);
	for (int i = 0; i < len; i++)
		put(PORT_STATUS, line[i]);
}
