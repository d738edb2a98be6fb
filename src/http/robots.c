/*
 * robots.c: see robots.h.
 */
#include "http/robots.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

#define MAX_DELAY_MS (3600 * 1000)

/* A line of a group that applies. */
typedef struct RobotsRule
{
	struct RobotsRule *next;
	bool allow;
	const char *pattern; /* normalised */
	size_t length;
} RobotsRule;

typedef struct Group
{
	RobotsRule *rules;
	int delay_ms;
} Group;

struct Robots
{
	Group named; /* of the crawler's own name */
	Group any;   /* of "*" */
	bool has_named;
};

/*
 * The position of a line in a group: among the user-agent lines that begin it, or among the rules
 * after them.
 */
typedef struct Place
{
	bool in_rules;
	bool named;
	bool any;
} Place;

/*
 * Undoes percent-encoding of a path where that is safe for comparing: not of '/', '*', '$', '%' and
 * unprintable characters.
 */
static char *
normalise(Arena *arena, const char *s, size_t len)
{
	TextBuffer out;

	buffer_init(&out, arena);
	for (size_t i = 0; i < len; i++)
	{
		int c = s[i] == '%' && i + 2 < len ? ascii_hex_byte(s + i + 1) : -1;

		if (c > ' ' && c != 0x7f && strchr("/*$%", c) == NULL)
		{
			buffer_putc(&out, (char) c);
			i += 2;
		}
		else if (c >= 0)
		{
			buffer_printf(&out, "%%%c%c", ascii_upper(s[i + 1]), ascii_upper(s[i + 2]));
			i += 2;
		}
		else
			buffer_putc(&out, s[i]);
	}
	return out.data;
}

/*
 * Whether a pattern matches the beginning of a path. It goes back only to the last "*", so that it
 * takes at most the product of both lengths.
 */
static bool
matches(const char *pattern, const char *path)
{
	const char *star = NULL;
	const char *retry = NULL;

	for (;;)
	{
		if (*pattern == '\0' || (*pattern == '$' && pattern[1] == '\0' && *path == '\0'))
			return true;
		if (*pattern == '*')
		{
			star = ++pattern;
			retry = path;
			continue;
		}
		if (*path != '\0' && *pattern == *path && !(*pattern == '$' && pattern[1] == '\0'))
		{
			pattern++;
			path++;
			continue;
		}
		if (star == NULL || *retry == '\0')
			return false;
		pattern = star;
		path = ++retry;
	}
}

static void
add_rule(Arena *arena, Group *group, bool allow, const char *value, size_t len)
{
	RobotsRule *rule;

	/* an empty pattern matches nothing */
	if (len == 0)
		return;
	rule = arena_alloc(arena, sizeof(RobotsRule));
	rule->allow = allow;
	rule->pattern = normalise(arena, value, len);
	rule->length = strlen(rule->pattern);
	rule->next = group->rules;
	group->rules = rule;
}

/* Seconds, with a fraction or without. */
static int
parse_delay(const char *value, size_t len)
{
	double seconds = 0;
	double unit = 1;
	bool fraction = false;

	for (size_t i = 0; i < len; i++)
	{
		if (value[i] == '.' && !fraction)
			fraction = true;
		else if (!ascii_is_digit(value[i]))
			return 0;
		else if (!fraction)
			seconds = seconds * 10 + (value[i] - '0');
		else
			seconds += (value[i] - '0') * (unit /= 10);
		if (seconds * 1000 >= MAX_DELAY_MS)
			return MAX_DELAY_MS;
	}
	return (int) (seconds * 1000);
}

static bool
is_key(const char *line, size_t len, const char *key)
{
	return len == strlen(key) && ascii_equal_nocase(line, key, len);
}

