// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Drivers of Ethernet PHYs, each on one that it says it handles, alone on an MDIO bus: the registers are those of IEEE 802.3,
 * 22.2.4. A partner that offers half-duplex 100BASE-TX at most must be agreed on, and one that goes must be noticed; what is
 * advertised must stand in register 4.
 */
#include <linux/mdio.h>
#include <linux/mii.h>
#include <linux/phy.h>
#include <linux/slab.h>

#include "watch.h"

static u16 bank[32];

/* Clause 45's registers are all 0, which is no PHY. */
static int bank_read(struct mii_bus *bus, int address, int number)
{
	if (address)
		return 0xffff;
	return number & MII_ADDR_C45 ? 0 : bank[number & 31];
}

/* Reset and the start of negotiation are done at once; identity and status cannot be written. */
static int bank_write(struct mii_bus *bus, int address, int number, u16 value)
{
	if (address || number & MII_ADDR_C45)
		return 0;
	if (number == MII_BMCR)
		value &= ~(BMCR_RESET | BMCR_ANRESTART);
	if (number == MII_BMCR || number >= MII_ADVERTISE)
		bank[number & 31] = value;
	return 0;
}

static void fill_bank(const struct phy_driver *drv)
{
	memset(bank, 0, sizeof(bank));
	bank[MII_BMSR] = BMSR_ANEGCAPABLE | BMSR_10HALF | BMSR_10FULL | BMSR_100HALF | BMSR_100FULL;
	bank[MII_ADVERTISE] = ADVERTISE_CSMA;
	bank[MII_PHYSID1] = drv->phy_id >> 16;
	bank[MII_PHYSID2] = drv->phy_id & 0xffff;
}

static bool agrees(struct phy_device *phy)
{
	bank[MII_BMSR] |= BMSR_LSTATUS | BMSR_ANEGCOMPLETE;
	bank[MII_LPA] = LPA_SLCT | LPA_LPACK | LPA_100HALF | LPA_10FULL | LPA_10HALF;
	return !phy_read_status(phy) && phy->link && phy->speed == SPEED_100 && phy->duplex == DUPLEX_HALF;
}

static bool notices_end(struct phy_device *phy)
{
	bank[MII_BMSR] &= ~(BMSR_LSTATUS | BMSR_ANEGCOMPLETE);
	bank[MII_LPA] = 0;
	phy_read_status(phy);
	return !phy_read_status(phy) && !phy->link;
}

static void use_device(struct module *mod, struct phy_device *phy)
{
	if (phy_attach_direct(NULL, phy, 0, PHY_INTERFACE_MODE_MII))
		return;
	linkmode_copy(phy->advertising, phy->supported);
	if (!phy_config_aneg(phy) &&
	    (bank[MII_ADVERTISE] & (ADVERTISE_ALL | 0x1f)) == (ADVERTISE_ALL | ADVERTISE_CSMA) && agrees(phy) &&
	    notices_end(phy))
		report("compared %s a link of IEEE 802.3's registers, by %s\n", mod->name, phy->drv->name);
	phy_detach(phy);
}

static void use_driver(struct module *mod, struct device_driver *drv)
{
	const struct phy_driver *phy_drv = to_phy_driver(drv);
	struct mii_bus *bus;
	struct phy_device *phy;

	if (!(phy_drv->mdiodrv.flags & MDIO_DEVICE_IS_PHY))
		return;
	bus = mdiobus_alloc();
	if (!bus)
		return;
	bus->name = "watch";
	strscpy(bus->id, "watch", sizeof(bus->id));
	bus->read = bank_read;
	bus->write = bank_write;
	bus->phy_mask = ~1u;
	fill_bank(phy_drv);
	if (!mdiobus_register(bus)) {
		phy = mdiobus_get_phy(bus, 0);
		if (phy && phy->mdio.dev.driver == drv)
			use_device(mod, phy);
		mdiobus_unregister(bus);
	}
	mdiobus_free(bus);
}

static void use(struct module *mod)
{
	each_driver(mod, use_driver);
}

WATCH_HELPER(use)
