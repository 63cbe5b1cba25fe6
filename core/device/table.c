/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The classes of devices and their fields, as xl_parse.c of xl 4.17 has them: see device.h. */
#include "device/device.h"

#include <string.h>

/* Text and numbers that libxl does not tell of a running domain, or the choice of the host. */
#define TEXT(name)                                          \
	{                                                   \
		name, DEVICE_TEXT, NULL, NULL, false, false \
	}
#define LIVE(name, kind, usual)                      \
	{                                            \
		name, kind, usual, NULL, false, true \
	}
#define FLAG(name, usual)                                   \
	{                                                   \
		name, DEVICE_FLAG, usual, NULL, false, true \
	}
#define BACKEND LIVE("backend", DEVICE_TEXT, "Domain-0")
#define END                                                 \
	{                                                   \
		NULL, DEVICE_TEXT, NULL, NULL, false, false \
	}

static const struct device_field vif_fields[] = {
	{ "mac", DEVICE_MAC, NULL, NULL, true, true },
	LIVE("bridge", DEVICE_TEXT, "xenbr0"),
	/* In an HVM guest ioemu when created with it, vif when attached later; else always vif. */
	{ "type", DEVICE_CHOICE, NULL, "vif ioemu", false, true },
	LIVE("ip", DEVICE_TEXT, NULL),
	LIVE("script", DEVICE_TEXT, "vif-bridge"),
	BACKEND,
	LIVE("mtu", DEVICE_NUMBER, "1500"),
	TEXT("gatewaydev"),
	TEXT("vifname"),
	{ "model", DEVICE_TEXT, "rtl8139", NULL, false, false },
	{ "rate", DEVICE_RATE, NULL, NULL, false, false },
	{ "trusted", DEVICE_FLAG, "1", NULL, false, false },
	{ "vlan", DEVICE_TEXT, NULL, NULL, false, false }, /* since 4.19 */
	{ "accel", DEVICE_IGNORED, NULL, NULL, false, false },
	TEXT("forwarddev"),
	TEXT("colo_sock_mirror_id"),
	TEXT("colo_sock_mirror_ip"),
	TEXT("colo_sock_mirror_port"),
	TEXT("colo_sock_compare_sec_in_id"),
	TEXT("colo_sock_compare_sec_in_ip"),
	TEXT("colo_sock_compare_sec_in_port"),
	TEXT("colo_sock_redirector0_id"),
	TEXT("colo_sock_redirector0_ip"),
	TEXT("colo_sock_redirector0_port"),
	TEXT("colo_sock_redirector1_id"),
	TEXT("colo_sock_redirector1_ip"),
	TEXT("colo_sock_redirector1_port"),
	TEXT("colo_sock_redirector2_id"),
	TEXT("colo_sock_redirector2_ip"),
	TEXT("colo_sock_redirector2_port"),
	TEXT("colo_sock_compare_pri_in_id"),
	TEXT("colo_sock_compare_pri_in_ip"),
	TEXT("colo_sock_compare_pri_in_port"),
	TEXT("colo_sock_compare_notify_id"),
	TEXT("colo_sock_compare_notify_ip"),
	TEXT("colo_sock_compare_notify_port"),
	TEXT("colo_filter_mirror_queue"),
	TEXT("colo_filter_mirror_outdev"),
	TEXT("colo_filter_redirector0_queue"),
	TEXT("colo_filter_redirector0_indev"),
	TEXT("colo_filter_redirector0_outdev"),
	TEXT("colo_filter_redirector1_queue"),
	TEXT("colo_filter_redirector1_indev"),
	TEXT("colo_filter_redirector1_outdev"),
	TEXT("colo_compare_pri_in"),
	TEXT("colo_compare_sec_in"),
	TEXT("colo_compare_out"),
	TEXT("colo_compare_notify_dev"),
	TEXT("colo_sock_sec_redirector0_id"),
	TEXT("colo_sock_sec_redirector0_ip"),
	TEXT("colo_sock_sec_redirector0_port"),
	TEXT("colo_sock_sec_redirector1_id"),
	TEXT("colo_sock_sec_redirector1_ip"),
	TEXT("colo_sock_sec_redirector1_port"),
	TEXT("colo_filter_sec_redirector0_queue"),
	TEXT("colo_filter_sec_redirector0_indev"),
	TEXT("colo_filter_sec_redirector0_outdev"),
	TEXT("colo_filter_sec_redirector1_queue"),
	TEXT("colo_filter_sec_redirector1_indev"),
	TEXT("colo_filter_sec_redirector1_outdev"),
	TEXT("colo_filter_sec_rewriter0_queue"),
	TEXT("colo_checkpoint_host"),
	TEXT("colo_checkpoint_port"),
	END
};

