/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command table, with every subcommand of xl 4.17 to 4.22 and safexl's own, and the lookup of a
 * word by xl's prefix rule. The arguments after a command are no business of this file, but for
 * twins.
 */
#include <safexl/command.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define XL(name, since, usage, summary)                              \
	{                                                            \
		name, SX_PASS, since, usage, summary, NULL, false, 0 \
	}
#define RECORD(name, usage, summary, records)                           \
	{                                                               \
		name, SX_RECORD, 417, usage, summary, records, false, 0 \
	}
/* xl acts even with -N. */
#define RECORD_ACTS(name, usage, summary, records)                     \
	{                                                              \
		name, SX_RECORD, 417, usage, summary, records, true, 0 \
	}
#define CREATE(name, usage, summary, records)                           \
	{                                                               \
		name, SX_CREATE, 417, usage, summary, records, false, 0 \
	}
#define GUARD(name, usage, summary, records)                           \
	{                                                              \
		name, SX_GUARD, 417, usage, summary, records, false, 0 \
	}
#define OWN(name, does, usage, summary, records)                        \
	{                                                               \
		name, SX_OWN, 417, usage, summary, records, false, does \
	}

const struct sx_command sx_commands[] = {
	/* starting, stopping, moving */
	CREATE("create", "[options] [<config-file>] [key=value]...",
	       "start a domain from a configuration file",
	       "Remembers which file the domain was created from, and which keys were overridden, "
	       "so that later changes are recorded there. Refuses while a saved image of the "
	       "domain, or of another that has one of its disks, could still be restored. If no "
	       "file here has that name, a guest's name stands for its configuration."),
	RECORD("config-update", "<domain> [<config-file>] [options] [key=value]...",
	       "set the configuration for the domain's next reboot",
	       "Remembers the file as the domain's; later changes are recorded there. Refuses "
	       "key=value arguments, which no file has."),
	XL("list", 417, "[-l] [-v] [-Z] [-c] [-n] [<domain>]", "list running domains"),
	XL("destroy", 417, "[-f] <domain>", "end a domain at once"),
	XL("shutdown", 417, "[-w] [-F] -a | <domain>", "ask a domain to shut down"),
	XL("reboot", 417, "[-w] [-F] -a | <domain>", "ask a domain to reboot"),
	XL("pause", 417, "<domain>", "stop a domain from running"),
	XL("unpause", 417, "<domain>", "let a paused domain run"),
	XL("suspend", 420, "<domain>", "suspend a domain to RAM"),
	XL("resume", 420, "<domain>", "wake a domain suspended to RAM"),
	GUARD("save", "[-c] [-p] [-D] <domain> [<image> [<config-file>]]",
	      "save a domain's memory to a file",
	      "Writes the image under a temporary name, verifies that it is complete and on "
	      "disk, records the state of the domain's disks, and leaves a marker: while it is "
	      "there, safexl refuses to start the domain from its configuration."),
	GUARD("restore", "[options] [<config-file>] <image>", "start a domain from a saved image",
	      "Refuses an image that is cut short or was restored already, or whose disks have "
	      "changed since; marks it as restored. If no file here has that name, a guest's "
	      "name stands for its image."),
	GUARD("migrate", "[options] <domain> <host>", "move a running domain to another host",
	      "Leaves a marker: while the domain runs there, safexl refuses to start it here."),
	{ "migrate-receive", SX_RECEIVE, 417, "[options]",
	  "take a migrating domain on stdin (internal)",
	  "Ends the marker of a domain that comes back.", false, 0 },
	XL("remus", 417, "[options] <domain> <host>", "keep a copy of a domain on another host"),
	XL("dump-core", 417, "<domain> <file>", "write a domain's memory to a file"),
	RECORD("rename", "<domain> <new-name>", "rename a running domain",
	       "Writes 'name' to the domain's configuration and commits it. The file itself keeps "
	       "its name."),
	XL("domid", 417, "<name>", "show the number of a domain"),
	XL("domname", 417, "<domid>", "show the name of a domain"),
	XL("vm-list", 417, "", "list guest domains by their uuid"),
	XL("uptime", 417, "[-s] [<domain>]...", "show how long domains have been running"),
	XL("console", 417, "[-t pv|serial|vuart] [-n <number>] <domain>",
	   "open a domain's console"),
	XL("vncviewer", 417, "[-a] <domain>", "open a viewer for a domain's VNC display"),
	XL("trigger", 417, "<domain> nmi|reset|init|power|sleep|s3resume [<vcpu>]",
	   "send a domain a trigger"),
	XL("button-press", 417, "<domain> power|sleep", "press a domain's ACPI button"),
	XL("sysrq", 417, "<domain> <letter>", "send a domain a magic SysRq key"),
	/* memory and processors */
	RECORD("mem-set", "<domain> <size>[b|k|m|g|t]",
	       "set the memory a domain uses, in MiB without a letter",
	       "Writes 'memory' to the domain's configuration and commits it; an implicit maximum "
	       "is kept by writing 'maxmem'."),
	RECORD("mem-max", "<domain> <size>[b|k|m|g|t]",
	       "set the memory a domain may use, in MiB without a letter",
	       "Writes 'maxmem' to the domain's configuration and commits it."),
	XL("vcpu-list", 417, "[<domain>]...", "list domains' virtual processors"),
	RECORD("vcpu-set", "[-i] <domain> <vcpus>", "set the number of virtual processors online",
	       "Writes 'vcpus' to the domain's configuration and commits it; an implicit maximum "
	       "is kept by writing 'maxvcpus'."),
	RECORD("vcpu-pin", "[-f] [-i] <domain> <vcpu>|all <hard>|-|all [<soft>|-|all]",
	       "bind virtual processors to physical ones",
	       "Writes 'cpus' and 'cpus_soft' to the domain's configuration and commits it."),
	RECORD("sched-credit", "[-d <domain> [-w <weight>] [-c <cap>]] | [-s [options]]",
	       "show or set credit scheduler parameters",
	       "If set for a domain: writes 'cpu_weight' and 'cap' to its configuration and "
	       "commits it."),
	RECORD("sched-credit2", "[-d <domain> [-w <weight>] [-c <cap>]] | [-s [options]]",
	       "show or set credit2 scheduler parameters",
	       "If set for a domain: writes 'cpu_weight' and 'cap' to its configuration and "
	       "commits it."),
	RECORD("sched-rtds", "[-d <domain> [-v <vcpu>|all [-p <us> -b <us> -e 0|1]]]",
	       "show or set real-time scheduler parameters",
	       "If set for all of a domain: writes 'period' and 'extratime' to its "
	       "configuration and commits it; the budget has no key."),
	XL("sharing", 417, "[<domain>]", "show memory pages shared between domains"),
	XL("claims", 417, "", "show memory claimed by domains being built"),
	/* devices */
	RECORD("block-attach", "<domain> <disk-spec>...", "attach a disk to a running domain",
	       "Adds the disk to the domain's configuration and commits it."),
	RECORD("block-detach", "[-f] <domain> <vdev>|<devid>",
	       "detach a disk from a running domain",
	       "Removes the disk from the domain's configuration and commits it."),
	XL("block-list", 417, "<domain>...", "list domains' disks"),
	RECORD_ACTS("cd-insert", "<domain> <vdev> <path>", "put a medium into a domain's CD drive",
		    "Writes the medium to the drive's element of 'disk' and commits it."),
	RECORD_ACTS("cd-eject", "<domain> <vdev>", "empty a domain's CD drive",
		    "Removes the medium from the drive's element of 'disk' and commits it."),
	RECORD("network-attach", "<domain> [key=value]...", "attach a network interface",
	       "Adds the interface, always with its MAC address, to the domain's configuration and "
	       "commits it."),
	RECORD("network-detach", "<domain> <devid>|<mac>", "detach a network interface",
	       "Removes the interface from the domain's configuration and commits it; the others "
	       "keep "
	       "their numbers."),
	XL("network-list", 417, "<domain>...", "list domains' network interfaces"),
	XL("channel-list", 417, "<domain>...", "list domains' channels"),
	RECORD("pci-attach", "<domain> <pci-spec>", "attach a host PCI device to a domain",
	       "Adds the device to the domain's configuration and commits it."),
	RECORD("pci-detach", "[-f] <domain> <pci-spec>", "detach a PCI device from a domain",
	       "Removes the device from the domain's configuration and commits it."),
	XL("pci-list", 417, "<domain>", "list a domain's PCI devices"),
	XL("pci-assignable-add", 417, "[-n <name>] <bdf>", "make a PCI device assignable"),
	XL("pci-assignable-remove", 417, "[-r] <bdf>|<name>", "make a PCI device the host's again"),
	XL("pci-assignable-list", 417, "[-n]", "list assignable PCI devices"),
	RECORD("usbctrl-attach", "<domain> [type=<type>] [version=<1|2|3>] [ports=<number>]",
	       "attach a USB controller to a domain",
	       "Adds the controller to the domain's configuration and commits it."),
	RECORD("usbctrl-detach", "<domain> <devid>", "detach a USB controller",
	       "Removes the controller, and the devices plugged into it, from the domain's "
	       "configuration and commits it."),
	RECORD("usbdev-attach", "<domain> hostbus=<bus> hostaddr=<address> [key=value]...",
	       "attach a host USB device to a domain",
	       "Adds the device, and a controller that is made for it, to the domain's "
	       "configuration and commits it."),
	RECORD("usbdev-detach", "<domain> <controller> <port>", "detach a USB device",
	       "Removes the device from the domain's configuration and commits it."),
	XL("usb-list", 417, "<domain>", "list a domain's USB controllers and devices"),
	RECORD("vtpm-attach", "<domain> [uuid=<uuid>] [backend=<domain>]", "attach a virtual TPM",
	       "Adds the TPM to the domain's configuration and commits it."),
	RECORD("vtpm-detach", "<domain> <devid>|<uuid>", "detach a virtual TPM",
	       "Removes the TPM from the domain's configuration and commits it."),
	XL("vtpm-list", 417, "<domain>...", "list domains' virtual TPMs"),
	RECORD("vkb-attach", "<domain> <vkb-spec>...", "attach a virtual keyboard",
	       "Adds the keyboard to the domain's configuration and commits it."),
	RECORD("vkb-detach", "<domain> <devid>", "detach a virtual keyboard",
	       "Removes the keyboard from the domain's configuration and commits it."),
	XL("vkb-list", 417, "<domain>...", "list domains' virtual keyboards"),
	RECORD("vdispl-attach", "<domain> [backend=<domain>] [be-alloc=0|1] connectors=<list>",
	       "attach a virtual display",
	       "Adds the display to the domain's configuration and commits it."),
	RECORD("vdispl-detach", "<domain> <devid>", "detach a virtual display",
	       "Removes the display from the domain's configuration and commits it."),
	XL("vdispl-list", 417, "<domain>...", "list domains' virtual displays"),
	RECORD("vsnd-attach", "<domain> <vsnd-spec>...", "attach a virtual sound card",
	       "Adds the sound card to the domain's configuration and commits it."),
	RECORD("vsnd-detach", "<domain> <devid>", "detach a virtual sound card",
	       "Removes the sound card from the domain's configuration and commits it."),
	XL("vsnd-list", 417, "<domain>...", "list domains' virtual sound cards"),
	XL("dt-overlay", 418, "add|remove <file> | attach <file> <domain>",
	   "apply a device tree overlay (Arm)"),
	XL("devd", 417, "[-F] [-p <pid-file>]", "run the device daemon of a driver domain"),
	XL("qemu-monitor-command", 417, "<domain> <command>", "send a command to a domain's QEMU"),
	/* the host */
	XL("info", 417, "[-n] [<name>]", "show facts about the host"),
	XL("top", 417, "", "watch the host and its domains"),
	XL("dmesg", 417, "[-c]", "show the hypervisor's messages"),
	XL("debug-keys", 417, "<keys>", "send debug keys to the hypervisor"),
	XL("set-parameters", 417, "<parameters>", "set parameters of the hypervisor"),
	XL("cpupool-create", 417, "[-n] [-f <file>] [<config-file>] [key=value]...",
	   "create a CPU pool"),
	XL("cpupool-list", 417, "[-c] [<pool>]", "list CPU pools"),
	XL("cpupool-destroy", 417, "<pool>", "remove a CPU pool"),
	XL("cpupool-rename", 417, "<pool> <new-name>", "rename a CPU pool"),
	XL("cpupool-cpu-add", 417, "<pool> <cpus>|node:<nodes>", "add processors to a CPU pool"),
	XL("cpupool-cpu-remove", 417, "<pool> <cpus>|node:<nodes>",
	   "take processors out of a CPU pool"),
	RECORD("cpupool-migrate", "<domain> <pool>", "move a domain to a CPU pool",
	       "Writes 'pool' to the domain's configuration and commits it."),
	XL("cpupool-numa-split", 417, "", "make one CPU pool for each NUMA node"),
	XL("getenforce", 417, "", "show the mode of the security module"),
	XL("setenforce", 417, "1|0|Enforcing|Permissive", "set the mode of the security module"),
	XL("loadpolicy", 417, "<file>", "load a policy into the security module"),
	XL("psr-hwinfo", 417, "[-m] [-a] [-b]", "show what resource control the host has (x86)"),
	XL("psr-cmt-attach", 417, "<domain>", "start cache monitoring of a domain"),
	XL("psr-cmt-detach", 417, "<domain>", "stop cache monitoring of a domain"),
	XL("psr-cmt-show", 417, "<type> <domain>", "show cache monitoring figures"),
	XL("psr-cat-set", 417, "[-s <socket>] [-l <level>] [-c] [-d] <domain> <mask>",
	   "set a domain's share of the cache"),
	XL("psr-cat-show", 417, "[-l <level>] <domain>", "show a domain's share of the cache"),
	XL("psr-mba-set", 417, "[-s <socket>] <domain> <throttle>",
	   "set a domain's memory bandwidth"),
	XL("psr-mba-show", 417, "<domain>", "show a domain's memory bandwidth"),
	XL("xenstore-quota-get", 422, "<domain>|-g", "show Xenstore quotas"),
	{ "xenstore-quota-set", SX_RECORD, 422, "<domain>|-g <quota>=<value>...",
	  "set Xenstore quotas",
	  "If set for a domain: writes 'xenstore_quota' to its configuration and commits it.",
	  false, 0 },
	/* safexl's own */
	/* xl has a list too, without this option */
	OWN("list", SX_LOOKS, "--all",
	    "list every guest: those that run, and those that are saved, off or on another host",
	    "Changes nothing."),
	OWN("start", SX_RUNS_XL | SX_CHANGES,
	    "<domain>... | <domain> <key=value>... | --all-auto | --with-host",
	    "start a guest: from its saved image if it is saved, else from its configuration",
	    "A saved guest is never started from its configuration instead: where its image cannot "
	    "be restored, start refuses. Nothing is done to a guest that runs. --all-auto starts "
	    "those of /etc/xen/auto, in the order of their names; --with-host is for "
	    "safexl-domains.service."),
	OWN("stop", SX_RUNS_XL | SX_CHANGES, "<domain>... | --with-host",
	    "shut a guest down, or save it, and report the result",
	    "Waits until the guest is off; without --timeout for shutdown_timeout of "
	    "safexl.conf(5) at most. With --save "
	    "its image lies where save puts it when no file is named. Nothing is done to a guest "
	    "that does not run. Several guests stop side by side. --with-host is for "
	    "safexl-domains.service."),
	OWN("define", SX_CHANGES, "<config-file> | --from <domain>", "add a guest's configuration",
	    "Checks it as 'check' does, copies it to /etc/xen under the name of its domain, and "
	    "commits it. Refuses a name, uuid, MAC or disk that another guest has. "
	    "--from writes one for a running domain that has none."),
	OWN("undefine", SX_CHANGES, "<domain>",
	    "remove a guest's configuration, and keep its disks",
	    "Removes the configuration and the links in auto/ that lead to it, in one commit, "
	    "which "
	    "'undo' takes back. Refuses while the guest runs, is saved or has snapshots. The disks "
	    "stay, and undefine names them."),
	OWN("autostart", SX_CHANGES, "<domain>", "make a guest start with the host, or not",
	    "Makes the link in /etc/xen/auto by which xendomains and 'start --all-auto' find it, "
	    "and commits it. The link has exactly the name of the domain. --off removes it."),
	OWN("adopt", SX_CHANGES, "<domain> <config-file> | <image>",
	    "name a domain's configuration, or adopt an image that plain xl saved",
	    "Remembers the file; later changes of that domain are recorded there. An image is "
	    "guarded "
	    "from then on as one that safexl saved, with its disks as they are now: safexl "
	    "relies on your word that nothing wrote to them since the save."),
	OWN("where", SX_LOOKS, "<domain>",
	    "show where a domain's memory, configuration and disks are", "Changes nothing."),
	OWN("images", SX_LOOKS, "", "list the saved images and whether they can be restored",
	    "Changes nothing without --prune."),
	OWN("snapshot", SX_RUNS_XL, "<domain> [<snapshot-name>]",
	    "keep a domain's memory, disks and configuration as they are at one instant",
	    "Changes nothing of the domain, which stands still meanwhile if it runs, and stays saved "
	    "if it is."),
	OWN("snapshots", 0, "[<domain>]", "list the snapshots, and whether they can be reverted to",
	    "Changes nothing without --drop."),
	OWN("revert", SX_RUNS_XL | SX_CHANGES, "<domain> <snapshot>",
	    "restore a domain's disks, configuration and memory from a snapshot",
	    "The configuration, as one commit. What is now is kept as a snapshot before that. A "
	    "guest that was saved is saved again, and not started."),
	OWN("backup", SX_RUNS_XL, "<domain> [<directory>]",
	    "write a domain's memory, disks and configuration to a directory, and read them back",
	    "Changes nothing of the domain. A guest that runs has a snapshot taken for it, which is "
	    "gone afterwards. The backup is <directory>/<domain>/<time>; 'sha256sum -c SHA256SUMS' "
	    "proves it there, too."),
	/* xl has a restore too, of image files */
	OWN("restore", SX_CHANGES,
	    "[--overwrite] [--no-memory] [--disk <vdev>=<path>] [--as <new-name>] <directory>",
	    "put a backup back: disks, configuration and memory; the guest is not started",
	    "Reads all of the backup first and refuses one that is damaged. The configuration is put "
	    "in place as one commit. Afterwards the guest is saved, and 'start' goes on with it, or "
	    "off."),
	OWN("verify", SX_LOOKS | SX_WITHOUT_ROOT, "<directory>|<domain>...",
	    "read backups, and name each file that is not as it was",
	    "Of a domain, its newest one in backup_dir of safexl.conf(5). Changes nothing. Status 1: one "
	    "of them is not whole."),
	OWN("log", SX_LOOKS | SX_WITHOUT_ROOT, "[<domain>]",
	    "show who changed which domain, when and why",
	    "A date is one as git takes it: 2026-11-27, yesterday, '2 weeks ago'. -5 is -n 5. "
	    "Changes "
	    "nothing."),
	OWN("show", SX_LOOKS | SX_WITHOUT_ROOT, "<commit>", "show one change of the history",
	    "Changes nothing."),
	OWN("blame", SX_LOOKS | SX_WITHOUT_ROOT, "<domain> [<device>|<key>]",
	    "show which change gave a domain its devices "
	    "and values",
	    "With a device or key, shows each change of it: when, by whom, by which command, "
	    "why; also if it was removed since. Changes nothing."),
	OWN("undo", SX_RUNS_XL | SX_CHANGES, "[<commit> | <domain> [<key>|<device>]]",
	    "reverse a change in the running domain and in its configuration",
	    "For a domain: its last change that safexl recorded, or the last one of a key or "
	    "device, as blame names them. Without an argument it shows the last change of all "
	    "and asks. The reversal is a commit of its own. Refuses when later changes stand in "
	    "the way."),
	OWN("edit", SX_CHANGES, "<domain>|<config-file> | --list | --resume|--take|--drop <copy>",
	    "edit a domain's configuration",
	    "Opens a copy in $VISUAL or $EDITOR; puts it in place and commits it if xl can read "
	    "it and 'check' finds no new error. Keeps a copy that it could not record, so that "
	    "you can continue."),
	OWN("diff", SX_LOOKS, "[<domain>]",
	    "compare configurations with running domains and the last commit",
	    "Changes nothing. Exit status 1 when something differs."),
	OWN("record", SX_CHANGES, "<domain> [<key>|<device>]",
	    "write what a running domain has to its configuration",
	    "Writes the differences that 'diff' calls not recorded, or those of one key or device, "
	    "to the domain's configuration and commits them; the domain is not touched."),
	OWN("check", SX_LOOKS | SX_WITHOUT_ROOT, "[<config-file>]...",
	    "look for mistakes in configurations",
	    "Needs no Xen, and changes nothing. Exit status 1 when there is an error."),
	OWN("recover", 0, "", "finish or withdraw changes that were interrupted",
	    "Brings file and history in line with what the running domains have."),
	OWN("help", SX_LOOKS, "[<command>|--commands]", "show this help, or that of a command",
	    "Changes nothing."),
	{ 0 },
};

