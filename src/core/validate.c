/*
 * validate.c: what is wrong with the fields of a page. What can't be kept becomes NULL, what is too long is cut; both are noted
 * with the value as it was found. Nothing is made up.
 */
#include <string.h>

#include "core/page_internal.h"
#include "core/url.h"

const char *
page_redact(PageParser *parser, const char *text)
{
	if (text == NULL || !parser->options->redact)
		return text;
	return redact_personal_data(parser->arena, text);
}

void
page_error(PageParser *parser, const char *field, const char *message, const char *raw)
{
	SitePage *page = parser->page;

	if (page->error_count >= PAGE_MAX_ERRORS)
		return;
	if (raw != NULL)
		raw = text_truncate(parser->arena, raw, PAGE_MAX_RAW);
	page->errors = list_grow(parser->arena, page->errors, page->error_count, sizeof(FieldError));
	page->errors[page->error_count++] =
		(FieldError){.field = field, .message = message, .raw = page_redact(parser, raw)};
}

const char *
check_length(PageParser *parser, const char *field, const char *value, size_t max_chars)
{
	if (value == NULL || text_length(value) <= max_chars)
		return value;
	page_error(parser, field, arena_printf(parser->arena, "longer than %zu characters", max_chars),
			   value);
	return text_truncate(parser->arena, value, max_chars);
}

/* One @ with something before it, a dot within the domain, no white space: a typing mistake is seen, a dead address is not. */
static bool
is_email(const char *value)
{
	const char *at = strchr(value, '@');
	const char *dot;

	if (at == NULL || at == value || strchr(at + 1, '@') != NULL || strlen(value) > 254 ||
		strpbrk(value, " \t\r\n,;<>()\"") != NULL)
		return false;
	dot = strrchr(at, '.');
	return dot != NULL && at[1] != '.' && dot[1] != '\0' && strstr(at, "..") == NULL;
}

const char *
check_email(PageParser *parser, const char *field, const char *value)
{
	if (value == NULL)
		return NULL;
	if (strncmp(value, "mailto:", 7) == 0)
		value += 7;
	if (is_email(value))
		return value;
	page_error(parser, field, "not an e-mail address", value);
	return NULL;
}

/*
 * A link without a scheme ("www.example.org") was meant to lead away, but is relative to the page by the letter: it would lead
 * nowhere, so that it is no address.
 */
const char *
check_web_address(PageParser *parser, const char *field, const char *value)
{
	const char *url = NULL;

	if (value == NULL)
		return NULL;
	if (text_find_nocase(value, "http://") == value ||
		text_find_nocase(value, "https://") == value || strncmp(value, "//", 2) == 0)
		url = url_absolute(parser->arena, parser->page->url, value);
	if (url == NULL)
		page_error(parser, field, "not a web address", value);
	return url;
}

const char *
check_degrees(PageParser *parser, const char *field, const char *value, int limit)
{
	char degrees[16];

	if (value == NULL)
		return NULL;
	if (degrees_parse(value, limit, degrees))
		return arena_strdup(parser->arena, degrees);
	page_error(parser, field,
			   arena_printf(parser->arena, "not a number of degrees between -%d and %d", limit,
							limit),
			   value);
	return NULL;
}

int
check_count(PageParser *parser, const char *field, const char *value)
{
	int count;

	if (value == NULL)
		return -1;
	if (count_parse(value, &count))
		return count;
	page_error(parser, field, "not a count", value);
	return -1;
}

/* One date as written: the text it was found in, and what is wrong with it. */
typedef struct WrittenDate
{
	const char *raw;
	const char *wrong; /* NULL: nothing */
	Date date;
} WrittenDate;

/* The first and the last date that the texts write; returns how many they write. */
static int
first_and_last(const StringList *texts, WrittenDate *first, WrittenDate *last)
{
	int written = 0;

	for (int i = 0; i < texts->count; i++)
	{
		Date dates[2];
		bool valid[2];
		int found = date_parse_range(texts->items[i], dates, valid);

		for (int j = 0; j < (found == 0 ? 1 : found); j++)
		{
			*last = (WrittenDate){.raw = texts->items[i]};
			if (found == 0)
				last->wrong = "not a date";
			else if (!valid[j])
				last->wrong = "no such date";
			else
				last->date = dates[j];
			if (written++ == 0)
				*first = *last;
		}
	}
	return written;
}

static bool
check_date(PageParser *parser, const char *field, const WrittenDate *written, Date *date)
{
	if (written->wrong != NULL)
	{
		page_error(parser, field, written->wrong, written->raw);
		return false;
	}
	*date = written->date;
	return true;
}

void
check_dates(PageParser *parser, const StringList *texts, ActivityPage *activity)
{
	WrittenDate first = {0};
	WrittenDate last = {0};
	int written = first_and_last(texts, &first, &last);

	if (written == 0)
	{
		page_error(parser, "start_date", "missing", NULL);
		return;
	}
	activity->has_start_date = check_date(parser, "start_date", &first, &activity->start_date);
	if (written == 1)
		return;
	activity->has_end_date = check_date(parser, "end_date", &last, &activity->end_date);
	if (activity->has_start_date && activity->has_end_date &&
		date_compare(&activity->end_date, &activity->start_date) < 0)
		page_error(parser, "end_date", "before start_date", last.raw);
}
