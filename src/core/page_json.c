/*
 * page_json.c: a page as JSON text: what esn_parse() shows and what the database stores. Keys are the columns' names.
 */
#include <setjmp.h>

#include "core/json.h"
#include "core/page.h"

static void
write_number(TextBuffer *out, const char *name, int value)
{
	json_key(out, name);
	if (value < 0)
		buffer_puts(out, "null");
	else
		buffer_printf(out, "%d", value);
}

static void
write_bool(TextBuffer *out, const char *name, bool value)
{
	json_key(out, name);
	buffer_puts(out, value ? "true" : "false");
}

static void
write_date(TextBuffer *out, const char *name, bool has, const Date *date)
{
	char text[11];

	if (has)
		date_format(date, text);
	json_member(out, name, has ? text : NULL);
}

/* Six decimals and a sign: a number as it stands. */
static void
write_degrees(TextBuffer *out, const char *name, const char *value)
{
	json_key(out, name);
	buffer_puts(out, value == NULL ? "null" : value);
}

static void
write_strings(TextBuffer *out, const char *name, const StringList *list)
{
	json_key(out, name);
	buffer_putc(out, '[');
	for (int i = 0; i < list->count; i++)
	{
		json_separate(out);
		json_string(out, list->items[i]);
	}
	buffer_putc(out, ']');
}

static void
write_links(TextBuffer *out, const char *name, const NamedSlugList *list)
{
	json_key(out, name);
	buffer_putc(out, '[');
	for (int i = 0; i < list->count; i++)
	{
		json_separate(out);
		buffer_putc(out, '{');
		json_member(out, "name", list->items[i].name);
		json_member(out, "slug", list->items[i].slug);
		json_member(out, "url", list->items[i].url);
		buffer_putc(out, '}');
	}
	buffer_putc(out, ']');
}

static void
write_section(TextBuffer *out, const SectionPage *section)
{
	json_member(out, "slug", section->slug);
	json_member(out, "name", section->name);
	json_member(out, "email", section->email);
	json_member(out, "website", section->website);
	json_member(out, "university_name", section->university_name);
	json_member(out, "city", section->city);
	json_member(out, "address", section->address);
	write_degrees(out, "latitude", section->latitude);
	write_degrees(out, "longitude", section->longitude);
	json_member(out, "logo_url", section->logo_url);
	json_key(out, "social_media");
	buffer_putc(out, '{');
	for (int i = 0; i < section->social_media.count; i++)
		json_member(out, section->social_media.items[i].name, section->social_media.items[i].url);
	buffer_putc(out, '}');
}

static void
write_card(TextBuffer *out, const Card *card)
{
	json_separate(out);
	buffer_putc(out, '{');
	json_member(out, "event_slug", card->event_slug);
	json_member(out, "url", card->url);
	json_member(out, "title", card->title);
	json_member(out, "date", card->date);
	json_member(out, "city", card->city);
	json_member(out, "country_code", card->country_code);
	json_key(out, "is_online");
	buffer_puts(out, card->is_online < 0 ? "null" : card->is_online ? "true" : "false");
	json_member(out, "organiser", card->organiser.slug);
	json_member(out, "organiser_name", card->organiser.name);
	buffer_putc(out, '}');
}

static void
write_listing(TextBuffer *out, const ListingPage *listing)
{
	json_key(out, "cards");
	buffer_putc(out, '[');
	for (int i = 0; i < listing->card_count; i++)
		write_card(out, &listing->cards[i]);
	buffer_putc(out, ']');
	write_number(out, "last_page", listing->last_page);
}

static void
write_activity(TextBuffer *out, const ActivityPage *activity)
{
	json_member(out, "event_slug", activity->event_slug);
	json_member(out, "url", activity->url);
	json_member(out, "title", activity->title);
	json_member(out, "description", activity->description);
	write_date(out, "start_date", activity->has_start_date, &activity->start_date);
	write_date(out, "end_date", activity->has_end_date, &activity->end_date);
	write_bool(out, "is_online", activity->is_online);
	json_member(out, "city", activity->city);
	json_member(out, "country_name", activity->country_name);
	write_number(out, "participants", activity->participants);
	json_member(out, "activity_type", activity->activity_type);
	write_links(out, "organisers", &activity->organisers);
	write_strings(out, "causes", &activity->causes);
	write_strings(out, "sdgs", &activity->sdgs);
	write_strings(out, "objectives", &activity->objectives);
	json_member(out, "activity_goal", activity->activity_goal);
	json_member(out, "outcomes", activity->outcomes);
	json_member(out, "image_url", activity->image_url);
	json_member(out, "registration_url", activity->registration_url);
}

static void
write_data(TextBuffer *out, const SitePage *page)
{
	switch (page->kind)
	{
		case PAGE_HOME:
			write_links(out, "countries", &page->home.countries);
			write_links(out, "sections", &page->home.sections);
			break;
		case PAGE_COUNTRY:
			json_member(out, "slug", page->country.slug);
			write_links(out, "sections", &page->country.sections);
			break;
		case PAGE_SECTION:
			write_section(out, &page->section);
			break;
		case PAGE_LISTING:
			write_listing(out, &page->listing);
			break;
		case PAGE_ACTIVITY:
			write_activity(out, &page->activity);
			break;
		case PAGE_STATISTICS:
			json_member(out, "slug", page->statistics.slug);
			json_member(out, "json", page->statistics.json);
			break;
		case PAGE_KINDS:
			break;
	}
}

static void
write_errors(TextBuffer *out, const SitePage *page)
{
	json_key(out, "errors");
	buffer_putc(out, '[');
	for (int i = 0; i < page->error_count; i++)
	{
		json_separate(out);
		buffer_putc(out, '{');
		json_member(out, "field", page->errors[i].field);
		json_member(out, "message", page->errors[i].message);
		json_member(out, "raw", page->errors[i].raw);
		buffer_putc(out, '}');
	}
	buffer_putc(out, ']');
}

static char *
write_page(Arena *arena, const SitePage *page)
{
	TextBuffer out;

	buffer_init(&out, arena);
	buffer_putc(&out, '{');
	json_member(&out, "kind", page_kind_name(page->kind));
	json_member(&out, "url", page->url);
	if (page->problem != NULL)
		json_member(&out, "problem", page->problem);
	else
	{
		json_key(&out, "data");
		buffer_putc(&out, '{');
		write_data(&out, page);
		buffer_putc(&out, '}');
		write_errors(&out, page);
	}
	buffer_putc(&out, '}');
	return out.data;
}

char *
page_to_json(Arena *arena, const SitePage *page)
{
	jmp_buf exhausted;
	jmp_buf *before = arena_on_exhaustion(arena, &exhausted);
	char *volatile json = NULL;

	if (setjmp(exhausted) == 0)
		json = write_page(arena, page);
	arena_on_exhaustion(arena, before);
	return json;
}
