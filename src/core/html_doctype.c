/*
 * html_doctype.c: what begins with "<!", "<?" or, where no name follows, "</": comments, and document types, of which one thing counts: whether
 * they ask for the quirks mode.
 */
#include "core/html_internal.h"

#include <string.h>

#include "core/ascii.h"

/* Identifiers that begin like this ask for the quirks mode: https://html.spec.whatwg.org/multipage/parsing.html#the-initial-insertion-mode */
static const char *const quirky[] = {
	"+//silmaril//dtd html pro v0r11 19970101//",
	"-//as//dtd html 3.0 aswedit + extensions//",
	"-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
	"-//ietf//dtd html 2.0 level 1//",
	"-//ietf//dtd html 2.0 level 2//",
	"-//ietf//dtd html 2.0 strict level 1//",
	"-//ietf//dtd html 2.0 strict level 2//",
	"-//ietf//dtd html 2.0 strict//",
	"-//ietf//dtd html 2.0//",
	"-//ietf//dtd html 2.1e//",
	"-//ietf//dtd html 3.0//",
	"-//ietf//dtd html 3.2 final//",
	"-//ietf//dtd html 3.2//",
	"-//ietf//dtd html 3//",
	"-//ietf//dtd html level 0//",
	"-//ietf//dtd html level 1//",
	"-//ietf//dtd html level 2//",
	"-//ietf//dtd html level 3//",
	"-//ietf//dtd html strict level 0//",
	"-//ietf//dtd html strict level 1//",
	"-//ietf//dtd html strict level 2//",
	"-//ietf//dtd html strict level 3//",
	"-//ietf//dtd html strict//",
	"-//ietf//dtd html//",
	"-//metrius//dtd metrius presentational//",
	"-//microsoft//dtd internet explorer 2.0 html strict//",
	"-//microsoft//dtd internet explorer 2.0 html//",
	"-//microsoft//dtd internet explorer 2.0 tables//",
	"-//microsoft//dtd internet explorer 3.0 html strict//",
	"-//microsoft//dtd internet explorer 3.0 html//",
	"-//microsoft//dtd internet explorer 3.0 tables//",
	"-//netscape comm. corp.//dtd html//",
	"-//netscape comm. corp.//dtd strict html//",
	"-//o'reilly and associates//dtd html 2.0//",
	"-//o'reilly and associates//dtd html extended 1.0//",
	"-//o'reilly and associates//dtd html extended relaxed 1.0//",
	"-//sq//dtd html 2.0 hotmetal + extensions//",
	"-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
	"-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//",
	"-//spyglass//dtd html 2.0 extended//",
	"-//sun microsystems corp.//dtd hotjava html//",
	"-//sun microsystems corp.//dtd hotjava strict html//",
	"-//w3c//dtd html 3 1995-03-24//",
	"-//w3c//dtd html 3.2 draft//",
	"-//w3c//dtd html 3.2 final//",
	"-//w3c//dtd html 3.2//",
	"-//w3c//dtd html 3.2s draft//",
	"-//w3c//dtd html 4.0 frameset//",
	"-//w3c//dtd html 4.0 transitional//",
	"-//w3c//dtd html experimental 19960712//",
	"-//w3c//dtd html experimental 970421//",
	"-//w3c//dtd w3 html//",
	"-//w3o//dtd w3 html 3.0//",
	"-//webtechs//dtd mozilla html 2.0//",
	"-//webtechs//dtd mozilla html//",
};

/* These do where no system identifier stands behind them, or, Chromium: an empty one. */
static const char *const quirky_alone[] = {
	"-//w3c//dtd html 4.01 frameset//",
	"-//w3c//dtd html 4.01 transitional//",
};

/* And these as a whole. */
static const char *const quirky_whole[] = {
	"-//w3o//dtd w3 html strict 3.0//en//",
	"-/w3c/dtd html 4.0 transitional/en",
	"html",
};

static const char *const quirky_system[] = {
	"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"};

static const char *const html[] = {"html"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A piece of the page; start is NULL: there is none. */
typedef struct Piece
{
	const char *start;
	size_t len;
} Piece;

static bool
begins_with(Piece piece, const char *const *beginnings, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		size_t len = strlen(beginnings[i]);

		if (piece.len >= len && ascii_equal_nocase(piece.start, beginnings[i], len))
			return true;
	}
	return false;
}

static bool
is_one_of(Piece piece, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (piece.len == strlen(texts[i]) && begins_with(piece, &texts[i], 1))
			return true;
	}
	return false;
}