static const struct device_field vtpm_fields[] = {
	{ "uuid", DEVICE_UUID, NULL, NULL, true, true },
	BACKEND,
	END,
};

static const struct device_field vkb_fields[] = {
	{ "backend-type", DEVICE_CHOICE, NULL, "qemu linux", false, true },
	{ "unique-id", DEVICE_TEXT, NULL, NULL, true, true },
	BACKEND,
	FLAG("feature-disable-keyboard", "0"),
	FLAG("feature-disable-pointer", "0"),
	FLAG("feature-abs-pointer", "0"),
	FLAG("feature-raw-pointer", "0"),
	FLAG("feature-multi-touch", "0"),
	LIVE("width", DEVICE_NUMBER, "0"),
	LIVE("height", DEVICE_NUMBER, "0"),
	LIVE("multi-touch-width", DEVICE_NUMBER, "0"),
	LIVE("multi-touch-height", DEVICE_NUMBER, "0"),
	LIVE("multi-touch-num-contacts", DEVICE_NUMBER, "0"),
	END,
};

static const struct device_field vdispl_fields[] = {
	{ "connectors", DEVICE_TEXT, NULL, NULL, true, true },
	BACKEND,
	FLAG("be-alloc", "0"),
	END,
};

/* Of the card, of a PCM device and of a stream: "pcm0.stream1.type". */
static const struct device_field vsnd_fields[] = {
	LIVE("short-name", DEVICE_TEXT, NULL),
	LIVE("long-name", DEVICE_TEXT, NULL),
	BACKEND,
	LIVE("name", DEVICE_TEXT, NULL),
	LIVE("unique-id", DEVICE_TEXT, NULL),
	{ "type", DEVICE_CHOICE, NULL, "p c", false, true },
	LIVE("sample-rates", DEVICE_TEXT, NULL),
	LIVE("sample-formats", DEVICE_TEXT, NULL),
	LIVE("channels-min", DEVICE_NUMBER, "0"),
	LIVE("channels-max", DEVICE_NUMBER, "0"),
	LIVE("buffer-size", DEVICE_NUMBER, "0"),
	END,
};

static const struct device_field usbctrl_fields[] = {
	/* auto is no type: libxl tells what it became. */
	{ "type", DEVICE_CHOICE, "auto", "auto pv qusb devicemodel", false, true },
	LIVE("version", DEVICE_NUMBER, "2"),
	/* 8; with devicemodel 2, 6 or 8 as the version is 1, 2 or 3. */
	LIVE("ports", DEVICE_NUMBER, NULL),
	END,
};

static const struct device_field usbdev_fields[] = {
	{ "type", DEVICE_CHOICE, "hostdev", "hostdev", false, true },
	{ "hostbus", DEVICE_NUMBER, NULL, NULL, true, true },
	{ "hostaddr", DEVICE_NUMBER, NULL, NULL, true, true },
	LIVE("controller", DEVICE_NUMBER, NULL),
	LIVE("port", DEVICE_NUMBER, NULL),
	END,
};

