/*
 * url.c: see url.h. The sections named are those of RFC 3986.
 */
#include "core/url.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "core/ascii.h"

#define MAX_URL 2000

/* A part of a string, up to end; at is NULL where there is none, which is not the same as an empty one. */
typedef struct Piece
{
	const char *at;
	const char *end;
} Piece;

typedef struct Url
{
	Piece scheme;
	Piece authority;
	Piece path;
	Piece query;
	Piece fragment;
} Url;

/* href with what an address may not hold percent-encoded; NULL where url_absolute() says so of its characters and its length. */
static char *
encode(Arena *arena, const char *href)
{
	TextBuffer out;

	buffer_init(&out, arena);
	for (; *href != '\0' && out.len <= MAX_URL; href++)
	{
		unsigned char c = (unsigned char) *href;

		if (c < 0x20 || c == 0x7f || strncmp(href, "%00", 3) == 0)
			return NULL;
		if (c > 0x7f || strchr(" \"<>\\^`{|}", c) != NULL)
			buffer_printf(&out, "%%%02X", c);
		else
			buffer_putc(&out, (char) c);
	}
	return out.len == 0 || out.len > MAX_URL ? NULL : out.data;
}

static Piece
piece_of(const char *at, const char *end)
{
	return (Piece){at, end};
}

/* The rest of s up to one of the characters, and s behind it. */
static Piece
take(const char **s, const char *stop)
{
	const char *at = *s;

	*s += strcspn(at, stop);
	return piece_of(at, *s);
}

/* Tells the components apart, as appendix B does: that any string has some does not make it an address. */
static Url
split(const char *s)
{
	const char *colon = s + strcspn(s, ":/?#");
	Url url = {0};

	if (*colon == ':')
	{
		url.scheme = piece_of(s, colon);
		s = colon + 1;
	}
	if (s[0] == '/' && s[1] == '/')
	{
		s += 2;
		url.authority = take(&s, "/?#");
	}
	url.path = take(&s, "?#");
	if (*s == '?')
	{
		s++;
		url.query = take(&s, "#");
	}
	if (*s == '#')
	{
		s++;
		url.fragment = take(&s, "");
	}
	return url;
}

/* Whether it consists of unreserved characters, sub-delims (2.2, 2.3), those given, and bytes that are percent-encoded. */
static bool
consists_of(Piece piece, const char *more)
{
	for (const char *s = piece.at; s != piece.end; s++)
	{
		if (*s == '%')
		{
			if (piece.end - s < 3 || ascii_hex_value(s[1]) < 0 || ascii_hex_value(s[2]) < 0)
				return false;
			s += 2;
		}
		else if (!ascii_is_alnum(*s) && strchr("-._~!$&'()*+,;=", *s) == NULL &&
				 strchr(more, *s) == NULL)
			return false;
	}
	return true;
}

static bool
is_ipv6(const char *s, const char *end)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr address;

	if ((size_t) (end - s) >= sizeof(text))
		return false;
	memcpy(text, s, (size_t) (end - s));
	return inet_pton(AF_INET6, text, &address) == 1;
}

/* [userinfo "@"] host [":" port] (3.2), the host not empty; of what may stand in brackets IPv6 alone has ever been in use. */
static bool
is_authority(Piece piece)
{
	const char *sign = memchr(piece.at, '@', (size_t) (piece.end - piece.at));
	const char *host = sign == NULL ? piece.at : sign + 1;
	const char *port;

	if (sign != NULL && !consists_of(piece_of(piece.at, sign), ":"))
		return false;
	if (host < piece.end && *host == '[')
	{
		port = memchr(host, ']', (size_t) (piece.end - host));
		if (port == NULL || !is_ipv6(host + 1, port))
			return false;
		port++;
	}
	else
	{
		port = memchr(host, ':', (size_t) (piece.end - host));
		port = port == NULL ? piece.end : port;
		if (port == host || !consists_of(piece_of(host, port), ""))
			return false;
	}
	if (port < piece.end && *port++ != ':')
		return false;
	while (port < piece.end && ascii_is_digit(*port))
		port++;
	return port == piece.end;
}

static bool
is_scheme(Piece piece)
{
	size_t len = (size_t) (piece.end - piece.at);

	return (len == 4 && ascii_equal_nocase(piece.at, "http", 4)) ||
		   (len == 5 && ascii_equal_nocase(piece.at, "https", 5));
}

