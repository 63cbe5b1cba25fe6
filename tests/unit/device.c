/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications of devices: what xl makes of them (the cases are read off xl_parse.c), and back. */
#include "tap.h"

#include "device/device.h"

#include <string.h>

/* "mac=...,bridge=...; devid 3; skipped x" or "refused". */
static char *describe(int r, const struct device *d)
{
	SX_STR s = { 0 };

	if (r)
		return sx_strdup("refused");
	for (size_t i = 0; i < d->fields.len; i++)
		sx_str_addf(&s, "%s%s=%s", i ? "," : "", d->fields.items[i].name,
			    d->fields.items[i].value);
	if (d->devid >= 0)
		sx_str_addf(&s, " devid %ld", d->devid);
	for (size_t i = 0; i < d->skipped.len; i++)
		sx_str_addf(&s, " skipped %s", d->skipped.items[i]);
	return sx_str_take(&s);
}

struct reading {
	const char *key, *text, *want;
};

static void test_items(struct tap *t)
{
	static const struct reading all[] = {
		{ "vif", "", "" },
		{ "vif", "mac=00:16:3E:1:02:a,bridge=br0", "mac=00:16:3e:01:02:0a,bridge=br0" },
		{ "vif", "bridge=br0, mac=0-16-3e.0.0.1zzz", "bridge=br0,mac=00:16:3e:00:00:01" },
		{ "vif", "mac=00:16:3e:00:00", " skipped mac=00:16:3e:00:00" },
		{ "vif", "mac=00:16:3e:00:00:100", " skipped mac=00:16:3e:00:00:100" },
		{ "vif", "mac=00:00:00:00:00:00", "" },
		{ "vif", ",,type=ioemu,,model=e1000", "type=ioemu,model=e1000" },
		{ "vif", "type=IOEMU", " skipped type=IOEMU" },
		{ "vif", "\tbridge=a", " skipped \tbridge=a" },
		{ "vif", "bogus,bridge=a", "bridge=a skipped bogus" },
		{ "vif", "Bridge=a", " skipped Bridge=a" },
		{ "vif", "bridge=a,bridge=b", "bridge=b" },
		{ "vif", "devid=7,mtu=9000x", "mtu=9000 devid 7" },
		{ "vif", "devid=x", "refused" },
		{ "vif", "devid=2147483646", " devid 2147483646" },
		{ "vif", "devid=2147483647", "refused" },
		{ "vif", "devid=9223372036854775807", "refused" },
		{ "vif", "mtu=", "refused" },
		{ "vif", "untrusted", "trusted=0" },
		{ "vif", "trusted=0", " skipped trusted=0" },
		{ "vif", "netdev=eth0,accel=1", "gatewaydev=eth0" },
		{ "vif", "script=/etc/xen/scripts/vif-route", "script=vif-route" },
		{ "vif", "backend=0", "backend=Domain-0" },
		{ "vif", "rate=10Mb/s", "rate=1250000B/s@50000us" },
		{ "vif", "rate=10Mb/s@20", "rate=1250000B/s@20000000us" },
		{ "vif", "rate=1MB/s@20ms", "rate=1000000B/s@20000us" },
		{ "vif", "rate=10", "refused" },
		{ "vif", "colo_checkpoint_port=1,colo_x=2",
		  "colo_checkpoint_port=1 skipped colo_x=2" },
		{ "vtpm", "backend=dom1", "backend=dom1" },
		{ "vtpm", "uuid=ABCDEF00-0000-0000-0000-000000000001,backend=d",
		  "uuid=abcdef00-0000-0000-0000-000000000001,backend=d" },
		{ "vtpm", "backend=d,word,bogus=1", "backend=d" },
		{ "vtpm", "backend=d,bogus=1", "refused" },
		{ "vtpm", "uuid=abcdef00-0000-0000-0000-000000000001", "refused" },
		{ "vtpm", "backend=d,uuid=1", "refused" },
		{ "vkb", "backend-type=LINUX,unique-id=k", "backend-type=linux,unique-id=k" },
		{ "vkb", "unique-id=k", "refused" },
		{ "vkb", "backend-type=qemu,multi-touch-width=0x10",
		  "backend-type=qemu,multi-touch-width=16,feature-multi-touch=1" },
		{ "vkb", "backend-type=qemu,feature-multi-touch=1", "refused" },
		{ "vkb", "backend-type=qemu,feature-abs-pointer=7",
		  "backend-type=qemu,feature-abs-pointer=1" },
		{ "vdispl", "backend=d,be-alloc=1,connectors=id0:800x600;id1:1x2",
		  "backend=d,be-alloc=1,connectors=id0:800x600;id1:1x2" },
		{ "vdispl", "backend=d", "refused" },
		{ "vdispl", "connectors=id0", "refused" },
		{ "usbctrl", "type=PV,version=1,ports=4", "type=pv,version=1,ports=4" },
		{ "usbctrl", "", "" },
		{ "usbctrl", "type=x", "refused" },
		{ "usbdev", "hostbus=1,hostaddr=0x10,controller=0,port=2",
		  "hostbus=1,hostaddr=16,controller=0,port=2" },
		{ "usbdev", "bus=1", "refused" },
		{ "pci", "03:00.0", "bdf=0000:03:00.0" },
		{ "pci", "0000:0A:1f.7@1a", "bdf=0000:0a:1f.7,vslot=1a" },
		{ "pci", "3:0.*,permissive=1,seize=0", "bdf=0000:03:00.*,permissive=1,seize=0" },
		{ "pci", "bdf=1:2.3,rdm_policy=relaxed", "bdf=0000:01:02.3,rdm_policy=relaxed" },
		{ "pci", "name=nic0,msitranslate=0", "name=nic0,msitranslate=0" },
		{ "pci", "name=nic0,bdf=1:2.3", "refused" },
		{ "pci", "03:00", "refused" },
		{ "pci", "bdf=03:00", "refused" },
		{ "pci", "03:00.8", "refused" },
		{ "pci", "03:00.0, permissive=1", "refused" },
		{ "pci", "03:00.0@20", "refused" },
		{ "pci", "", "refused" },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		const struct device_class *class = device_class_find(all[i].key);
		DEVICE d = { 0 };
		SX_ERR err = { 0 };
		int r = device_parse(class, all[i].text, &d, &err);
		SX_FREE char *got = describe(r, &d);
		SX_FREE char *what = sx_format("%s '%s'", all[i].key, all[i].text);

		tap_is(t, got, all[i].want, what);
		if (r == 0) {
			SX_WORDS text = { 0 };
			DEVICE again = { 0 };
			SX_FREE char *back = sx_format("%s, written and read again", what);

			tap_ok(t,
			       device_text(&d, &text, &err) == 0 && text.len == 1 &&
				       device_parse(class, text.items[0], &again, &err) == 0 &&
				       again.devid == d.devid &&
				       sx_fields_equal(&again.fields, &d.fields),
			       back);
		}
	}
}

