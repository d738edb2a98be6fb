/*
 * redact.h: removes personal data from texts before they are stored.
 */
#ifndef ESN_REDACT_H
#define ESN_REDACT_H

#include "base/arena.h"

/*
 * Replaces e-mail addresses by "[e-mail]" and telephone numbers by "[telephone]". Dates, times,
 * years, prices, postal codes and short numbers stay. Returns s itself if nothing had to change.
 */
extern const char *redact_personal_data(Arena *arena, const char *s);

/*
 * Redacts a whole page, HTML or JSON, and keeps it parseable. In markup, scripts and JSON, digits
 * stay unless something announces a telephone number ("tel:").
 */
extern const char *redact_page(Arena *arena, const char *html);

#endif
