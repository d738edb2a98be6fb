/*
 * url.h: turns the links of a page into absolute URLs.
 */
#ifndef ESN_URL_H
#define ESN_URL_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * href as an absolute URL of http or https, in the arena, read as browsers read it
 * (https://url.spec.whatwg.org/) and resolved against base by libcurl's URL API (RFC 3986). White
 * space at the ends, tabs and line ends are left out. Backslashes are slashes, and schemes and
 * hosts become lower case. "https:/a" names a path on a page of https, and a host on one of http.
 * Characters that a URL must not contain are percent-encoded, so that the result is ASCII. A host
 * alone ("https://esn.org") gets no path.
 *
 * Returns NULL if href is empty, has another scheme, names no host that libcurl accepts or a scheme
 * instead ("http://http://host/"), or contains another control character or an encoded NUL; if base
 * is not a URL and href needs one; or if href, base or the result is longer than 2000 bytes.
 */
extern char *url_absolute(Arena *arena, const char *base, const char *href);

/* Whether href names a host of its own, rather than a place on the site of the base. */
extern bool url_names_host(Arena *arena, const char *base, const char *href);

/*
 * A slug as a part of a path: all but letters, digits and - . _ ~ are percent-encoded, so that
 * there is one address for it.
 */
extern char *url_part(Arena *arena, const char *slug);

/*
 * Whether two addresses are of one page: the same but for query, fragment, percent-encoding, a
 * slash at the end of the path, and a language in front of it ("/en/activities").
 */
extern bool url_same_page(const char *a, const char *b);

#endif
