/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of a configuration: every one that xl 4.17 to 4.22 reads (parse_config_data in
 * xl_parse.c), and which forms of value it accepts.
 */
#include "spec/keys.h"
#include "base/near.h"
#include "base/str.h"

#include <string.h>

#define STRING CONFIG_STRING
#define NUMBER CONFIG_NUMBER
#define FLAG CONFIG_FLAG
#define LIST CONFIG_LIST
#define LISTS CONFIG_LISTS
#define HVM CONFIG_HVM

static const char shutdown_actions[] = "destroy restart rename-restart preserve coredump-destroy "
				       "coredump-restart soft-reset";

const struct config_key config_keys[] = {
	{ "acpi", FLAG, 417, NULL, NULL },
	{ "acpi_firmware", STRING | HVM, 417, NULL, NULL },
	{ "acpi_laptop_slate", FLAG | HVM, 417, NULL, NULL },
	{ "acpi_s3", FLAG | HVM, 417, NULL, NULL },
	{ "acpi_s4", FLAG | HVM, 417, NULL, NULL },
	{ "altp2m", STRING | NUMBER, 417, "disabled mixed external limited", NULL },
	{ "altp2m_count", NUMBER, 421, NULL, NULL },
	{ "altp2mhvm", FLAG | HVM, 417, NULL, "altp2m" },
	{ "apic", FLAG | HVM, 417, NULL, NULL },
	{ "arm_sci", STRING, 421, NULL, NULL },
	{ "bios", STRING | HVM, 417, "rombios seabios ovmf", NULL },
	{ "bios_path_override", STRING | HVM, 417, NULL, NULL },
	{ "boot", STRING | HVM, 417, NULL, NULL },
	{ "bootloader", STRING, 417, NULL, NULL },
	{ "bootloader_args", STRING | LIST, 417, NULL, NULL },
	{ "bootloader_restrict", FLAG, 418, NULL, NULL },
	{ "bootloader_user", STRING, 418, NULL, NULL },
	{ "builder", STRING, 417, NULL, "type" },
	{ "cap", NUMBER, 417, NULL, NULL },
	{ "channel", LIST, 417, NULL, NULL },
	{ "cmdline", STRING, 417, NULL, NULL },
	{ "cpu_weight", NUMBER, 417, NULL, NULL },
	{ "cpuid", STRING | LIST, 417, NULL, NULL },
	{ "cpus", STRING | LIST, 417, NULL, NULL },
	{ "cpus_soft", STRING | LIST, 417, NULL, NULL },
	{ "device_model", STRING, 417, NULL, "device_model_override" },
	{ "device_model_args", LIST, 417, NULL, NULL },
	{ "device_model_args_hvm", LIST, 417, NULL, NULL },
	{ "device_model_args_pv", LIST, 417, NULL, NULL },
	{ "device_model_override", STRING, 417, NULL, NULL },
	{ "device_model_stubdomain_override", FLAG, 417, NULL, NULL },
	{ "device_model_stubdomain_seclabel", STRING, 417, NULL, NULL },
	{ "device_model_user", STRING, 417, NULL, NULL },
	{ "device_model_version", STRING, 417, "qemu-xen qemu-xen-traditional", NULL },
	{ "device_tree", STRING, 417, NULL, NULL },
	{ "disk", LIST, 417, NULL, NULL },
	{ "display", STRING, 417, NULL, NULL },
	{ "dm_restrict", FLAG, 417, NULL, NULL },
	{ "driver_domain", FLAG, 417, NULL, NULL },
	{ "dtdev", LIST, 417, NULL, NULL },
	{ "e820_host", FLAG, 417, NULL, NULL },
	{ "extra", STRING, 417, NULL, NULL },
	{ "extratime", NUMBER, 417, NULL, NULL },
	{ "firmware", STRING, 417, NULL, NULL },
	{ "firmware_override", STRING | HVM, 417, NULL, NULL },
	{ "gfx_passthru", STRING | NUMBER | HVM, 417, "default igd", NULL },
	{ "gic_version", STRING, 417, "default v2 v3", NULL },
	{ "hap", FLAG, 417, NULL, NULL },
	{ "hdtype", STRING | HVM, 417, "ide ahci", NULL },
	{ "hpet", FLAG | HVM, 417, NULL, NULL },
	{ "hvm_pirq", FLAG, 419, NULL, NULL },
	{ "init_seclabel", STRING, 417, NULL, NULL },
	{ "iomem", LIST, 417, NULL, NULL },
	{ "ioports", LIST, 417, NULL, NULL },
	{ "irqs", LIST, 417, NULL, NULL },
	{ "kernel", STRING, 417, NULL, NULL },
	{ "keymap", STRING, 417, NULL, NULL },
	{ "latency", NUMBER, 417, NULL, NULL },
	{ "llc_colors", LIST, 420, NULL, NULL },
	{ "localtime", FLAG, 417, NULL, NULL },
	{ "max_event_channels", NUMBER, 417, NULL, NULL },
	{ "max_grant_frames", NUMBER, 417, NULL, NULL },
	{ "max_grant_version", NUMBER, 417, NULL, NULL },
	{ "max_maptrack_frames", NUMBER, 417, NULL, NULL },
	{ "maxmem", NUMBER, 417, NULL, NULL },
	{ "maxvcpus", NUMBER, 417, NULL, NULL },
	{ "mca_caps", LIST | HVM, 417, NULL, NULL },
	{ "memory", NUMBER, 417, NULL, NULL },
	{ "mmio_hole", NUMBER | HVM, 417, NULL, NULL },
	{ "ms_vm_genid", STRING | HVM, 417, NULL, NULL },
	{ "msr_relaxed", FLAG, 417, NULL, NULL },
	{ "name", STRING, 417, NULL, NULL },
	{ "nestedhvm", FLAG, 417, NULL, NULL },
	{ "nographic", FLAG | HVM, 417, NULL, NULL },
	{ "nomigrate", FLAG, 417, NULL, NULL },
	{ "nr_spis", NUMBER, 419, NULL, NULL },
	{ "nx", FLAG | HVM, 417, NULL, NULL },
	{ "on_crash", STRING, 417, shutdown_actions, NULL },
	{ "on_poweroff", STRING, 417, shutdown_actions, NULL },
	{ "on_reboot", STRING, 417, shutdown_actions, NULL },
	{ "on_soft_reset", STRING, 417, shutdown_actions, NULL },
	{ "on_watchdog", STRING, 417, shutdown_actions, NULL },
	{ "oos", FLAG, 417, NULL, NULL },
	{ "opengl", FLAG, 417, NULL, NULL },
	{ "p9", LIST, 417, NULL, NULL },
	{ "pae", FLAG | HVM, 417, NULL, NULL },
	{ "passthrough", STRING, 417, "default disabled enabled sync_pt share_pt", NULL },
	{ "pci", LIST, 417, NULL, NULL },
	{ "pci_msitranslate", NUMBER, 417, NULL, NULL },
	{ "pci_permissive", NUMBER, 417, NULL, NULL },
	{ "pci_power_mgmt", NUMBER, 417, NULL, NULL },
	{ "pci_seize", NUMBER, 417, NULL, NULL },
	{ "period", NUMBER, 417, NULL, NULL },
	{ "pool", STRING, 417, NULL, NULL },
	{ "pvcalls", LIST, 417, NULL, NULL },
	{ "pvshim", FLAG, 417, NULL, NULL },
	{ "pvshim_cmdline", STRING, 417, NULL, NULL },
	{ "pvshim_extra", STRING, 417, NULL, NULL },
	{ "pvshim_path", STRING, 417, NULL, NULL },
	{ "ramdisk", STRING, 417, NULL, NULL },
	{ "rdm", STRING, 417, NULL, NULL },
	{ "rdm_mem_boundary", NUMBER | HVM, 417, NULL, NULL },
	{ "root", STRING, 417, NULL, NULL },
	{ "rtc_timeoffset", NUMBER, 417, NULL, NULL },
	{ "sdl", FLAG, 417, NULL, NULL },
	{ "seclabel", STRING, 417, NULL, NULL },
	{ "serial", STRING | LIST | HVM, 417, NULL, NULL },
	{ "shadow_memory", NUMBER, 417, NULL, NULL },
	{ "slice", NUMBER, 417, NULL, NULL },
	{ "smbios", LIST, 418, NULL, NULL },
	{ "smbios_firmware", STRING | HVM, 417, NULL, NULL },
	{ "soundhw", STRING | HVM, 417, NULL, NULL },
	{ "spice", FLAG | HVM, 417, NULL, NULL },
	{ "spice_clipboard_sharing", FLAG | HVM, 417, NULL, NULL },
	{ "spice_image_compression", STRING | HVM, 417, NULL, NULL },
	{ "spice_streaming_video", STRING | HVM, 417, NULL, NULL },
	{ "spiceagent_mouse", FLAG | HVM, 417, NULL, NULL },
	{ "spicedisable_ticketing", FLAG | HVM, 417, NULL, NULL },
	{ "spicehost", STRING | HVM, 417, NULL, NULL },
	{ "spicepasswd", STRING | HVM, 417, NULL, NULL },
	{ "spiceport", NUMBER | HVM, 417, NULL, NULL },
	{ "spicetls_port", NUMBER | HVM, 417, NULL, NULL },
	{ "spiceusbredirection", NUMBER | HVM, 417, NULL, NULL },
	{ "spicevdagent", FLAG | HVM, 417, NULL, NULL },
	{ "stdvga", NUMBER | HVM, 417, NULL, NULL },
	{ "stubdomain_cmdline", STRING, 417, NULL, NULL },
	{ "stubdomain_kernel", STRING, 417, NULL, NULL },
	{ "stubdomain_memory", NUMBER, 417, NULL, NULL },
	{ "stubdomain_ramdisk", STRING, 417, NULL, NULL },
	{ "sve", STRING, 418, NULL, NULL },
	{ "tee", STRING, 417, NULL, NULL },
	{ "timer_mode", STRING | NUMBER, 417,
	  "delay_for_missed_ticks no_delay_for_missed_ticks no_missed_ticks_pending one_missed_tick_pending",
	  NULL },
	{ "trap_unmapped_accesses", FLAG, 421, NULL, NULL },
	{ "tsc_mode", STRING | NUMBER, 417, "default always_emulate native native_paravirt", NULL },
	{ "type", STRING, 417, NULL, NULL },
	{ "usb", FLAG | HVM, 417, NULL, NULL },
	{ "usbctrl", LIST, 417, NULL, NULL },
	{ "usbdev", LIST, 417, NULL, NULL },
	{ "usbdevice", STRING | LIST | HVM, 417, NULL, NULL },
	{ "usbversion", NUMBER | HVM, 417, NULL, NULL },
	{ "uuid", STRING, 417, NULL, NULL },
	{ "vcpus", NUMBER, 417, NULL, NULL },
	{ "vdispl", LIST, 417, NULL, NULL },
	{ "vendor_device", STRING | HVM, 417, "none xenserver", NULL },
	{ "vfb", LIST, 417, NULL, NULL },
	{ "vga", STRING | HVM, 417, "stdvga cirrus none qxl", NULL },
	{ "videoram", NUMBER, 417, NULL, NULL },
	{ "vif", LIST, 417, NULL, NULL },
	{ "vif2", LIST, 417, NULL, "vif" },
	{ "viridian", FLAG | LIST | HVM, 417, NULL, NULL },
	{ "virtio", LIST, 418, NULL, NULL },
	{ "vkb", LIST, 417, NULL, NULL },
	{ "vkb_device", FLAG | HVM, 417, NULL, NULL },
	{ "vmtrace_buf_kb", NUMBER, 417, NULL, NULL },
	{ "vnc", FLAG, 417, NULL, NULL },
	{ "vncdisplay", NUMBER, 417, NULL, NULL },
	{ "vnclisten", STRING, 417, NULL, NULL },
	{ "vncpasswd", STRING, 417, NULL, NULL },
	{ "vncunused", FLAG, 417, NULL, NULL },
	{ "vncviewer", NUMBER, 417, NULL, "create -V" },
	{ "vnuma", LISTS, 417, NULL, NULL },
	{ "vpmu", FLAG, 417, NULL, NULL },
	{ "vpt_align", FLAG | HVM, 417, NULL, NULL },
	{ "vsnd", LISTS, 417, NULL, NULL },
	{ "vtpm", LIST, 417, NULL, NULL },
	{ "vuart", STRING, 417, "sbsa_uart", NULL },
	{ "xauthority", STRING, 417, NULL, NULL },
	{ "xen_platform_pci", FLAG | HVM, 417, NULL, NULL },
	{ "xen_platform_pci_bar_uc", FLAG, 421, NULL, NULL },
	{ "xend_suspend_evtchn_compat", FLAG, 417, NULL, NULL },
	{ "xenstore_feature_mask", NUMBER, 421, NULL, NULL },
	{ "xenstore_quota", LIST, 422, NULL, NULL },
	{ 0 },
};

const struct config_key *config_key_find(const char *name)
{
	for (const struct config_key *k = config_keys; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

const struct config_key *config_key_nearest(const char *name)
{
	const struct config_key *found = NULL;
	size_t slips = 0;

	for (const struct config_key *k = config_keys; k->name; k++)
		if (!k->instead && sx_is_nearer(name, k->name, &slips))
			found = k;
	return found;
}
