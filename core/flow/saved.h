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
/* Open and read it, and prove that it is whole. SX_EGUARD with the reason. */
int saved_image_open(const char *path, struct saved_image *out, struct sx_err *err) SX_MUST;
/* Put its disks, with evidence as of now, into a marker that has none yet. */
void saved_image_note_disks(const struct saved_image *s, const struct flow_env *env,
			    struct marker *m);
/* Is a domain of this uuid (or, when that is unknown, of this name) running? *known: Xen answers. */
bool saved_domain_runs(const char *name, const char *uuid, bool *known);
/* The words for xl: path, options, then the words as typed but for one that is replaced or added. */
void saved_xl_words(const struct flow_env *env, char *const *words, const char *old_word,
		    const char *new_word, struct sx_words *out);
/* Run xl, noting it in the marker. */
int saved_run_xl(const struct flow_env *env, struct sx_words *argv, struct marker *m, int *status,
		 struct sx_err *err) SX_MUST;

#endif