/* Versions of xl that added commands: only these change what a word means. */
static const unsigned generations[] = { 417, 418, 420, 422 };

static bool is_own(const struct sx_command *c)
{
	return c->class == SX_OWN;
}

/* xl's command with this unique prefix in one version; NULL: none, or several. */
static const struct sx_command *find_prefix(const struct sx_command *table, const char *word,
					    unsigned version)
{
	const struct sx_command *found = NULL;

	for (const struct sx_command *c = table; c->name; c++) {
		if (is_own(c) || c->since > version || !sx_starts_with(c->name, word))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

/* The meaning of a word for an unknown version of xl. */
static const struct sx_command *find_in_all(const struct sx_command *table, const char *word,
					    const struct sx_command **ambiguous)
{
	const struct sx_command *one = find_prefix(table, word, generations[0]);
	const struct sx_command *other = NULL;
	bool differs = false, matters = false;

	for (size_t i = 1; i < SX_COUNT(generations); i++) {
		const struct sx_command *c = find_prefix(table, word, generations[i]);

		differs |= c != one;
		one = one ? one : c;
	}
	if (!differs)
		return one;
	for (const struct sx_command *c = table; c->name; c++) {
		if (is_own(c) || !sx_starts_with(c->name, word))
			continue;
		matters |= c->class != SX_PASS;
		if (c != one)
			other = c;
	}
	if (!matters)
		return NULL;
	if (ambiguous)
		*ambiguous = other;
	return one;
}

const struct sx_command *sx_command_find_in(const struct sx_command *table, const char *word,
					    unsigned version, const struct sx_command **ambiguous)
{
	const struct sx_command *own = NULL;
	size_t owns = 0, others = 0;

	if (ambiguous)
		*ambiguous = NULL;
	for (const struct sx_command *c = table; c->name; c++) {
		if (strcmp(c->name, word) == 0)
			return c;
		if (!sx_starts_with(c->name, word))
			continue;
		owns += is_own(c);
		others += !is_own(c);
		own = is_own(c) ? c : own;
	}
	if (others)
		return version ? find_prefix(table, word, version)
			       : find_in_all(table, word, ambiguous);
	return owns == 1 && *word ? own : NULL;
}

const struct sx_command *sx_command_find(const char *word, unsigned version,
					 const struct sx_command **ambiguous)
{
	return sx_command_find_in(sx_commands, word, version, ambiguous);
}

/* Is it a backup's directory? Without a slash it may be a guest's name: look for backup files. */
static bool is_backup(const char *word)
{
	int dir = open(word, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ours = dir >= 0 && (strchr(word, '/') || faccessat(dir, "SHA256SUMS", F_OK, 0) == 0 ||
				 faccessat(dir, "manifest.json", F_OK, 0) == 0);

	if (dir >= 0)
		close(dir);
	return ours;
}

/* Do these arguments select safexl's own command of that name instead of xl's? */
static bool is_ours(const char *name, char *const *words)
{
	static const char *const restores[] = { "--as", "--disk", "--overwrite", "--no-memory" };

	if (strcmp(name, "list") == 0)
		return words[0] && strcmp(words[0], "--all") == 0;
	for (; strcmp(name, "restore") == 0 && *words; words++) {
		for (size_t i = 0; i < SX_COUNT(restores); i++)
			if (sx_starts_with(*words, restores[i]))
				return true;
		if (is_backup(*words))
			return true;
	}
	return false;
}

const struct sx_command *sx_command_typed(char *const *words, unsigned version,
					  const struct sx_command **ambiguous)
{
	const struct sx_command *found = sx_command_find(words[0], version, ambiguous);
	const char *name = found ? found->name : NULL;

	if (!found || is_own(found) || !is_ours(name, words + 1))
		return found;
	while (!is_own(found) || strcmp(found->name, name) != 0)
		found++;
	return found;
}

bool sx_command_only_looks(const struct sx_command *command)
{
	return command->does & SX_LOOKS;
}
