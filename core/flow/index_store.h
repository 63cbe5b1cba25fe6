/* The kept index of configurations, private to flow/index.c. */
#ifndef SAFEXL_INDEX_STORE_H
#define SAFEXL_INDEX_STORE_H

#include <safexl/resolve.h>

struct index_store;

/* Load what was kept; damaged or missing: an empty one. Never fails. */
struct index_store *index_store_load(const char *path);
void index_store_free(struct index_store *store);
/* Fill in name, uuid, unreadable when the file at entry->path is still the one that was read. */
bool index_store_get(const struct index_store *store, struct index_entry *entry);
/* A file had to be read: the kept index is worth writing again. */
void index_store_note_read(struct index_store *store);
/* Keep the entries, if anything is new; failing (read-only state directory) costs time only. */
void index_store_save(const struct index_store *store, const char *path,
		      const struct index_entries *entries);

#endif
