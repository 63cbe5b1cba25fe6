/* Names of block devices: those that a kernel gives by order of discovery, and those that stay. */
#ifndef SAFEXL_DEVNAME_H
#define SAFEXL_DEVNAME_H

#include <safexl/cleanup.h>

/*
 * A name of the same device that is the same after a reboot: below `dev` ("/dev") in mapper/ or
 * disk/by-id/. NULL: there is none, or `path` is no name of the kernel's (sdb, vdb, nvme0n1, dm-3,
 * md0, ...) directly in `dev`. Heap string.
 */
char *devname_stable(const char *dev, const char *path);

#endif
