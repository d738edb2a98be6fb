/*
 * page_json.h: a page as JSON.
 */
#ifndef ESN_PAGE_JSON_H
#define ESN_PAGE_JSON_H

#include "page/site_page.h"

/*
 * The page as JSON text (RFC 8259): {"kind": ..., "url": ..., "data": {...}, "errors": [{"field",
 * "message", "raw"}]}, or {"kind", "url", "problem"} if it is not a page of its kind. Keys of data
 * are the names of the columns. This is what is stored. NULL only if memory ran out.
 */
extern char *page_to_json(Arena *arena, const SitePage *page);

#endif
