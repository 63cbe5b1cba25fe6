/* An image file opened, checked and described. Private to flow/. */
#ifndef SAFEXL_SAVED_H
#define SAFEXL_SAVED_H

#include <safexl/guard.h>

struct saved_image {
	int fd; /* -1: not open */
	char *path; /* absolute */
	struct image_header header;
	struct image_config config;
	struct image_stream stream;
	char id[33];
};

#define SAVED_IMAGE SX_CLEANUP(saved_image_dispose) struct saved_image
#define SAVED_IMAGE_NONE \
	{                \
		.fd = -1 \
	}

void saved_image_dispose(struct saved_image *s);
/* Open it and read its header and configuration. SX_EGUARD with the reason. */
int saved_image_open(const char *path, struct saved_image *out, struct sx_err *err) SX_MUST;
/* Prove that it is whole, and find its identity. SX_EGUARD with the reason. */
int saved_image_prove(struct saved_image *s, struct sx_err *err) SX_MUST;
/* Put its disks, with evidence as of now, into a marker that has none yet. */
void saved_image_note_disks(const struct saved_image *s, const struct flow_env *env,
			    struct marker *m);
/*
 * Note in the marker, whose disks were looked at just now, why that look may have come too late:
 * somebody may have written to a disk since the image's last byte, at `image_time`.
 */
void saved_note_doubt(struct marker *m, time_t image_time);
/*
 * End the markers that `m` makes pointless: of the image it replaced, of older ones of the guest.
 * The guard's lock is held. Removed ones go from `all` as well.
 */
int saved_supersede(const struct flow_env *env, struct markers *all, const struct marker *m,
		    struct sx_err *err) SX_MUST;
/* Remove the i-th from the list (not from the disk). */
void saved_drop(struct markers *all, size_t i);
/* Is a domain of this uuid (or, when that is unknown, of this name) running? *known: Xen answers. */
bool saved_domain_runs(const char *name, const char *uuid, bool *known);
/* The words for xl: path, options, then the words as typed but for one that is replaced or added. */
void saved_xl_words(const struct flow_env *env, char *const *words, const char *old_word,
		    const char *new_word, struct sx_words *out);
/* Run xl, noting it in the marker. */
int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err) SX_MUST;

#endif
