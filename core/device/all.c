/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every class of devices: device.h says what one consists of. */
#include "device/device.h"

#define ROW(key) &device_##key,

const struct device_class *const device_classes[] = { DEVICE_CLASSES(ROW) NULL };
