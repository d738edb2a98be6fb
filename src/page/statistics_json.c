/*
 * statistics_json.c: see statistics_json.h. Passes over values by their brackets and never
 * recurses; does not validate JSON.
 */
#include "page/statistics_json.h"

#include <string.h>

static const char *const lists[] = {
	"total_activities",      "total_participants",  "total_causes",   "total_types",
	"physical_causes",       "online_causes",       "physical_types", "online_types",
	"physical_participants", "online_participants",
};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

static const char *
skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* What follows a string, whose quote is at the pointer; NULL if it does not end. */
static const char *
skip_string(const char *at)
{
	for (at++; *at != '"'; at++)
	{
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
	}
	return at + 1;
}

/* What follows a value, and the white space after it; NULL if it does not end. */
static const char *
skip_value(const char *at)
{
	int depth = 0;

	do
	{
		if (*at == '\0')
			return NULL;
		if (*at == '"')
		{
			at = skip_string(at);
			if (at == NULL)
				return NULL;
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if (*at == '}' || *at == ']')
			depth--;
		at++;
	} while (depth > 0 || (*at != '\0' && strchr(",]}", *at) == NULL));
	return skip_space(at);
}

/* A value of an object or array, and its key. */
typedef struct Item
{
	const char *key; /* its first quote; NULL: of an array */
	size_t key_len;  /* with the quotes */
	const char *value;
} Item;

/*
 * Moves to the next item: *at is at the bracket that opens the object or array, or where this
 * function left it. Returns false at the end.
 */
static bool
next_item(const char **at, Item *item)
{
	bool is_object = **at == '{' || (**at == ',' && item->key != NULL);
	const char *p;

	if (**at != '{' && **at != '[' && **at != ',')
		return false;
	p = skip_space(*at + 1);
	*item = (Item){.value = p};
	*at = "";
	if (*p == '\0' || *p == '}' || *p == ']' || (is_object && *p != '"'))
		return false;
	if (is_object)
	{
		item->key = p;
		p = skip_string(p);
		if (p == NULL)
			return false;
		item->key_len = (size_t) (p - item->key);
		p = skip_space(p);
		if (*p != ':')
			return false;
		item->value = skip_space(p + 1);
	}
	p = skip_value(item->value);
	if (p != NULL)
		*at = p;
	return p != NULL;
}

static bool
has_key(const Item *item, const char *key)
{
	size_t len = strlen(key);

	return item->key_len == len + 2 && strncmp(item->key + 1, key, len) == 0;
}

/* The value of the last member of that key, as jsonb has it; NULL if there is none. */
static const char *
member(const char *object, const char *key)
{
	const char *value = NULL;
	Item item = {0};

	while (next_item(&object, &item))
	{
		if (has_key(&item, key))
			value = item.value;
	}
	return value;
}

/* null, [] and {}: PHP writes an empty object as an empty array. */
static bool
is_nothing(const char *value)
{
	if (*value == '[' || *value == '{')
		return strchr("]}", *skip_space(value + 1)) != NULL;
	return strncmp(value, "null", 4) == 0;
}

/* Whether an array has a pair of a label and a count. */
static bool
has_pair(const char *array)
{
	Item item = {0};

	while (next_item(&array, &item))
	{
		const char *at = item.value;
		Item part = {0};
		int parts = 0;

		while (*item.value == '[' && parts < 2 && next_item(&at, &part) &&
			   strchr("[{", *part.value) == NULL)
			parts++;
		if (parts == 2)
			return true;
	}
	return false;
}

static bool
is_list(const char *value)
{
	const char *pairs;

	if (is_nothing(value))
		return true;
	pairs = *value == '{' ? member(value, "values") : NULL;
	return pairs != NULL && (is_nothing(pairs) || (*pairs == '[' && has_pair(pairs)));
}

bool
statistics_named(const char *text)
{
	for (size_t i = 0; i < LISTS; i++)
	{
		const char *at = text;
		size_t len = strlen(lists[i]);

		while ((at = strstr(at, lists[i])) != NULL)
		{
			if (at > text && at[-1] == '"' && at[len] == '"')
				return true;
			at += len;
		}
	}
	return false;
}

/* Whether the text is as valid as this file can say. */
static bool
is_complete(const char *json)
{
	const char *end = skip_value(json);

	return end != NULL && *end == '\0';
}

const char *
statistics_problem(Arena *arena, const char *json)
{
	const char *object = skip_space(json);
	const char *inner;
	bool is_known = false;

	if (!is_complete(object))
		return NULL;
	inner = *object == '{' ? member(object, "activities_statistics") : NULL;
	if (inner != NULL)
		object = inner;
	if (inner != NULL && is_nothing(inner))
		return NULL;
	for (size_t i = 0; *object == '{' && i < LISTS; i++)
	{
		const char *list = member(object, lists[i]);

		if (list != NULL && !is_list(list))
			return arena_printf(arena,
								"the page's statistics are not understood: the JSON of \"%s\" is "
								"not a list of counts",
								lists[i]);
		is_known = is_known || list != NULL;
	}
	return is_known ? NULL
					: "the page's statistics are not understood: the JSON has none of the known "
					  "lists of counts";
}
