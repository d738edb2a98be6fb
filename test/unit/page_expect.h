/*
 * page_expect.h: what tests of pages share: the shipped rules, an arena per test, and comparing
 * what a page says as JSON: that is what is stored.
 */
#ifndef ESN_PAGE_EXPECT_H
#define ESN_PAGE_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "page/page.h"
#include "page/page_json.h"

#define ACCOUNTS "https://accounts.example"
#define ACTIVITIES "https://activities.example"

#define ACTIVITY "<article class='node ct-physical-activity ct-physical-activity--full'>"
#define ONLINE "<article class='node ct-online-activity ct-online-activity--full'>"
#define FULL "ct-physical-activity__field-ct-act"

extern RuleSet *page_rules;
extern Arena *page_arena; /* of one test */

extern int pages_set_up(void **state);
extern int pages_tear_down(void **state);
extern int page_begin(void **state);
extern int page_end(void **state);

#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, page_begin, page_end)

extern const char *json_of(PageKind kind, const char *url, const char *html);

/* The page's JSON is its kind, its URL and the result. */
extern void expect(PageKind kind, const char *url, const char *html, const char *result);

/* Each of the texts, up to a NULL, is in the page's JSON. */
extern void expect_texts(PageKind kind, const char *url, const char *html, ...);

#define expect_parts(...) expect_texts(__VA_ARGS__, (const char *) NULL)

#endif
