#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# Chips on the bus of i2c-stub, whose registers are memory, by Debian's hwmon drivers and through sysfs. What one driver writes to a
# register another one reads: LM75 and LM92 have a limit in register 3, in units of 2^-8 and of 2^-7 degrees by their data sheets,
# and the LM75 has 9 bits of it.
. tests/tap.sh
. tests/linux/debian.sh
. tests/linux/prompt.sh
bus=/sys/bus/i2c/devices/i2c-0
chip=/sys/class/hwmon/hwmon0

# the LM75's name and temperature, and the limit as each has it.
registers() { # OPTIONS-OF-MODPROBE OPTIONS-OF-MOUNT WRITTEN LM75 LM92
	good "modprobe $1 i2c-stub chip_addr=0x48; modprobe $1 lm75; modprobe $1 lm92; mount $2 -t sysfs none /sys
		echo lm75 0x48 > $bus/new_device; cat $chip/name; cat $chip/temp1_input; echo $3 > $chip/temp1_max; cat $chip/temp1_max
		echo 0x48 > $bus/delete_device; echo lm92 0x48 > $bus/new_device; cat $chip/name; cat $chip/temp1_crit
		echo 0x48 > $bus/delete_device; umount /sys; rmmod lm75 lm92 i2c-stub" &&
		[ "$(head -n 5 "$T/out" | tr '\n' ' ')" = "lm75 0 $4 lm92 $5 " ]
}

user=
for degrees in '30300 30500 61000' '-12700 -12500 -25000' '0 0 0'; do
	set -- $degrees
	ok "a limit of $1 is one register for two drivers" registers '' '--domain kernel' $degrees
	ok "... isolated" registers --isolated '' $degrees
done
tap_done
