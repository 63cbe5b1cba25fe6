/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs in safexl.d that do not run, because others could change them. */
#include "check/private.h"
#include "domain/hook.h"

void inspect_hooks(struct inspect *in)
{
	SX_CLEANUP(hooks_dispose) struct hooks hooks = { 0 };

	hooks_find(in->env, &hooks);
	sx_each(const struct hook, hook, &hooks) {
		if (!hook->fault)
			continue;
		inspect_unread(in, hook->path);
		inspect_add(in, 0, INSPECT_ERROR, "hook", "not run after a record: %s",
			    hook->fault);
		if (hook->cure)
			inspect_hint(in, "to fix it: %s", hook->cure);
	}
}