static bool
asks_for_quirks(Piece name, Piece public_id, Piece system_id)
{
	if (!is_one_of(name, html, COUNT(html)) ||
		is_one_of(system_id, quirky_system, COUNT(quirky_system)))
		return true;
	if (public_id.start == NULL)
		return false;
	return begins_with(public_id, quirky, COUNT(quirky)) ||
		   is_one_of(public_id, quirky_whole, COUNT(quirky_whole)) ||
		   (system_id.len == 0 && begins_with(public_id, quirky_alone, COUNT(quirky_alone)));
}

static bool
is_at(const Tokenizer *tokenizer, char c)
{
	return tokenizer->at < tokenizer->end && *tokenizer->at == c;
}

/* Goes over a keyword; false: it isn't there. */
static bool
skip_keyword(Tokenizer *tokenizer, const char *keyword)
{
	size_t len = strlen(keyword);

	if ((size_t) (tokenizer->end - tokenizer->at) < len ||
		!ascii_equal_nocase(tokenizer->at, keyword, len))
		return false;
	tokenizer->at += len;
	return true;
}

/* An identifier in quotation marks; false: there is none, or '>' or the page's end cuts it off. */
static bool
read_identifier(Tokenizer *tokenizer, Piece *id)
{
	char quote;

	html_skip_space(tokenizer);
	if (!is_at(tokenizer, '"') && !is_at(tokenizer, '\''))
		return false;
	quote = *tokenizer->at++;
	id->start = tokenizer->at;
	while (tokenizer->at < tokenizer->end && *tokenizer->at != quote && *tokenizer->at != '>')
		tokenizer->at++;
	id->len = (size_t) (tokenizer->at - id->start);
	if (!is_at(tokenizer, quote))
		return false;
	tokenizer->at++;
	html_skip_space(tokenizer);
	return true;
}

/* What stands behind the name of a document type; true: it is in order as far as it matters. */
static bool
read_identifiers(Tokenizer *tokenizer, Piece *public_id, Piece *system_id)
{
	if (is_at(tokenizer, '>'))
		return true;
	if (skip_keyword(tokenizer, "public"))
	{
		if (!read_identifier(tokenizer, public_id))
			return false;
		return is_at(tokenizer, '>') || read_identifier(tokenizer, system_id);
	}
	return skip_keyword(tokenizer, "system") && read_identifier(tokenizer, system_id);
}

static void
skip_behind_end(Tokenizer *tokenizer)
{
	size_t left = (size_t) (tokenizer->end - tokenizer->at);
	const char *end = memchr(tokenizer->at, '>', left);

	tokenizer->at = end == NULL ? tokenizer->end : end + 1;
}

static void
read_doctype(Tokenizer *tokenizer, Token *token)
{
	Piece name;
	Piece public_id = {NULL, 0};
	Piece system_id = {NULL, 0};
	bool in_order;

	html_skip_space(tokenizer);
	name.start = tokenizer->at;
	while (tokenizer->at < tokenizer->end && *tokenizer->at != '>' &&
		   !html_is_space(*tokenizer->at))
		tokenizer->at++;
	name.len = (size_t) (tokenizer->at - name.start);
	html_skip_space(tokenizer);
	in_order =
		read_identifiers(tokenizer, &public_id, &system_id) && tokenizer->at < tokenizer->end;
	skip_behind_end(tokenizer);
	*token = (Token){.kind = TOKEN_DOCTYPE,
					 .quirks = !in_order || asks_for_quirks(name, public_id, system_id)};
}

/* Goes over a comment, with what it says at hand. */
static void
skip_comment(Tokenizer *tokenizer)
{
	const char *end = tokenizer->end;
	const char *s = tokenizer->at;

	if (is_at(tokenizer, '>') || (end - s > 1 && s[0] == '-' && s[1] == '>'))
	{
		skip_behind_end(tokenizer);
		return;
	}
	while ((s = memmem(s, (size_t) (end - s), "--", 2)) != NULL)
	{
		if (end - s > 2 && s[2] == '>')
			break;
		if (end - s > 3 && s[2] == '!' && s[3] == '>')
			break;
		s++;
	}
	tokenizer->at = s == NULL ? end : s;
	skip_behind_end(tokenizer);
}

void
html_declaration_token(Tokenizer *tokenizer, Token *token)
{
	*token = (Token){.kind = TOKEN_COMMENT};
	tokenizer->at++;
	if (skip_keyword(tokenizer, "!--"))
		skip_comment(tokenizer);
	else if (skip_keyword(tokenizer, "!doctype"))
		read_doctype(tokenizer, token);
	else
		skip_behind_end(tokenizer);
}
