/*
 * fields.c: see fields.h.
 */
#include "page/fields.h"

#include <assert.h>
#include <string.h>

#include "base/ascii.h"
#include "base/slug.h"
#include "base/url.h"
#include "html/html_text.h"
#include "page/labels.h"

void
elements_mark(HtmlNode *const *elements, int count)
{
	for (int i = 0; i < count; i++)
	{
		assert(elements[i]->mark == 0);
		elements[i]->mark = i + 1;
	}
}

void
elements_unmark(HtmlNode *const *elements, int count)
{
	for (int i = 0; i < count; i++)
		elements[i]->mark = 0;
}

int
elements_holding(const HtmlNode *element)
{
	while (element != NULL && element->mark == 0)
		element = element->parent;
	return element == NULL ? -1 : element->mark - 1;
}

bool
field_found(PageParser *parser, const char *field, int n, Found *found)
{
	int count;
	HtmlNode *const *elements = rules_found(parser->matches, field, n, &count, &found->attribute);

	if (elements == NULL)
		return false;
	found->count = 0;
	found->elements = arena_alloc(parser->arena, sizeof(HtmlNode *) * (size_t) (count + 1));
	elements_mark(elements, count);
	for (int i = 0; i < count; i++)
	{
		if (elements_holding(elements[i]->parent) < 0)
			found->elements[found->count++] = elements[i];
	}
	elements_unmark(elements, count);
	return true;
}

void
fields_leave_out_labels(PageParser *parser)
{
	const char *attribute;
	HtmlNode *const *elements;
	int count;

	for (int n = 0;
		 (elements = rules_found(parser->matches, "label", n, &count, &attribute)) != NULL; n++)
	{
		for (int i = 0; i < count; i++)
			elements[i]->left_out = true;
	}
}

/* Whether an attribute lists several addresses of one image: srcset, data-srcset. */
static bool
is_candidates(const char *attribute)
{
	size_t len = strlen(attribute);

	return len >= 6 && ascii_equal_nocase(attribute + len - 6, "srcset", 6);
}

/* The first address of "/a.jpg 1x, /b.jpg 2x". */
static const char *
first_candidate(Arena *arena, const char *list)
{
	size_t len;

	if (list == NULL)
		return NULL;
	list += strspn(list, " ,");
	len = strcspn(list, " ");
	while (len > 0 && list[len - 1] == ',')
		len--;
	return arena_strndup(arena, list, len);
}

const char *
found_value(PageParser *parser, const Found *found, int i)
{
	const char *value;

	if (found->attribute == NULL)
		value = html_text(parser->arena, found->elements[i]);
	else if (is_candidates(found->attribute))
		value = first_candidate(parser->arena, html_attribute(parser->arena, found->elements[i],
															  found->attribute));
	else if (strcmp(found->attribute, "href") == 0 || strcmp(found->attribute, "src") == 0)
		value = html_link(parser->arena, found->elements[i], found->attribute);
	else
		value = html_attribute(parser->arena, found->elements[i], found->attribute);
	return value == NULL || *value == '\0' ? NULL : value;
}

/* The value of a field in one element, without labels; NULL if it is empty. */
static const char *
element_value(PageParser *parser, const PageField *field, const Found *found, int i)
{
	const char *value;

	if (field->type != FIELD_LINES || found->attribute != NULL)
		value = found_value(parser, found, i);
	else if (i == 0 && field->labels != NULL)
		value = label_free_lines(parser->arena, found->elements[i], field->labels);
	else
		value = html_lines(parser->arena, found->elements[i]);
	if (value == NULL || *value == '\0')
		return NULL;
	return field->type == FIELD_TEXT && field->labels != NULL && label_matches(value, field->labels)
			   ? NULL
			   : value;
}

static const char *
found_href(PageParser *parser, const Found *found, int i)
{
	return html_link(parser->arena, found->elements[i],
					 found->attribute == NULL ? "href" : found->attribute);
}

const char *
found_url(PageParser *parser, const Found *found, int i)
{
	const char *href = found_href(parser, found, i);
	const char *url = href == NULL ? NULL : url_absolute(parser->arena, parser->page->url, href);

	return url == NULL ? NULL : url_canonical(parser, url);
}

