/*
 * test_exhaustion.c: memory runs out at each place at which it can: in the core (its malloc is
 * wrapped, see Makefile), in ICU, and in libcurl's transfers. libxml2 and libcurl's URLs do not
 * survive that, so it is shown that the core never lets them run out. What comes out is whole or
 * nothing, nothing is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <curl/curl.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <unicode/uclean.h>

#include "page/page.h"
#include "page/page_json.h"
#include "http_site.h"
#include "shipped_rules.h"

extern void *__real_malloc(size_t size);
extern void *__real_calloc(size_t count, size_t size);
extern void *__real_realloc(void *place, size_t size);
extern void *__wrap_malloc(size_t size);
extern void *__wrap_calloc(size_t count, size_t size);
extern void *__wrap_realloc(void *place, size_t size);
extern void __real_free(void *place);
extern void __wrap_free(void *place);

static long left = -1;   /* allocations until one fails; -1: none does */
static bool for_good;    /* whether all after it fail, too */
static int failures = 0; /* how many have failed */

static size_t used = 0;             /* bytes that are allocated */
static size_t available = SIZE_MAX; /* bytes that may be */

static bool
fails(size_t size)
{
	if (used + size > available)
	{
		failures++;
		return true;
	}
	if (left < 0 || left-- > 0)
		return false;
	left = for_good ? 0 : -1;
	failures++;
	return true;
}

static void *
count(void *place)
{
	if (place != NULL)
		used += malloc_usable_size(place);
	return place;
}

void *
__wrap_malloc(size_t size)
{
	return fails(size) ? NULL : count(__real_malloc(size));
}

void *
__wrap_calloc(size_t number, size_t size)
{
	return fails(number * size) ? NULL : count(__real_calloc(number, size));
}

void *
__wrap_realloc(void *place, size_t size)
{
	if (fails(size))
		return NULL;
	if (place != NULL)
		used -= malloc_usable_size(place);
	return count(__real_realloc(place, size));
}

void
__wrap_free(void *place)
{
	if (place != NULL)
		used -= malloc_usable_size(place);
	__real_free(place);
}

static int library_failures = 0;
static bool in_page = false;

/* Memory for libraries: to the last byte of what is available, but never the one allocation that
 * fails. */
static void *
library_realloc(void *place, size_t size)
{
	long before = left;
	void *larger;

	left = -1;
	/* as html.c rounds */
	larger = __wrap_realloc(place, size >= 100 && size < 256 ? 256 : size);
	left = before;
	library_failures += larger == NULL;
	return larger;
}

static void *
library_malloc(size_t size)
{
	return library_realloc(NULL, size);
}

static char *
library_copy_of(const char *s)
{
	char *place = library_malloc(strlen(s) + 1);

	return place == NULL ? NULL : strcpy(place, s);
}

/* libcurl resolves links in a page, and makes transfers elsewhere. */
static void *
curl_realloc(void *place, size_t size)
{
	return in_page ? library_realloc(place, size) : __wrap_realloc(place, size);
}

static void *
curl_malloc(size_t size)
{
	return curl_realloc(NULL, size);
}

static void *
curl_calloc(size_t number, size_t size)
{
	void *place = curl_malloc(number * size);

	return place == NULL ? NULL : memset(place, 0, number * size);
}

static char *
curl_copy_of(const char *s)
{
	char *place = curl_malloc(strlen(s) + 1);

	return place == NULL ? NULL : strcpy(place, s);
}

static void *
icu_malloc(const void *context, size_t size)
{
	(void) context;
	return __wrap_malloc(size);
}

static void *
icu_realloc(const void *context, void *place, size_t size)
{
	(void) context;
	return __wrap_realloc(place, size);
}

static void
icu_free(const void *context, void *place)
{
	(void) context;
	free(place);
}

static int
set_up(void **state)
{
	UErrorCode status = U_ZERO_ERROR;

	u_setMemoryFunctions(NULL, icu_malloc, icu_realloc, icu_free, &status);
	if (U_FAILURE(status) ||
		curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, __wrap_free, curl_realloc,
							 curl_copy_of, curl_calloc) != CURLE_OK ||
		xmlMemSetup(__wrap_free, library_malloc, library_realloc, library_copy_of) != 0)
		return 1;
	xmlInitParser();
	return start_server(state);
}

/* From the n-th allocation on, or at it alone. */
static void
begin_failing(long n, bool all)
{
	left = n;
	for_good = all;
	failures = 0;
}

/* How many have failed. */
static int
end_failing(void)
{
	left = -1;
	return failures;
}

typedef struct Case
{
	PageKind kind;
	const char *charset;
	const char *url;
	const char *html;
} Case;

static const Case pages[] = {
	{PAGE_HOME, NULL, "https://accounts.example/",
	 "<p><a href='/country/tr'>ESN Türkiye</a><a href='/country/de'>ESN Germany</a>"},
	{PAGE_COUNTRY, "iso-8859-9", "https://accounts.example/country/tr",
	 "<div class='views-view-grid'><a href='/section/tr-anka-met'>ESN METU</a></div>"},
	{PAGE_ACTIVITY, NULL, "https://activities.example/activity/boat-party-20885",
	 "<main><h1 class='page-header'>Boat &amp; party</h1><article class='node ct-physical-activity "
	 "ct-physical-activity--full'><div class=field__item>mail a.b@example.org<p>1</p><p>2</p></div>"
	 "<script>1 < 2</script></article>"},
	{PAGE_LISTING, NULL, "https://activities.example/organisation/esn-metu/activities",
	 "<article class='activities-mini-preview'><a href='/activity/boat-party-20885'>x</a></article>"
	 "<li class='pager__item--last'><a href='?page=7'>last</a></li>"},
	{PAGE_STATISTICS, NULL, "https://activities.example/organisation/esn-metu/statistics",
	 "<script type='application/json'>{\"statistics\": {\"x\": \"\xc4\xb1\"}}</script>"},
};

