/*
 * fuzz_page.c: any bytes as a page of each kind, read by the shipped rules. The first byte says the
 * kind, the second the charset; the rest is the page. What comes out keeps the bounds of the
 * tables' columns, and is JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "page/page.h"
#include "page/page_json.h"
#include "page/redact.h"
#include "fuzz.h"
#include "pages.h"

static void
check_text(const char *s, size_t max_chars)
{
	if (s == NULL)
		return;
	fuzz_check(*s != '\0' && fuzz_is_utf8(s, strlen(s)) && text_length(s) <= max_chars);
}

static void
check_slug(const char *s)
{
	check_text(s, 255);
	fuzz_check(s == NULL || strpbrk(s, "/?# \n") == NULL);
}

static void
check_url(const char *s)
{
	fuzz_check(s == NULL || (fuzz_is_url(s) && strlen(s) <= 2000));
}

static void
check_degrees(const char *s, double limit)
{
	fuzz_check(s == NULL ||
			   (strlen(s) < 12 && strtod(s, NULL) >= -limit && strtod(s, NULL) <= limit));
}

static void
check_links(const NamedSlugList *links, bool named)
{
	for (int i = 0; i < links->count; i++)
	{
		check_text(links->items[i].name, SIZE_MAX);
		check_slug(links->items[i].slug);
		check_url(links->items[i].url);
		fuzz_check(links->items[i].url != NULL && (!named || links->items[i].name != NULL));
		for (int j = 0; j < i && links->items[i].slug != NULL; j++)
			fuzz_check(strcmp(links->items[i].slug, links->items[j].slug) != 0);
	}
}

static void
check_names(const StringList *names, size_t max_chars)
{
	for (int i = 0; i < names->count; i++)
	{
		check_text(names->items[i], max_chars);
		for (int j = 0; j < i; j++)
			fuzz_check(strcmp(names->items[i], names->items[j]) != 0);
	}
}

/* Free text: nothing is left to redact, but for what fuzz_redact.c says. */
static void
check_free_text(Arena *arena, const char *s)
{
	check_text(s, SIZE_MAX);
	if (s != NULL && strchr(s, '@') == NULL && strstr(s, "[e-mail]") == NULL)
		fuzz_check(redact_personal_data(arena, s) == s);
}

static void
check_profiles(const NamedSlugList *profiles)
{
	for (int i = 0; i < profiles->count; i++)
		fuzz_check(profiles->items[i].name != NULL && profiles->items[i].slug == NULL);
	check_links(profiles, true);
}

static void
check_email(const char *email)
{
	check_text(email, 254);
	fuzz_check(email == NULL || strchr(email, '@') != NULL);
}

static void
check_country(const CountryPage *country)
{
	check_links(&country->sections, true);
	check_email(country->email);
	check_url(country->website);
	check_profiles(&country->social_media);
}

/* An organiser has a link, or a name. */
static void
check_organisers(const NamedSlugList *organisers)
{
	NamedSlugList linked = *organisers;

	while (linked.count > 0 && linked.items[linked.count - 1].url == NULL)
	{
		linked.count--;
		check_text(linked.items[linked.count].name, SIZE_MAX);
		fuzz_check(linked.items[linked.count].name != NULL &&
				   linked.items[linked.count].slug == NULL);
	}
	check_links(&linked, false);
}

static void
check_section(const SectionPage *section)
{
	check_slug(section->slug);
	check_text(section->name, 255);
	check_email(section->email);
	check_url(section->website);
	check_text(section->university_name, SIZE_MAX);
	check_text(section->city, 100);
	check_text(section->address, SIZE_MAX);
	check_degrees(section->latitude, 90);
	check_degrees(section->longitude, 180);
	check_url(section->logo_url);
	check_profiles(&section->social_media);
	fuzz_check(section->slug != NULL && section->name != NULL);
}

