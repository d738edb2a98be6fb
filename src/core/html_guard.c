/*
 * html_guard.c: what libxml2's HTML parser must not be given. It compares each attribute of a tag with all others of that tag (up to 2.9 and
 * in Debian 12's 2.9.14), so that one tag of some hundred kilobytes keeps it busy for seconds, and nothing can stop it.
 *
 * The bytes are gone over as that parser goes over them, once: an attribute it sees must not be hidden here behind a quotation mark, a comment
 * or a script that it sees otherwise. Where what it sees depends on more than the bytes, or on its version, the page is refused.
 */
#include "core/html.h"

#include <string.h>

#include "core/ascii.h"

#ifndef MAX_ATTRIBUTES /* less, where this is fuzzed */
#define MAX_ATTRIBUTES 256
#endif
#define MAX_NAME 100      /* HTML_PARSER_BUFFER_SIZE: what is longer goes on as another attribute */
#define MAX_TEXT 10000000 /* XML_MAX_TEXT_LENGTH: within what is longer the parser goes astray */

static const char too_many[] = "a tag has more than 256 attributes";
static const char too_long[] = "a comment or an attribute is longer than 10,000,000 bytes";
static const char ambiguous[] = "the markup is written in a way that parsers do not agree on";

typedef struct Scan
{
	const char *at;
	const char *raw;     /* "script" or "style" while within one; else NULL */
	const char *problem; /* NULL: none */
} Scan;

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(Scan *scan)
{
	while (is_blank(*scan->at))
		scan->at++;
}

/* Goes behind the next such byte, or to the end. */
static void
skip_behind(Scan *scan, char c)
{
	const char *start = scan->at;
	const char *found = strchr(start, c);

	scan->at = found == NULL ? start + strlen(start) : found + 1;
	if (scan->at - start > MAX_TEXT)
		scan->problem = too_long;
}

/* Goes over a string in quotation marks; false: there is none. */
static bool
skip_literal(Scan *scan)
{
	char quote = *scan->at;

	if (quote != '"' && quote != '\'')
		return false;
	scan->at++;
	skip_behind(scan, quote);
	return true;
}

/* The end of the name of an element or attribute at s; s itself where there is none. */
static const char *
name_end(const char *s)
{
	size_t len = 0;

	if (!ascii_is_letter(*s) && (*s == '\0' || strchr("_:.", *s) == NULL))
		return s;
	while (len < MAX_NAME &&
		   (ascii_is_alnum(s[len]) || (s[len] != '\0' && strchr(":-_.", s[len]) != NULL)))
		len++;
	return s + len;
}

static bool
at_tag_end(const Scan *scan)
{
	return *scan->at == '\0' || *scan->at == '>' || (*scan->at == '/' && scan->at[1] == '>');
}

/* Behind an attribute's name: a quotation mark counts only right behind '='. */
static void
skip_value(Scan *scan)
{
	const char *start;

	skip_blanks(scan);
	if (*scan->at != '=')
		return;
	scan->at++;
	skip_blanks(scan);
	start = scan->at;
	if (skip_literal(scan))
		return;
	while (*scan->at != '\0' && *scan->at != '>' && !is_blank(*scan->at))
		scan->at++;
	if (scan->at - start > MAX_TEXT)
		scan->problem = too_long;
}

static bool
is_name(const char *s, const char *end, const char *name)
{
	return (size_t) (end - s) == strlen(name) && ascii_equal_nocase(s, name, strlen(name));
}

static void
scan_start_tag(Scan *scan)
{
	const char *name = scan->at + 1;
	const char *end = name_end(name);
	int attributes = 0;

	scan->at = end;
	skip_blanks(scan);
	while (!at_tag_end(scan) && scan->problem == NULL)
	{
		const char *behind = name_end(scan->at);

		if (behind == scan->at)
		{
			while (!at_tag_end(scan) && !is_blank(*scan->at))
				scan->at++;
		}
		else
		{
			scan->at = behind;
			skip_value(scan);
			if (++attributes > MAX_ATTRIBUTES)
				scan->problem = too_many;
		}
		skip_blanks(scan);
	}
	if (*scan->at == '>')
		scan->raw = is_name(name, end, "script")  ? "script"
					: is_name(name, end, "style") ? "style"
												  : NULL;
	if (*scan->at != '\0')
		scan->at += *scan->at == '/' ? 2 : 1;
}

