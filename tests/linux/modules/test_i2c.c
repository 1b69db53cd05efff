// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A bus of the module's own, a chip on it with eight registers, its driver, and the registers through regmap. */
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/regmap.h>

#include "check.h"

#define CHIP 0x29

static u8 registers[8], at;
static int transfers, probes, removals;

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int cnt)
{
	int i, k;

	transfers++;
	for (i = 0; i < cnt; i++) {
		if (msgs[i].addr != CHIP)
			return -ENXIO;
		if (!(msgs[i].flags & I2C_M_RD) && msgs[i].len)
			at = msgs[i].buf[0];
		for (k = msgs[i].flags & I2C_M_RD ? 0 : 1; k < msgs[i].len; k++, at++)
			if (msgs[i].flags & I2C_M_RD)
				msgs[i].buf[k] = registers[at % 8];
			else
				registers[at % 8] = msgs[i].buf[k];
	}
	return cnt;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = { .master_xfer = transfer, .functionality = functionality };
static struct i2c_adapter adapter = { .owner = THIS_MODULE, .algo = &algorithm, .name = "test bus" };

static const struct regmap_config config = {
	.reg_bits = 8,
	.val_bits = 8,
	.max_register = 7,
	.cache_type = REGCACHE_RBTREE,
};

static int chip_probe(struct i2c_client *client, const struct i2c_device_id *id)
{
	struct regmap *map = devm_regmap_init_i2c(client, &config);

	probes++;
	i2c_set_clientdata(client, map);
	return PTR_ERR_OR_ZERO(map);
}

static void chip_remove(struct i2c_client *client)
{
	removals++;
}

static const struct i2c_device_id ids[] = { { "test_chip" }, {} };
static struct i2c_driver driver = {
	.driver = { .name = "test_chip" },
	.probe = chip_probe,
	.remove = chip_remove,
	.id_table = ids,
};

static void test_chip(struct i2c_client *client)
{
	struct regmap *map = i2c_get_clientdata(client);
	unsigned int value = 0;
	int before;

	check(i2c_smbus_write_byte_data(client, 2, 0x5a) == 0 && registers[2] == 0x5a, "a register is written");
	check(i2c_smbus_read_byte_data(client, 2) == 0x5a, "and read");
	check(!i2c_smbus_write_word_data(client, 4, 0x1234) && registers[4] == 0x34, "a word begins at its register");
	check(registers[5] == 0x12, "and ends in the next");
	check(!regmap_update_bits(map, 2, 0x0f, 0x03) && registers[2] == 0x53, "bits of a register are changed");
	before = transfers;
	check(!regmap_read(map, 2, &value) && value == 0x53 && transfers == before, "what is known is not read again");
	check(regmap_write(map, 8, 0) == -EIO, "a register that there is not is refused");
}

static int __init test_init(void)
{
	struct i2c_board_info info = { I2C_BOARD_INFO("test_chip", CHIP) };
	struct i2c_client *client;

	check(!i2c_add_adapter(&adapter), "a bus is added");
	check(!i2c_add_driver(&driver), "a driver is added");
	client = i2c_new_client_device(&adapter, &info);
	check(!IS_ERR(client) && probes == 1, "a chip on the bus finds its driver");
	test_chip(client);
	check(IS_ERR(i2c_new_client_device(&adapter, &info)), "two chips do not have one address");
	i2c_unregister_device(client);
	check(removals == 1, "the driver leaves with the chip");
	i2c_del_driver(&driver);
	i2c_del_adapter(&adapter);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of I2C and register maps");