static void
check_listing(const ListingPage *listing)
{
	fuzz_check(listing->last_page >= -1 && listing->last_page <= 10000);
	for (int i = 0; i < listing->card_count; i++)
	{
		const Card *card = &listing->cards[i];

		fuzz_check(card->event_slug != NULL && card->url != NULL);
		check_slug(card->event_slug);
		check_url(card->url);
		check_text(card->title, SIZE_MAX);
		check_text(card->date, SIZE_MAX);
		check_text(card->city, SIZE_MAX);
		check_text(card->country_code, SIZE_MAX);
		fuzz_check(card->is_online >= -1 && card->is_online <= 1);
		check_slug(card->organiser.slug);
		check_text(card->organiser.name, SIZE_MAX);
	}
}

static void
check_activity(Arena *arena, const ActivityPage *activity)
{
	fuzz_check(activity->event_slug != NULL && activity->url != NULL);
	check_slug(activity->event_slug);
	check_url(activity->url);
	check_text(activity->title, 255);
	check_free_text(arena, activity->description);
	check_free_text(arena, activity->activity_goal);
	check_free_text(arena, activity->outcomes);
	fuzz_check(activity->start_date.year == 0 ||
			   (activity->start_date.year >= 1900 && activity->start_date.year <= 2199));
	check_text(activity->city, 100);
	check_text(activity->country_name, 100);
	fuzz_check(activity->city != NULL || activity->country_name == NULL);
	fuzz_check(activity->participants >= -1);
	check_text(activity->activity_type, 100);
	check_names(&activity->activity_types, 100);
	fuzz_check((activity->activity_type == NULL) == (activity->activity_types.count == 0));
	check_text(activity->project_name, 255);
	check_slug(activity->project_slug);
	check_organisers(&activity->organisers);
	check_names(&activity->causes, 100);
	check_names(&activity->sdgs, 6);
	fuzz_check(activity->sdgs.count <= 17);
	check_names(&activity->objectives, 200);
	check_url(activity->image_url);
	/* redacting makes the shortest addresses longer */
	fuzz_check(activity->registration_url == NULL || (fuzz_is_url(activity->registration_url) &&
													  strlen(activity->registration_url) <= 4000));
}

static void
check_page(Arena *arena, const SitePage *page)
{
	fuzz_check(page->error_count >= 0 && page->error_count <= 1000);
	for (int i = 0; i < page->error_count; i++)
	{
		fuzz_check(page->errors[i].field != NULL && page->errors[i].message != NULL);
		fuzz_check(page->errors[i].raw == NULL || text_length(page->errors[i].raw) <= 10000);
	}
	if (page->problem != NULL)
	{
		check_text(page->problem, 200);
		return;
	}
	if (page->kind == PAGE_HOME)
	{
		check_links(&page->home.sections, true);
		fuzz_check(page->home.countries.count > 0);
		for (int i = 0; i < page->home.countries.count; i++)
			fuzz_check(strlen(page->home.countries.items[i].slug) == 2);
	}
	else if (page->kind == PAGE_COUNTRY)
		check_country(&page->country);
	else if (page->kind == PAGE_SECTION)
		check_section(&page->section);
	else if (page->kind == PAGE_LISTING)
		check_listing(&page->listing);
	else if (page->kind == PAGE_ACTIVITY)
		check_activity(arena, &page->activity);
	else
		fuzz_check(page->statistics.slug != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static RuleTally tally;
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	PageKind kind = pages_kind(fuzz_byte(&input));
	const char *charset = pages_charset(fuzz_byte(&input));
	PageOptions options = {.rules = pages_rules(), .redact = true, .tally = &tally};
	char *bytes = arena_alloc(arena, input.size == 0 ? 1 : input.size);
	SitePage *page;
	const char *json;

	if (tally.matched == NULL)
		tally.matched = calloc(PAGES_MAX_RULES, sizeof(int));
	/* so that it never overflows */
	memset(tally.pages, 0, sizeof(tally.pages));
	memset(tally.matched, 0, PAGES_MAX_RULES * sizeof(int));
	if (input.size > 0)
		memcpy(bytes, input.data, input.size);
	page = page_parse(arena, &options, kind, pages_url(kind), bytes, input.size, charset);
	fuzz_check(page != NULL && page->kind == kind);
	check_page(arena, page);
	json = page_to_json(arena, page);
	fuzz_check(json != NULL && fuzz_is_json(json));
	return 0;
}
