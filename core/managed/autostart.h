/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The links in auto/ of a configuration directory: the guests that start with the host. */
#pragma once

#include "domain/env.h"

struct autostart_link {
	char *path; /* of the link, or of a file that lies there itself */
	char *config; /* real path of the configuration; NULL: it leads nowhere */
};

/* In the order in which xendomains starts them: that of their names. */
struct autostart_links {
	SX_VEC_OF(struct autostart_link);
};

void autostart_links_dispose(struct autostart_links *links);
/* Find all links, in every configuration directory. */
void autostart_find(const struct flow_env *env, struct autostart_links *out);

struct deed;

/* Add to the deed the removal of each link that leads to this configuration (real path). */
void autostart_drop(const struct flow_env *env, const char *config, struct deed *deed);
