/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of all device classes: see device.h. */
#include "device/device.h"

#define ROW(key) &device_##key,

const struct device_class *const device_classes[] = { DEVICE_CLASSES(ROW) NULL };