static void
scan_end_tag(Scan *scan)
{
	const char *name = scan->at + 2;
	const char *end = name_end(name);

	scan->at = end;
	if (end == name)
		return;
	/* An end tag of something around a script may close both: that depends on what is open. */
	if (scan->raw != NULL && !is_name(name, end, scan->raw))
		scan->problem = ambiguous;
	scan->raw = NULL;
	skip_behind(scan, '>');
}

/* Goes to the end tag of the script or style; at its beginning some tags end it by themselves. */
static void
scan_raw(Scan *scan)
{
	static const char *const closing[] = {"noscript", "body", "frameset", "html", "head"};
	const char *end;

	for (size_t i = 0; *scan->at == '<' && i < sizeof(closing) / sizeof(closing[0]); i++)
	{
		size_t len = strlen(closing[i]);

		if (ascii_equal_nocase(scan->at + 1, closing[i], len) && !ascii_is_alnum(scan->at[1 + len]))
			scan->problem = ambiguous;
	}
	while ((end = strchr(scan->at, '<')) != NULL)
	{
		scan->at = end;
		if (end[1] == '/' && ascii_equal_nocase(end + 2, scan->raw, strlen(scan->raw)))
			return;
		scan->at++;
	}
	scan->at += strlen(scan->at);
}

static void
scan_comment(Scan *scan)
{
	const char *start = scan->at + 4;
	const char *p = start;

	if (*p == '>' || (*p == '-' && p[1] == '>'))
		scan->problem = ambiguous;
	while ((p = strchr(p, '-')) != NULL &&
		   !(p[1] == '-' && (p[2] == '>' || (p[2] == '!' && p[3] == '>'))))
		p++;
	scan->at = p == NULL ? start + strlen(start) : strchr(p, '>') + 1;
	if (scan->at - start > MAX_TEXT)
		scan->problem = too_long;
}

/* What is out of place up to '>': text up to libxml2 2.9, then passed over; the same where no tag begins in it. */
static void
scan_bogus_end(Scan *scan)
{
	scan->at += strcspn(scan->at, "<>");
	if (*scan->at == '<')
		scan->problem = ambiguous;
}

/* The name of a document type or of a processing instruction: false where there is none; one that isn't ASCII is beyond us. */
static bool
skip_declared_name(Scan *scan)
{
	const char *start = scan->at;

	if (ascii_is_letter(*start) || *start == '_' || *start == ':')
	{
		while (ascii_is_alnum(*scan->at) || (*scan->at != '\0' && strchr("_:.-", *scan->at)))
			scan->at++;
	}
	if ((*scan->at & 0x80) != 0)
		scan->problem = ambiguous;
	return scan->at > start;
}

static void
scan_doctype(Scan *scan)
{
	scan->at += strlen("<!DOCTYPE");
	skip_blanks(scan);
	skip_declared_name(scan);
	skip_blanks(scan);
	if (ascii_equal_nocase(scan->at, "SYSTEM", 6) || ascii_equal_nocase(scan->at, "PUBLIC", 6))
	{
		bool is_public = ascii_lower(*scan->at) == 'p';

		scan->at += 6;
		skip_blanks(scan);
		skip_literal(scan);
		skip_blanks(scan);
		if (is_public)
			skip_literal(scan);
	}
	scan_bogus_end(scan);
	/* Right behind a misplaced one an end tag, or another one, is text. */
	if (*scan->at == '>' &&
		(ascii_equal_nocase(scan->at + 1, "<!DOCTYPE", 9) || strncmp(scan->at + 1, "</", 2) == 0))
		scan->problem = ambiguous;
}

static void
scan_instruction(Scan *scan)
{
	scan->at += 2;
	if (skip_declared_name(scan))
		skip_behind(scan, '>');
}

const char *
html_hostile(const char *utf8)
{
	Scan scan = {.at = utf8};

	while (*scan.at != '\0' && scan.problem == NULL)
	{
		const char *p = scan.at;

		if (p[0] == '<' && p[1] == '/')
			scan_end_tag(&scan);
		else if (scan.raw != NULL)
			scan_raw(&scan);
		else if (p[0] != '<')
			scan.at += strcspn(p, "<");
		else if (ascii_equal_nocase(p, "<!DOCTYPE", 9))
			scan_doctype(&scan);
		else if (strncmp(p, "<!--", 4) == 0)
			scan_comment(&scan);
		else if (p[1] == '!')
		{
			scan.at += 2;
			scan_bogus_end(&scan);
		}
		else if (p[1] == '?')
			scan_instruction(&scan);
		else if (p[1] == '_' || p[1] == ':')
			scan.problem = ambiguous;
		else if (ascii_is_letter(p[1]))
			scan_start_tag(&scan);
		else
			scan.at++;
	}
	return scan.problem;
}
