/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stand-in for xl in the hermetic tests: acts on the domain files that tests/fake/live.c reads
 * ($SAFEXL_FAKE/DOMID.dom) as far as the tests need it, and logs each call to $SAFEXL_FAKE/log.
 * What else it shall do comes from $SAFEXL_FAKE/mode, one word:
 *	fail	exit 1, nothing changed		half	register the disk, exit 1
 *	lie	exit 0, nothing changed		kill	die by SIGKILL, nothing changed
 *	cut	save: the image is eight bytes short
 *	late	save: the image is whole, but the guest goes on, exit 1
 *		migrate: the last handshake fails, the domain is left as NAME--migratedaway, exit 1
 *	busy-fail	create: write to the disks, exit 1
 *	busy	save -c: the guest goes on and writes to its disks at once
 *	twice	unpause: it was paused twice, and still is
 *	killed	save, restore: die by SIGKILL before the end, the domain suspended or paused
 *	gone	save: die by SIGKILL, the domain gone; with its image cut short: gone-cut
 * and from $SAFEXL_FAKE/hook, a program run first (it edits the configuration, say).
 */
#include "xl_domain.h"
#include "xl_image.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static void log_call(int argc, char **argv)
{
	char path[4200], text[4096] = "";
	size_t len = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/log", world);
	for (int i = 1; i < argc && len < sizeof(text) - 300; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.200s",
					i > 1 ? " " : "", argv[i]);
	text[len++] = '\n';
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0 && write(fd, text, len) < 0)
		perror("fake xl: log");
	if (fd >= 0)
		close(fd);
}

static void read_mode(char *mode, size_t size)
{
	char path[4200];
	FILE *f;

	mode[0] = '\0';
	snprintf(path, sizeof(path), "%s/mode", world);
	f = fopen(path, "r");
	if (f && !fgets(mode, (int)size, f))
		mode[0] = '\0';
	if (f)
		fclose(f);
	mode[strcspn(mode, "\n")] = '\0';
}

