/*
 * page_json.c: see page_json.h. The field table of the kind (schema.h) determines what is written.
 */
#include "page/page_json.h"

#include <setjmp.h>

#include "base/json.h"

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
write_date(TextBuffer *out, const char *name, const Date *date)
{
	char text[11];

	if (date->year != 0)
		date_format(date, text);
	json_member(out, name, date->year == 0 ? NULL : text);
}

/* Writes six decimals and a sign unchanged, as a number. */
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

/* Writes an object: {"facebook": "https://..."}. */
static void
write_profiles(TextBuffer *out, const char *name, const NamedSlugList *list)
{
	json_key(out, name);
	buffer_putc(out, '{');
	for (int i = 0; i < list->count; i++)
		json_member(out, list->items[i].name, list->items[i].url);
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
write_cards(TextBuffer *out, const char *name, const ListingPage *listing)
{
	json_key(out, name);
	buffer_putc(out, '[');
	for (int i = 0; i < listing->card_count; i++)
		write_card(out, &listing->cards[i]);
	buffer_putc(out, ']');
}

static void
write_field(TextBuffer *out, const SitePage *page, const PageField *field)
{
	const void *member = page->data + field->offset;

	switch (field->type)
	{
		case FIELD_NONE:
			break;
		case FIELD_TEXT:
		case FIELD_LINES:
		case FIELD_URL:
		case FIELD_WEBSITE:
		case FIELD_EMAIL:
			json_member(out, field->name, *(const char *const *) member);
			break;
		case FIELD_COUNT:
			write_number(out, field->name, *(const int *) member);
			break;
		case FIELD_NAMES:
			write_strings(out, field->name, member);
			break;
		case FIELD_LINKS:
			write_links(out, field->name, member);
			break;
		case FIELD_FLAG:
			write_bool(out, field->name, *(const bool *) member);
			break;
		case FIELD_DATE:
			write_date(out, field->name, member);
			break;
		case FIELD_DEGREES:
			write_degrees(out, field->name, *(const char *const *) member);
			break;
		case FIELD_PROFILES:
			write_profiles(out, field->name, member);
			break;
		case FIELD_CARDS:
			write_cards(out, field->name, &page->listing);
			break;
	}
}

static void
write_data(TextBuffer *out, const SitePage *page)
{
	int count;
	const PageField *fields = page_fields(page->kind, &count);

	for (int i = 0; i < count; i++)
		write_field(out, page, &fields[i]);
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
