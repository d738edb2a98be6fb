/*
 * charset.c: see charset.h. Converts nothing.
 */
#include "base/charset.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

#define PRESCAN 1024
#define MAX_LABEL 32 /* the longest label has 19 bytes */

/*
 * The labels of https://encoding.spec.whatwg.org/#names-and-labels, between spaces. Left out are
 * what ICU does not know (ISO-8859-16), and what browsers do not decode ("replacement",
 * "x-user-defined").
 */
static const struct
{
	const char *icu;
	const char *labels;
} charsets[] = {
	{"utf-8", " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 "},
	{"windows-1252", " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
					 "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii "
					 "windows-1252 x-cp1252 "},
	{"windows-1254", " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
					 "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
	{"windows-1250", " cp1250 windows-1250 x-cp1250 "},
	{"windows-1251", " cp1251 windows-1251 x-cp1251 "},
	{"windows-1253", " cp1253 windows-1253 x-cp1253 "},
	{"windows-1255", " cp1255 windows-1255 x-cp1255 "},
	{"windows-1256", " cp1256 windows-1256 x-cp1256 "},
	{"windows-1257", " cp1257 windows-1257 x-cp1257 "},
	{"windows-1258", " cp1258 windows-1258 x-cp1258 "},
	{"windows-874", " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874 "},
	{"iso-8859-2", " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
				   "iso_8859-2:1987 l2 latin2 "},
	{"iso-8859-3", " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
				   "iso_8859-3:1988 l3 latin3 "},
	{"iso-8859-4", " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
				   "iso_8859-4:1988 l4 latin4 "},
	{"iso-8859-5", " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
				   "iso_8859-5 iso_8859-5:1988 "},
	{"iso-8859-6", " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
				   "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
				   "iso_8859-6:1987 "},
	{"iso-8859-7", " csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
				   "iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek "},
	{"iso-8859-8", " csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
				   "iso-8859-8-i iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 logical "
				   "visual "},
	{"iso-8859-10", " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6 "},
	{"iso-8859-13", " iso-8859-13 iso8859-13 iso885913 "},
	{"iso-8859-14", " iso-8859-14 iso8859-14 iso885914 "},
	{"iso-8859-15", " csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 "},
	{"ibm866", " 866 cp866 csibm866 ibm866 "},
	{"koi8-r", " cskoi8r koi koi8 koi8-r koi8_r "},
	{"koi8-u", " koi8-ru koi8-u "},
	{"macintosh", " csmacintosh mac macintosh x-mac-roman "},
	{"x-mac-cyrillic", " x-mac-cyrillic x-mac-ukrainian "},
	{"gb18030", " chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 "
				"x-gbk "},
	{"big5-hkscs", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 "},
	{"euc-jp", " cseucpkdfmtjapanese euc-jp x-euc-jp "},
	{"iso-2022-jp", " csiso2022jp iso-2022-jp "},
	{"windows-31j", " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis "},
	{"windows-949", " cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
					"ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "},
	{"utf-16be", " unicodefffe utf-16be "},
	{"utf-16le", " csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le "},
};

/* Some bytes of the page, or of a header. */
typedef struct Span
{
	const char *at;
	const char *end;
} Span;

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static void
skip_spaces(Span *span)
{
	while (span->at < span->end && is_space(*span->at))
		span->at++;
}

/* ICU's name of a label; NULL if browsers do not know it. */
static const char *
charset_of_label(Span label)
{
	char wanted[MAX_LABEL + 3] = " ";
	size_t len;

	skip_spaces(&label);
	while (label.end > label.at && is_space(label.end[-1]))
		label.end--;
	len = (size_t) (label.end - label.at);
	if (len == 0 || len > MAX_LABEL || memchr(label.at, ' ', len) != NULL ||
		memchr(label.at, '\0', len) != NULL)
		return NULL;
	memcpy(wanted + 1, label.at, len);
	memcpy(wanted + 1 + len, " ", 2);
	ascii_lower_all(wanted);
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
	{
		if (strstr(charsets[i].labels, wanted) != NULL)
			return charsets[i].icu;
	}
	return NULL;
}

/* The value at the beginning: quoted, or up to white space or the byte given. Moves behind it. */
static Span
take_value(Span *span, char stop)
{
	Span value = {span->at, span->at};

	if (span->at < span->end && (*span->at == '"' || *span->at == '\''))
	{
		char quote = *span->at++;

		value.at = span->at;
		while (span->at < span->end && *span->at != quote)
			span->at++;
		value.end = span->at;
		/* a value without its end does not count */
		if (span->at == span->end)
			value.at = value.end;
		else
			span->at++;
		return value;
	}
	while (span->at < span->end && !is_space(*span->at) && *span->at != stop)
		span->at++;
	value.end = span->at;
	return value;
}

static bool
begins_with(Span span, const char *word)
{
	size_t len = strlen(word);

	return (size_t) (span.end - span.at) >= len && ascii_equal_nocase(span.at, word, len);
}

static bool
is_word(Span span, const char *word)
{
	return (size_t) (span.end - span.at) == strlen(word) && begins_with(span, word);
}

/* The charset of "text/html; charset=..."; NULL if there is none that is known. */
static const char *
charset_of_content_type(Span type)
{
	for (; type.at < type.end; type.at++)
	{
		Span rest = {type.at + 7, type.end};

		if (!begins_with(type, "charset"))
			continue;
		skip_spaces(&rest);
		if (rest.at == rest.end || *rest.at != '=')
			continue;
		rest.at++;
		skip_spaces(&rest);
		return charset_of_label(take_value(&rest, ';'));
	}
	return NULL;
}

/* Takes a tag's next attribute. Returns false at the end of the tag. */
static bool
take_attribute(Span *tag, Span *name, Span *value)
{
	while (tag->at < tag->end && (is_space(*tag->at) || *tag->at == '/'))
		tag->at++;
	if (tag->at == tag->end || *tag->at == '>')
		return false;
	name->at = tag->at++;
	while (tag->at < tag->end && !is_space(*tag->at) && strchr("=/>", *tag->at) == NULL)
		tag->at++;
	name->end = tag->at;
	value->at = value->end = tag->at;
	skip_spaces(tag);
	if (tag->at == tag->end || *tag->at != '=')
		return true;
	tag->at++;
	skip_spaces(tag);
	*value = take_value(tag, '>');
	return true;
}

/*
 * Takes the attributes of a <meta>. Returns the charset that it names; NULL if none. Bytes in which
 * a <meta> can be read are not in UTF-16.
 */
static const char *
take_meta(Span *tag)
{
	const char *charset = NULL;
	const char *content = NULL;
	bool has_charset = false;
	bool is_type = false;
	Span name;
	Span value;

	while (take_attribute(tag, &name, &value))
	{
		if (is_word(name, "charset") && !has_charset)
		{
			has_charset = true;
			charset = charset_of_label(value);
		}
		else if (is_word(name, "content") && content == NULL)
			content = charset_of_content_type(value);
		else if (is_word(name, "http-equiv"))
			is_type = is_type || is_word(value, "content-type");
	}
	/* a tag that is cut off is none */
	if (tag->at == tag->end)
		return NULL;
	if (!has_charset && is_type)
		charset = content;
	return charset != NULL && strncmp(charset, "utf-16", 6) == 0 ? "utf-8" : charset;
}

/* Moves behind the next occurrence of the word, or to the end. */
static void
skip_past(Span *span, const char *word)
{
	while (span->at < span->end && !begins_with(*span, word))
		span->at++;
	if (span->at < span->end)
		span->at += strlen(word);
}

/* Moves behind a tag, and behind what an element holds that is not markup. */
static void
skip_tag(Span *page)
{
	static const char *const raw[] = {"script", "style", "title", "textarea", "xmp", "iframe"};
	Span tag = {page->at + 1, page->at + 1};
	Span name;
	Span value;

	if (tag.at < page->end && *tag.at == '/')
		tag.at = ++tag.end;
	while (tag.end < page->end && !is_space(*tag.end) && *tag.end != '/' && *tag.end != '>')
		tag.end++;
	page->at = tag.end;
	while (take_attribute(page, &name, &value))
		continue;
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
	{
		if (!is_word(tag, raw[i]) || tag.at[-1] == '/')
			continue;
		do
			skip_past(page, "</");
		while (page->at < page->end && !begins_with(*page, raw[i]));
	}
}

/* The charset of the first <meta> that names a known one; NULL if none does. */
static const char *
charset_of_meta(Span page)
{
	while (page.at < page.end)
	{
		Span next = {page.at + 1, page.end};

		if (*page.at != '<')
		{
			page.at++;
			continue;
		}
		if (begins_with(page, "<!--"))
		{
			/* "<!-->" is a whole comment */
			page.at += 2;
			skip_past(&page, "-->");
		}
		else if (begins_with(page, "<meta") && page.end - page.at > 5 &&
				 (is_space(page.at[5]) || page.at[5] == '/'))
		{
			const char *charset;

			page.at += 5;
			charset = take_meta(&page);
			if (charset != NULL)
				return charset;
		}
		else if (next.at < next.end &&
				 (ascii_is_letter(*next.at) ||
				  (*next.at == '/' && next.end - next.at > 1 && ascii_is_letter(next.at[1]))))
			skip_tag(&page);
		else if (begins_with(page, "<!") || begins_with(page, "</") || begins_with(page, "<?"))
			skip_past(&page, ">");
		else
			page.at++;
	}
	return NULL;
}

/* The charset of a header; NULL if it names none that is known. */
static const char *
charset_of_header(const char *content_type)
{
	Span header = {content_type, content_type + strlen(content_type)};

	return strpbrk(content_type, "/;=") == NULL ? charset_of_label(header)
												: charset_of_content_type(header);
}

const char *
charset_of_page(const char *bytes, size_t len, const char *content_type)
{
	const char *charset = content_type == NULL ? NULL : charset_of_header(content_type);

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return "utf-8";
	if (len >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		return "utf-16le";
	if (len >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		return "utf-16be";
	if (charset == NULL && len > 0)
		charset = charset_of_meta((Span){bytes, bytes + (len < PRESCAN ? len : PRESCAN)});
	return charset == NULL ? "utf-8" : charset;
}