/* In a list the flags not given are those of pci_permissive, pci_msitranslate, ... of the file. */
static const struct device_field pci_fields[] = {
	{ "bdf", DEVICE_BDF, NULL, NULL, true, true },
	{ "name", DEVICE_TEXT, NULL, NULL, true, true },
	LIVE("vslot", DEVICE_TEXT, NULL),
	FLAG("permissive", "0"),
	FLAG("msitranslate", "0"),
	FLAG("power_mgmt", "0"),
	{ "seize", DEVICE_FLAG, "0", NULL, false, false },
	{ "rdm_policy", DEVICE_CHOICE, NULL, "strict relaxed", false, true },
	END,
};

const struct device_class device_classes[] = {
	{
		.key = "vif",
		.noun = "network interface",
		.attach = "network-attach",
		.detach = "network-detach",
		.list = "network-list",
		.attach_words = 1,
		.detach_words = 2,
		.id = { "mac" },
		.chosen = { "mac", "devid" },
		.fields = vif_fields,
		.is_numbered = true,
		.has_devid = true,
		.skips = true,
	},
	{
		.key = "vtpm",
		.noun = "virtual TPM",
		.attach = "vtpm-attach",
		.detach = "vtpm-detach",
		.list = "vtpm-list",
		.attach_words = 1,
		.detach_words = 2,
		.id = { "uuid" },
		.chosen = { "uuid" },
		.fields = vtpm_fields,
		.is_numbered = true,
	},
	{
		.key = "vkb",
		.noun = "virtual keyboard",
		.attach = "vkb-attach",
		.detach = "vkb-detach",
		.list = "vkb-list",
		.attach_words = 2,
		.detach_words = 2,
		.fields = vkb_fields,
		.is_numbered = true,
	},
	{
		.key = "vdispl",
		.noun = "virtual display",
		.attach = "vdispl-attach",
		.detach = "vdispl-detach",
		.list = "vdispl-list",
		.attach_words = 1,
		.detach_words = 2,
		.fields = vdispl_fields,
		.is_numbered = true,
	},
	{
		.key = "vsnd",
		.noun = "virtual sound card",
		.attach = "vsnd-attach",
		.detach = "vsnd-detach",
		.list = "vsnd-list",
		.attach_words = 2,
		.detach_words = 2,
		.fields = vsnd_fields,
		.is_numbered = true,
		.is_nested = true,
	},
	{
		.key = "usbctrl",
		.noun = "USB controller",
		.attach = "usbctrl-attach",
		.detach = "usbctrl-detach",
		.list = "usb-list",
		.attach_words = 1,
		.detach_words = 2,
		.fields = usbctrl_fields,
		.is_numbered = true,
	},
	{
		.key = "usbdev",
		.noun = "USB device",
		.attach = "usbdev-attach",
		.detach = "usbdev-detach",
		.list = "usb-list",
		.attach_words = 2,
		.detach_words = 3,
		.id = { "hostbus", "hostaddr" },
		.chosen = { "controller", "port" },
		.fields = usbdev_fields,
	},
	{
		.key = "pci",
		.noun = "PCI device",
		.attach = "pci-attach",
		.detach = "pci-detach",
		.list = "pci-list",
		.attach_words = 2,
		.detach_words = 2,
		.id = { "bdf" },
		.fields = pci_fields,
	},
	{ .key = NULL },
};

const struct device_class *device_class_find(const char *key)
{
	for (const struct device_class *c = device_classes; c->key; c++)
		if (sx_streq(c->key, key))
			return c;
	return NULL;
}

const struct device_class *device_class_of_command(const char *command)
{
	for (const struct device_class *c = device_classes; c->key; c++)
		if (sx_streq(c->attach, command) || sx_streq(c->detach, command))
			return c;
	return NULL;
}

const struct device_field *device_field_find(const struct device_class *class, const char *name)
{
	const char *part = class->is_nested ? strrchr(name, '.') : NULL;

	if (part)
		name = part + 1;
	for (const struct device_field *f = class->fields; f->name; f++)
		if (sx_streq(f->name, name))
			return f;
	return NULL;
}
