/* Parts of the history shared by core/flow/history*.c, blame.c and undo.c. Private to flow/. */
#ifndef SAFEXL_HISTORY_ENTRY_H
#define SAFEXL_HISTORY_ENTRY_H

#include <safexl/history.h>

/* Read the message of e->record into the other fields. */
void history_entry_fill(struct history_entry *e, struct repo *repo);
/* The `name` in a configuration as the commit has it (as it was, if removed); "" for none. Heap string. */
char *history_name_in(struct repo *repo, const struct repo_touched *t);

#endif