/* The page as JSON in an arena of the caller's; NULL: there was no memory. Sets *failed to the
 * allocations that failed. */
static const char *
read_page(const RuleSet *rules, Arena *out, const Case *c, const char *html, int *failed)
{
	PageOptions options = {.rules = rules, .redact = true};
	Arena *arena = arena_create();
	SitePage *page = NULL;
	const char *json = NULL;

	in_page = true;
	if (arena != NULL)
		page = page_parse(arena, &options, c->kind, c->url, html, strlen(html), c->charset);
	in_page = false;
	*failed = end_failing();
	if (page != NULL)
		json = arena_strdup(out, page_to_json(arena, page));
	arena_destroy(arena);
	return json;
}

/* The page with so much text before and behind it that chunks and buffers grow. */
static const char *
padded(Arena *arena, const Case *c)
{
	TextBuffer html;

	buffer_init(&html, arena);
	buffer_puts(&html, "<!DOCTYPE html><html><body>");
	for (int i = 0; i < 9; i++)
		buffer_printf(&html, "<p class='c%d'>%09000d", i, i);
	buffer_puts(&html, c->html);
	return html.data;
}

static void
a_page_is_read_whole_or_not_at_all(void **state)
{
	RuleSet *rules = shipped_rules();

	(void) state;
	for (size_t i = 0; i < 2 * sizeof(pages) / sizeof(pages[0]); i++)
	{
		const Case *c = &pages[i / 2];
		Arena *out = arena_create();
		const char *html = padded(out, c);
		int failed = 0;
		const char *whole = read_page(rules, out, c, html, &failed);
		int n = -1;

		assert_non_null(whole);
		do
		{
			const char *json;

			begin_failing(++n, i % 2 == 1);
			json = read_page(rules, out, c, html, &failed);
			if (json != NULL && strcmp(json, whole) != 0)
				fail_msg("%s, allocation %d: %s\nnot %s", page_kind_name(c->kind), n, json, whole);
			assert_true(json != NULL || failed > 0);
		} while (failed > 0);
		print_message("%s: %d allocations\n", page_kind_name(c->kind), n);
		arena_destroy(out);
	}
	rules_free(rules);
}

/*
 * With ever more memory a page is read at last. Until then no allocation of libxml2 or of libcurl
 * fails, also in pages that take most memory by their length.
 */
static void
libraries_never_run_out(void **state)
{
	static const char *const pieces[] = {"x<p>",     "<a>",          "<p a=b c='d'>", "&lt;",
										 "<!-- x",   "<x y='",       "<b%d>x</b>",    "</p>",
										 "<script>", "\xc4\xb1<td>", "<nav>"};
	RuleSet *rules = shipped_rules();
	Arena *out = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
	{
		Case c = pages[2];
		TextBuffer html;
		const char *json;
		int failed;

		buffer_init(&html, out);
		buffer_puts(&html, c.html);
		buffer_puts(&html, "<p class=pseudo__organisers><a href=/organisation/x>X</a>");
		for (int n = 0; n < 10000; n++)
			buffer_puts(&html, pieces[i]);
		library_failures = 0;
		available = used;
		do
		{
			available += 65536;
			begin_failing(-1, false);
			json = read_page(rules, out, &c, html.data, &failed);
			available = json == NULL ? available : SIZE_MAX;
			assert_true(json != NULL || failed > 0);
		} while (json == NULL);
		assert_int_equal(library_failures, 0);
	}
	arena_destroy(out);
	rules_free(rules);
}

/* What happens to a request from the opening of a client on; NULL: there was none. */
static HttpResponse *
request(HttpClient *client, const char *path)
{
	char url[128];
	HttpRequest get = {.method = HTTP_GET,
					   .url = url,
					   .etag = "\"e\"",
					   .last_modified = "yesterday"};

	snprintf(url, sizeof(url), "%s%s", base, path);
	if (client == NULL || !http_submit(client, &get))
		return NULL;
	while (http_pending(client) > 0)
	{
		HttpResponse *response = http_next(client);

		if (response != NULL)
			return response;
		assert_true(http_wait(client, 1000, -1));
	}
	return NULL;
}

static void
a_request_ends_with_an_answer_or_a_reason(void **state)
{
	static const char *const paths[] = {"/", "/moved", "/gzip"};
	HttpOptions options = quick_options();
	int failed;

	(void) state;
	for (int i = 0; i < 6; i++)
	{
		int n = -1;

		do
		{
			char error[256] = "";
			HttpClient *client;
			HttpResponse *response;

			begin_failing(++n, i >= 3);
			client = http_open(&options, error, sizeof(error));
			response = request(client, paths[i % 3]);
			failed = end_failing();
			if (client == NULL)
				assert_true(failed > 0 && *error != '\0');
			else if (response != NULL)
			{
				if (response->outcome != HTTP_ANSWERED)
					assert_true(failed > 0 && *response->error != '\0');
				http_release(response);
			}
			else
				assert_true(failed > 0);
			http_close(client);
		} while (failed > 0);
		print_message("%s: %d allocations\n", paths[i % 3], n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_read_whole_or_not_at_all),
		cmocka_unit_test(libraries_never_run_out),
		cmocka_unit_test(a_request_ends_with_an_answer_or_a_reason),
	};

	return cmocka_run_group_tests_name("exhaustion", tests, set_up, stop_server);
}
