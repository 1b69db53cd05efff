// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Switching the machine off and starting it anew, as its ACPI tables say (ACPI 6.4, 4.8.3 and 7.4). */
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/platform/pc/pc.h"

enum {
	SLEEP_ENABLE = 1 << 13,        /* of PM1 control; the type stands at bit 10 */
	SLEEP_CONTROL_ENABLE = 1 << 5, /* of the hardware-reduced register; the type at bit 2 */
	RESET_PORT = 0xcf9,
	RESET_FULL = 0xe,
	KEYBOARD_COMMAND = 0x64,
	KEYBOARD_RESET = 0xfe,
};

/* Registers in memory are mapped beforehand: power goes off when memory may be gone. */
static volatile uint8_t *reset_register, *sleep_register;

void __init power_init(void)
{
	if (acpi.reset && acpi.reset_in_memory)
		reset_register = device_map(acpi.reset, 1);
	if (acpi.sleep_control && acpi.sleep_in_memory)
		sleep_register = device_map(acpi.sleep_control, 1);
}

_Noreturn void machine_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

_Noreturn void machine_power_off(void)
{
	uint16_t value = (uint16_t)(acpi.sleep_type << 10 | SLEEP_ENABLE);

	interrupts_disable();
	if (sleep_register)
		*sleep_register = (uint8_t)(acpi.sleep_type << 2 | SLEEP_CONTROL_ENABLE);
	else if (acpi.sleep_control)
		port_out8((uint16_t)acpi.sleep_control, (uint8_t)(acpi.sleep_type << 2 | SLEEP_CONTROL_ENABLE));
	if (acpi.pm1a_control)
		port_out16(acpi.pm1a_control, value);
	if (acpi.pm1b_control)
		port_out16(acpi.pm1b_control, value);
	machine_halt();
}

_Noreturn void machine_restart(void)
{
	interrupts_disable();
	if (reset_register)
		*reset_register = acpi.reset_value;
	else if (acpi.reset)
		port_out8((uint16_t)acpi.reset, acpi.reset_value);
	port_out8(RESET_PORT, RESET_FULL);
	port_out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
	machine_halt();
}
