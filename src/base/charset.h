/*
 * charset.h: which charset the bytes of a page are in, as browsers decide it.
 */
#ifndef ESN_CHARSET_H
#define ESN_CHARSET_H

#include <stddef.h>

/*
 * ICU's name of the charset, in this order: that of a byte order mark; of the Content-Type header
 * (NULL, a bare name such as "iso-8859-9" or a whole value); of a <meta> in the first 1,024 bytes;
 * "utf-8". A name that browsers do not know counts as none.
 * See https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
 */
extern const char *charset_of_page(const char *bytes, size_t len, const char *content_type);

#endif
