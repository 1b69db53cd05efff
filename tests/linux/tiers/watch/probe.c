// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Devices for drivers to be tried on: one of the first kind that a driver names, on a bus of our own, which is taken away
 * again. An I2C device has a bank of registers, any other reads as 0 until it is bound. That a driver was called is known from what it did: it took the device, or it talked to it.
 */
#include <linux/i2c.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/spi/spi.h>

#include "watch.h"

static unsigned int transfers;

static void report_done(const struct device_driver *drv, bool bound)
{
	if (bound || transfers)
		report("done %s probe of %s: %s, %u transfers\n", drv->owner ? drv->owner->name : "-", drv->name,
		       bound ? "bound" : "not bound", transfers);
	transfers = 0;
}

/* ---- what goes over the wire ---- */

struct wire wire;

void wire_clear(void)
{
	memset(&wire, 0, sizeof(wire));
}

/* FNV-1a. */
static void wire_put(u8 byte)
{
	wire.hash = ((wire.hash ?: 0x811c9dc5) ^ byte) * 0x01000193;
	memmove(wire.last, wire.last + 1, sizeof(wire.last) - 1);
	wire.last[sizeof(wire.last) - 1] = byte;
}

/* ---- I2C ---- */

static u8 bank[256], pointer;

/* The usual protocol: the first byte written is the number of a register, which moves on with each byte after it. */
static int bank_transfer(struct i2c_adapter *adapter, struct i2c_msg *msg, int cnt)
{
	transfers++;
	for (int i = 0; i < cnt; i++) {
		const bool reads = msg[i].flags & I2C_M_RD;

		if (!reads && msg[i].len)
			pointer = msg[i].buf[0];
		for (int n = 0; !reads && n < msg[i].len; n++)
			wire_put(msg[i].buf[n]);
		for (int n = !reads; n < msg[i].len; n++)
			if (reads)
				msg[i].buf[n] = bank[pointer++];
			else
				bank[pointer++] = msg[i].buf[n];
	}
	return cnt;
}

static u32 i2c_functions(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm i2c_bank = { .master_xfer = bank_transfer, .functionality = i2c_functions };
static struct i2c_adapter i2c_bus = { .owner = THIS_MODULE, .name = "bank", .algo = &i2c_bank };

static void probe_i2c(struct module *mod, struct device_driver *drv)
{
	const struct i2c_device_id *id = to_i2c_driver(drv)->id_table;
	struct i2c_board_info info = { .addr = 0x48 };
	struct i2c_client *client;

	if (!id || i2c_add_adapter(&i2c_bus))
		return;
	memset(bank, has_readings(mod->name) ? WATCH_BYTE : 0, sizeof(bank));
	put_identity(mod->name, bank);
	strscpy(info.type, id->name, sizeof(info.type));
	client = i2c_new_client_device(&i2c_bus, &info);
	if (!IS_ERR(client)) {
		report_done(drv, client->dev.driver == drv);
		use_readings(&client->dev, mod);
		device_for_each_child(&client->dev, mod, use_readings);
		device_for_each_child(&client->dev, mod, use_hwmon);
		memset(bank, WATCH_BYTE, sizeof(bank));
		device_for_each_child(&client->dev, mod, use_iio);
		device_for_each_child(&client->dev, mod, use_iio_settings);
		i2c_unregister_device(client);
	}
	i2c_del_adapter(&i2c_bus);
	memset(&i2c_bus.dev, 0, sizeof(i2c_bus.dev)); /* as before it was registered */
}

/* ---- SPI ---- */

static u8 spi_byte;

/* Words of more than a byte lie in memory in the CPU's order, and the highest byte goes first. */
static void spi_put(const struct spi_transfer *t)
{
	const unsigned int word = t->bits_per_word <= 8 ? 1 : t->bits_per_word <= 16 ? 2 : 4;

	for (unsigned int n = 0; t->tx_buf && n < t->len / word * word; n++)
		wire_put(((const u8 *)t->tx_buf)[n / word * word + word - 1 - n % word]);
}

static int spi_transfer_bytes(struct spi_controller *spi, struct spi_message *message)
{
	struct spi_transfer *t;

	transfers++;
	list_for_each_entry(t, &message->transfers, transfer_list) {
		spi_put(t);
		if (t->rx_buf)
			memset(t->rx_buf, spi_byte, t->len);
		message->actual_length += t->len;
	}
	message->status = 0;
	spi_finalize_current_message(spi);
	return 0;
}

static void probe_spi(struct module *mod, struct device_driver *drv, struct device *parent)
{
	const struct spi_device_id *id = to_spi_driver(drv)->id_table;
	struct spi_board_info info = { .max_speed_hz = 1000000 };
	struct spi_controller *spi = id ? spi_alloc_master(parent, 0) : NULL;
	struct spi_device *device;

	if (!spi)
		return;
	spi->bus_num = -1;
	spi->num_chipselect = 1;
	spi->mode_bits = SPI_CPHA | SPI_CPOL | SPI_CS_HIGH | SPI_LSB_FIRST | SPI_3WIRE;
	spi->bits_per_word_mask = SPI_BPW_RANGE_MASK(1, 32);
	spi->transfer_one_message = spi_transfer_bytes;
	if (spi_register_controller(spi)) {
		spi_controller_put(spi);
		return;
	}
	strscpy(info.modalias, id->name, sizeof(info.modalias));
	spi_byte = put_identity(mod->name, bank);
	device = spi_new_device(spi, &info);
	if (device) {
		report_done(drv, device->dev.driver == drv);
		spi_byte = WATCH_BYTE;
		device_for_each_child(&device->dev, mod, use_readings);
		device_for_each_child(&device->dev, mod, use_iio);
		device_for_each_child(&device->dev, mod, use_iio_settings);
	}
	spi_unregister_controller(spi);
}

/* ---- platform ---- */

static void probe_platform(struct device_driver *drv)
{
	const struct platform_device_id *id = to_platform_driver(drv)->id_table;
	struct platform_device *device =
	    platform_device_register_simple(id ? id->name : drv->name, PLATFORM_DEVID_NONE, NULL, 0);

	if (IS_ERR(device))
		return;
	report_done(drv, device->dev.driver == drv);
	platform_device_unregister(device);
}

void probe_devices(struct module *mod, struct device_driver *drv)
{
	struct platform_device *parent;

	if (!strcmp(drv->bus->name, "i2c"))
		probe_i2c(mod, drv);
	else if (!strcmp(drv->bus->name, "platform"))
		probe_platform(drv);
	else if (!strcmp(drv->bus->name, "pci"))
		probe_pci(drv);
	else if (!strcmp(drv->bus->name, "spi")) {
		parent = platform_device_register_simple("watch-spi", PLATFORM_DEVID_NONE, NULL, 0);
		if (IS_ERR(parent))
			return;
		probe_spi(mod, drv, &parent->dev);
		platform_device_unregister(parent);
	}
}
