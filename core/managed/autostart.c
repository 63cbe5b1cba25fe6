/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that start with the host: see autostart.h. */
#include "managed/autostart.h"

void autostart_links_dispose(struct autostart_links *links)
{
	for (size_t i = 0; i < links->len; i++) {
		free(links->items[i].path);
		free(links->items[i].config);
	}
	sx_vec_free(links);
}

void autostart_find(const struct flow_env *env, struct autostart_links *out)
{
	for (size_t i = 0; i < env->settings.config_dirs.len; i++) {
		SX_FREE char *dir = sx_path_join(env->settings.config_dirs.items[i], "auto");
		SX_WORDS names = { 0 };
		SX_ERR ignored = { 0 };

		/* One that cannot be read holds nothing that could be started. */
		if (sx_path_list(dir, "", &names, &ignored))
			continue;
		for (size_t k = 0; k < names.len; k++) {
			struct autostart_link link = { .path = sx_path_join(dir, names.items[k]) };

			link.config = realpath(link.path, NULL);
			sx_vec_push(out, link);
		}
	}
}
