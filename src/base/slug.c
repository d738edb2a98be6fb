/*
 * slug.c: slugs of names, keys of countries, slugs in addresses.
 */
#include "base/slug.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/ascii.h"
#include "base/text.h"

#define MAX_NAME 4096 /* bytes of a name; more is cut */
#define MAX_SLUG 255  /* bytes */
#define MAX_GROWTH 64 /* a letter's transliteration is shorter */

struct Slugger
{
	UTransliterator *to_ascii;
};

Slugger *
slugger_open(const char **error)
{
	static const UChar rules[] =
		u"Any-Latin; NFD; [:Nonspacing Mark:] Remove; NFC; Latin-ASCII; Lower";
	UErrorCode status = U_ZERO_ERROR;
	Slugger *slugger = calloc(1, sizeof(Slugger));

	if (slugger == NULL)
	{
		*error = "out of memory";
		return NULL;
	}
	slugger->to_ascii = utrans_openU(rules, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status))
	{
		*error = u_errorName(status);
		free(slugger);
		return NULL;
	}
	return slugger;
}

void
slugger_close(Slugger *slugger)
{
	if (slugger == NULL)
		return;
	utrans_close(slugger->to_ascii);
	free(slugger);
}

/* Length of the name, cut at a whole character after MAX_NAME bytes. */
static size_t
name_length(const char *name)
{
	size_t len = strnlen(name, MAX_NAME + 1);

	if (len <= MAX_NAME)
		return len;
	while (len > 0 && (name[len - 1] & 0xc0) == 0x80)
		len--;
	return len == 0 ? 0 : len - 1;
}

/* As to_ascii(), for a name that is not ASCII already. */
static char *
transliterate(Slugger *slugger, Arena *arena, const char *name, int32_t len)
{
	UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
	int32_t units = 0;
	UChar *text = NULL;
	char *ascii;

	/* Room for twice as many units as bytes is nearly always enough. */
	for (int32_t room = 2 * len + 16;
		 status == U_BUFFER_OVERFLOW_ERROR && room <= MAX_GROWTH * (len + 16); room *= 2)
	{
		int32_t limit;

		status = U_ZERO_ERROR;
		text = arena_alloc(arena, sizeof(UChar) * (size_t) room);
		u_strFromUTF8(text, room, &units, name, len, &status);
		limit = units;
		utrans_transUChars(slugger->to_ascii, text, &units, room, 0, &limit, &status);
	}
	if (status == U_MEMORY_ALLOCATION_ERROR)
		arena_fail(arena);
	if (U_FAILURE(status))
		return arena_strdup(arena, "");
	ascii = arena_alloc(arena, (size_t) units * 3 + 1);
	u_strToUTF8(ascii, units * 3 + 1, NULL, text, units, &status);
	return U_FAILURE(status) ? arena_strdup(arena, "") : ascii;
}

/*
 * The name in lower-case Latin letters. Characters without such a form stay. "" if the name is not
 * UTF-8.
 */
static char *
to_ascii(Slugger *slugger, Arena *arena, const char *name)
{
	size_t len = name_length(name);
	char *ascii;

	for (size_t i = 0; i < len; i++)
	{
		if ((unsigned char) name[i] >= 0x80)
			return transliterate(slugger, arena, name, (int32_t) len);
	}
	ascii = arena_strndup(arena, name, len);
	ascii_lower_all(ascii);
	return ascii;
}

/*
 * Keeps letters and digits, drops the given bytes, and replaces everything else by single hyphens.
 */
static char *
hyphenate(Arena *arena, const char *s, const char *dropped)
{
	char *slug = arena_alloc(arena, strlen(s) + 1);
	size_t len = 0;
	bool gap = false;

	for (; *s != '\0'; s++)
	{
		if (strchr(dropped, *s) != NULL)
			continue;
		if (!ascii_is_alnum(*s))
		{
			gap = true;
			continue;
		}
		if (gap && len > 0)
			slug[len++] = '-';
		gap = false;
		slug[len++] = *s;
	}
	slug[len] = '\0';
	return slug;
}

char *
slug_make(Slugger *slugger, Arena *arena, const char *name)
{
	char *slug = hyphenate(arena, to_ascii(slugger, arena, name), "");

	if (*slug == '\0' || strcmp(slug, "esn") == 0 || strncmp(slug, "esn-", 4) == 0)
		return slug;
	return arena_printf(arena, "esn-%s", slug);
}

static bool
is_stop_word(const char *word, size_t len)
{
	static const char *const words[] = {"a",    "an",   "as",   "at",  "before", "but",  "by",
										"for",  "from", "is",   "in",  "into",   "like", "of",
										"off",  "on",   "onto", "per", "since",  "than", "the",
										"this", "that", "to",   "up",  "via",    "with"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (strlen(words[i]) == len && strncmp(word, words[i], len) == 0)
			return true;
	}
	return false;
}

