// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* An I2C adapter with a chip of registers on it, and the driver of the chip. */
/* log: probed at 48, register 2 is 34 */
/* log: wrote 77, read 77 */
/* log: removed */
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/module.h>

static u8 registers[8] = { 0, 0x12, 0x34 };

static s32 chip_xfer(struct i2c_adapter *adapter, u16 addr, unsigned short flags, char direction, u8 command, int size,
		     union i2c_smbus_data *data)
{
	if (addr != 0x48 || command >= ARRAY_SIZE(registers))
		return -ENXIO;
	if (size == I2C_SMBUS_QUICK)
		return 0;
	if (size != I2C_SMBUS_BYTE_DATA)
		return -EOPNOTSUPP;
	if (direction == I2C_SMBUS_READ)
		data->byte = registers[command];
	else
		registers[command] = data->byte;
	return 0;
}

static u32 chip_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_BYTE_DATA;
}

static const struct i2c_algorithm algorithm = { .smbus_xfer = chip_xfer, .functionality = chip_functionality };
static struct i2c_adapter adapter = { .owner = THIS_MODULE, .algo = &algorithm, .name = "clean adapter" };
static struct i2c_client *client;

static int chip_probe(struct i2c_client *c)
{
	int value = i2c_smbus_read_byte_data(c, 2);

	if (value < 0)
		return value;
	pr_info("probed at %x, register 2 is %x\n", c->addr, value);
	value = i2c_smbus_write_byte_data(c, 3, 0x77);
	if (value < 0)
		return value;
	pr_info("wrote 77, read %x\n", i2c_smbus_read_byte_data(c, 3));
	return 0;
}

static void chip_remove(struct i2c_client *c)
{
	pr_info("removed\n");
}

static const struct i2c_device_id ids[] = { { "clean_chip" }, {} };
MODULE_DEVICE_TABLE(i2c, ids);

static struct i2c_driver driver = {
	.driver = { .name = "clean_chip" },
	.probe_new = chip_probe,
	.remove = chip_remove,
	.id_table = ids,
};

static int __init clean_init(void)
{
	struct i2c_board_info info = { I2C_BOARD_INFO("clean_chip", 0x48) };
	int err = i2c_add_driver(&driver);

	if (err)
		return err;
	err = i2c_add_adapter(&adapter);
	if (err)
		goto no_adapter;
	client = i2c_new_client_device(&adapter, &info);
	if (!IS_ERR(client))
		return 0;
	err = PTR_ERR(client);
	i2c_del_adapter(&adapter);
no_adapter:
	i2c_del_driver(&driver);
	return err;
}

static void __exit clean_exit(void)
{
	i2c_unregister_device(client);
	i2c_del_adapter(&adapter);
	i2c_del_driver(&driver);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
