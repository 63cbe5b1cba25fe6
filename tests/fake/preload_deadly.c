/*
 * A libxlutil that ends the process over a disk specification that the real one can read: with "exits"
 * in it by exit(2), with "aborts" by abort(3). Preloaded.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int xlu_disk_parse(void *cfg, int count, const char *const *specs, void *disk);

int xlu_disk_parse(void *cfg, int count, const char *const *specs, void *disk)
{
	int (*real)(void *, int, const char *const *, void *);

	*(void **)&real = dlsym(RTLD_NEXT, "xlu_disk_parse");
	for (int i = 0; i < count; i++) {
		if (strstr(specs[i], "exits"))
			exit(2);
		if (strstr(specs[i], "aborts"))
			abort();
	}
	return real(cfg, count, specs, disk);
}
