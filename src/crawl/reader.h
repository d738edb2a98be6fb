/*
 * reader.h: turns the bytes of an answer into a page and its JSON, by the rules of the run.
 */
#ifndef ESN_READER_H
#define ESN_READER_H

#include "page/page.h"
#include "store/rules.h"

typedef struct PageReader
{
	Arena *arena; /* of the current page */
	LoadedRules rules;
	RuleTally tally;
} PageReader;

/* Loads the rules. ERROR if one is invalid. */
extern void reader_open(PageReader *reader);
extern void reader_close(PageReader *reader);

/*
 * Parses a page into the reader's arena. Never returns NULL; page->problem says why it is not a
 * page of its kind. content_type: of the answer, or NULL.
 */
extern SitePage *reader_parse(PageReader *reader, PageKind kind, const char *url, const char *body,
							  size_t len, const char *content_type);

/* The page as JSON, in the reader's arena. */
extern const char *reader_json(PageReader *reader, const SitePage *page);

/*
 * The page's bytes as base64, personal data redacted, allocated in the current memory context. NULL
 * if esn_pulse.keep_pages does not keep it.
 */
extern char *reader_kept_body(PageReader *reader, const SitePage *page, const char *body,
							  size_t len, const char *content_type);

#endif
