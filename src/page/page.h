/*
 * page.h: parses one page into one struct. It takes the bytes, a URL and the rules, and returns the
 * validated contents together with the errors. No I/O, no PostgreSQL.
 */
#ifndef ESN_PAGE_H
#define ESN_PAGE_H

#include "page/site_page.h"

/*
 * Raise it when the same bytes yield another page than before. Pages that were parsed with a lower
 * version are then parsed again.
 */
#define PAGE_PARSER_VERSION 6

/*
 * Parses and validates one page. bytes can be anything. charset is from the Content-Type header, or
 * NULL. The result lives in the arena. It is NULL only if memory ran out; then nothing is leaked.
 */
extern SitePage *page_parse(Arena *arena, const PageOptions *options, PageKind kind,
							const char *url, const char *bytes, size_t len, const char *charset);

#endif