/* The components of an address or a reference; false where it is none, or has a scheme but is no address of the web. */
static bool
parse(const char *s, Url *url)
{
	*url = split(s);
	if (url->scheme.at != NULL && (!is_scheme(url->scheme) || url->authority.at == NULL))
		return false;
	return (url->authority.at == NULL || is_authority(url->authority)) &&
		   consists_of(url->path, ":@/[]") && consists_of(url->query, ":@/?[]") &&
		   consists_of(url->fragment, ":@/?[]");
}

/* 5.2.3, of a base with an authority. */
static Piece
merge(Arena *arena, Piece base, Piece path)
{
	TextBuffer out;

	while (base.end > base.at && base.end[-1] != '/')
		base.end--;
	buffer_init(&out, arena);
	buffer_append(&out, base.at, (size_t) (base.end - base.at));
	if (out.len == 0)
		buffer_putc(&out, '/');
	buffer_append(&out, path.at, (size_t) (path.end - path.at));
	return piece_of(out.data, out.data + out.len);
}

/* 5.2.4, of a path that begins with '/', or is empty. */
static Piece
remove_dot_segments(Arena *arena, Piece path)
{
	char *out = arena_alloc(arena, (size_t) (path.end - path.at) + 1);
	char *end = out;

	while (path.at < path.end)
	{
		const char *next = memchr(path.at + 1, '/', (size_t) (path.end - path.at - 1));
		size_t len = (size_t) ((next == NULL ? path.end : next) - path.at);
		bool up = len == 3 && memcmp(path.at, "/..", 3) == 0;
		bool dots = up || (len == 2 && memcmp(path.at, "/.", 2) == 0);
		size_t kept = !dots ? len : next == NULL ? 1 : 0;

		while (up && end > out && *--end != '/')
			;
		memcpy(end, path.at, kept);
		end += kept;
		path.at += len;
	}
	return piece_of(out, end);
}

/* 5.2.2: makes the target of the reference. */
static void
resolve(Arena *arena, const Url *base, Url *url)
{
	if (url->scheme.at == NULL)
	{
		url->scheme = base->scheme;
		if (url->authority.at == NULL)
		{
			url->authority = base->authority;
			if (url->path.at == url->path.end)
			{
				url->path = base->path;
				if (url->query.at == NULL)
					url->query = base->query;
				return;
			}
			if (*url->path.at != '/')
				url->path = merge(arena, base->path, url->path);
		}
	}
	url->path = remove_dot_segments(arena, url->path);
}

static void
append(TextBuffer *out, const char *before, Piece piece)
{
	if (piece.at == NULL)
		return;
	buffer_puts(out, before);
	buffer_append(out, piece.at, (size_t) (piece.end - piece.at));
}

/* Brackets, which 3.3 and 3.4 do not have there, and pages do. */
static void
append_encoded(TextBuffer *out, const char *before, Piece piece)
{
	if (piece.at == NULL)
		return;
	buffer_puts(out, before);
	for (const char *s = piece.at; s != piece.end; s++)
	{
		if (*s == '[' || *s == ']')
			buffer_puts(out, *s == '[' ? "%5B" : "%5D");
		else
			buffer_putc(out, *s);
	}
}

char *
url_absolute(Arena *arena, const char *base, const char *href)
{
	const char *reference = encode(arena, href);
	Url from = {0};
	TextBuffer out;
	Url url;

	if (reference == NULL || strlen(base) > MAX_URL || !parse(reference, &url))
		return NULL;
	if (url.scheme.at == NULL)
	{
		bool whole = parse(base, &from);

		if (from.scheme.at == NULL || !is_scheme(from.scheme) ||
			(!whole && url.authority.at == NULL))
			return NULL;
	}
	resolve(arena, &from, &url);
	buffer_init(&out, arena);
	append(&out, "", url.scheme);
	append(&out, "://", url.authority);
	append_encoded(&out, "", url.path);
	append_encoded(&out, "?", url.query);
	append(&out, "#", url.fragment);
	/* the NUL may be the base's */
	return out.len > MAX_URL || strstr(out.data, "%00") != NULL ? NULL : out.data;
}
