/*
 * url.h: addresses of the web out of the links of a page.
 */
#ifndef ESN_URL_H
#define ESN_URL_H

#include "core/arena.h"

/*
 * href as an absolute URL, in the arena, resolved against base as RFC 3986 has it (5.2.2 to 5.2.4 strictly, put together by 5.3). What an
 * address may not hold is percent-encoded before; case, port and encodings stay as they are written. base is taken as it
 * stands: of one that would need encoding nothing is used but the scheme.
 *
 * NULL: it is not of http or https, or holds no host; is empty, or no URL by that RFC's grammar (but '[' and ']' are encoded in a path or
 * query, and allowed in a fragment); holds a control character, or an encoded NUL; or it, base or what would come out is longer than 2000 bytes.
 */
extern char *url_absolute(Arena *arena, const char *base, const char *href);

#endif
