// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A light with a brightness, and a trigger that switches it. */
/* log: brightness 0 -> 128 */
/* log: brightness 128 -> 0 */
/* log: brightness 0 -> 255 */
/* log: brightness 255 -> 0 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/leds.h>
#include <linux/module.h>

static enum led_brightness now;

static void light_set(struct led_classdev *led, enum led_brightness brightness)
{
	if (brightness != now)
		pr_info("brightness %d -> %d\n", now, brightness);
	now = brightness;
}

static enum led_brightness light_get(struct led_classdev *led)
{
	return now;
}

static struct led_classdev light = {
	.name = "clean::light",
	.max_brightness = 255,
	.brightness_set = light_set,
	.brightness_get = light_get,
	.default_trigger = "clean",
};

static struct led_trigger *trigger;

static int __init clean_init(void)
{
	int err = led_classdev_register(NULL, &light);

	if (err)
		return err;
	led_set_brightness(&light, 128);
	led_trigger_register_simple("clean", &trigger);
	if (!trigger) {
		led_classdev_unregister(&light);
		return -ENOMEM;
	}
	led_trigger_event(trigger, LED_FULL);
	return 0;
}

static void __exit clean_exit(void)
{
	led_trigger_unregister_simple(trigger);
	led_classdev_unregister(&light);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
