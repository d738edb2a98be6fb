/*
 * fuzz_url.c: links become addresses of the web, or nothing, and a slug out of an address leads
 * back to it. The first line is a path below which the page is, the rest the link.
 */
#include <string.h>

#include "base/slug.h"
#include "base/url.h"
#include "fuzz.h"

static void
check_slug(Arena *arena, const char *slug)
{
	const char *relative;
	const char *url;
	const char *again;

	fuzz_check(*slug != '\0' && strlen(slug) <= 255 && fuzz_is_utf8(slug, strlen(slug)));
	fuzz_check(strpbrk(slug, "/?#%& \"'<>\\^`{|}\x7f") == NULL);
	for (const char *c = slug; *c != '\0'; c++)
		fuzz_check((unsigned char) *c >= ' ');
	relative = arena_printf(arena, "/activity/%s", slug);
	url = url_absolute(arena, "https://activities.example/x", relative);
	fuzz_check(url != NULL);
	again = slug_from_url(arena, url, "activity");
	fuzz_check(again != NULL && strcmp(again, slug) == 0);
}

static void
check_url(Arena *arena, const char *base, const char *href)
{
	static const char *const markers[] = {"organisation", "activity", "section", "country"};
	const char *url = url_absolute(arena, base, href);
	const char *again;

	if (url == NULL)
		return;
	fuzz_check(fuzz_is_url(url) && strlen(url) <= 2000);
	again = url_absolute(arena, base, url);
	fuzz_check(again != NULL && strcmp(again, url) == 0);
	for (int i = 0; i < 4; i++)
	{
		const char *slug = slug_from_url(arena, url, markers[i]);

		if (slug != NULL)
			check_slug(arena, slug);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *path = fuzz_utf8_line(&input, arena);
	const char *href = fuzz_utf8_rest(&input, arena);
	const char *base = url_absolute(arena, "https://activities.example/", path);
	const char *slug = slug_from_url(arena, href, "activity");

	if (slug != NULL)
		check_slug(arena, slug);
	check_url(arena, "https://activities.example/organisation/esn-x/activities?page=1", href);
	if (base != NULL)
		check_url(arena, base, href);
	return 0;
}