/* A user-agent line. The product token ends at a slash or a space. */
static void
read_agent(Robots *robots, Place *place, const char *value, size_t len, const char *product)
{
	size_t token = 0;

	if (place->in_rules)
		memset(place, 0, sizeof(*place));
	while (token < len &&
		   (ascii_is_letter(value[token]) || value[token] == '_' || value[token] == '-'))
		token++;
	if (len == 1 && value[0] == '*')
		place->any = true;
	else if (token > 0 && is_key(value, token, product))
		place->named = robots->has_named = true;
}

static void
read_line(Arena *arena, Robots *robots, Place *place, const char *line, size_t len,
		  const char *product)
{
	const char *colon = memchr(line, ':', len);
	size_t key = colon == NULL ? 0 : (size_t) (colon - line);
	const char *value = line + key + 1;
	size_t value_len = colon == NULL ? 0 : len - key - 1;
	Group *groups[2] = {&robots->named, &robots->any};

	if (colon == NULL)
		return;
	while (key > 0 && ascii_is_space(line[key - 1]))
		key--;
	while (value_len > 0 && ascii_is_space(value[0]))
		value++, value_len--;
	while (value_len > 0 && ascii_is_space(value[value_len - 1]))
		value_len--;
	if (is_key(line, key, "user-agent"))
	{
		read_agent(robots, place, value, value_len, product);
		return;
	}
	for (int i = 0; i < 2; i++)
	{
		if (!(i == 0 ? place->named : place->any))
			continue;
		if (is_key(line, key, "allow") || is_key(line, key, "disallow"))
			add_rule(arena, groups[i], is_key(line, key, "allow"), value, value_len);
		else if (is_key(line, key, "crawl-delay"))
			groups[i]->delay_ms = parse_delay(value, value_len);
	}
	/* other lines, such as Sitemap, belong to no group and end none */
	if (is_key(line, key, "allow") || is_key(line, key, "disallow") ||
		is_key(line, key, "crawl-delay"))
		place->in_rules = true;
}

Robots *
robots_parse(Arena *arena, const char *bytes, size_t len, const char *product)
{
	Robots *robots = arena_alloc(arena, sizeof(Robots));
	Place place = {0};
	size_t i = 0;

	if (len > ROBOTS_MAX_BYTES)
		len = ROBOTS_MAX_BYTES;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < len)
	{
		size_t end = i;
		size_t stop;

		while (end < len && bytes[end] != '\n' && bytes[end] != '\r')
			end++;
		while (i < end && ascii_is_space(bytes[i]))
			i++;
		for (stop = i; stop < end && bytes[stop] != '#' && bytes[stop] != '\0';)
			stop++;
		read_line(arena, robots, &place, bytes + i, stop - i, product);
		i = end + 1;
	}
	return robots;
}

Robots *
robots_disallow_all(Arena *arena)
{
	return robots_parse(arena, "user-agent: *\ndisallow: /", 25, "");
}

static const Group *
group_of(const Robots *robots)
{
	return robots->has_named ? &robots->named : &robots->any;
}

bool
robots_allows(const Robots *robots, const char *url)
{
	const char *path = strstr(url, "://");
	Arena *arena = arena_create();
	const RobotsRule *best = NULL;
	const char *wanted;

	if (arena == NULL)
		return false;
	path = path == NULL ? url : path + 3;
	path += strcspn(path, "/?#");
	wanted = normalise(arena, path, strcspn(path, "#"));
	if (*wanted != '/')
		wanted = arena_printf(arena, "/%s", wanted);
	for (const RobotsRule *rule = group_of(robots)->rules; rule != NULL; rule = rule->next)
	{
		if ((best == NULL || rule->length > best->length ||
			 (rule->length == best->length && rule->allow)) &&
			matches(rule->pattern, wanted))
			best = rule;
	}
	if (best != NULL && !best->allow && strcmp(wanted, "/robots.txt") == 0)
		best = NULL;
	arena_destroy(arena);
	return best == NULL || best->allow;
}

int
robots_delay_ms(const Robots *robots)
{
	return group_of(robots)->delay_ms;
}