static void run_hook(void)
{
	char path[4200];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/hook", world);
	if (access(path, X_OK))
		return;
	pid = fork();
	if (pid == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

#include "xl_device.h"
#include "xl_scalar.h"

/* The field of a disk specification that the tests write: positional or keyed. */
static void disk_fields(char **words, char *vdev, char *target, size_t size)
{
	char spec[8192] = "";
	int position = 0;
	char *save = NULL;

	for (; *words; words++)
		add_text(spec, sizeof(spec), "%s%s", *spec ? "," : "", *words);
	vdev[0] = target[0] = '\0';
	for (char *p = strtok_r(spec, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		if (strncmp(p, "vdev=", 5) == 0)
			snprintf(vdev, size, "%s", p + 5);
		else if (strncmp(p, "target=", 7) == 0)
			snprintf(target, size, "%s", p + 7);
		else if (strchr(p, '='))
			continue;
		else if (position++ == 0)
			snprintf(target, size, "%s", strncmp(p, "phy:", 4) ? p : p + 4);
		else if (!vdev[0] && (strncmp(p, "xvd", 3) == 0 || strncmp(p, "hd", 2) == 0))
			snprintf(vdev, size, "%s", p);
	}
}

static long devid(const char *vdev)
{
	int disk, part;

	if (sscanf(vdev, "d%ip%i", &disk, &part) == 2)
		return disk < 16 && part < 16 ? 202L << 8 | disk << 4 | part
					      : 1L << 28 | disk << 8 | part;
	if (strncmp(vdev, "xvd", 3) == 0 && vdev[3] && !vdev[4])
		return 202L << 8 | (vdev[3] - 'a') << 4;
	if (strncmp(vdev, "xvd", 3) == 0 && vdev[3])
		return 1L << 28 | ((vdev[3] - 'a' + 1) * 26L + (vdev[4] - 'a')) << 8;
	return strtol(vdev, NULL, 0);
}

/* All of the specification, for what live_config.c reads. */
static void add_spec(struct domain *d, char **words, const char *vdev)
{
	char spec[8192] = "";

	for (size_t i = 0; words[i]; i++)
		add_text(spec, sizeof(spec), "%s%s", i ? "," : "", words[i]);
	set_line(d, d->count, "diskspec=%s %s", vdev, spec);
}

static int block_attach(struct domain *d, char **words, bool half)
{
	char vdev[4200], target[4200];

	disk_fields(words, vdev, target, sizeof(vdev));
	for (size_t i = 0; i < d->count; i++) {
		char have[64];

		if (sscanf(d->lines[i], "disk=%63s", have) == 1 && devid(have) == devid(vdev)) {
			fprintf(stderr, "libxl: error: device already exists\n");
			return 1;
		}
	}
	set_line(d, d->count, "disk=%s %s %s", vdev, half ? "waiting" : "connected", target);
	set_open(d, vdev, target);
	add_spec(d, words, vdev);
	store(d);
	if (half)
		fprintf(stderr, "libxl_device_disk_add failed.\n");
	return half;
}

static int block_detach(struct domain *d, const char *vdev)
{
	for (size_t i = 0; i < d->count; i++) {
		char have[64];

		if (sscanf(d->lines[i], "diskspec=%63s", have) == 1 && devid(have) == devid(vdev))
			d->lines[i][0] = '\0';
	}
	for (size_t i = 0; i < d->count; i++) {
		char have[64];

		if (sscanf(d->lines[i], "disk=%63s", have) == 1 && devid(have) == devid(vdev)) {
			d->lines[i][0] = '\0';
			set_open(d, have, "");
			store(d);
			return 0;
		}
	}
	fprintf(stderr, "Error: Device %s not connected.\n", vdev);
	return 1;
}

static int memory(struct domain *d, const char *key, const char *size)
{
	char *end;
	unsigned long kib = strtoul(size, &end, 10);
	char text[32];

	kib = *end == 'k' ? kib : *end == 'g' ? kib << 20 : kib << 10;
	if (strcmp(key, "target") == 0 && kib > strtoul(value(d, "max"), NULL, 10)) {
		fprintf(stderr, "cannot set domid dynamic max memory to : %s\n", size);
		return 1;
	}
	snprintf(text, sizeof(text), "%lu", kib);
	set(d, key, text);
	store(d);
	return 0;
}

/* The elements, in single quotes, of lists of devices; a list may reach over lines. */
static bool device_list_line(struct domain *d, const char *line)
{
	static char list[16];
	char key[16];
	const char *p = line, *end;
	bool attach;
	int used = 0;

	if (sscanf(line, " %15[a-z] += %n", key, &used) == 1 && !used)
		sscanf(line, " %15[a-z] = %n", key, &used);
	if (used && line[used] == '[') {
		char command[32];

		snprintf(command, sizeof(command), "%s-attach",
			 strcmp(key, "vif") ? key : "network");
		snprintf(list, sizeof(list), "%s", device_command(command, &attach) ? key : "");
		p = line + used;
	}
	if (!list[0] || line[0] == '#')
		return false;
	for (; *p && *p != ']' && *p != '#'; p++) {
		char element[4096];

		if (*p != '\'' || !(end = strchr(p + 1, '\'')))
			continue;
		snprintf(element, sizeof(element), "%.*s", (int)(end - p - 1), p + 1);
		device_config(d, list, element);
		p = end;
	}
	if (*p == ']')
		list[0] = '\0';
	return true;
}

/* name, uuid, memory, maxmem and one-line disk lists of a configuration, and key=value words. */
static void config_line(struct domain *d, const char *line)
{
	char key[64], text[4200];
	const char *p = line;

	if (device_list_line(d, line))
		return;
	if (sscanf(line, " %63[a-z] = \"%255[^\"]\"", key, text) == 2 ||
	    sscanf(line, " %63[a-z] = '%255[^']'", key, text) == 2 ||
	    sscanf(line, " %63[a-z] = %255[0-9]", key, text) == 2) {
		if (strcmp(key, "memory") == 0 || strcmp(key, "maxmem") == 0) {
			unsigned long kib = strtoul(text, NULL, 10) << 10;

			snprintf(text, sizeof(text), "%lu", kib);
			set(d, key[1] == 'e' ? "target" : "max", text);
		} else if (strcmp(key, "name") == 0 || strcmp(key, "uuid") == 0) {
			set(d, key, text);
		}
	}
	while (line[0] != '#' && (p = strchr(p, '\'')) && strchr(p + 1, '\'')) {
		char *words[2] = { text, NULL };
		char vdev[4200], target[4200];

		snprintf(text, sizeof(text), "%.*s", (int)(strchr(p + 1, '\'') - p - 1), p + 1);
		disk_fields(words, vdev, target, sizeof(vdev));
		if (vdev[0]) {
			set_line(d, d->count, "disk=%s connected %s", vdev, target);
			set_open(d, vdev, target);
			add_spec(d, words, vdev);
		}
		p = strchr(p + 1, '\'') + 1;
	}
}

static void from_config(struct domain *d, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0)
		config_line(d, line);
	free(line);
	if (f)
		fclose(f);
}

/* A byte at the end of each disk that is a file. */
static void write_disks(const struct domain *d)
{
	for (size_t i = 0; i < d->count; i++) {
		char target[4200];
		FILE *f;

		if (sscanf(d->lines[i], "open=%*s %4199[^\n]", target) != 1)
			continue;
		f = fopen(target, "r+");
		if (f && fseek(f, -1, SEEK_END) == 0)
			fputc('x', f);
		if (f)
			fclose(f);
	}
}

static int create(char **words, bool fails)
{
	static struct domain d, other;
	const char *path = NULL;
	char uuid[40];
	unsigned id = 1;

	set(&d, "uuid", "00000000-0000-4000-8000-000000000000");
	for (char **w = words; *w && !path; w++)
		if ((*w)[0] != '-' && !strchr(*w, '=') && access(*w, R_OK) == 0)
			path = *w;
	if (!path)
		return 6;
	from_config(&d, path);
	for (char **w = words; *w; w++)
		if ((*w)[0] != '-' && strchr(*w, '='))
			config_line(&d, *w);
	if (!*value(&d, "max"))
		set(&d, "max", value(&d, "target"));
	if (find(&other, value(&d, "name"))) {
		fprintf(stderr, "Domain with name \"%s\" already exists.\n", value(&d, "name"));
		return 1;
	}
	if (fails) {
		write_disks(&d);
		return 1;
	}
	while (load(&other, id))
		id++;
	snprintf(d.path, sizeof(d.path), "%s/%u.dom", world, id);
	snprintf(uuid, sizeof(uuid), "00000000-0000-4000-8000-%08x%04x", (unsigned)getpid(), id);
	if (strncmp(value(&d, "uuid"), "00000000-0000-4000-8000", 23) == 0)
		set(&d, "uuid", uuid);
	store(&d);
	return 0;
}

/* The domain as libxl's JSON has it, as far as safexl reads it; the caller frees it. */
static char *to_json(const struct domain *d)
{
	char *json = NULL;
	size_t len;
	FILE *f = open_memstream(&json, &len);
	const char *comma = "";

	fprintf(f,
		"{ \"c_info\": { \"type\": \"pv\", \"name\": \"%s\", \"uuid\": \"%s\" }, "
		"\"target\": \"%s\", \"max\": \"%s\", \"disks\": [",
		value(d, "name"), value(d, "uuid"), value(d, "target"), value(d, "max"));
	for (size_t i = 0; i < d->count; i++) {
		char vdev[64], target[4200];

		if (sscanf(d->lines[i], "disk=%63s %*s %4199[^\n]", vdev, target) != 2)
			continue;
		fprintf(f,
			"%s { \"pdev_path\": \"%s\", \"vdev\": \"%s\", \"format\": \"%s\", \"readwrite\": 1 }",
			comma, target, vdev, strstr(target, ".qcow2") ? "qcow2" : "raw");
		comma = ",";
	}
	fprintf(f, " ] }");
	fclose(f);
	return json;
}

static int cut_short(const char *path)
{
	FILE *f = fopen(path, "r+");

	if (!f || fseek(f, -8, SEEK_END) || ftruncate(fileno(f), ftell(f)))
		return 9;
	return fclose(f);
}

static int set_state(struct domain *d, const char *state)
{
	set(d, "state", state);
	store(d);
	return 0;
}

/* save [-c] [-p] DOMAIN FILE */
static int save(int argc, char **argv, const char *mode)
{
	static struct domain d;
	char *words[3] = { 0 };
	char *json;
	int count = 0;
	bool goes_on = false, paused = false;

	for (int i = 2; i < argc; i++) {
		if (argv[i][0] == '-') {
			goes_on |= argv[i][1] == 'c' || argv[i][1] == 'p';
			paused |= argv[i][1] == 'p';
		} else if (count < 3)
			words[count++] = argv[i];
	}
	if (count < 2)
		return 2;
	if (!find(&d, words[0]))
		return 1;
	/* It must run to answer; xl gives it a minute for that. */
	if (strcmp(value(&d, "state"), "paused") == 0) {
		fprintf(stderr, "guest didn't acknowledge suspend, cancelling request\n");
		return 3;
	}
	json = to_json(&d);
	count = image_write(words[1], json);
	free(json);
	if (count)
		return 1;
	if (strstr(mode, "cut") && cut_short(words[1]))
		return 9;
	if (strcmp(mode, "killed") == 0) {
		set(&d, "state", "suspended");
		store(&d);
		raise(SIGKILL);
	}
	if (strcmp(mode, "late") == 0)
		return 1;
	if (strcmp(mode, "busy") == 0)
		write_disks(&d);
	if (!goes_on && unlink(d.path))
		return 1;
	if (paused)
		set_state(&d, "paused");
	if (strncmp(mode, "gone", 4) == 0)
		raise(SIGKILL);
	return 0;
}

/* Name, uuid, memory and disks from the image. */
static void from_image(struct domain *d, const char *json)
{
	char text[4200];
	const char *p = json;

	set(d, "name", image_value(json, "name", text, sizeof(text)));
	set(d, "uuid", image_value(json, "uuid", text, sizeof(text)));
	set(d, "target", image_value(json, "target", text, sizeof(text)));
	set(d, "max", image_value(json, "max", text, sizeof(text)));
	while ((p = strstr(p, "\"pdev_path\""))) {
		char vdev[200], target[4200];

		image_value(p, "pdev_path", target, sizeof(target));
		image_value(p++, "vdev", vdev, sizeof(vdev));
		set_line(d, d->count, "disk=%s connected %s", vdev, target);
		set_open(d, vdev, target);
	}
}

/* restore [-F] [CONFIG] FILE */
static int restore(int argc, char **argv, const char *mode)
{
	static struct domain d, other;
	char *json = image_config(argv[argc - 1]);
	unsigned id = 1;

	if (argc > 3 && argv[argc - 2][0] != '-')
		from_config(&d, argv[argc - 2]);
	else
		from_image(&d, json);
	free(json);
	if (!*value(&d, "name") || find(&other, value(&d, "name")))
		return 1;
	while (load(&other, id))
		id++;
	snprintf(d.path, sizeof(d.path), "%s/%u.dom", world, id);
	if (strcmp(mode, "killed") == 0 || strcmp(argv[2], "-p") == 0)
		set(&d, "state", "paused");
	store(&d);
	if (strcmp(mode, "killed") == 0)
		raise(SIGKILL);
	return 0;
}

/* restore -F stays until the FIFO $SAFEXL_FAKE/life has no writer any more. */
static void stay(int argc, char **argv)
{
	char path[4200], byte;
	int fd;

	if (argc < 3 || strcmp(argv[1], "restore") != 0 || strcmp(argv[2], "-F") != 0)
		return;
	snprintf(path, sizeof(path), "%s/life", world);
	fd = open(path, O_RDONLY);
	while (fd >= 0 && read(fd, &byte, 1) > 0)
		continue;
}

/* migrate DOMAIN HOST: the domain is put aside as "away", but for one that comes to this host. */
static int migrate(const char *domain, const char *host, const char *mode)
{
	static struct domain d;
	char away[4300];

	if (!find(&d, domain))
		return 1;
	if (strcmp(mode, "late") == 0) {
		snprintf(away, sizeof(away), "%s--migratedaway", domain);
		set(&d, "name", away);
		set(&d, "state", "paused");
		store(&d);
		return 1;
	}
	if (host && strcmp(host, "localhost") == 0)
		return 0;
	snprintf(away, sizeof(away), "%s/away", world);
	return rename(d.path, away) ? 1 : 0;
}

/* migrate-receive: stdin goes to stdout, and who is away is here again. */
static int receive(void)
{
	char away[4300], back[4300];
	int c;

	while ((c = getchar()) != EOF)
		putchar(c);
	snprintf(away, sizeof(away), "%s/away", world);
	snprintf(back, sizeof(back), "%s/77.dom", world);
	return rename(away, back) ? 1 : 0;
}

/* shutdown [-F] DOMAIN: at once, but for a guest that is deaf, kept, or starts again. */
static int shut_down(struct domain *d, const char *mode)
{
	char again[4300];

	if (strcmp(mode, "deaf") == 0 || strcmp(value(d, "state"), "paused") == 0)
		return 0;
	if (strcmp(mode, "kept") == 0) {
		set(d, "state", "shutdown");
		store(d);
		return 0;
	}
	if (strcmp(mode, "again") != 0)
		return unlink(d->path) ? 1 : 0;
	snprintf(again, sizeof(again), "%s/99.dom", world);
	return rename(d->path, again) ? 1 : 0;
}

static int act(int argc, char **argv, const char *mode)
{
	static struct domain d;
	const char *command = argv[1];
	const char *key;
	bool attach;
	int status;

	if (strcmp(command, "create") == 0)
		return create(argv + 2, strcmp(mode, "busy-fail") == 0);
	if (strcmp(command, "save") == 0)
		return save(argc, argv, mode);
	if (strcmp(command, "restore") == 0)
		return restore(argc, argv, mode);
	if (strcmp(command, "migrate-receive") == 0)
		return receive();
	if (strncmp(command, "sched-", 6) == 0)
		return sched(argc - 1, argv + 1);
	if (argc < 3)
		return 2;
	if (strcmp(command, "migrate") == 0)
		return migrate(argv[2], argv[3], mode);
	if (strcmp(argv[2], "-f") == 0 || strcmp(argv[2], "-F") == 0) {
		argv++;
		argc--;
	}
	if (argc < 3 || !find(&d, argv[2])) {
		fprintf(stderr, "%s is an invalid domain identifier (rc=-6)\n", argv[2]);
		return 1;
	}
	if (strcmp(command, "destroy") == 0)
		return unlink(d.path) ? 1 : 0;
	if (strcmp(command, "shutdown") == 0)
		return shut_down(&d, mode);
	if (strcmp(command, "pause") == 0)
		return set_state(&d, "paused");
	if (strcmp(command, "unpause") == 0)
		return strcmp(mode, "twice") == 0 ? 0 : set_state(&d, "running");
	if (argc < 4 && strncmp(command, "network-at", 10) && strcmp(command, "vtpm-attach") &&
	    strcmp(command, "usbctrl-attach"))
		return 2;
	if (strncmp(command, "block-at", 8) == 0)
		return block_attach(&d, argv + 3, strcmp(mode, "half") == 0);
	if (strncmp(command, "block-det", 9) == 0)
		return block_detach(&d, argv[argc - 1]);
	key = device_command(command, &attach);
	if (key) {
		int r = attach ? device_attach(&d, key, argv + 3, strcmp(mode, "half") == 0)
			       : device_detach(&d, key, argv + 3);

		store(&d);
		return r;
	}
	if (scalar_command(&d, argc - 1, argv + 1, &status))
		return status;
	if (strcmp(command, "mem-set") == 0)
		return memory(&d, "target", argv[3]);
	if (strcmp(command, "mem-max") == 0)
		return memory(&d, "max", argv[3]);
	return 0;
}

int main(int argc, char **argv)
{
	char mode[32], path[4200];
	int lock, status;
	bool dry = false;

	world = getenv("SAFEXL_FAKE");
	while (argc > 1 && argv[1][0] == '-') {
		dry |= strcmp(argv[1], "-N") == 0;
		argc--;
		argv++;
	}
	if (!world || argc < 2)
		return 1;
	log_call(argc, argv);
	read_mode(mode, sizeof(mode));
	run_hook();
	if (strcmp(mode, "fail") == 0)
		return 1;
	if (strcmp(mode, "kill") == 0)
		raise(SIGKILL);
	if (strcmp(mode, "lie") == 0 || (dry && strcmp(argv[1], "create") == 0))
		return 0;
	/* As xenstore serialises: one call at a time changes the world. */
	snprintf(path, sizeof(path), "%s/lock", world);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	flock(lock, LOCK_EX);
	status = act(argc, argv, mode);
	close(lock);
	if (status == 0)
		stay(argc, argv);
	return status;
}
