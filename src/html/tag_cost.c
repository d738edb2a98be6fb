/*
 * tag_cost.c: see tag_cost.h.
 */
#include "html/tag_cost.h"

#include <string.h>

#include "base/ascii.h"

#define SAFE_LENGTH 65536
#define MAX_COMPARISONS 200000000
#define MAX_SCANS 16

/*
 * Length of the name of a tag or an attribute; 0 if none begins here. A name longer than 100 bytes
 * counts as several.
 */
static size_t
name_length(const char *s)
{
	size_t len = 0;

	if (!ascii_is_letter(*s) && *s != '_' && *s != ':' && *s != '.')
		return 0;
	while (len < 100 && (ascii_is_alnum(s[len]) || (s[len] != '\0' && strchr(":-_.", s[len]))))
		len++;
	return len;
}

/*
 * Returns the end of a start tag whose name begins at s, and the number of its attributes. Reads it
 * exactly as libxml2's htmlParseStartTag() does: a quotation mark counts only after a name and "=".
 */
static const char *
skip_start_tag(const char *s, size_t *attributes)
{
	static const char blank[] = " \t\n\r";

	*attributes = 0;
	for (s += name_length(s);;)
	{
		size_t len;

		s += strspn(s, blank);
		if (*s == '\0' || *s == '>')
			return s;
		len = name_length(s);
		if (len == 0)
		{
			s += strcspn(s, " \t\n\r>");
			continue;
		}
		++*attributes;
		s += len;
		s += strspn(s, blank);
		if (*s != '=')
			continue;
		s++;
		s += strspn(s, blank);
		if (*s == '"' || *s == '\'')
		{
			const char *end = strchr(s + 1, *s);

			s = end == NULL ? s + strlen(s) : end + 1;
		}
		else
			s += strcspn(s, " \t\n\r>");
	}
}

bool
html_is_costly(const char *page, size_t len)
{
	size_t comparisons = 0;
	size_t scanned = 0;

	/* An attribute takes three bytes or more, so that a shorter page cannot reach the limit. */
	if (len < SAFE_LENGTH)
		return false;
	for (const char *s = strchr(page, '<'); s != NULL; s = strchr(s + 1, '<'))
	{
		size_t attributes;

		if (!ascii_is_letter(s[1]))
			continue;
		scanned += (size_t) (skip_start_tag(s + 1, &attributes) - s);
		comparisons += attributes * attributes / 2;
		if (comparisons > MAX_COMPARISONS || scanned > MAX_SCANS * len)
			return true;
	}
	return false;
}
