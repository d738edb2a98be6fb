/*
 * test_memory.c: memory runs out at each place within a page at which it can, and the page ends there: nothing crashes, nothing is lost (that
 * AddressSanitizer sees at the end), and the arena can be used again. Linked with --wrap=malloc and --wrap=realloc, which are the core's own calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/html.h"
#include "core/page.h"
#include "shipped_rules.h"

#define CHUNK ((size_t) 64 * 1024) /* an arena's first */

static int calls_left = -1; /* until all fail; -1: none does */

extern void *__real_malloc(size_t size);
extern void *__real_realloc(void *place, size_t size);
extern void *__wrap_malloc(size_t size);
extern void *__wrap_realloc(void *place, size_t size);

static bool
fails(void)
{
	if (calls_left > 0)
		calls_left--;
	return calls_left == 0;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_realloc(void *place, size_t size)
{
	return fails() ? NULL : __real_realloc(place, size);
}

/* An arena in which so many bytes are left of its first chunk. */
static Arena *
arena_with(size_t room)
{
	Arena *arena = arena_create();

	arena_alloc(arena, CHUNK - 64 - room);
	return arena;
}

/* Whether the page could be read and written; it need not be one of its kind. */
static bool
reads(const RuleSet *rules, PageKind kind, const char *url, const char *html, size_t room,
	  int calls)
{
	PageOptions options = {.rules = rules, .redact = true};
	Arena *arena = arena_with(room);
	SitePage *page;
	bool read;

	calls_left = calls;
	page = page_parse(arena, &options, kind, url, html, strlen(html), "iso-8859-9");
	read = page != NULL && page_to_json(arena, page) != NULL;
	calls_left = -1;
	arena_reset(arena);
	assert_string_equal(arena_strdup(arena, "again"), "again");
	arena_destroy(arena);
	return read;
}

static const struct
{
	PageKind kind;
	const char *url;
	const char *html;
} pages[] = {
	{PAGE_HOME, "https://a.example/",
	 "<html><body><a href='/country/tr'>Turkey</a><a href='/section/tr-x'>ESN X</a></body></html>"},
	{PAGE_SECTION, "https://a.example/section/tr-x",
	 "<html><body><h1 class=page-header>ESN \xddX</h1><div class=field--name-field-email><p "
	 "class=field--item>no address</p></div><a title='X profile' href='https://x.example/a b'>x</a>"
	 "</body></html>"},
	{PAGE_LISTING, "https://b.example/organisation/esn-x/activities",
	 "<html><body><article class=activities-mini-preview><span class=eg-c-card-title><a "
	 "href='/activity/a-1'>A</a></span><i class=act-date>03/05/2026</i></article></body></html>"},
	{PAGE_ACTIVITY, "https://b.example/activity/a-1",
	 "<html><body><article class='node ct-physical-activity ct-physical-activity--full'><h1 "
	 "class=page-header>A</h1><div class=ct-physical-activity__field-ct-act-description><div "
	 "class=field__item><p>Write to a@b.example<p>or call 0532 123 45 67</div></div>"
	 "<div class=pseudo__organisers><a "
	 "href='/organisation/esn-x'>X</a></div></article></body></html>"},
	{PAGE_STATISTICS, "https://b.example/organisation/esn-x/statistics",
	 "<html><body><script type='application/json' data-drupal-selector=drupal-settings-json>"
	 "{\"activities_statistics\": {}}</script></body></html>"},
};

static void
pages_end_where_memory_does(void **state)
{
	RuleSet *rules = shipped_rules();

	(void) state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
	{
		size_t room = 0;

		/* no further chunk */
		while (room < CHUNK - 128 &&
			   !reads(rules, pages[i].kind, pages[i].url, pages[i].html, room, 1))
			room += 16;
		assert_true(room > 1000);
		assert_true(reads(rules, pages[i].kind, pages[i].url, pages[i].html, 0, -1));
	}
	rules_free(rules);
}

/* Whether the tree could be built. Setting a jump and changing what lives on do not go together. */
static bool
builds(const char *html, size_t len, size_t room, int calls)
{
	Arena *arena = arena_with(room);
	volatile bool built = false;
	jmp_buf exhausted;

	arena_on_exhaustion(arena, &exhausted);
	if (setjmp(exhausted) == 0)
	{
		calls_left = calls;
		built = html_parse(arena, html, len, NULL) != NULL;
	}
	calls_left = -1;
	arena_destroy(arena);
	return built;
}

/* Text is collected outside of the arena, and the tree is built beneath libxml2, which must not be jumped over. */
static void
trees_end_where_memory_does(void **state)
{
	Arena *arena = arena_create();
	TextBuffer html;

	(void) state;
	buffer_init(&html, arena);
	for (int i = 0; i < 10; i++)
		buffer_printf(&html, "<p id=p%d class='a b' title='%d'>%*d<i>x</i>", i, i, 400 << i % 5, i);
	for (size_t room = 0; room < 40000; room += 16)
	{
		for (int calls = 1; calls < 4; calls++)
			assert_false(builds(html.data, html.len, room, calls));
		assert_true(builds(html.data, html.len, room, 6));
	}
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_end_where_memory_does),
		cmocka_unit_test(trees_end_where_memory_does),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
