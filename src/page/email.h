/*
 * email.h: finds e-mail addresses in texts, as they stand, as they are spelled for readers, and as
 * Cloudflare encodes them. Decodes none.
 */
#ifndef ESN_EMAIL_H
#define ESN_EMAIL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the e-mail address around the '@' or "%40" at s + at, which begins *before bytes
 * earlier, but not before s + floor; 0 if there is none.
 */
extern size_t email_length(const char *s, size_t at, size_t floor, size_t *before);

/* As email_length(), of an address around " (at) ", " [at] " or " at " with a spelled dot. */
extern size_t spelled_email_length(const char *s, size_t at, size_t floor, size_t *before);

/* Length of the address that Cloudflare has encoded at s + at; 0 if there is none. */
extern size_t encoded_email_length(const char *s, size_t at);

#endif