const char *
url_canonical(PageParser *parser, const char *url)
{
	static const char script[] = "/index.php/";
	const char *base = parser->page->url;
	const char *host = strstr(base, "://");
	size_t len = host == NULL ? 0 : (size_t) (host + 3 - base) + strcspn(host + 3, "/?#");

	if (len == 0 || strncmp(url, base, len) != 0 || strncmp(url + len, script, strlen(script)) != 0)
		return url;
	return arena_printf(parser->arena, "%.*s%s", (int) len, url, url + len + strlen(script) - 1);
}

static StringList
field_values(PageParser *parser, const PageField *field)
{
	StringList values = {0};
	Found found;

	for (int n = 0; values.count == 0 && field_found(parser, field->name, n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *value = element_value(parser, field, &found, i);

			if (value != NULL)
				string_list_add(parser->arena, &values, value);
		}
	}
	return values;
}

StringList
field_texts(PageParser *parser, const char *field)
{
	return field_values(parser, &(PageField){.name = field, .type = FIELD_TEXT});
}

static const char *
first_value(PageParser *parser, const PageField *field)
{
	StringList values = field_values(parser, field);

	return values.count == 0 ? NULL : values.items[0];
}

const char *
field_text(PageParser *parser, const char *field)
{
	return first_value(parser, &(PageField){.name = field, .type = FIELD_TEXT});
}

/*
 * All values of the first rule that yields one, one per line, and several lines if an element
 * contains blocks; NULL if no rule does.
 */
static const char *
field_lines(PageParser *parser, const PageField *field)
{
	StringList values = field_values(parser, field);
	TextBuffer joined;

	if (values.count == 0)
		return NULL;
	buffer_init(&joined, parser->arena);
	for (int i = 0; i < values.count; i++)
	{
		if (i > 0)
			buffer_putc(&joined, '\n');
		buffer_puts(&joined, values.items[i]);
	}
	return joined.data;
}

/*
 * The first value as an absolute URL. A value that is not a web address is an error. NULL: none or
 * invalid.
 */
static const char *
read_url(PageParser *parser, const PageField *field)
{
	const char *value = field_text(parser, field->name);
	const char *url;

	if (value == NULL)
		return NULL;
	url = is_email_link(value) ? NULL : url_absolute(parser->arena, parser->page->url, value);
	if (url == NULL)
		page_error(parser, field->name, "not a web address", value);
	return field->redact ? page_redact(parser, url) : url;
}

/* The address that a link within an element writes to; NULL if there is none. */
static const char *
mail_link(Arena *arena, const HtmlNode *element)
{
	for (const HtmlNode *node = element; node != NULL; node = html_next(node, element))
	{
		const char *href = node->name == NULL ? NULL : html_attribute(arena, node, "href");

		if (href != NULL && ascii_equal_nocase(href, "mailto:", 7))
			return arena_strndup(arena, href + 7, strcspn(href + 7, "?"));
	}
	return NULL;
}

/* The first value; the address behind it if that is only on the link, as in "Write to us". */
static const char *
field_email(PageParser *parser, const char *field)
{
	const char *value = field_text(parser, field);
	const char *address = NULL;
	Found found;

	if (value != NULL && strchr(value, '@') != NULL)
		return value;
	for (int n = 0; address == NULL && field_found(parser, field, n, &found); n++)
	{
		for (int i = 0; address == NULL && i < found.count; i++)
			address = mail_link(parser->arena, found.elements[i]);
	}
	return address == NULL ? value : address;
}

/*
 * The value, redacted if the field says so, and cut with an error at the field's length. Redacted
 * first: half a number is not found, and a mark can be longer than what it replaces.
 */
static const char *
read_value(PageParser *parser, const PageField *field, const char *value)
{
	if (field->redact)
		value = page_redact(parser, value);
	if (field->max_chars > 0)
		value = check_length(parser, field->name, value, (size_t) field->max_chars);
	return value;
}

/* The field of that name, which the kind of page has. */
static const PageField *
find_field(const PageParser *parser, const char *name)
{
	int count;
	const PageField *fields = page_fields(parser->page->kind, &count);
	int i = 0;

	while (i < count && strcmp(fields[i].name, name) != 0)
		i++;
	assert(i < count);
	return &fields[i];
}