/* Words of a command line, '|' between them. */
static void test_words(struct tap *t)
{
	static const struct reading all[] = {
		{ "vif", "mac=00:16:3e:00:00:01|bridge=a,b", "mac=00:16:3e:00:00:01,bridge=a,b" },
		{ "vif", "bogus=1", "refused" },
		{ "vif", "mac=1:2", "refused" },
		{ "vif", "mac=00:16:3e:00:00:01,bridge=br0", "refused" },
		{ "vif", "mtu=9000x", "refused" },
		{ "vtpm", "uuid=abcdef00-0000-0000-0000-000000000001",
		  "uuid=abcdef00-0000-0000-0000-000000000001" },
		{ "vtpm", "", "" },
		{ "usbdev", "hostbus=1", "refused" },
		{ "usbdev", "hostbus=1|hostaddr=300", "refused" },
		{ "usbdev", "hostbus=01|hostaddr=010", "hostbus=1,hostaddr=8" },
		{ "vsnd",
		  "CARD, short-name=Main, sample-formats=s16_le|PCM, name=dev|stream, unique-id=0, TYPE=p",
		  "refused" },
		{ "vsnd",
		  "CARD, short-name=Main, sample-formats=s16_le|PCM, name=dev|stream, unique-id=0, type=P",
		  "short-name=Main,sample-formats=s16_le,pcm0.name=dev,pcm0.stream0.unique-id=0,"
		  "pcm0.stream0.type=p" },
		{ "vsnd", "CARD,unique-id=1", "refused" },
		{ "vsnd", "STREAM,unique-id=1|STREAM,unique-id=2|PCM,name=x|STREAM,unique-id=3",
		  "pcm0.stream0.unique-id=1,pcm0.stream1.unique-id=2,pcm1.name=x,"
		  "pcm1.stream0.unique-id=3" },
		{ "vsnd", "DISK,x=1", "refused" },
	};

	for (size_t i = 0; i < SX_COUNT(all); i++) {
		SX_WORDS words = { 0 };
		SX_FREE char *copy = sx_strdup(all[i].text);
		char *rest = copy, *word;
		DEVICE d = { 0 };
		SX_ERR err = { 0 };
		SX_FREE char *got = NULL;
		SX_FREE char *what = sx_format("%s words '%s'", all[i].key, all[i].text);
		int r;

		while ((word = strsep(&rest, "|")))
			if (*word)
				sx_words_add(&words, word);
		r = device_parse_words(device_class_find(all[i].key), sx_words_argv(&words), &d,
				       &err);
		got = describe(r, &d);
		tap_is(t, got, all[i].want, what);
	}
}

