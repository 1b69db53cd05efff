// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A chip of eight lines, and who uses one of them by a lookup table. */
/* log: line 3 of 8 is an output: 1 */
/* log: its value reads 1, active low 0 */
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static DECLARE_BITMAP(values, 8);
static DECLARE_BITMAP(outputs, 8);

static int lines_get_direction(struct gpio_chip *chip, unsigned int line)
{
	return test_bit(line, outputs) ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int lines_input(struct gpio_chip *chip, unsigned int line)
{
	clear_bit(line, outputs);
	return 0;
}

static void lines_set(struct gpio_chip *chip, unsigned int line, int value)
{
	assign_bit(line, values, value);
}

static int lines_output(struct gpio_chip *chip, unsigned int line, int value)
{
	set_bit(line, outputs);
	lines_set(chip, line, value);
	return 0;
}

static int lines_get(struct gpio_chip *chip, unsigned int line)
{
	return test_bit(line, values);
}

static struct gpio_chip chip = {
	.label = "clean_gpio",
	.owner = THIS_MODULE,
	.base = -1,
	.ngpio = 8,
	.get_direction = lines_get_direction,
	.direction_input = lines_input,
	.direction_output = lines_output,
	.get = lines_get,
	.set = lines_set,
};

static struct gpiod_lookup_table lookup = {
	.dev_id = "clean_gpio",
	.table = { GPIO_LOOKUP("clean_gpio", 3, "reset", GPIO_ACTIVE_HIGH),
		   GPIO_LOOKUP("clean_gpio", 3, "inverse", GPIO_ACTIVE_LOW),
		   {} },
};

static struct platform_device *device;

static int use_line(void)
{
	struct gpio_desc *line = gpiod_get(&device->dev, "reset", GPIOD_OUT_HIGH);
	int value;

	if (IS_ERR(line))
		return PTR_ERR(line);
	pr_info("line %lu of %u is an output: %d\n", find_first_bit(outputs, 8), chip.ngpio,
		!gpiod_get_direction(line));
	value = gpiod_get_value_cansleep(line);
	gpiod_put(line);
	line = gpiod_get(&device->dev, "inverse", GPIOD_ASIS);
	if (IS_ERR(line))
		return PTR_ERR(line);
	pr_info("its value reads %d, active low %d\n", value, gpiod_get_value(line));
	gpiod_put(line);
	return 0;
}

static int __init clean_init(void)
{
	int err;

	device = platform_device_register_simple("clean_gpio", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	chip.parent = &device->dev;
	gpiod_add_lookup_table(&lookup);
	err = gpiochip_add_data(&chip, NULL);
	if (err)
		goto no_chip;
	err = use_line();
	if (!err)
		return 0;
	gpiochip_remove(&chip);
no_chip:
	gpiod_remove_lookup_table(&lookup);
	platform_device_unregister(device);
	return err;
}

static void __exit clean_exit(void)
{
	gpiochip_remove(&chip);
	gpiod_remove_lookup_table(&lookup);
	platform_device_unregister(device);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