const char *
field_value(PageParser *parser, const char *name, const char *value)
{
	return read_value(parser, find_field(parser, name), value);
}

/* As field_texts(), without repeats. */
static StringList
read_names(PageParser *parser, const PageField *field)
{
	StringList values = field_texts(parser, field->name);
	StringList names = {0};
	Seen seen = {.arena = parser->arena};

	for (int i = 0; i < values.count; i++)
	{
		const char *name = read_value(parser, field, values.items[i]);

		if (seen_put(&seen, name, 0) < 0)
			string_list_add(parser->arena, &names, name);
	}
	return names;
}

StringList
field_names(PageParser *parser, const char *name)
{
	return read_names(parser, find_field(parser, name));
}

/* Whether an address is one of this kind, whatever its slug, and not one below it. */
static bool
is_address_of(const char *href, const char *marker)
{
	const char *at = href == NULL ? NULL : strstr(href, marker);
	size_t len;

	if (at == NULL || at == href || at[-1] != '/' || at[strlen(marker)] != '/')
		return false;
	at += strlen(marker) + 1;
	len = strcspn(at, "?#");
	while (len > 0 && at[len - 1] == '/')
		len--;
	return len > 0 && memchr(at, '/', len) == NULL;
}

NamedSlugList
field_links(PageParser *parser, const char *field, const char *marker)
{
	NamedSlugList links = {0};
	Seen seen = {.arena = parser->arena};
	Found found;

	for (int n = 0; links.count == 0 && field_found(parser, field, n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *url = found_url(parser, &found, i);
			const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, marker);
			const char *name = html_text(parser->arena, found.elements[i]);
			int place = slug == NULL ? -1 : seen_put(&seen, slug, links.count);

			if (slug == NULL && is_address_of(found_href(parser, &found, i), marker))
				page_error(parser, field, "not an address with a slug that can be kept",
						   found_href(parser, &found, i));
			if (*name == '\0')
				name = NULL;
			if (slug != NULL && place < 0)
				named_slug_add(parser->arena, &links, (NamedSlug){name, slug, url});
			/* place is one in it. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
			else if (slug != NULL && links.items[place].name == NULL)
				links.items[place].name = name;
		}
	}
	return links;
}

const char *
trim_commas(Arena *arena, const char *text)
{
	size_t len;

	if (text == NULL)
		return NULL;
	text += strspn(text, ", ");
	len = strlen(text);
	while (len > 0 && strchr(", ", text[len - 1]) != NULL)
		len--;
	return len == 0 ? NULL : arena_strndup(arena, text, len);
}

static const char *
read_text(PageParser *parser, const PageField *field)
{
	const char *value =
		field->type == FIELD_LINES ? field_lines(parser, field) : first_value(parser, field);

	if (value == NULL && field->required)
		page_error(parser, field->name, "missing", NULL);
	return read_value(parser, field, value);
}

/* Fills the member by the rules of the field. Parsers fill the types without a case. */
static void
read_field(PageParser *parser, const PageField *field)
{
	void *member = parser->page->data + field->offset;

	switch (field->type)
	{
		case FIELD_TEXT:
		case FIELD_LINES:
			*(const char **) member = read_text(parser, field);
			break;
		case FIELD_URL:
			*(const char **) member = read_url(parser, field);
			break;
		case FIELD_WEBSITE:
			*(const char **) member =
				check_web_address(parser, field->name, field_text(parser, field->name));
			break;
		case FIELD_EMAIL:
			*(const char **) member =
				check_email(parser, field->name, field_email(parser, field->name));
			break;
		case FIELD_COUNT:
			*(int *) member = check_count(parser, field->name, field_text(parser, field->name));
			break;
		case FIELD_NAMES:
			*(StringList *) member = read_names(parser, field);
			break;
		case FIELD_LINKS:
			*(NamedSlugList *) member = field_links(parser, field->name, field->marker);
			break;
		default:
			break;
	}
}

void
fields_read(PageParser *parser)
{
	int count;
	const PageField *fields = page_fields(parser->page->kind, &count);

	for (int i = 0; i < count; i++)
	{
		if (!fields[i].by_parser)
			read_field(parser, &fields[i]);
	}
}