static void test_writing(struct tap *t)
{
	const struct device_class *vsnd = device_class_find("vsnd");
	SX_WORDS words = { 0 };
	DEVICE d = { 0 };
	SX_WORDS text = { 0 };
	SX_ERR err = { 0 };

	sx_words_add(&words, "STREAM,unique-id=1");
	sx_words_add(&words, "PCM,name=x");
	sx_words_add(&words, "CARD,short-name=y");
	tap_ok(t, device_parse_words(vsnd, sx_words_argv(&words), &d, &err) == 0, "a sound card");
	tap_ok(t, device_text(&d, &text, &err) == 0 && text.len == 4, "is written part by part");
	tap_is(t, text.len == 4 ? text.items[0] : "", "CARD,short-name=y", "the card");
	tap_is(t, text.len == 4 ? text.items[2] : "", "STREAM,unique-id=1", "a stream");
	device_dispose(&d);
	d.class = device_class_find("vif");
	d.devid = -1;
	sx_fields_set(&d.fields, "bridge", "a,b");
	tap_is_num(t, device_text(&d, &text, &err), -1, "a value with a comma cannot be written");
	tap_is_num(t, err.code, SX_ECONFLICT, "and that is said");
}

static void test_defaults(struct tap *t)
{
	DEVICE d = { 0 };
	SX_ERR err = { 0 };

	tap_is_num(t, device_parse(device_class_find("vif"), "mtu=9000", &d, &err), 0, "a vif");
	tap_is(t, device_get(&d, "mtu"), "9000", "what is said");
	tap_is(t, device_get(&d, "bridge"), "xenbr0", "what xl makes of what is not");
	tap_ok(t, !device_get(&d, "type"), "what depends on the guest");
	tap_is_num(t, device_number(&d, 4), 4, "its number is its place");
	d.devid = 2;
	tap_is_num(t, device_number(&d, 4), 2, "if it says no other");
	tap_is(t, device_class_of_command("usbdev-detach")->key, "usbdev", "class of a command");
	tap_ok(t, !device_class_of_command("block-attach"), "disks are apart");
}

int main(void)
{
	struct tap t = { 0 };

	test_items(&t);
	test_words(&t);
	test_writing(&t);
	test_defaults(&t);
	return tap_end(&t);
}