char *
slug_pathauto(Slugger *slugger, Arena *arena, const char *name)
{
	/* The punctuation that the site removes, as it stands after transliteration. */
	char *all = hyphenate(arena, to_ascii(slugger, arena, name), ".'\"()&/!?:,");
	char *slug = arena_alloc(arena, strlen(all) + 1);
	size_t len = 0;

	for (const char *word = all; *word != '\0';)
	{
		size_t width = strcspn(word, "-");

		if (!is_stop_word(word, width))
		{
			if (len > 0)
				slug[len++] = '-';
			memcpy(slug + len, word, width);
			len += width;
		}
		word += width + (word[width] == '-');
	}
	slug[len] = '\0';
	/* Where every word is a stop word, pathauto keeps them. */
	return len == 0 ? all : slug;
}

int
slug_candidates(Slugger *slugger, Arena *arena, const char *name,
				char *candidates[SLUG_MAX_CANDIDATES])
{
	char *pathauto = slug_pathauto(slugger, arena, name);
	char *plain = slug_make(slugger, arena, name);
	int count = 0;

	if (*pathauto == '\0')
		return 0;
	if (strlen(pathauto) <= MAX_SLUG)
		candidates[count++] = pathauto;
	if (strlen(plain) <= MAX_SLUG && strcmp(plain, pathauto) != 0)
		candidates[count++] = plain;
	if (strlen(pathauto) + 2 <= MAX_SLUG)
		candidates[count++] = arena_printf(arena, "%s-0", pathauto);
	assert(count <= SLUG_MAX_CANDIDATES);
	return count;
}

char *
country_key(Slugger *slugger, Arena *arena, const char *name)
{
	static const char *const aliases[][2] = {
		{"turkiye", "turkey"},
		{"republic-of-turkey", "turkey"},
		{"republic-of-turkiye", "turkey"},
		{"czechia", "czech-republic"},
		{"uk", "united-kingdom"},
		{"great-britain", "united-kingdom"},
		{"united-kingdom-of-great-britain-and-northern-ireland", "united-kingdom"},
		{"holland", "netherlands"},
		{"macedonia", "north-macedonia"},
		{"fyrom", "north-macedonia"},
		{"fyr-macedonia", "north-macedonia"},
		{"republic-of-macedonia", "north-macedonia"},
		{"republic-of-north-macedonia", "north-macedonia"},
		{"former-yugoslav-republic-of-macedonia", "north-macedonia"},
		{"bosnia", "bosnia-and-herzegovina"},
		{"bosnia-herzegovina", "bosnia-and-herzegovina"},
		{"slovak-republic", "slovakia"},
		{"russian-federation", "russia"},
		{"republic-of-moldova", "moldova"},
		{"moldova-republic-of", "moldova"},
		{"republic-of-ireland", "ireland"},
		{"republic-of-cyprus", "cyprus"},
		{"republic-of-serbia", "serbia"},
		{"hellas", "greece"},
		{"usa", "united-states"},
		{"united-states-of-america", "united-states"},
	};
	char *key = hyphenate(arena, to_ascii(slugger, arena, name), ".'");

	if (strncmp(key, "esn-", 4) == 0)
		key += 4;
	if (strncmp(key, "the-", 4) == 0)
		key += 4;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
	{
		if (strcmp(key, aliases[i][0]) == 0)
			return arena_strdup(arena, aliases[i][1]);
	}
	return key;
}

/* Undoes percent-encoding. Returns NULL if the result cannot be part of a path. */
static char *
decode_part(Arena *arena, const char *part, size_t len)
{
	char *out = arena_alloc(arena, len + 1);
	size_t n = 0;
	size_t ascii_len;

	for (size_t i = 0; i < len; i++)
	{
		int byte = part[i] == '%' && i + 2 < len ? ascii_hex_byte(part + i + 1) : -1;
		unsigned char c = (unsigned char) (byte < 0 ? part[i] : byte);

		if (byte >= 0)
			i += 2;
		if (c < 0x20 || c == 0x7f || strchr("/?#%& \"'<>[\\]^`{|}", c) != NULL || n == MAX_SLUG)
			return NULL;
		out[n++] = (char) c;
	}
	out[n] = '\0';
	if (strcmp(out, ".") == 0 || strcmp(out, "..") == 0 ||
		text_to_utf8(arena, out, n, NULL, &ascii_len) != out)
		return NULL;
	return out;
}

char *
slug_from_url(Arena *arena, const char *url, const char *marker)
{
	const char *scheme = strstr(url, "://");
	const char *path = scheme == NULL ? url : scheme + 3 + strcspn(scheme + 3, "/?#");
	size_t len = strcspn(path, "?#");
	size_t width = strlen(marker);
	size_t slug;

	while (len > 0 && path[len - 1] == '/')
		len--;
	slug = len;
	while (slug > 0 && path[slug - 1] != '/')
		slug--;
	/* "/marker/" must stand right before the slug. */
	if (slug == len || slug < width + 2 || path[slug - width - 2] != '/' ||
		strncmp(path + slug - 1 - width, marker, width) != 0)
		return NULL;
	return decode_part(arena, path + slug, len - slug);
}

char *
slug_from_text(Arena *arena, const char *text)
{
	static const char *const markers[] = {"/organisation/", "/section/", "/country/"};
	size_t len;

	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++)
	{
		const char *found = strstr(text, markers[i]);

		if (found != NULL)
		{
			text = found + strlen(markers[i]);
			return decode_part(arena, text, strcspn(text, "/?# \t\r\n"));
		}
	}
	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	return decode_part(arena, text, len);
}
