/*
 * checks.c: see checks.h. Never makes up a value.
 */
#include "page/checks.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "base/url.h"
#include "page/redact.h"

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
	/* redacted first: half a number is not found */
	raw = page_redact(parser, raw);
	if (raw != NULL)
		raw = text_truncate(parser->arena, raw, PAGE_MAX_RAW);
	page->errors = list_grow(parser->arena, page->errors, page->error_count, sizeof(FieldError));
	page->errors[page->error_count++] =
		(FieldError){.field = field, .message = message, .raw = raw};
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

/*
 * Whether the value has one @ with something before it, a dot in the domain, and no white space.
 * This catches typing mistakes, but not dead addresses.
 */
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

bool
is_email_link(const char *value)
{
	return text_find_nocase(value, "/cdn-cgi/l/email-protection") != NULL ||
		   (strpbrk(value, ":/?#") == NULL && is_email(value));
}

const char *
check_email(PageParser *parser, const char *field, const char *value)
{
	if (value == NULL)
		return NULL;
	if (ascii_equal_nocase(value, "mailto:", 7))
		value += 7;
	if (is_email(value))
		return value;
	page_error(parser, field, "not an e-mail address", value);
	return NULL;
}

/*
 * A link without a scheme ("www.example.org") was meant to lead to another site. But it is relative
 * to the page, where it leads nowhere, so it is invalid.
 */
const char *
check_web_address(PageParser *parser, const char *field, const char *value)
{
	const char *url = NULL;

	if (value == NULL)
		return NULL;
	if (url_names_host(parser->arena, parser->page->url, value))
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

/* One date in a text: the text, and what is wrong with the date. */
typedef struct WrittenDate
{
	const char *raw;
	const char *wrong; /* NULL: nothing */
	Date date;
} WrittenDate;

/* Finds the first and the last date in the texts. Returns the number of dates. */
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

/* The date, or none if it is invalid. */
static Date
check_date(PageParser *parser, const char *field, const WrittenDate *written)
{
	if (written->wrong != NULL)
		page_error(parser, field, written->wrong, written->raw);
	return written->wrong != NULL ? (Date){0} : written->date;
}

void
check_dates(PageParser *parser, const StringList *texts, Date *start, Date *end)
{
	WrittenDate first = {0};
	WrittenDate last = {0};
	int written = first_and_last(texts, &first, &last);

	if (written == 0)
	{
		page_error(parser, "start_date", "missing", NULL);
		return;
	}
	*start = check_date(parser, "start_date", &first);
	*end = written == 1 ? *start : check_date(parser, "end_date", &last);
	if (start->year != 0 && end->year != 0 && date_compare(end, start) < 0)
	{
		page_error(parser, "end_date", "before start_date", last.raw);
		*end = (Date){0};
	}
}
